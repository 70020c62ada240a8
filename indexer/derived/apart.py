"""Makes leaders' metrics in several processes at once, each of which reads PostgreSQL as this one sees it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from indexer.ledger.database import open_engine

T = TypeVar("T")

_connection: Connection | None = None
"""What a process of these reads with."""


def in_processes(
    connection: Connection,
    processes: int,
    read: Callable[..., T],
    parts: Sequence[Sequence[int]],
    *given: Any,
) -> Iterator[T]:
    """Return, for each part in its order, what `read` of a connection, the part and what is `given` returns.

    What the connection's transaction has written so far, the others do not see. `read` has a name of its own
    in a module, and what it takes and returns can be pickled.
    """
    url = connection.engine.url.render_as_string(hide_password=False)
    seen = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    context = get_context("spawn")  # threads of this process hold locks that a fork would keep for ever
    with _pool(ProcessPoolExecutor(processes, context, _open, (url, seen))) as pool:
        yield from pool.map(_read, [read] * len(parts), parts, [given] * len(parts))


@contextmanager
def _pool(pool: ProcessPoolExecutor) -> Iterator[ProcessPoolExecutor]:
    """A pool that does nothing more when one of its parts has failed."""
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _open(url: str, seen: str) -> None:
    global _connection  # noqa: PLW0603 (a process of a pool has nothing else to keep it in)
    engine = open_engine(url).execution_options(isolation_level="REPEATABLE READ")
    _connection = engine.connect()
    _connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{seen}'")


def _read(read: Callable[..., T], part: Sequence[int], given: tuple[Any, ...]) -> T:
    assert _connection is not None  # noqa: S101 (opened when the process began)
    return read(_connection, part, *given)
