"""Writes rows while the caller computes: the database works in that time, and Python need not wait.

PostgreSQL only: SQLite works in this process, and two threads would take each other's turns. What a large
range writes is written in a second thread. A small one's statements are sent one after the other, and their
answers taken in when somebody needs the connection: a block at the head waits once, and not for each of them.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Concatenate, ParamSpec, Self

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

_MANY = 500
"""Logs of a range from which on a second thread saves more than it costs."""

P = ParamSpec("P")


class Beside:
    """Work on a transaction's connection, in order, beside the caller where that pays.

    For a `with` block, which ends when all is done, with the error of the work if it failed.
    """

    def __init__(self, connection: Connection, logs: int) -> None:
        self._connection = connection
        self._thread = None
        postgresql = connection.dialect.name == "postgresql"
        if postgresql and logs >= _MANY:
            self._thread = ThreadPoolExecutor(1)
        self._given: list[Future[None]] = []
        self._pipelined = postgresql and self._thread is None
        self._unanswered: ExitStack | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._thread.shutdown()
        try:
            self.connection()
        except OperationalError:
            # Where the connection was lost under the caller's own statement, that error says more.
            if error is None or self._thread is not None:
                raise

    def do(
        self, work: Callable[Concatenate[Connection, P], None], *args: P.args, **keywords: P.kwargs
    ) -> None:
        """Have something written, after what was given before; the next `connection` raises its error.

        The work reads nothing, not even how many rows it changed: its statements' answers may come later.
        """
        if self._pipelined and self._unanswered is None:
            self._unanswered = ExitStack()
            self._unanswered.enter_context(self._driver().pipeline())
        self._do(work, *args, **keywords)

    def do_asking(
        self, work: Callable[Concatenate[Connection, P], None], *args: P.args, **keywords: P.kwargs
    ) -> None:
        """As `do`, of work that reads as well."""
        self._take_answers()
        self._do(work, *args, **keywords)

    def connection(self) -> Connection:
        """The connection, as soon as everything given so far is done."""
        for each in self._given:
            each.result()
        self._take_answers()
        return self._connection

    def _do(
        self, work: Callable[Concatenate[Connection, P], None], *args: P.args, **keywords: P.kwargs
    ) -> None:
        if self._thread is None:
            work(self._connection, *args, **keywords)
            return
        before = list(self._given)

        def unless_failed() -> None:
            # After a failure the transaction is lost: nothing more is sent.
            if not any(each.exception() for each in before):
                work(self._connection, *args, **keywords)

        self._given.append(self._thread.submit(unless_failed))

    def _take_answers(self) -> None:
        if self._unanswered is None:
            return
        unanswered, self._unanswered = self._unanswered, None
        try:
            unanswered.close()
        except psycopg.Error as error:
            raise DBAPIError.instance("a range's statements", None, error, psycopg.Error) from error

    def _driver(self) -> psycopg.Connection[tuple[object, ...]]:
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101 - PostgreSQL's only driver here
        return driver
