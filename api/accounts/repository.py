"""Queries about accounts."""

from collections.abc import Sequence

from sqlalchemy import String, and_, cast, select
from sqlalchemy.orm import Session

from indexer.ledger.models import Balance, Vault, amount_sum


def list_balances(session: Session, deployment_id: int, kind: str, account: str) -> dict[str, int]:
    """Return token → units of one account of a kind (`account` or `fee`)."""
    query = select(Balance.token, Balance.amount).where(
        Balance.deployment_id == deployment_id, Balance.account_kind == kind, Balance.account == account
    )
    return {row[0]: row[1] for row in session.execute(query)}


def sum_vaults(session: Session, deployment_id: int, owner: str) -> dict[str, int]:
    """Return token → units over all vaults of an owner."""
    query = (
        select(Balance.token, amount_sum(Balance.amount))
        .join(
            Vault,
            and_(
                Vault.deployment_id == Balance.deployment_id, cast(Vault.vault_id, String) == Balance.account
            ),
        )
        .where(Balance.deployment_id == deployment_id, Balance.account_kind == "vault", Vault.owner == owner)
        .group_by(Balance.token)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_vault_ids(session: Session, deployment_id: int, owner: str) -> Sequence[int]:
    """Return the ids of an owner's vaults."""
    query = select(Vault.vault_id).where(Vault.deployment_id == deployment_id, Vault.owner == owner)
    return session.scalars(query.order_by(Vault.vault_id)).all()
