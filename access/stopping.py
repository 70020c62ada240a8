"""Operators' stops as staff set and lift them: the inbox's own, each with its row in the audit log."""

from typing import Any

from sqlalchemy import Engine

from access.audit import Actor, Audit
from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.stops import Scope, Stops
from inbox.writing import writing


class Stopping:
    """The stops of one hub. Needs the inbox's tables."""

    def __init__(self, engine: Engine, audit: Audit, place: Place, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._audit = audit
        self._stops = Stops(engine, chain_id=place.chain_id, hub=place.hub, clock=clock)

    def set(self, scope: Scope, subject: str, *, by: Actor, why: str) -> None:
        """Stop a leader (EIP-55), a strategy's number, or all entries (an empty subject)."""
        after: dict[str, Any] = {"scope": scope, "subject": subject}
        with writing(self._engine) as connection:
            self._stops.set_within(connection, scope, subject, who=by.name, why=why)
            whom = subject.lower() or scope
            self._audit.append(connection, by, "stop.set", whom, before=None, after=after, why=why)

    def lift(self, number: int, *, by: Actor, why: str) -> None:
        """End a stop. Raises `UnknownStopError`."""
        with writing(self._engine) as connection:
            self._stops.lift_within(connection, number, who=by.name, why=why)
            held, lifted = {"lifted": False}, {"lifted": True}
            subject = f"stop:{number}"
            self._audit.append(connection, by, "stop.lifted", subject, before=held, after=lifted, why=why)
