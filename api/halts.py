"""Which strategies are halted: no new entries and trades, while exits go on."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexer.ledger.models import Halt

EVERY_STRATEGY = 0
"""What a halt of all strategies is kept under; no strategy has this id."""


def halted_among(session: Session, deployment_id: int, strategy_ids: Collection[int]) -> set[int]:
    """Return those of ``strategy_ids`` whose last halt was not followed by a resumption."""
    query = select(Halt.strategy_id, Halt.halted).where(
        Halt.deployment_id == deployment_id, Halt.strategy_id.in_(strategy_ids)
    )
    last = {row[0]: row[1] for row in session.execute(query.order_by(Halt.block_number, Halt.log_index))}
    return {strategy_id for strategy_id, halted in last.items() if halted}
