"""Opens the ledger's database: SQLite for one machine, PostgreSQL for a server, the same tables on both."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from indexer.ledger.errors import DatabaseUnavailableError

BUSY_TIMEOUT_MS = 10_000
CONNECTIONS = 15
"""What one process opens to PostgreSQL at most."""

_OF_POSTGRESQL: Mapping[str, Any] = {
    "pool_size": CONNECTIONS,
    "max_overflow": 0,
    "pool_use_lifo": True,
    "connect_args": {"prepare_threshold": 2},
}
"""Connections stay open, the last one used is used next, and what is asked twice is planned once: to plan a
statement over all parts of a table takes several times as long as to run it, and each connection plans anew.
"""

_CACHE_KB = 32_768
_CHECKPOINT_PAGES = 8_000
"""A range of a backfill changes some ten thousand pages of four kilobytes: with SQLite's own two megabytes of
memory and four of log it would write and read them several times over.
"""


class _AmountSum:
    """SQLite's aggregate behind `amount_sum`: adds decimal text exactly; null when there was no row."""

    def __init__(self) -> None:
        self._total: int | None = None

    def step(self, value: Any) -> None:
        """Add one row: decimal text or null."""
        if value is not None:
            self._total = (self._total or 0) + int(value)

    def finalize(self) -> Any:  # typeshed knows only integers here; SQLite takes text and null too
        """Give the sum as decimal text."""
        return None if self._total is None else str(self._total)


def open_engine(url: str, *, must_exist: bool = False) -> Engine:
    """Open `url`: `sqlite:///path` or `postgresql://user@host/name`. A bare path means SQLite.

    SQLite makes a missing file unless it `must_exist`. Raises `DatabaseUnavailableError` if the database
    cannot be connected to.
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
    except ArgumentError as error:
        raise DatabaseUnavailableError(
            f"'{url}' is not a database URL.",
            remedy="Give sqlite:///path/to/file.db or postgresql://user:password@host:port/name.",
        ) from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseUnavailableError(
            f"Lockstep cannot use a {parsed.get_backend_name()} database.",
            remedy="Give a sqlite:/// or postgresql:// URL.",
        )
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    if must_exist and is_file and not Path(str(parsed.database)).exists():
        raise DatabaseUnavailableError(
            f"There is no database at {parsed.database}.",
            remedy="Run `lockstep index` first, or give another --database-url.",
        )
    engine = create_engine(parsed, **({} if parsed.get_backend_name() == "sqlite" else _OF_POSTGRESQL))
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        engine.connect().close()
    except (OperationalError, sqlite3.Error) as error:
        engine.dispose()
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseUnavailableError(
            f"The database {parsed.render_as_string(hide_password=True)} cannot be opened: {reason}.",
            remedy="Check that the path's folder exists, or that the server runs and the URL is right.",
        ) from error
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Set what SQLite needs for one writer beside several readers, with real transactions.

    Python's driver opens a transaction only before a write and never before DDL; here SQLAlchemy's begin is
    SQLite's, so that a migration or a reader's snapshot is one transaction too.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        connection.create_aggregate("amount_sum", 1, _AmountSum)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection whose reads all see the same state, whatever is written meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        yield connection


def why(error: SQLAlchemyError) -> str:
    """The database's own first line about an error, without SQLAlchemy's statement dump."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
