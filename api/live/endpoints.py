"""Path of the live stream."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from api.addresses import Address
from api.live.feed import Feed, Feeds, Subscriber
from api.live.repository import END, Happening, Position, block_hash, lowest_ancestor, rollback
from api.live.schemas import (
    BlockHappened,
    CopyHappened,
    EventType,
    FeeHappened,
    OrderHappened,
    PolicyHappened,
    RollbackHappened,
    TermsHappened,
    TradeHappened,
)
from api.problems import InvalidCursorError, responses
from api.schemas import UINT32_MAX
from api.snapshot import Snapshot, Snapshots, wanted_of

router = APIRouter(prefix="/v1/events", tags=["live"])

PING_S = 15.0
RETRY_MS = 1_000
_ID = re.compile(r"([0-9]{1,18})-([0-9]{1,10})-([0-9a-f]{8})")
_ALWAYS = frozenset({"block", "rollback"})
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Told = (
    TradeHappened
    | CopyHappened
    | OrderHappened
    | FeeHappened
    | PolicyHappened
    | TermsHappened
    | BlockHappened
    | RollbackHappened
)


class EventsQuery(BaseModel):
    """What to hear of; everything that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[
        list[EventType] | None,
        Query(max_length=8, description="Only these types; `block` and `rollback` always come."),
    ] = None
    strategy_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only of this strategy.", examples=[3])
    ] = None
    vault_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only of this vault.", examples=[42])
    ] = None
    owner: Annotated[Address | None, Field(description="Only of this owner's vaults and orders.")] = None
    last_event_id: Annotated[
        str | None,
        Field(max_length=40, description="As the header, for clients that cannot set one."),
    ] = None

    def wants(self, told: Happening) -> bool:
        """Whether an event is one to hear of."""
        if told.type in _ALWAYS:
            return True
        return (
            (self.type is None or told.type in self.type)
            and (self.strategy_id is None or told.strategy_id == self.strategy_id)
            and (self.vault_id is None or told.vault_id == self.vault_id)
            and (self.owner is None or told.owner == self.owner)
        )


@dataclass(frozen=True, slots=True)
class _Resume:
    """Where a client goes on, and what it is told first."""

    position: Position
    rollback: Happening | None = None


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream that does not end. `event` is the type, `data` the JSON of it, `id` what to "
        "send back as `Last-Event-ID`.",
        "content": {"text/event-stream": {}},
        "model": Told,
    }
}


@router.get(
    "",
    operation_id="streamEvents",
    summary="What happens, as it happens",
    response_class=StreamingResponse,
    responses={**_STREAM, **responses()},
)
async def stream_events(
    request: Request,
    query: Annotated[EventsQuery, Query()],
    last_event_id: Annotated[
        str | None,
        Header(max_length=40, description="The last `id` that was seen: the stream goes on after it."),
    ] = None,
) -> StreamingResponse:
    """Server-Sent Events: trade, copy, order, fee, policy, terms, and after each step of the ledger block.

    When the chain replaces blocks, `rollback` takes back what was told of those above its `ancestor`, and
    what replaced it follows; a client that was away meanwhile is told so, too, when it comes back.
    """
    snapshots: Snapshots = request.app.state.snapshots
    feeds: Feeds = request.app.state.feeds
    seen = last_event_id or query.last_event_id

    def begin() -> tuple[Feed, _Resume | None]:
        with snapshots.open(wanted_of(request.path_params)) as snapshot:
            _ = snapshot.block  # without one there is nothing to hear of
            return feeds.of(snapshot), None if seen is None else _resume(snapshot, seen)

    async with snapshots.turns:
        feed, resume = await asyncio.to_thread(begin)
    return StreamingResponse(_told(feed, resume, query), media_type="text/event-stream", headers=_HEADERS)


async def _told(feed: Feed, resume: _Resume | None, query: EventsQuery) -> AsyncIterator[bytes]:
    subscriber = await feed.subscribe()
    try:
        yield format_sse_event(retry=RETRY_MS, comment="listening")
        position = subscriber.start
        if resume is not None:
            position = resume.position
            if resume.rollback is not None:
                yield resume.rollback.wire
            more = True
            while more:
                chapter = await asyncio.to_thread(feed.chapter, position)
                yield b"".join(each.wire for each in chapter.happenings if query.wants(each))
                position, more = max(position, chapter.end), chapter.more
        async for wire in _live(subscriber, position, query):
            yield wire
    finally:
        feed.leave(subscriber)


async def _live(subscriber: Subscriber, position: Position, query: EventsQuery) -> AsyncIterator[bytes]:
    """What the feed tells and a client at a position has not heard."""
    while True:
        try:
            batch = await asyncio.wait_for(subscriber.batches.get(), PING_S)
        except TimeoutError:
            yield KEEPALIVE_COMMENT
            continue
        if batch is None:
            return
        parts = []
        for each in batch:
            if each.type == "rollback":
                position = min(position, each.position)
            elif each.position <= position:
                continue
            else:
                position = each.position
            if query.wants(each):
                parts.append(each.wire)
        if parts:
            yield b"".join(parts)


def _resume(snapshot: Snapshot, text: str) -> _Resume:
    """Find a client's place again. Raises `InvalidCursorError` for what is no id of this stream."""
    found = _ID.fullmatch(text)
    if found is not None:
        number, index, start = int(found[1]), int(found[2]), found[3]
        kept = block_hash(snapshot, number)
        if kept is not None and kept[2:10] == start:
            return _Resume(Position(number, min(index, END)))
        ancestor = lowest_ancestor(snapshot, of=number)
        if ancestor is not None:
            return _Resume(Position(ancestor, END), rollback(ancestor))
        if kept is None and number < snapshot.block.number:
            return _Resume(Position(number, min(index, END)))
    raise InvalidCursorError(
        f"{text} is not the id of an event of this stream.",
        remedy="Send the last `id` that was received, or none to hear what happens from now on.",
    )
