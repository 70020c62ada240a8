"""What was written into the inbox, for those who listen: orders' transitions and operators' stops."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import func, select

from api.beside import is_there
from api.keepers.schemas import Scope
from api.live.happenings import END, Happening, Position, happening, name_of
from api.live.schemas import StopHappened, TransitionHappened
from api.orders.posted import step_of
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from inbox.models import InboxOrder, News, OrderEvent, Stop
from inbox.news import LIFT, TRANSITION

NEWS_AT_ONCE = 500


def has_news(snapshot: Snapshot) -> bool:
    """Whether the database has an inbox that tells its news."""
    return is_there(snapshot.session.connection(), News)


def newest(snapshot: Snapshot) -> int:
    """Return the number of the last news; 0 before any, and without an inbox."""
    if not has_news(snapshot):
        return 0
    return snapshot.session.scalar(select(func.max(News.id)).where(*_of_hub(snapshot))) or 0


def read_news(snapshot: Snapshot, after: int) -> tuple[list[Happening], int, bool]:
    """Return what was written after a number, up to which number that is, and whether there is more."""
    if not has_news(snapshot):
        return [], after, False
    query = select(News).where(*_of_hub(snapshot), News.id > after).order_by(News.id).limit(NEWS_AT_ONCE)
    rows = snapshot.session.scalars(query).all()
    if not rows:
        return [], after, False
    reader = _Reader(snapshot, rows)
    return [reader.tell(row) for row in rows], rows[-1].id, len(rows) == NEWS_AT_ONCE


class _Reader:
    """Reads together what some news are about."""

    def __init__(self, snapshot: Snapshot, rows: Sequence[News]) -> None:
        self._snapshot = snapshot
        transitions = {row.subject for row in rows if row.kind == TRANSITION}
        stops = {row.subject for row in rows if row.kind != TRANSITION}
        self._orders = {row.id: row for row in self._all(InboxOrder, InboxOrder.id, transitions)}
        events = self._all(OrderEvent, OrderEvent.order_id, transitions)
        self._events = {(row.order_id, row.sequence): row for row in events}
        self._stops = {row.id: row for row in self._all(Stop, Stop.id, stops)}

    def tell(self, row: News) -> Happening:
        """Return a row of the news as an event."""
        return self._transition(row) if row.kind == TRANSITION else self._stop(row)

    def _all(self, table: Any, column: Any, wanted: Collection[int]) -> Sequence[Any]:
        return self._snapshot.session.scalars(select(table).where(column.in_(wanted))).all() if wanted else []

    def _transition(self, row: News) -> Happening:
        order = self._orders[row.subject]
        data = TransitionHappened(
            hash=order.digest,
            strategy_id=order.strategy_id,
            leader=order.leader,
            sequence=row.sequence,
            step=step_of(self._events[row.subject, row.sequence]),
        )
        return self._told(
            "transition", data, row, strategy_id=order.strategy_id, owner=order.leader, leader=order.leader
        )

    def _stop(self, row: News) -> Happening:
        stop, lifted = self._stops[row.subject], row.kind == LIFT
        data = StopHappened(
            holds=not lifted,
            scope=cast(Scope, stop.scope),
            subject=stop.subject or None,
            who=(stop.lifted_by or "") if lifted else stop.who,
            why=(stop.lifted_why or "") if lifted else stop.why,
            at=utc_of_microseconds((stop.lifted_us or 0) if lifted else stop.since_us),
        )
        who: dict[str, Any] = {}
        if stop.scope == "strategy":
            who["strategy_id"] = int(stop.subject)
        elif stop.scope == "leader":
            who["leader"] = stop.subject
        return self._told("stop", data, row, **who)

    def _told(self, kind: Any, data: Any, row: News, **who: Any) -> Happening:
        block = self._snapshot.block
        place = Position(block.number, END)
        return happening(kind, data, place, name_of(place, block.hash, row.id), news=row.id, **who)


def _of_hub(snapshot: Snapshot) -> tuple[Any, ...]:
    deployment = snapshot.deployment
    return News.chain_id == deployment.chain_id, News.hub == deployment.hub
