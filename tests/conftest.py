"""Databases for every suite: a SQLite file, and a PostgreSQL server that lives as long as the test run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from benchmarks.postgresql import PostgresqlMissingError, database, postgresql
from indexer.ledger.database import open_engine

TESTS = Path(__file__).parent
ONE_WORLD = ("e2e", "keeper", "paper", "practice", "web", "demo/test_world.py", "indexer/test_real_hub.py")
"""Whose tests share one world that takes long to build."""
HASTY = {
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""A server that nobody would trust with data: it has hundreds of databases made and dropped."""
LONG = (
    "simulation",
    "benchmarks",
    "structure/test_bytecode.py",
    "indexer/test_crash_sync.py",
    "indexer/test_crash.py",
    "indexer/test_simulation.py",
    "indexer/test_killed.py",
    "indexer/test_planted_bugs.py",
    "client/test_notebook.py",
    "api/test_contract.py",
    "demo",
)
"""Whose tests take tens of seconds each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one world run in one of several processes: each process would build the world again. Long ones
    come first, so that no process is left with one of them when the others have nothing more to do.
    """
    for item in items:
        for world in ONE_WORLD:
            if item.path.is_relative_to(TESTS / world):
                item.add_marker(pytest.mark.xdist_group(world))
    items.sort(
        key=lambda item: not any(item.path.is_relative_to(TESTS / each) for each in (*ONE_WORLD, *LONG))
    )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A temporary server's URL, without database name. Skips where PostgreSQL is not installed."""
    running = postgresql(HASTY)
    try:
        url = running.__enter__()
    except PostgresqlMissingError as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error}: on CI half of the ledger would go untested")
        pytest.skip(str(error))
    try:
        yield url
    finally:
        running.__exit__(None, None, None)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with database(postgresql_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lockstep.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database of each kind."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()
