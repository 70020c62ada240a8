"""Queries about prices."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from indexer.ledger.models import PriceHour


def list_hours(
    session: Session, deployment_id: int, tokens: tuple[str, str], *, before: int | None, limit: int
) -> Sequence[PriceHour]:
    """Return the last record of each hour of a pair, newest first; hours that begin ``before`` a second."""
    first, second = sorted(tokens)  # by code points, as they are stored
    query = (
        select(PriceHour)
        .where(
            PriceHour.deployment_id == deployment_id,
            PriceHour.token_a == first,
            PriceHour.token_b == second,
        )
        .order_by(PriceHour.hour.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(PriceHour.hour < before)
    return session.scalars(query).all()
