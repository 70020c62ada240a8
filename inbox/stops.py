"""Operators' stops: a leader, a strategy, or all entries. Who, when and why is kept for good."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.orm import Session

from inbox.clock import Clock, now_us
from inbox.errors import InboxError
from inbox.models import Stop
from inbox.news import LIFT, STOP, note
from inbox.writing import writing


class Scope(StrEnum):
    """What a stop holds back. A leader's and a strategy's: all their orders, and copies of entries."""

    LEADER = "leader"
    STRATEGY = "strategy"
    ENTRIES = "entries"


class UnknownStopError(InboxError):
    """There is no such stop, or it was lifted before."""


class Stops:
    """The stops of one hub."""

    def __init__(self, engine: Engine, *, chain_id: int, hub: str, clock: Clock = now_us) -> None:
        self._engine = engine
        self._chain_id = chain_id
        self._hub = hub
        self._clock = clock

    def set(self, scope: Scope, subject: str, *, who: str, why: str) -> None:
        """Stop something. `subject` is the leader's address, the strategy's id, or empty."""
        with writing(self._engine) as connection:
            self.set_within(connection, scope, subject, who=who, why=why)

    def set_within(self, connection: Connection, scope: Scope, subject: str, *, who: str, why: str) -> None:
        """`set`, in a `writing` transaction that does more."""
        values = {
            "chain_id": self._chain_id,
            "hub": self._hub,
            "scope": scope,
            "subject": subject,
            "who": who,
            "why": why,
            "since_us": self._clock(),
        }
        stop_id = connection.execute(insert(Stop).values(**values).returning(Stop.id)).scalar_one()
        note(connection, STOP, stop_id, chain_id=self._chain_id, hub=self._hub)

    def lift(self, stop_id: int, *, who: str, why: str) -> None:
        """End a stop. Raises `UnknownStopError`."""
        with writing(self._engine) as connection:
            self.lift_within(connection, stop_id, who=who, why=why)

    def lift_within(self, connection: Connection, stop_id: int, *, who: str, why: str) -> None:
        """`lift`, in a `writing` transaction that does more. Raises `UnknownStopError`."""
        done = connection.execute(
            update(Stop)
            .where(
                Stop.id == stop_id,
                Stop.chain_id == self._chain_id,
                Stop.hub == self._hub,
                Stop.lifted_us.is_(None),
            )
            .values(lifted_us=self._clock(), lifted_by=who, lifted_why=why)
        )
        if done.rowcount != 1:
            raise UnknownStopError(
                f"No stop {stop_id} holds now.", remedy="`lockstep stop list` shows those that do."
            )
        note(connection, LIFT, stop_id, chain_id=self._chain_id, hub=self._hub)

    def all(self, *, lifted: bool) -> Sequence[Stop]:
        """The stops that hold, or with `lifted` every one there ever was, oldest first."""
        query = select(Stop).where(Stop.chain_id == self._chain_id, Stop.hub == self._hub)
        if not lifted:
            query = query.where(Stop.lifted_us.is_(None))
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(query.order_by(Stop.id)).all()
