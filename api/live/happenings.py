"""What the stream is made of: events with their bytes on the wire, and places in it."""

from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event

from api.live.schemas import EventType, HealthHappened, RollbackHappened
from api.schemas import Schema

END = 2**31 - 1
"""The index of what comes after all events of a block."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the chain: everything up to it has been told."""

    block: int
    index: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with what subscribers filter by, and its bytes on the wire.

    ``wire`` is for Server-Sent Events, ``frame`` for WebSockets. ``news`` is the inbox's number of what did
    not come from the chain: then ``position`` is where the chain was when it was told.
    """

    type: EventType
    position: Position
    data: Schema
    wire: bytes
    frame: str
    strategy_id: int | None = None
    vault_id: int | None = None
    owner: str | None = None
    leader: str | None = None
    news: int | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened after a place up to another; ``more`` says that it goes on after it.

    ``news`` is up to where the inbox has been told.
    """

    happenings: list[Happening]
    end: Position
    news: int
    more: bool


@dataclass(slots=True)
class Heard:
    """Up to where somebody has heard: in the chain, and in the inbox."""

    position: Position
    news: int

    def takes(self, told: Happening) -> bool:
        """Whether an event is new here, and remember it."""
        if told.type == "health":
            return True
        if told.type == "rollback":
            self.position = min(self.position, told.position)
            return True
        if told.news is not None:
            if told.news <= self.news:
                return False
            self.news = told.news
            return True
        if told.position <= self.position:
            return False
        self.position = told.position
        return True


def name_of(position: Position, hash_: str, news: int) -> str:
    """Return the id of an event: its place in the chain, and in the inbox where there is one."""
    name = f"{position.block}-{position.index}-{hash_[2:10]}"
    return f"{name}.{news}" if news else name


def happening(kind: EventType, data: Schema, position: Position, name: str | None, **who: Any) -> Happening:
    """Return an event, ready to be sent."""
    text = data.model_dump_json()
    wire = format_sse_event(event=kind, id=name, data_str=text)
    shown = "null" if name is None else f'"{name}"'
    frame = f'{{"event":"{kind}","id":{shown},"data":{text}}}'
    return Happening(kind, position, data, wire, frame, **who)


def rollback(ancestor: int) -> Happening:
    """Return that everything above a block is taken back."""
    return happening("rollback", RollbackHappened(ancestor=ancestor), Position(ancestor, END), None)


def health(data: HealthHappened, position: Position) -> Happening:
    """Return how the ledger stands now."""
    return happening("health", data, position, None)
