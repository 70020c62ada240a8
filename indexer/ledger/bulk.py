"""Writes many rows at once, in the caller's transaction: COPY and arrays on PostgreSQL, else executemany.

Rows are tuples in the order of the table's columns; amounts are integers.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, islice
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Boolean, ColumnElement, Connection, Float, Integer, LargeBinary, String
from sqlalchemy.exc import DBAPIError

from indexer.ledger.models import Amount, Base

_COPY_TYPES: tuple[tuple[type[Any], str], ...] = (
    (BigInteger, "int8"),
    (Integer, "int4"),
    (String, "text"),
    (Boolean, "bool"),
    (LargeBinary, "bytea"),
    (Amount, "numeric"),
    (Float, "float8"),
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
        if _answers_wait(connection):
            _insert(connection, table, into, chain(first, rest))
        else:
            _copy(connection, table, f"COPY {into} FROM STDIN (FORMAT BINARY)", chain(first, rest))
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608 (names of our own tables)
    wide = _amounts(table.__table__.columns)
    while first:
        connection.exec_driver_sql(statement, _with_text(first, wide))
        first = list(islice(rest, _CHUNK))


def update_rows(
    connection: Connection,
    table: type[Base],
    deployment_id: int,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Change rows of a deployment. `names` has the column that says which row, then those that change."""
    if not rows:
        return
    columns = [table.__table__.columns[name] for name in names]
    key, *changed = (_quoted(name) for name in names)
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{_copy_type(column.type)}[]" for column in columns)
        news = ", ".join(f"{name} = new.{name}" for name in changed)
        connection.exec_driver_sql(
            f"UPDATE {table.__tablename__} AS old SET {news} "  # noqa: S608 (names of our own tables)
            f"FROM unnest({arrays}) AS new ({', '.join([key, *changed])}) "
            f"WHERE old.deployment_id = %s AND old.{key} = new.{key}",
            (*_arrays([column.type for column in columns], rows), deployment_id),
        )
        return
    wide = _amounts(columns)
    connection.exec_driver_sql(
        f"UPDATE {table.__tablename__} SET {', '.join(f'{name} = ?' for name in changed)} "  # noqa: S608 (names of our own tables)
        f"WHERE {key} = ? AND deployment_id = ?",
        [(*values, each, deployment_id) for each, *values in _with_text(list(rows), wide)],
    )


def _amounts(columns: Iterable[ColumnElement[Any]]) -> list[tuple[int, bool]]:
    """The places of amounts among columns, and whether one may be null."""
    return [(at, bool(each.nullable)) for at, each in enumerate(columns) if isinstance(each.type, Amount)]


def _with_text(rows: list[tuple[Any, ...]], wide: Sequence[tuple[int, bool]]) -> list[tuple[Any, ...]]:
    """The rows with their amounts as decimal text."""
    if not wide:
        return rows
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for at, nullable in wide:
        units = columns[at]
        columns[at] = [None if each is None else str(each) for each in units] if nullable else map(str, units)
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


def _answers_wait(connection: Connection) -> bool:
    """Whether the connection takes statements without waiting for their answers, which COPY cannot do."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - PostgreSQL's only driver here
    return driver.pgconn.pipeline_status != psycopg.pq.PipelineStatus.OFF


def _insert(connection: Connection, table: type[Base], into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    kinds = [column.type for column in table.__table__.columns]
    arrays = ", ".join(f"%s::{_copy_type(kind)}[]" for kind in kinds)
    statement = f"INSERT INTO {into} SELECT * FROM unnest({arrays})"  # noqa: S608 (names of our own tables)
    connection.exec_driver_sql(statement, tuple(_arrays(kinds, rows)))


def _arrays(kinds: Sequence[Any], rows: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    """Each column of rows as an array in PostgreSQL's own notation, which the driver takes longer to make."""
    for kind, values in zip(kinds, zip(*rows, strict=True), strict=True):
        written = _written(kind)
        if None in values:
            texts: Iterable[str] = ["NULL" if each is None else written(each) for each in values]
        else:
            texts = map(written, values)
        yield f"{{{','.join(texts)}}}"


def _written(kind: Any) -> Callable[[Any], str]:
    """How a value of a column is written inside an array."""
    if isinstance(kind, String):
        return _quoted_text
    if isinstance(kind, LargeBinary):
        return _quoted_bytes
    return repr if isinstance(kind, Float) else str


def _quoted_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"') if "\\" in value or '"' in value else value
    return f'"{escaped}"'


def _quoted_bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def _copy_type(kind: Any) -> str:
    return next(name for each, name in _COPY_TYPES if isinstance(kind, each))


def _quoted(name: str) -> str:
    return f'"{name}"'
