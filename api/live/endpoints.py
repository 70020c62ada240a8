"""Paths of the live streams."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, WebSocket
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from api.addresses import Address
from api.live.feed import Feed, Feeds, Subscriber
from api.live.happenings import Happening, Heard
from api.live.resume import ID_LENGTH, Resume, resume
from api.live.schemas import (
    BlockHappened,
    CopyHappened,
    EventType,
    FeeHappened,
    HealthHappened,
    OrderHappened,
    PolicyHappened,
    RollbackHappened,
    StatusHappened,
    StopHappened,
    TermsHappened,
    TradeHappened,
    TransitionHappened,
)
from api.live.talk import talk
from api.problems import responses
from api.schemas import UINT32_MAX
from api.snapshot import Snapshots, wanted_of

router = APIRouter(prefix="/v1", tags=["live"])

PING_S = 15.0
RETRY_MS = 1_000
_ALWAYS = frozenset({"block", "rollback"})
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Told = (
    TradeHappened
    | CopyHappened
    | OrderHappened
    | FeeHappened
    | StatusHappened
    | PolicyHappened
    | TermsHappened
    | TransitionHappened
    | StopHappened
    | HealthHappened
    | BlockHappened
    | RollbackHappened
)


class EventsQuery(BaseModel):
    """What to hear of; everything that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[
        list[EventType] | None,
        Query(max_length=12, description="Only these types; `block` and `rollback` always come."),
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
        Field(max_length=ID_LENGTH, description="As the header, for clients that cannot set one."),
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


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream that does not end. `event` is the type, `data` the JSON of it, `id` what to "
        "send back as `Last-Event-ID`.",
        "content": {"text/event-stream": {}},
        "model": Told,
    }
}


@router.get(
    "/events",
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
        Header(max_length=ID_LENGTH, description="The last `id` that was seen: the stream goes on after it."),
    ] = None,
) -> StreamingResponse:
    """Server-Sent Events: trade, copy, order, fee, status, policy and terms from the chain, and after each
    step of the ledger block; transition and stop from the inbox; health when that becomes another.

    When the chain replaces blocks, `rollback` takes back what was told of those above its `ancestor`, and
    what replaced it follows; a client that was away meanwhile is told so, too, when it comes back.
    """
    snapshots: Snapshots = request.app.state.snapshots
    feeds: Feeds = request.app.state.feeds
    seen = last_event_id or query.last_event_id

    def begin() -> tuple[Feed, Resume | None]:
        with snapshots.open(wanted_of(request.path_params)) as snapshot:
            _ = snapshot.block  # without one there is nothing to hear of
            return feeds.of(snapshot), None if seen is None else resume(snapshot, seen)

    async with snapshots.turns:
        feed, place = await asyncio.to_thread(begin)
    return StreamingResponse(_told(feed, place, query), media_type="text/event-stream", headers=_HEADERS)


@router.websocket("/ws")
async def talk_live(websocket: WebSocket) -> None:
    """The same events to whoever subscribes to topics; `docs/api.md` has the messages."""
    await talk(websocket)


async def _told(feed: Feed, place: Resume | None, query: EventsQuery) -> AsyncIterator[bytes]:
    subscriber = await feed.subscribe()
    try:
        yield format_sse_event(retry=RETRY_MS, comment="listening")
        heard = subscriber.heard
        if place is not None:
            heard = place.heard()
            if place.rollback is not None:
                yield place.rollback.wire
            more = True
            while more:
                chapter = await asyncio.to_thread(feed.chapter, heard.position, heard.news)
                yield _wires(chapter.happenings, heard, query)
                heard.position, more = max(heard.position, chapter.end), chapter.more
        async for wire in _live(subscriber, heard, query):
            yield wire
    finally:
        feed.leave(subscriber)


async def _live(subscriber: Subscriber, heard: Heard, query: EventsQuery) -> AsyncIterator[bytes]:
    """What the feed tells and a client has not heard."""
    while True:
        try:
            batch = await asyncio.wait_for(subscriber.batches.get(), PING_S)
        except TimeoutError:
            yield KEEPALIVE_COMMENT
            continue
        if batch is None:
            return
        if wires := _wires(batch, heard, query):
            yield wires


def _wires(batch: Sequence[Happening], heard: Heard, query: EventsQuery) -> bytes:
    return b"".join(each.wire for each in batch if heard.takes(each) and query.wants(each))
