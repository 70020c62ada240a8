"""Queries about vaults that name a referrer, and what their fees brought.

A vault's referrer never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, String, Subquery, and_, cast, func, literal, null, select
from sqlalchemy.orm import Session

from accounting.windows import DAY_S
from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    Balance,
    Copy,
    Deployment,
    Fee,
    Posting,
    Trade,
    ValuedFlow,
    Vault,
    amount_sum,
)
from social.models import CampaignNote

_LOGS = 1 << 24
"""More logs than a block has: with it a place is one number."""

Group = str | None
"""The skeleton of a campaign's code; None for vaults of none."""


@dataclass(frozen=True, slots=True)
class Opened:
    """How many vaults a campaign brought, how many are not left, and how many addresses opened them."""

    vaults: int
    open_vaults: int
    people: int


@dataclass(frozen=True, slots=True)
class DayOfFees:
    """What a referrer earned on a day (its first second), by one strategy, of one kind, in one token."""

    day: int
    strategy_id: int
    kind: str
    token: str
    amount: int
    charges: int


class Referred:
    """The vaults that name a referrer. ``noted``: whether there can be campaigns at all."""

    def __init__(self, session: Session, deployment: Deployment, referrer: str, *, noted: bool) -> None:
        self._session = session
        self._deployment_id = deployment.id
        self._referrer = referrer
        self._vaults = _vaults(deployment, referrer, noted=noted)

    def opened(self) -> dict[Group, Opened]:
        """Vaults by campaign."""
        vaults = self._vaults.c
        left = func.count().filter(vaults.status == "Left")
        query = select(vaults.campaign, func.count(), left, func.count(vaults.owner.distinct())).group_by(
            vaults.campaign
        )
        return {row[0]: Opened(row[1], row[1] - row[2], row[3]) for row in self._session.execute(query)}

    def people(self) -> int:
        """Addresses that opened vaults, each once."""
        return self._session.scalar(select(func.count(self._vaults.c.owner.distinct()))) or 0

    def first_deposits(self) -> Sequence[tuple[Group, str, int]]:
        """What was first put into each vault, by campaign and token."""
        flow, vaults = ValuedFlow, self._vaults
        order = func.row_number().over(
            partition_by=flow.vault_id, order_by=(flow.block_number, flow.log_index)
        )
        flows = (
            select(vaults.c.campaign, flow.token, flow.amount, order.label("nth"))
            .join(vaults, flow.vault_id == vaults.c.vault_id)
            .where(flow.deployment_id == self._deployment_id, flow.purpose == "allocation")
            .subquery()
        )
        keys = (flows.c.campaign, flows.c.token)
        return self._sums(select(*keys, amount_sum(flows.c.amount)).where(flows.c.nth == 1).group_by(*keys))

    def volume(self) -> Sequence[tuple[Group, str, int]]:
        """What the vaults' copies sold, fees included, by campaign and token."""
        vaults = self._vaults
        keys = (vaults.c.campaign, Trade.token_in)
        query = (
            select(*keys, amount_sum(Copy.amount_in), amount_sum(Copy.fee))
            .join(vaults, Copy.vault_id == vaults.c.vault_id)
            .join(Trade, and_(Trade.deployment_id == Copy.deployment_id, Trade.trade_id == Copy.trade_id))
            .where(Copy.deployment_id == self._deployment_id, Copy.status == "filled")
            .group_by(*keys)
        )
        return [(row[0], row[1], row[2] + row[3]) for row in self._session.execute(query)]

    def income(self) -> Sequence[tuple[Group, str, int]]:
        """The referrer's part of the vaults' fees, by campaign and token."""
        keys = (self._vaults.c.campaign, Fee.token)
        query = self._fees(select(*keys, amount_sum(Fee.to_referrer)))
        return self._sums(query.group_by(*keys))

    def unclaimed(self) -> dict[str, int]:
        """Token → what of the income came after the last claim, which takes all."""
        claims = (
            select(Balance.token, func.max(_place(Posting)).label("place"))
            .join(Posting, ACCOUNT_OF_POSTING)
            .where(
                Balance.deployment_id == self._deployment_id,
                Balance.account_kind == "fee",
                Balance.account == self._referrer,
                Posting.purpose == "fee_claim",
            )
            .group_by(Balance.token)
            .subquery()
        )
        query = (
            self._fees(select(Fee.token, amount_sum(Fee.to_referrer)))
            .outerjoin(claims, claims.c.token == Fee.token)
            .where(_place(Fee) > func.coalesce(claims.c.place, -1))
            .group_by(Fee.token)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def by_day(self, strategy_id: int | None) -> Sequence[DayOfFees]:
        """The income day by day (UTC), of all strategies or of one."""
        day = (Fee.block_time - Fee.block_time % literal(DAY_S, BigInteger)).label("day")
        keys = (day, Fee.strategy_id, Fee.kind, Fee.token)
        query = self._fees(select(*keys, amount_sum(Fee.to_referrer), func.count()))
        if strategy_id is not None:
            query = query.where(Fee.strategy_id == strategy_id)
        return [DayOfFees(*row) for row in self._session.execute(query.group_by(*keys))]

    def _fees(self, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """Their fees, by the index of vaults; what has no part for the referrer is no income."""
        return query.join(self._vaults, Fee.vault_id == self._vaults.c.vault_id).where(
            Fee.deployment_id == self._deployment_id, Fee.to_referrer != 0
        )

    def _sums(self, query: Select[*tuple[Any, ...]]) -> Sequence[tuple[Group, str, int]]:
        return [(row[0], row[1], row[2]) for row in self._session.execute(query)]


def _vaults(deployment: Deployment, referrer: str, *, noted: bool) -> Subquery:
    columns = (Vault.vault_id, Vault.owner, Vault.status)
    own = (Vault.deployment_id == deployment.id, Vault.referrer == referrer)
    if not noted:
        return select(*columns, cast(null(), String).label("campaign")).where(*own).subquery()
    note = and_(
        CampaignNote.chain_id == deployment.chain_id,
        CampaignNote.hub == deployment.hub,
        CampaignNote.vault_id == Vault.vault_id,
        CampaignNote.tx_hash == Vault.tx_hash,
    )
    named = CampaignNote.skeleton.label("campaign")
    return select(*columns, named).outerjoin(CampaignNote, note).where(*own).subquery()


def _place(table: Any) -> Any:
    return table.block_number * literal(_LOGS, BigInteger) + table.log_index
