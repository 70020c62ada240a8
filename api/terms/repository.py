"""Queries about terms."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from indexer.ledger.models import Terms, TermsProposal


class TermsCells(NamedTuple):
    """A version of terms; names are those of the table's columns."""

    block_number: int
    log_index: int
    block_time: int
    tx_hash: str
    strategy_id: int
    version: int
    copy_bps: int
    performance_bps: int
    management_bps: int
    withdrawal_bps: int
    referrer_bps: int
    performance_period: int
    subscription_period: int
    subscription: int


_TERMS = (
    select(*(getattr(Terms, name) for name in TermsCells._fields))
    .where(
        Terms.deployment_id == bindparam("deployment"),
        Terms.strategy_id.in_(bindparam("strategies", expanding=True)),
    )
    .order_by(Terms.strategy_id, Terms.version)
)


def list_terms(
    session: Session, deployment_id: int, strategy_ids: Collection[int]
) -> dict[tuple[int, int], TermsCells]:
    """Return (strategy id, version) → terms, the newest of a strategy last."""
    known = {"deployment": deployment_id, "strategies": sorted(strategy_ids)}
    rows = map(TermsCells._make, session.connection().execute(_TERMS, known))
    return {(row.strategy_id, row.version): row for row in rows}


def find_pending(session: Session, deployment_id: int, newest: TermsCells) -> TermsProposal | None:
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
