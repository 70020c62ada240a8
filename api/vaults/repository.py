"""Queries about vaults."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, func, select
from sqlalchemy.orm import Session

from indexer.ledger.models import (
    ACCOUNT_OF_POSTING,
    Balance,
    Copy,
    Policy,
    Posting,
    Strategy,
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
