"""Queries about vaults."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, func, select
from sqlalchemy.orm import Session

from api.terms.repository import TermsCells
from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    Balance,
    Copy,
    Policy,
    Posting,
    Strategy,
    StrategyToken,
    Terms,
    Vault,
    amount_sum,
)

FEE_PURPOSES = ("copy_fee", "performance_fee", "management_fee", "subscription_fee", "withdrawal_fee")
"""How the ledger calls what a vault pays, in the order of what is most often paid."""


@dataclass(frozen=True, slots=True)
class VaultRow:
    """A vault with its strategy and the policy in force."""

    vault: Vault
    strategy: Strategy
    policy: Policy | None


class VaultCells(NamedTuple):
    """A vault as statements tell of it; names are those of the table's columns."""

    vault_id: int
    owner: str
    status: str
    status_reason: str | None
    mark: int
    invested: int
    block_number: int
    log_index: int
    block_time: int
    tx_hash: str


class OfferCells(NamedTuple):
    """The strategy that a vault copies; names are those of the table's columns."""

    strategy_id: int
    name: str
    leader_vault_id: int
    base_token: str


@dataclass(frozen=True, slots=True)
class VaultOfTerms:
    """A vault with its strategy, the tokens of that, and what the vault pays; a leader's own has no terms."""

    vault: VaultCells
    strategy: OfferCells
    tokens: frozenset[str]
    terms: TermsCells | None


_ROWS = (
    select(Vault, Strategy, Policy)
    .join(
        Strategy,
        and_(Strategy.deployment_id == Vault.deployment_id, Strategy.strategy_id == Vault.strategy_id),
    )
    .outerjoin(
        Policy,
        and_(
            Policy.deployment_id == Vault.deployment_id,
            Policy.vault_id == Vault.vault_id,
            Policy.revision == Vault.policy_revision,
        ),
    )
)
_ONE = _ROWS.where(
    Vault.deployment_id == bindparam("deployment"), Vault.vault_id == bindparam("vault", type_=BigInteger)
)


def find_vault(session: Session, deployment_id: int, vault_id: int) -> VaultRow | None:
    """Return a vault."""
    row = session.execute(_ONE, {"deployment": deployment_id, "vault": vault_id}).one_or_none()
    return None if row is None else VaultRow(*row)


_CELLS = (
    select(
        *(getattr(Vault, name) for name in VaultCells._fields),
        *(getattr(Strategy, name) for name in OfferCells._fields),
        *(getattr(Terms, name) for name in TermsCells._fields),
        select(func.aggregate_strings(StrategyToken.token, ","))
        .where(
            StrategyToken.deployment_id == Vault.deployment_id,
            StrategyToken.strategy_id == Vault.strategy_id,
        )
        .correlate(Vault)
        .scalar_subquery(),
    )
    .join(
        Strategy,
        and_(Strategy.deployment_id == Vault.deployment_id, Strategy.strategy_id == Vault.strategy_id),
    )
    .outerjoin(
        Terms,
        and_(
            Terms.deployment_id == Vault.deployment_id,
            Terms.strategy_id == Vault.strategy_id,
            Terms.version == Vault.terms_version,
        ),
    )
    .where(
        Vault.deployment_id == bindparam("deployment"), Vault.vault_id == bindparam("vault", type_=BigInteger)
    )
)
_STRATEGY = len(VaultCells._fields)
_TERMS = _STRATEGY + len(OfferCells._fields)


def find_cells(session: Session, deployment_id: int, vault_id: int) -> VaultOfTerms | None:
    """Return of a vault what a statement says of it."""
    known = {"deployment": deployment_id, "vault": vault_id}
    row = session.connection().execute(_CELLS, known).one_or_none()
    if row is None:
        return None
    *cells, tokens = row
    terms = TermsCells._make(cells[_TERMS:])
    return VaultOfTerms(
        VaultCells._make(cells[:_STRATEGY]),
        OfferCells._make(cells[_STRATEGY:_TERMS]),
        frozenset((tokens or "").split(",")),
        None if cells[_TERMS] is None else terms,
    )


def list_vaults(
    session: Session,
    deployment_id: int,
    *,
    owner: str | None = None,
    strategy_id: int | None = None,
    status: str | None = None,
    after: int | None = None,
    limit: int,
) -> Sequence[VaultRow]:
    """Return vaults by id, those after an id, if one is given."""
    query = _ROWS.where(Vault.deployment_id == deployment_id)
    for column, value in (
        (Vault.owner, owner),
        (Vault.strategy_id, strategy_id),
        (Vault.status, status),
    ):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(Vault.vault_id > after)
    return [VaultRow(*row) for row in session.execute(query.order_by(Vault.vault_id).limit(limit))]


def list_balances(
    session: Session, deployment_id: int, kind: str, vault_ids: Collection[int]
) -> dict[int, dict[str, int]]:
    """Return vault id → token → units held in it (`vault`) or held back from it (`escrow`)."""
    query = select(Balance.account, Balance.token, Balance.amount).where(
        Balance.deployment_id == deployment_id,
        Balance.account_kind == kind,
        Balance.account.in_([str(vault_id) for vault_id in vault_ids]),
        Balance.amount != 0,
    )
    found: dict[int, dict[str, int]] = {}
    for account, token, amount in session.execute(query):
        found.setdefault(int(account), {})[token] = amount
    return found


def sum_fees(
    session: Session, deployment_id: int, vault_ids: Collection[int]
) -> dict[int, dict[tuple[str, str], int]]:
    """Return vault id → (purpose of the posting, token) → units paid in fees."""
    keys = (Balance.account, Posting.purpose, Balance.token)
    query = (
        select(*keys, amount_sum(Posting.amount))
        .join(
            Balance,
            ACCOUNT_OF_POSTING,
        )
        .where(
            Posting.deployment_id == deployment_id,
            Balance.account_kind == "vault",
            Balance.account.in_([str(vault_id) for vault_id in vault_ids]),
            Posting.purpose.in_(FEE_PURPOSES),
        )
        .group_by(*keys)
        .order_by(*keys)
    )
    found: dict[int, dict[tuple[str, str], int]] = {}
    for account, purpose, token, amount in session.execute(query):
        found.setdefault(int(account), {})[purpose, token] = -amount
    return found


def count_copies(
    session: Session, deployment_id: int, vault_ids: Collection[int]
) -> dict[tuple[int, str], int]:
    """Return (vault id, filled or skipped) → number of trades."""
    query = (
        select(Copy.vault_id, Copy.status, func.count())
        .where(Copy.deployment_id == deployment_id, Copy.vault_id.in_(vault_ids))
        .group_by(Copy.vault_id, Copy.status)
    )
    return {(vault_id, status): number for vault_id, status, number in session.execute(query)}


def count_vaults(session: Session, deployment_id: int, owner: str) -> int:
    """Return how many vaults an owner has."""
    query = select(func.count()).where(Vault.deployment_id == deployment_id, Vault.owner == owner)
    return session.scalar(query) or 0
