"""Vaults' events from the ledger's rows, each vault's in chain order, as `accounting.book` takes them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from sqlalchemy import Connection, and_, select

from accounting.book import COST_KINDS, Charge, CostKind, Deposit, Event, Fill, Return, Withdrawal
from accounting.rounding import mul_div_down
from indexer.derived.facts import MOVING
from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    CLEARING_OF_COPY,
    POSTING_OF_ENTRY,
    Balance,
    Clearing,
    Copy,
    Entry,
    Posting,
    ValuedFlow,
)

_FEES: Mapping[str, CostKind] = {f"{kind}_fee": kind for kind in COST_KINDS}
_Placed = tuple[int, int, int, int, Event]
"""Vault, block, log, line, event."""


def read_lives(
    connection: Connection, deployment_id: int, vault_ids: Collection[int]
) -> dict[int, list[Event]]:
    """Return vault id → all its events. What a withdrawal was worth is not told but for base token."""
    placed: defaultdict[int, list[_Placed]] = defaultdict(list)
    for each in (
        *_fills(connection, deployment_id, vault_ids),
        *_flows(connection, deployment_id, vault_ids),
    ):
        placed[each[0]].append(each)
    return {
        vault_id: [event for *_, event in sorted(placed[vault_id], key=lambda each: each[1:4])]
        for vault_id in vault_ids
    }


def _fills(connection: Connection, deployment_id: int, vault_ids: Collection[int]) -> Iterator[_Placed]:
    query = (
        select(
            Copy.vault_id,
            Copy.block_number,
            Copy.log_index,
            Copy.block_time,
            Clearing.token_in,
            Clearing.token_out,
            Copy.amount_in,
            Copy.fee,
            Copy.amount_out,
            Clearing.keeper_fee,
            Clearing.amount_out,
        )
        .join(
            Clearing,
            CLEARING_OF_COPY,
        )
        .where(Copy.deployment_id == deployment_id, Copy.vault_id.in_(vault_ids))
    )
    for (
        vault_id,
        block,
        log,
        time,
        sold,
        bought,
        amount_in,
        fee,
        amount_out,
        paid,
        whole,
    ) in connection.execute(query).all():
        keeper = mul_div_down(paid, amount_out, whole) if paid and whole else 0
        yield vault_id, block, log, 0, Fill(time, sold, bought, amount_in, fee, amount_out, keeper)


def _flows(connection: Connection, deployment_id: int, vault_ids: Collection[int]) -> Iterator[_Placed]:
    query = (
        select(
            Entry.vault_id,
            Entry.block_number,
            Entry.log_index,
            Posting.line,
            Entry.block_time,
            Posting.purpose,
            Balance.token,
            Posting.amount,
            ValuedFlow.value,
        )
        .join(
            Posting,
            POSTING_OF_ENTRY,
        )
        .join(
            Balance,
            ACCOUNT_OF_POSTING,
        )
        .outerjoin(
            ValuedFlow,
            and_(
                ValuedFlow.deployment_id == Entry.deployment_id,
                ValuedFlow.vault_id == Entry.vault_id,
                ValuedFlow.block_number == Entry.block_number,
                ValuedFlow.log_index == Entry.log_index,
            ),
        )
        .where(
            Entry.deployment_id == deployment_id,
            Entry.vault_id.in_(vault_ids),
            Entry.kind.in_(MOVING),
            Balance.account_kind == "vault",
        )
    )
    for vault_id, block, log, line, time, purpose, token, amount, value in connection.execute(query):
        yield cast(int, vault_id), block, log, line, _booked(time, purpose, token, amount, value)


def _booked(time: int, purpose: str, token: str, amount: int, value: int | None) -> Event:
    units = abs(amount)
    kind = _FEES.get(purpose)
    if kind is not None:
        return Charge(time, kind, token, units, None)
    if purpose == "allocation":
        return Deposit(time, units)
    worth = None if value is None else abs(value)
    return (
        Return(time, token, units, worth)
        if purpose == "escrow_fee"
        else Withdrawal(time, token, units, worth)
    )
