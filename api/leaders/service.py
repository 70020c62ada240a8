"""Answers about leaders: the list by metrics."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from accounting.conduct import Bar, Caution
from accounting.windows import WindowName
from api.events import event_of
from api.leaders import repository
from api.leaders.query import METRIC_NAMES, LeadersFilter
from api.leaders.repository import LeaderRow
from api.leaders.schemas import Leader, Metrics, Standing, Window
from api.leaders.standing import standings
from api.paging import decode_ranked, encode_ranked
from api.schemas import Page
from api.snapshot import Snapshot
from indexer.ledger.models import Amount, LeaderMetrics

_PLACES = Decimal("1e-12")


def list_leaders(snapshot: Snapshot, query: LeadersFilter) -> Page[Leader]:
    """Return a page of leaders by a metric over a window."""
    name = f"leaders by {query.sort} {query.order} over {query.window}"
    after = decode_ranked(name, query.cursor)
    block = snapshot.block
    rows = repository.list_leaders(
        snapshot.session, snapshot.deployment, query, after=after, limit=query.limit + 1
    )
    page = rows[: query.limit]
    said = standings(snapshot, [row.strategy.leader for row in page])
    data = [
        Leader(**facts_of(snapshot, row, said[row.strategy.leader]), **dict(window_of(snapshot, row)))
        for row in page
    ]
    next_cursor = None
    if len(rows) > query.limit:
        value = page[-1].metrics[query.sort]
        last = page[-1].strategy.strategy_id
        next_cursor = encode_ranked(name, None if value is None else repr(value), last)
    return Page(as_of_block=block, data=data, next_cursor=next_cursor)


def facts_of(snapshot: Snapshot, row: LeaderRow, standing: Standing) -> dict[str, Any]:
    """Return the fields of `LeaderFacts`."""
    strategy = row.strategy
    return {
        "strategy_id": strategy.strategy_id,
        "name": strategy.name,
        "leader": strategy.leader,
        "base_token": snapshot.tokens.by_address[strategy.base_token],
        "closed": row.status == "Left",
        "created": event_of(strategy),
        "standing": standing,
    }


def window_of(snapshot: Snapshot, row: LeaderRow) -> Window:
    """Return a window's metrics."""
    found = row.metrics
    return Window(
        window=cast(WindowName, found["window"]),
        as_of=datetime.fromtimestamp(found["as_of_time"], UTC),
        as_of_block=found["as_of_block"],
        history_days=found["history_days"],
        bars=cast(list[Bar], _named(found["bars"])),
        warnings=cast(list[Caution], _named(found["warnings"])),
        metrics=Metrics(**{name: _shown(snapshot, row, name) for name in METRIC_NAMES}),
    )


def _named(text: str) -> list[str]:
    return text.split(",") if text else []


_AMOUNTS = frozenset(
    column.name for column in LeaderMetrics.__table__.columns if isinstance(column.type, Amount)
)


def _shown(snapshot: Snapshot, row: LeaderRow, name: str) -> Any:
    value = row.metrics[name]
    if isinstance(value, float):
        return Decimal(repr(value)).quantize(_PLACES)
    if value is not None and name in _AMOUNTS:
        return snapshot.tokens.amount(row.strategy.base_token, value)
    return value
