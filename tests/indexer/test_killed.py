"""SIGKILL at random moments: afterwards the ledger is bit for bit that of a run that nobody disturbed."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from indexer.ledger.content import content_hash
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.tables import content
from tests.indexer.test_sync import clean_engine

ROOT = Path(__file__).resolve().parents[2]


async def index(chain: PaperChain, engine: Engine) -> None:
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()


def kill(chain: PaperChain, engine: Engine, url: str, folder: Path, *, seed: int, kills: int) -> None:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.indexer.killed", chain.url, url, str(seed), str(kills)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout.splitlines()[-1])
    assert said["killed"] == kills
    with clean_engine(folder) as clean:
        asyncio.run(index(chain, clean))
        assert content(engine) == content(clean)
        assert content_hash(engine, 1).hash == content_hash(clean, 1).hash


def test_killed_a_few_times_at_random_moments(
    engine: Engine, chain: PaperChain, database_url: str, tmp_path: Path
) -> None:
    kill(chain, engine, database_url, tmp_path, seed=81, kills=5)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_killed_two_hundred_times_at_random_moments(
    engine: Engine, chain: PaperChain, database_url: str, tmp_path: Path
) -> None:
    kill(chain, engine, database_url, tmp_path, seed=82, kills=200)
