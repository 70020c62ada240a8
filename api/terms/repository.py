"""Queries about terms."""

from collections.abc import Collection

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from indexer.ledger.models import Terms, TermsProposal

_TERMS = (
    select(Terms)
    .where(
        Terms.deployment_id == bindparam("deployment"),
        Terms.strategy_id.in_(bindparam("strategies", expanding=True)),
    )
    .order_by(Terms.strategy_id, Terms.version)
)


def list_terms(
    session: Session, deployment_id: int, strategy_ids: Collection[int]
) -> dict[tuple[int, int], Terms]:
    """Return (strategy id, version) → terms, the newest of a strategy last."""
    rows = session.scalars(_TERMS, {"deployment": deployment_id, "strategies": sorted(strategy_ids)})
    return {(row.strategy_id, row.version): row for row in rows}


def find_pending(session: Session, deployment_id: int, newest: Terms) -> TermsProposal | None:
    """Return the terms that wait: the last proposed after the strategy's newest version began."""
    query = (
        select(TermsProposal)
        .where(
            TermsProposal.deployment_id == deployment_id,
            TermsProposal.strategy_id == newest.strategy_id,
            tuple_(TermsProposal.block_number, TermsProposal.log_index)
            > (newest.block_number, newest.log_index),
        )
        .order_by(TermsProposal.block_number.desc(), TermsProposal.log_index.desc())
        .limit(1)
    )
    return session.scalars(query).first()
