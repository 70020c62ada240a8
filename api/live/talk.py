"""The live stream by WebSocket: the client says what it wants while it listens.

One task reads what the client says into a short queue; one answers it and sends what the feed tells, so that
nothing is sent by two at once. A client that does not read is dropped, with nothing kept for it.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal

import structlog
from fastapi import WebSocket
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect

from api.live.feed import Feed, Feeds, Subscriber
from api.live.happenings import Happening
from api.live.resume import ID_LENGTH, Resume, resume
from api.live.topics import ALWAYS, Wants, parse
from api.problems import TYPE_PREFIX, ApiError, InvalidRequestError
from api.snapshot import DeploymentKey, Snapshots, wanted_of

log = structlog.get_logger()

MOST_TOPICS = 100
MOST_TEXT = 16_384
MOST_A_SECOND = 10
"""Messages of one client, in the long run; three times as many at once."""
MOST_CONNECTIONS = 2_000
"""Of one process; whoever comes beyond is asked to come later."""

_SEND_S = 20.0
_WAITING = 8

POLICY, TOO_BIG, LATER, TOO_SLOW = 1008, 1009, 1013, 4008
"""Why a connection is closed."""


class Message(BaseModel):
    """What a client says. `ref` comes back with the answer, `after` is the last id that it has seen."""

    model_config = ConfigDict(extra="forbid", strict=True)

    op: Literal["subscribe", "unsubscribe", "ping"]
    topics: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=MOST_TOPICS)] = []
    after: Annotated[str, Field(max_length=ID_LENGTH)] | None = None
    ref: Annotated[str, Field(max_length=64)] | None = None


class TooManyTopicsError(ApiError):
    """The connection has as many topics as it may."""

    status, slug, title = 422, "too-many-topics", "Too many topics on one connection"


async def talk(websocket: WebSocket) -> None:
    """Serve one connection until one side ends it."""
    await websocket.accept()
    snapshots: Snapshots = websocket.app.state.snapshots
    feeds: Feeds = websocket.app.state.feeds
    wanted = wanted_of(websocket.path_params)
    if feeds.talking >= MOST_CONNECTIONS:
        await websocket.close(LATER, "too many connections")
        return
    feeds.talking += 1
    try:
        feed = await asyncio.to_thread(_feed, snapshots, feeds, wanted)
        subscriber = await feed.subscribe()
        try:
            await _Conversation(websocket, feed, subscriber, snapshots, wanted).run()
        finally:
            feed.leave(subscriber)
    except ApiError as error:
        await websocket.send_json(_problem(error, None))
        await websocket.close(LATER, error.slug)
    except SQLAlchemyError as error:
        log.warning("live_talk_ended", problem=str(error))
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(LATER, "the database did not answer")
    except WebSocketDisconnect:
        pass
    finally:
        feeds.talking -= 1


def _feed(snapshots: Snapshots, feeds: Feeds, wanted: DeploymentKey | None) -> Feed:
    with snapshots.open(wanted) as snapshot:
        _ = snapshot.block  # without one there is nothing to hear of
        return feeds.of(snapshot)


class _Conversation:
    """One connection: its topics, and up to where it has heard."""

    def __init__(
        self,
        websocket: WebSocket,
        feed: Feed,
        subscriber: Subscriber,
        snapshots: Snapshots,
        wanted: DeploymentKey | None,
    ) -> None:
        self._websocket = websocket
        self._feed = feed
        self._subscriber = subscriber
        self._snapshots = snapshots
        self._wanted = wanted
        self._heard = subscriber.heard
        self._topics: dict[str, Wants] = {}
        self._said: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)
        self._over = False

    async def run(self) -> None:
        """Listen and tell until one side ends it."""
        listening = asyncio.create_task(self._listen())
        said, told = self._next_said(), self._next_told()
        try:
            while True:
                await asyncio.wait({said, told}, return_when=asyncio.FIRST_COMPLETED)
                if said.done():
                    text = said.result()
                    if text is None:
                        return
                    await self._answer(text)
                    said = self._next_said()
                if told.done():
                    batch = told.result()
                    if batch is None:
                        await self._let_go()
                        return
                    for each in batch:
                        if self._heard.takes(each) and self._wants(each):
                            await self._send(each.frame)
                    told = self._next_told()
        except TimeoutError:
            await self._end(TOO_SLOW, "nothing was read")
        finally:
            for task in (listening, said, told):
                task.cancel()
            await asyncio.gather(listening, said, told, return_exceptions=True)

    async def _listen(self) -> None:
        """Pass on what the client says; None when it is gone, or has said too much."""
        allowed, at = 3.0 * MOST_A_SECOND, time.monotonic()
        with suppress(WebSocketDisconnect):
            while True:
                text = await self._websocket.receive_text()
                now = time.monotonic()
                allowed, at = min(3.0 * MOST_A_SECOND, allowed + (now - at) * MOST_A_SECOND) - 1, now
                if len(text) > MOST_TEXT:
                    await self._end(TOO_BIG, "the message is too long")
                    break
                if allowed < 0:
                    await self._end(POLICY, "too many messages")
                    break
                await self._said.put(text)
        await self._said.put(None)

    async def _answer(self, text: str) -> None:
        """Do what a message says, and say so."""
        ref: str | None = None
        try:
            try:
                message = Message.model_validate_json(text)
            except ValidationError as error:
                first = error.errors()[0]
                at = ".".join(str(part) for part in first["loc"]) or "message"
                raise InvalidRequestError(
                    f"{at}: {first['msg']}",
                    remedy='Send {"op": "subscribe", "topics": ["vault:42"]}, "unsubscribe" or "ping".',
                ) from error
            ref = message.ref
            if message.op == "subscribe":
                await self._subscribe(message)
            elif message.op == "unsubscribe":
                for topic in message.topics:
                    self._topics.pop(parse(topic)[0], None)
        except ApiError as error:
            await self._say(_problem(error, ref))
            return
        if message.op == "ping":
            await self._say({"op": "pong", "ref": ref})
        else:
            await self._say({"op": f"{message.op}d", "ref": ref, "topics": list(self._topics)})

    async def _subscribe(self, message: Message) -> None:
        added = dict(parse(topic) for topic in message.topics)
        if len(self._topics | added) > MOST_TOPICS:
            raise TooManyTopicsError(
                f"A connection has at most {MOST_TOPICS} topics.",
                remedy="Unsubscribe from some, or listen to all of a kind: trades, orders, health.",
            )
        if message.after is not None:
            async with self._snapshots.turns:
                place = await asyncio.to_thread(self._place, message.after)
            await self._catch_up(place, added)
        self._topics |= added
        if "health" in added:
            await self._send((await asyncio.to_thread(self._feed.health)).frame)

    def _place(self, after: str) -> Resume:
        with self._snapshots.open(self._wanted) as snapshot:
            return resume(snapshot, after)

    async def _catch_up(self, place: Resume, topics: dict[str, Wants]) -> None:
        """Tell of topics what happened since a place, up to where this connection has heard."""
        if place.rollback is not None:
            await self._send(place.rollback.frame)
        until, at, more = self._heard, place.heard(), True
        while more and (at.position < until.position or at.news < until.news):
            async with self._snapshots.turns:
                chapter = await asyncio.to_thread(self._feed.chapter, at.position, at.news)
            for each in chapter.happenings:
                late = each.position > until.position if each.news is None else each.news > until.news
                if not late and at.takes(each) and _wanted(each, topics):
                    await self._send(each.frame)
            at.position, at.news, more = max(at.position, chapter.end), chapter.news, chapter.more

    def _wants(self, told: Happening) -> bool:
        return bool(self._topics) and _wanted(told, self._topics)

    async def _let_go(self) -> None:
        if not self._subscriber.overrun:
            await self._end(1001, "the server ends")
            return
        await self._say(
            {
                "op": "dropped",
                "type": f"{TYPE_PREFIX}too-slow",
                "detail": "More happened than was read in time.",
                "remedy": "Connect again, and subscribe with the last `id` that was seen as `after`.",
            }
        )
        await self._end(TOO_SLOW, "too slow")

    async def _say(self, answer: dict[str, Any]) -> None:
        await self._send(json.dumps(answer))

    async def _send(self, text: str) -> None:
        """Send a message. Raises `TimeoutError` when the client has not read for long."""
        if self._over:
            raise WebSocketDisconnect
        async with asyncio.timeout(_SEND_S):
            await self._websocket.send_text(text)

    async def _end(self, code: int, reason: str) -> None:
        self._over = True
        with suppress(TimeoutError, RuntimeError):
            async with asyncio.timeout(1):
                await self._websocket.close(code, reason)

    def _next_said(self) -> "asyncio.Task[str | None]":
        return asyncio.create_task(self._said.get())

    def _next_told(self) -> "asyncio.Task[Sequence[Happening] | None]":
        return asyncio.create_task(self._subscriber.batches.get())


def _wanted(told: Happening, topics: Mapping[str, Wants]) -> bool:
    return told.type in ALWAYS or any(wants(told) for wants in topics.values())


def _problem(error: ApiError, ref: str | None) -> dict[str, Any]:
    kind = TYPE_PREFIX + error.slug
    return {"op": "error", "ref": ref, "type": kind, "detail": error.detail, "remedy": error.remedy}
