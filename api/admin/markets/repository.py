"""Queries about listings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from indexer.ledger.models import Pool, PriceHour, StrategyPool, StrategyToken, Token

MOST = 1_000
"""Listings of each kind that are shown, the newest ones."""


def tokens(session: Session, deployment_id: int) -> Sequence[Token]:
    """Return listings of tokens, vetoed ones too, the newest first."""
    query = select(Token).where(Token.deployment_id == deployment_id)
    return session.scalars(
        query.order_by(Token.block_number.desc(), Token.log_index.desc()).limit(MOST)
    ).all()


def pools(session: Session, deployment_id: int) -> Sequence[Pool]:
    """Return listings of pools, vetoed ones too, the newest first."""
    query = select(Pool).where(Pool.deployment_id == deployment_id)
    newest = query.order_by(Pool.block_number.desc(), Pool.log_index.desc())
    return session.scalars(newest.limit(MOST)).all()


def users(session: Session, deployment_id: int) -> dict[str, int]:
    """Return token or pool → number of strategies that may use it."""
    counts: dict[str, int] = {}
    for column in (StrategyToken.token, StrategyPool.pool):
        own: Any = column.class_
        query = select(column, func.count()).where(own.deployment_id == deployment_id).group_by(column)
        counts |= {row[0]: row[1] for row in session.execute(query)}
    return counts


def priced(session: Session, deployment_id: int) -> dict[str, int]:
    """Return token → unix second of the last record of its price."""
    sides = [
        select(column.label("token"), func.max(PriceHour.recorded_time).label("at"))
        .where(PriceHour.deployment_id == deployment_id)
        .group_by(column)
        for column in (PriceHour.token_a, PriceHour.token_b)
    ]
    both = union_all(*sides).subquery()
    query = select(both.c.token, func.max(both.c.at)).group_by(both.c.token)
    return {row[0]: row[1] for row in session.execute(query)}
