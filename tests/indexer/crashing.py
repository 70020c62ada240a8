"""A process that ends in place of its n-th statement, COPY included: what a crash there would leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event


class CrashError(BaseException):
    """The process would be gone here: nothing that handles errors may catch it."""


class Statements:
    """Counts statements; raises before number `crash_at` (from 0), and again before every later one: nothing
    of a dead process reaches the database.
    """

    def __init__(self, crash_at: int | None) -> None:
        self.crash_at = crash_at
        self.run: list[str] = []

    def before(self, text: str) -> None:
        if self.crash_at is not None and len(self.run) >= self.crash_at:
            raise CrashError(text)
        self.run.append(text)


@contextmanager
def crashing(engine: Engine, crash_at: int | None = None) -> Iterator[Statements]:
    """Crash before the n-th statement on the engine; None: only count."""
    statements = Statements(crash_at)

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
