"""Writes many rows while the caller computes: the database works in that time, and Python need not wait.

PostgreSQL only: SQLite works in this process, and two threads would take each other's turns.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Concatenate, ParamSpec, Self

from sqlalchemy import Connection

_MANY = 500
"""Logs of a range from which on a second thread saves more than it costs."""

P = ParamSpec("P")


class Beside:
    """Work on a transaction's connection, in order, in a thread of its own where that pays.

    For a `with` block, which ends when all is done, with the error of the work if it failed.
    """

    def __init__(self, connection: Connection, logs: int) -> None:
        self._connection = connection
        self._thread = None
        if connection.dialect.name == "postgresql" and logs >= _MANY:
            self._thread = ThreadPoolExecutor(1)
        self._given: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.shutdown()
        self.connection()

    def do(
        self, work: Callable[Concatenate[Connection, P], None], *args: P.args, **keywords: P.kwargs
    ) -> None:
        """Have something done, after what was given before; the next `connection` raises its error."""
        if self._thread is None:
            work(self._connection, *args, **keywords)
            return
        before = list(self._given)

        def unless_failed() -> None:
            # After a failure the transaction is lost: nothing more is sent.
            if not any(each.exception() for each in before):
                work(self._connection, *args, **keywords)

        self._given.append(self._thread.submit(unless_failed))

    def connection(self) -> Connection:
        """The connection, as soon as everything given so far is done."""
        for each in self._given:
            each.result()
        return self._connection
