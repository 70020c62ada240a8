"""A crash before any SQL statement of a sync, reorg included: after a new start all is as in a clean run."""

import asyncio
import random
import shutil
import uuid
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from benchmarks.postgresql import create
from indexer.ledger.content import content_hash
from indexer.ledger.database import open_engine
from tests.indexer.crashing import CrashError, crashing
from tests.indexer.lives import Life
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.tables import content

RANGE = 6


async def sync(chain: PaperChain, engine: Engine) -> None:
    async with indexing(chain.url, engine, max_range=RANGE, tables=False) as indexer:
        await indexer.backfill_to_head()


class Copies:
    """Copies of a database as it was when this was made, each to be crashed in once."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = make_url(url)
        self._folder = folder
        self._frozen = self._copy(self._url.database or "")

    def fresh(self) -> str:
        """The URL of a new copy."""
        return self._url.set(database=self._copy(self._frozen)).render_as_string(hide_password=False)

    def _copy(self, source: str) -> str:
        name = f"t{uuid.uuid4().hex}"
        if self._url.get_backend_name() == "sqlite":
            return shutil.copy(source, self._folder / f"{name}.db").as_posix()
        server = self._url.set(drivername="postgresql", database="postgres")
        with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
            create(connection, name, source)
        return name


class Crash:
    """A chain that reorganised after the ledger had followed it, and what a clean run makes of it."""

    def __init__(self, chain: PaperChain, url: str, folder: Path) -> None:
        self.chain = chain
        life = Life(chain, 71, 40)
        life.grow(18)
        engine = open_engine(url)
        asyncio.run(sync(chain, engine))
        # Into a checkpoint of one file: WAL is beside it.
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        life.turn_back(9)
        life.grow(14)
        self._copies = Copies(url, folder)
        clean, self.statements = self._run(None)
        with_hash = content_hash(clean, 1).hash
        self.clean = (content(clean), with_hash)
        clean.dispose()

    def at(self, statement: int) -> None:
        """Crash before a statement, start again, and compare."""
        engine, run = self._run(statement)
        assert len(run) == statement
        engine.dispose()
        asyncio.run(sync(self.chain, engine))
        assert (content(engine), content_hash(engine, 1).hash) == self.clean, run[-1]
        engine.dispose()

    def _run(self, crash_at: int | None) -> tuple[Engine, list[str]]:
        engine = open_engine(self._copies.fresh())
        with crashing(engine, crash_at) as statements:
            if crash_at is None:
                asyncio.run(sync(self.chain, engine))
            else:
                with pytest.raises(CrashError):
                    asyncio.run(sync(self.chain, engine))
        return engine, statements.run


@pytest.fixture
def crash(chain: PaperChain, database_url: str, tmp_path: Path) -> Crash:
    return Crash(chain, database_url, tmp_path)


def test_crash_before_some_statements_of_a_sync_with_a_reorg(crash: Crash) -> None:
    assert len(crash.statements) > 100
    assert any("DELETE FROM postings" in each for each in crash.statements)
    for statement in sorted(random.Random(72).sample(range(len(crash.statements)), 8)):
        crash.at(statement)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_crash_before_every_statement_of_a_sync_with_a_reorg(crash: Crash) -> None:
    for statement in range(len(crash.statements)):
        crash.at(statement)
