"""Writes many rows at once: COPY on PostgreSQL, executemany on SQLite, in the caller's transaction.

Rows are tuples in the order of the table's columns; amounts are integers.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, islice
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Boolean, Connection, Integer, LargeBinary, String
from sqlalchemy.exc import DBAPIError

from indexer.ledger.models import Amount, Base

_COPY_TYPES: tuple[tuple[type[Any], str], ...] = (
    (BigInteger, "int8"),
    (Integer, "int4"),
    (String, "text"),
    (Boolean, "bool"),
    (LargeBinary, "bytea"),
    (Amount, "numeric"),
)
"""What a column is called in a binary COPY, the narrower type first."""

_CHUNK = 10_000


@cache
def column_names(table: type[Base]) -> tuple[str, ...]:
    """The columns in the order in which `write_rows` takes them."""
    return tuple(table.__table__.columns.keys())


def write_rows(connection: Connection, table: type[Base], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert the rows, which may be made as they are written.

    Raises SQLAlchemy's `DBAPIError`; a row that is there already is an `IntegrityError`.
    """
    columns = column_names(table)
    into = f"{table.__tablename__} ({', '.join(_quoted(name) for name in columns)})"
    rest = iter(rows)
    first = list(islice(rest, _CHUNK))
    if not first:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, f"COPY {into} FROM STDIN (FORMAT BINARY)", chain(first, rest))
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608 (names of our own tables)
    wide = [at for at, column in enumerate(table.__table__.columns) if isinstance(column.type, Amount)]
    while first:
        connection.exec_driver_sql(statement, _with_text(first, wide))
        first = list(islice(rest, _CHUNK))


def _with_text(rows: list[tuple[Any, ...]], wide: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows with their amounts as decimal text."""
    if not wide:
        return rows
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for at in wide:
        columns[at] = map(str, columns[at])
    return list(zip(*columns, strict=True))


def _copy(connection: Connection, table: type[Base], statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver = connection.connection.cursor()
    # Whoever listens to SQLAlchemy's statements hears of this one, too.
    connection.dispatch.before_cursor_execute(connection, driver, statement, (), None, True)  # noqa: FBT003 (SQLAlchemy's signature)
    try:
        with driver.copy(statement) as copy:
            copy.set_types([_copy_type(column.type) for column in table.__table__.columns])
            write = copy.write_row
            for row in rows:
                write(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error
    finally:
        with suppress(psycopg.Error):
            driver.close()


def _copy_type(kind: Any) -> str:
    return next(name for each, name in _COPY_TYPES if isinstance(kind, each))


def _quoted(name: str) -> str:
    return f'"{name}"'
