"""Short transactions that write, on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.dialects import postgresql, sqlite

_LOCK = 0x10C_57E9


@contextmanager
def writing(engine: Engine, lock: int = _LOCK) -> Iterator[Connection]:
    """A transaction that nobody else's write comes between; committed at the end, undone by an error.

    SQLite would let two readers begin and refuse the second's write: here the lock comes first. PostgreSQL
    gives an advisory lock until the commit; what happens under it are a few rows. Writers that never meet
    have each a ``lock`` of their own.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        yield connection


def insert_new(connection: Connection, table: Any, **values: Any) -> bool:
    """Insert a row unless one with its key is there; whether it was inserted."""
    own: Table = table.__table__
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    statement = insert(own).values(**values).on_conflict_do_nothing()
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount == 1
