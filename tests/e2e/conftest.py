"""One deployed protocol for the folder; each story has it to itself and leaves it as it found it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.sync.service import open_indexer

# Before they are imported, so that a failed comparison shows both sides.
pytest.register_assert_rewrite("tests.e2e.ledger_rows", "tests.e2e.story", "tests.e2e.witnesses")

from tests.e2e.stage import Stage, open_stage  # noqa: E402
from tests.e2e.witnesses import Witnesses  # noqa: E402


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("e2e")) as stage:
        yield stage


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    with deployed.story() as story:
        yield story


@pytest.fixture
async def witnesses(stage: Stage, engine: Engine) -> AsyncIterator[Witnesses]:
    url = stage.node.http_url
    async with open_indexer(url, engine, stage.deployment) as indexer, RpcClient(url) as rpc:
        with TestClient(create_app(engine)) as client:
            yield Witnesses(stage, engine, client, indexer, ChainReader(rpc))
