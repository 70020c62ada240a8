"""Queries about strategies."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from indexer.ledger.models import Strategy, StrategyLimits, Trade, Vault


def list_strategies(
    session: Session, deployment_id: int, *, leader: str | None, after: int | None, limit: int
) -> Sequence[Strategy]:
    """Return strategies by id, those after an id, if one is given."""
    query = select(Strategy).where(Strategy.deployment_id == deployment_id)
    if leader is not None:
        query = query.where(Strategy.leader == leader)
    if after is not None:
        query = query.where(Strategy.strategy_id > after)
    return session.scalars(query.order_by(Strategy.strategy_id).limit(limit)).all()


def count_followers(
    session: Session, deployment_id: int, strategy_ids: Collection[int]
) -> dict[tuple[int, str], int]:
    """Return (strategy id, vault status) → number of vaults but the leaders' own."""
    query = (
        select(Vault.strategy_id, Vault.status, func.count())
        .where(
            Vault.deployment_id == deployment_id,
            Vault.strategy_id.in_(strategy_ids),
            Vault.is_leader.is_(False),
        )
        .group_by(Vault.strategy_id, Vault.status)
    )
    return {(strategy_id, status): number for strategy_id, status, number in session.execute(query)}


def count_trades(session: Session, deployment_id: int, strategy_ids: Collection[int]) -> dict[int, int]:
    """Return strategy id → number of the leader's trades."""
    query = (
        select(Trade.strategy_id, func.count())
        .where(
            Trade.deployment_id == deployment_id,
            Trade.strategy_id.in_(strategy_ids),
            Trade.kind == "leader",
        )
        .group_by(Trade.strategy_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_limits(
    session: Session, deployment_id: int, strategy_ids: Collection[int]
) -> dict[int, StrategyLimits]:
    """Return strategy id → what binds its leader."""
    query = select(StrategyLimits).where(
        StrategyLimits.deployment_id == deployment_id, StrategyLimits.strategy_id.in_(strategy_ids)
    )
    return {row.strategy_id: row for row in session.scalars(query)}
