"""The audit log: every administrative act, with what was before and after. Rows are only ever added.

The database refuses changes and removals. Beyond that each row's hash covers the row and the hash before it:
a row that was changed or taken out by somebody who got round the database shows in `verify`, and one at the
end shows by a hash that was noted elsewhere before.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select
from sqlalchemy.orm import Session

from access.models import AuditEntry
from inbox.clock import Clock, now_us

START = "0" * 64
"""What stands for the hash before the first row."""
State = Mapping[str, Any] | None
"""What was, or is, as JSON can say it; None for nothing."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, by which request. `name` is an address, or who sits at the server's shell."""

    name: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: rows read, the last hash, and the first row that is not what was written."""

    rows: int
    head: str
    broken: int | None


class Audit:
    """The audit log of a database."""

    def __init__(self, engine: Engine, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._clock = clock

    def append(
        self,
        connection: Connection,
        actor: Actor,
        act: str,
        subject: str,
        *,
        before: State,
        after: State,
        why: str = "",
    ) -> None:
        """Note an act, inside the `writing` transaction that does it: both happen, or neither."""
        query = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
        last = connection.execute(query).first()
        number, previous = (0, START) if last is None else (last[0], last[1])
        values: dict[str, Any] = {
            "id": number + 1,
            "at_us": self._clock(),
            "actor": actor.name,
            "act": act,
            "subject": subject,
            "before": json.dumps(before, sort_keys=True),
            "after": json.dumps(after, sort_keys=True),
            "why": why,
            "request_id": actor.request_id,
        }
        connection.execute(insert(AuditEntry).values(**values, hash=_hash(previous, values)))

    def newest(
        self, *, limit: int, before: int | None = None, subject: str | None = None, actor: str | None = None
    ) -> Sequence[AuditEntry]:
        """Rows, the newest first, below the id `before`."""
        query = select(AuditEntry)
        if before is not None:
            query = query.where(AuditEntry.id < before)
        if subject is not None:
            query = query.where(AuditEntry.subject == subject)
        if actor is not None:
            query = query.where(AuditEntry.actor == actor)
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()

    def head(self) -> tuple[int, str]:
        """Number and hash of the last row: note them elsewhere."""
        query = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
        with self._engine.connect() as connection:
            found = connection.execute(query).first()
        return (0, START) if found is None else (found[0], found[1])

    def verify(self) -> Verdict:
        """Reckon every hash anew."""
        previous, number = START, 0
        with Session(self._engine) as session:
            while rows := session.scalars(_FOLLOWING.limit(_AT_ONCE), {"last": number}).all():
                for row in rows:
                    number += 1
                    values = {column: getattr(row, column) for column in _COLUMNS}
                    if row.id != number or row.hash != _hash(previous, values):
                        return Verdict(number, previous, number)
                    previous = row.hash
        return Verdict(number, previous, None)


_AT_ONCE = 500
_FOLLOWING = select(AuditEntry).where(AuditEntry.id > bindparam("last")).order_by(AuditEntry.id)
_COLUMNS = ("id", "at_us", "actor", "act", "subject", "before", "after", "why", "request_id")


def _hash(previous: str, values: Mapping[str, Any]) -> str:
    return sha256(json.dumps([previous, *(values[name] for name in _COLUMNS)]).encode()).hexdigest()
