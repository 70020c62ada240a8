"""One deployed protocol for the folder, with small batches; each test has it and an inbox to itself."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from inbox.migrations import upgrade
from indexer.ledger.database import open_engine
from tests.databases import holds
from tests.e2e.stage import Stage, open_stage
from tests.keeper.world import BATCH_SIZE, World


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("keeper"), batch_size=BATCH_SIZE) as stage:
        yield stage


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    with deployed.story() as story:
        yield story


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """A database with an inbox, on SQLite; what PostgreSQL does otherwise is tested in tests/inbox."""
    engine = open_engine(f"sqlite:///{tmp_path / 'inbox.db'}")
    holds(engine, "an inbox", upgrade)
    yield engine
    engine.dispose()


@pytest.fixture
async def world(stage: Stage, store: Engine) -> AsyncIterator[World]:
    async with World.begin(stage, store) as world:
        yield world
