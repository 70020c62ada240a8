"""Queries about the state of the ledger itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexer.ledger.models import Reconciliation


def last_reconciliation(session: Session, deployment_id: int) -> Reconciliation | None:
    """Return the newest comparison of the ledger with the chain."""
    query = select(Reconciliation).where(Reconciliation.deployment_id == deployment_id)
    return session.scalars(query.order_by(Reconciliation.id.desc()).limit(1)).first()
