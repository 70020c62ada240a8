"""A fresh local chain for each test that asks for one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from demo.anvil import Anvil, anvil
from demo.checkout import Checkout
from simulation.proxy import Proxy
from tests.indexer.paper_chain import GENESIS_TIME, PaperChain


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Anvil]:
    with anvil(Checkout.here().anvil, genesis_time=GENESIS_TIME, log=tmp_path / "anvil.log") as running:
        yield running


@pytest.fixture
def chain(node: Anvil) -> Iterator[PaperChain]:
    paper = PaperChain(node.http_url)
    yield paper
    paper.close()


@pytest.fixture
async def proxy(chain: PaperChain) -> AsyncIterator[Proxy]:
    async with Proxy(chain.url).running() as running:
        yield running
