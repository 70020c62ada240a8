"""What a test wants to find in its database, made once in a process and copied from then on.

Tables come from a score of migrations, and a small world from dozens of transactions: a copy of the finished
database costs a tenth of that, and is the same to the last row. Only empty databases are filled by a copy;
into any other the maker writes, as it would without this.
"""

import atexit
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import Engine, inspect

from benchmarks.postgresql import create

_SQLITE: dict[str, Path] = {}
"""A finished database's file, by the name of what it holds."""

_POSTGRESQL: dict[tuple[str, str], str] = {}
"""A finished database's name, by its server and by the name of what it holds. It goes with the server."""


def holds(engine: Engine, what: str, make: Callable[[Engine], object]) -> None:
    """Have an empty database hold what `make` writes into one. `what` names it, for `make` alone.

    Nobody else may be connected to it: PostgreSQL neither copies nor replaces such a database.
    """
    if inspect(engine).get_table_names():
        make(engine)
    elif engine.dialect.name == "postgresql":
        _on_postgresql(engine, what, make)
    elif engine.url.database not in {None, "", ":memory:"}:
        _on_sqlite(engine, what, make)
    else:
        make(engine)


def _on_sqlite(engine: Engine, what: str, make: Callable[[Engine], object]) -> None:
    here = Path(str(engine.url.database))
    if what in _SQLITE:
        _copy(_SQLITE[what], here)
        return
    make(engine)
    finished = _folder() / f"{uuid.uuid4().hex}.db"
    _copy(here, finished)
    _SQLITE[what] = finished


def _copy(source: Path, target: Path) -> None:
    """SQLite's own copying, which sees what is in a log beside the file too, and waits for who is at work."""
    with closing(sqlite3.connect(source)) as whence, closing(sqlite3.connect(target)) as whither:
        whence.backup(whither)


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="lockstep-databases-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _on_postgresql(engine: Engine, what: str, make: Callable[[Engine], object]) -> None:
    here = str(engine.url.database)
    server = engine.url.set(drivername="postgresql", database="postgres").render_as_string(
        hide_password=False
    )
    kept = _POSTGRESQL.get((server, what))
    if kept is None:
        make(engine)
    engine.dispose()
    with psycopg.connect(server, autocommit=True) as connection:
        if kept is not None:
            connection.execute(f'DROP DATABASE "{here}"'.encode())
            create(connection, here, kept)
            return
        kept = f"kept{uuid.uuid4().hex}"
        create(connection, kept, here)
        _POSTGRESQL[server, what] = kept
