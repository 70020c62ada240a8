"""Queries about pools."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from indexer.ledger.models import Pool, StrategyPool


def list_pools(session: Session, deployment_id: int) -> Sequence[Pool]:
    """Return all pools listed, in that order, those that wait included."""
    return session.scalars(_listed(deployment_id).order_by(Pool.block_number, Pool.log_index)).all()


def list_strategy_pools(session: Session, deployment_id: int, strategy_id: int) -> Sequence[Pool]:
    """Return the pools a strategy may trade in, in the order they were added."""
    query = (
        _listed(deployment_id)
        .join(
            StrategyPool,
            and_(StrategyPool.deployment_id == Pool.deployment_id, StrategyPool.pool == Pool.address),
        )
        .where(StrategyPool.strategy_id == strategy_id)
        .order_by(StrategyPool.block_number, StrategyPool.log_index)
    )
    return session.scalars(query).all()


def _listed(deployment_id: int) -> Select[Pool]:
    return select(Pool).where(Pool.deployment_id == deployment_id, Pool.vetoed_block.is_(None))
