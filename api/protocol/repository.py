"""Queries about the deployment as a whole."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from indexer.ledger.models import (
    Appointment,
    Balance,
    Copy,
    ProtocolShare,
    Strategy,
    Trade,
    Vault,
    amount_sum,
)

_NOBODY = "0x" + "00" * 20

HELD = ("vault", "account", "fee", "escrow")
"""Kinds of balances that the hub owes."""


def appointed(session: Session, deployment_id: int, role: str) -> str | None:
    """Return who was last set to be ``role``; None for nobody."""
    query = select(Appointment.address).where(
        Appointment.deployment_id == deployment_id, Appointment.role == role
    )
    found = session.scalars(
        query.order_by(Appointment.block_number.desc(), Appointment.log_index.desc()).limit(1)
    ).first()
    return None if found == _NOBODY else found


def count_strategies(session: Session, deployment_id: int) -> int:
    """Return the number of strategies."""
    query = select(func.count()).select_from(Strategy).where(Strategy.deployment_id == deployment_id)
    return session.scalars(query).one()


def count_trades(session: Session, deployment_id: int) -> dict[str, int]:
    """Return kind → number of trades."""
    query = select(Trade.kind, func.count()).where(Trade.deployment_id == deployment_id)
    rows = session.execute(query.group_by(Trade.kind).order_by(Trade.kind))
    return {row[0]: row[1] for row in rows}


def protocol_share(session: Session, deployment_id: int) -> int:
    """Return the protocol's share of every fee of new strategies, in basis points."""
    query = select(ProtocolShare.protocol_bps).where(ProtocolShare.deployment_id == deployment_id)
    newest = query.order_by(ProtocolShare.block_number.desc(), ProtocolShare.log_index.desc()).limit(1)
    return session.scalars(newest).first() or 0


def count_vaults(session: Session, deployment_id: int) -> dict[str, int]:
    """Return status → number of vaults."""
    query = select(Vault.status, func.count()).where(Vault.deployment_id == deployment_id)
    rows = session.execute(query.group_by(Vault.status).order_by(Vault.status))
    return {row[0]: row[1] for row in rows}


def count_copies(session: Session, deployment_id: int) -> dict[str | None, int]:
    """Return reason → number of copies; the reason None is that of fills."""
    query = select(Copy.reason, func.count()).where(Copy.deployment_id == deployment_id)
    rows = session.execute(query.group_by(Copy.reason).order_by(Copy.reason))
    return {row[0]: row[1] for row in rows}


def sum_holdings(session: Session, deployment_id: int) -> dict[tuple[str, str], int]:
    """Return (token, account kind) → units over all that the hub holds for somebody."""
    query = (
        select(Balance.token, Balance.account_kind, amount_sum(Balance.amount))
        .where(Balance.deployment_id == deployment_id, Balance.account_kind.in_(HELD), Balance.amount != 0)
        .group_by(Balance.token, Balance.account_kind)
    )
    return {(token, kind): amount for token, kind, amount in session.execute(query)}
