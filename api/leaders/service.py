"""Answers about leaders: the list by metrics, each leader as written once for a board."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from accounting.conduct import Bar, Caution
from accounting.windows import WindowName
from api.events import event_of
from api.leaders.boards import Boards
from api.leaders.query import METRIC_NAMES, LeadersFilter
from api.leaders.repository import LeaderRow
from api.leaders.schemas import Leader, Metrics, Standing, Window
from api.leaders.standing import standings, suspended_leaders
from api.paging import decode_ranked, encode_ranked
from api.snapshot import Snapshot
from indexer.derived.leaders import AMOUNTS

_PLACES = Decimal("1e-12")


def list_leaders(snapshot: Snapshot, boards: Boards, query: LeadersFilter) -> bytes:
    """Return a page of leaders by a metric over a window, as a `Page[Leader]` is written."""
    name = f"leaders by {query.sort} {query.order} over {query.window}"
    after = decode_ranked(name, query.cursor)
    board = boards.of(snapshot, query.window)
    block = snapshot.block
    told = board.as_told(snapshot.said, snapshot.tokens.by_address, lambda: suspended_leaders(snapshot))
    found = board.choose(query, after=after, limit=query.limit + 1, suspended=told.suspended)
    page = found[: query.limit]
    missing = {place: board.row(place) for place in page if place not in told.written}
    said = standings(snapshot, [row.strategy.leader for row in missing.values()]) if missing else {}
    for place, row in missing.items():
        facts = facts_of(snapshot, row, said[row.strategy.leader])
        leader = Leader(**facts, **dict(window_of(snapshot, row)))
        told.written[place] = leader.model_dump_json(by_alias=True).encode()
    next_cursor = None
    if len(found) > query.limit:
        value = board.value(page[-1], query.sort)
        number = int(board.columns.ids[page[-1]])
        next_cursor = encode_ranked(name, None if value is None else repr(value), number)
    return b'{"as_of_block":%b,"data":[%b],"next_cursor":%b}' % (
        block.model_dump_json().encode(),
        b",".join([told.written[place] for place in page]),
        json.dumps(next_cursor).encode(),
    )


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


def _shown(snapshot: Snapshot, row: LeaderRow, name: str) -> Any:
    value = row.metrics[name]
    if isinstance(value, float):
        return Decimal(repr(value)).quantize(_PLACES)
    if value is not None and name in AMOUNTS:
        return snapshot.tokens.amount(row.strategy.base_token, value)
    return value
