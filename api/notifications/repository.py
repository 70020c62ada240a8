"""Queries about deliveries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from notices.book.models import Channel, Delivery, DeliveryAttempt, Notice


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery with what it says and what became of it."""

    delivery: Delivery
    notice: Notice
    attempts: Sequence[DeliveryAttempt]


def list_deliveries(
    engine: Engine,
    owner: str,
    *,
    channel_id: int | None,
    state: str | None,
    before: int | None,
    limit: int,
) -> list[DeliveryRow]:
    """Return deliveries to an owner's channels, newest first, those before a number, if one is given."""
    query = (
        select(Delivery, Notice)
        .join(Notice, Notice.id == Delivery.notice_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(Channel.owner == owner)
    )
    for column, value in ((Delivery.channel_id, channel_id), (Delivery.state, state)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(Delivery.id < before)
    with Session(engine, expire_on_commit=False) as session:
        found = session.execute(query.order_by(Delivery.id.desc()).limit(limit))
        rows = [(delivery, notice) for delivery, notice in found]
        attempts = _attempts(session, [delivery.id for delivery, _ in rows])
    return [DeliveryRow(delivery, notice, attempts[delivery.id]) for delivery, notice in rows]


def _attempts(session: Session, wanted: Collection[int]) -> dict[int, list[DeliveryAttempt]]:
    found: dict[int, list[DeliveryAttempt]] = {each: [] for each in wanted}
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(wanted))
    for row in session.scalars(query.order_by(DeliveryAttempt.number)):
        found[row.delivery_id].append(row)
    return found
