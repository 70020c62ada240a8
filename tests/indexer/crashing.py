"""A process that ends in place of its n-th statement, COPY included: what a crash there would leave."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import PendingRollbackError


class CrashError(BaseException):
    """The process would be gone here: nothing that handles errors may catch it."""


CRASHED = (CrashError, PendingRollbackError)
"""The second: Alembic tidies up in a `finally`, which a process that is gone does not."""


STRIDES = [pytest.param(7, id="some"), pytest.param(1, id="every", marks=pytest.mark.deep)]
"""Before how many statements there is a crash: some in each run of the suite, all in `make test-deep`."""


@dataclass
class Places:
    """Where a piece of work that is begun again and again is to crash, one place further each time: before
    every n-th statement, and before the first that writes to a table, whichever number that has.
    """

    every: int
    last: int = -1
    written: set[str] = field(default_factory=set)
    crashes: int = 0

    def has(self, number: int, text: str) -> bool:
        """Whether to crash before the statement of this number (from 0); the next place is behind it then."""
        found = re.match(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM|COPY) \W*(\w+)", text)
        is_first = found is not None and found[1] not in self.written
        if number <= self.last or (number - self.last < self.every and not is_first):
            return False
        self.last = number
        self.crashes += 1
        if found is not None:
            self.written.add(found[1])
        return True


class Statements:
    """Counts statements; raises before the first that `crashes_at` says yes to, by its number (from 0) and
    text, and again before every later one: nothing of a dead process reaches the database.
    """

    def __init__(self, crashes_at: Callable[[int, str], bool]) -> None:
        self.crashes_at = crashes_at
        self.is_dead = False
        self.run: list[str] = []

    def before(self, text: str) -> None:
        self.is_dead = self.is_dead or self.crashes_at(len(self.run), text)
        if self.is_dead:
            raise CrashError(text)
        self.run.append(text)


@contextmanager
def crashing(engine: Engine, crash_at: int | Places | None = None) -> Iterator[Statements]:
    """Crash before the n-th statement on the engine, or at the next of places; None: only count."""

    def crashes_at(number: int, text: str) -> bool:
        if isinstance(crash_at, Places):
            return crash_at.has(number, text)
        return crash_at is not None and number >= crash_at

    statements = Statements(crashes_at)

    def before(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        statements.before(text)

    copy = psycopg.Cursor.copy

    def counted(self: Any, statement: Any, *arguments: Any, **options: Any) -> Any:
        statements.before(str(statement))
        return copy(self, statement, *arguments, **options)

    event.listen(engine, "before_cursor_execute", before)
    psycopg.Cursor.copy = counted  # type: ignore[method-assign]
    try:
        yield statements
    finally:
        psycopg.Cursor.copy = copy  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", before)
