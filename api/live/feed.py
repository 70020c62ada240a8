"""One reader of the ledger for everybody who listens: what it finds goes to all of them.

The reader asks every few hundredths of a second whether the ledger's last block is another, while anybody
listens, and reads what is new once. A subscriber that does not keep up is let go: it comes back with the
last id that it has seen, and gets the rest from the ledger.
"""

import asyncio
import time
from collections.abc import Sequence
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.health.service import NotReadyError, get_readiness
from api.live.happenings import END, Chapter, Happening, Heard, Position, health, rollback
from api.live.inbox import newest
from api.live.repository import lowest_ancestor, read_chapter, read_reorg_id
from api.live.schemas import HealthHappened
from api.problems import LedgerNotReadyError
from api.snapshot import DeploymentKey, Snapshot, Snapshots

POLL_S = 0.05
_AWAY_S = 1.0
_HEALTH_S = 1.0
_WAITING = 256
"""Batches that a subscriber may be behind."""

_State = tuple[str, int, int]
"""The last block's hash and the numbers of the last rollback and of the inbox's last news: another one when
there is something to tell.
"""

log = structlog.get_logger()


class Subscriber:
    """Somebody who listens from where ``heard`` is on. A batch of None ends it; ``overrun`` says that it was
    too slow.
    """

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.batches: asyncio.Queue[Sequence[Happening] | None] = asyncio.Queue(_WAITING)
        self.overrun = False

    def put(self, batch: Sequence[Happening] | None) -> None:
        """Hand a batch over; what is not fetched in time is dropped with the subscriber's end."""
        if self.overrun:
            return
        try:
            self.batches.put_nowait(batch)
        except asyncio.QueueFull:
            self.overrun = True
            while not self.batches.empty():
                self.batches.get_nowait()
            self.batches.put_nowait(None)


class Feed:
    """What happens in one deployment. Its methods belong to one event loop."""

    def __init__(self, snapshots: Snapshots, wanted: DeploymentKey, closing: Event) -> None:
        self._closing = closing
        self._snapshots = snapshots
        self._wanted = wanted
        self._subscribers: set[Subscriber] = set()
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._position = Position(0, 0)
        self._seen: _State = ("", 0, 0)
        self._health: HealthHappened | None = None
        self._asked = 0.0

    async def subscribe(self) -> Subscriber:
        """Begin to listen. Raises `LedgerNotReadyError` while there is nothing to hear."""
        async with self._starting:
            if self._reading is None or self._reading.done():
                self._position, self._seen = await asyncio.to_thread(self._present)
                self._reading = asyncio.create_task(self._read())
            subscriber = Subscriber(Heard(self._position, self._seen[2]))
            self._subscribers.add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Listen no more; the last one to leave stops the reader."""
        self._subscribers.discard(subscriber)
        if not self._subscribers and self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def chapter(self, after: Position, news: int) -> Chapter:
        """Return a part of what happened after a place. Blocks; call it in a thread."""
        with self._snapshots.open(self._wanted) as snapshot:
            return read_chapter(snapshot, after, news)

    def health(self) -> Happening:
        """Return how the ledger stands now. Blocks; call it in a thread."""
        with self._snapshots.open(self._wanted) as snapshot:
            return health(_readiness(snapshot), Position(snapshot.block.number, END))

    async def _read(self) -> None:
        while not self._closing.is_set():
            try:
                batch, self._position, self._seen = await asyncio.to_thread(
                    self._news, self._position, self._seen
                )
            except (SQLAlchemyError, LedgerNotReadyError) as error:
                log.warning("live_feed_waits", problem=str(error))
                await asyncio.sleep(_AWAY_S)
                continue
            if batch:
                for subscriber in tuple(self._subscribers):
                    subscriber.put(batch)
            else:
                await asyncio.sleep(POLL_S)
        for subscriber in tuple(self._subscribers):
            subscriber.put(None)

    def _present(self) -> tuple[Position, _State]:
        with self._snapshots.open(self._wanted) as snapshot:
            return Position(snapshot.block.number, END), _state(snapshot)

    def _news(self, after: Position, seen: _State) -> tuple[list[Happening], Position, _State]:
        """What happened since the last time, up to where it is, and the state that it was then."""
        with self._snapshots.open(self._wanted) as snapshot:
            found = self._changed_health(snapshot)
            state = _state(snapshot)
            if state == seen:
                return found, after, seen
            ancestor = lowest_ancestor(snapshot, since=seen[1])
            if ancestor is not None and ancestor < after.block:
                found.append(rollback(ancestor))
                after = Position(ancestor, END)
            chapter = read_chapter(snapshot, after, seen[2])
        # With more to read the next look must find another state.
        block = "" if chapter.more else state[0]
        return found + chapter.happenings, chapter.end, (block, state[1], chapter.news)

    def _changed_health(self, snapshot: Snapshot) -> list[Happening]:
        now = time.monotonic()
        if now - self._asked < _HEALTH_S:
            return []
        self._asked, before = now, self._health
        self._health = _readiness(snapshot)
        if before is None or before.ready == self._health.ready:
            return []
        return [health(self._health, Position(snapshot.block.number, END))]


class Feeds:
    """The feeds of one process, each made when somebody first listens to its deployment."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._feeds: dict[DeploymentKey, Feed] = {}
        self._closing = Event()
        self.talking = 0
        """Open WebSockets of all of them."""

    def of(self, snapshot: Snapshot) -> Feed:
        """Return the feed of the deployment that a snapshot is of."""
        key = DeploymentKey(snapshot.deployment.chain_id, snapshot.deployment.hub)
        if key not in self._feeds:
            self._feeds[key] = Feed(self._snapshots, key, self._closing)
        return self._feeds[key]

    def close(self) -> None:
        """Let everybody go who listens; a server that ends would wait for them. Any thread may call it."""
        self._closing.set()


def _state(snapshot: Snapshot) -> _State:
    return snapshot.block.hash, read_reorg_id(snapshot), newest(snapshot)


def _readiness(snapshot: Snapshot) -> HealthHappened:
    try:
        get_readiness(snapshot)
    except NotReadyError as error:
        return HealthHappened(ready=False, problem=error.detail)
    return HealthHappened(ready=True, problem=None)
