"""Indexers for tests: short pauses, no patience."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import Engine

from indexer.chain.heads import Heads
from indexer.chain.ranges import MAX_BLOCKS
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.migrations import upgrade
from indexer.sync.deployment import Deployment
from indexer.sync.reading import Recorded
from indexer.sync.service import Indexer, OnProgress
from tests.databases import holds
from tests.indexer.blocks import CHAIN_ID
from tests.indexer.story import EXTENSION, HUB

DEPLOYMENT = Deployment(CHAIN_ID, HUB, EXTENSION, 1)


@asynccontextmanager
async def indexing(
    url: str | Sequence[str],
    engine: Engine,
    *,
    deployment: Deployment = DEPLOYMENT,
    ws_url: str | None = None,
    max_range: int = MAX_BLOCKS,
    on_progress: OnProgress | None = None,
    finality: int | None = None,
    pause_s: float = 0.25,
    recording: Recorded | None = None,
    tables: bool = True,
) -> AsyncIterator[Indexer]:
    """An indexer that has started. It finds an empty database's `tables` there, or makes them itself."""
    if tables:
        holds(engine, "a ledger's tables", upgrade)
    async with RpcClient(*([url] if isinstance(url, str) else url), attempts=2, pause_s=pause_s) as rpc:
        reader = ChainReader(rpc)
        yield await Indexer.start(
            reader,
            Heads(reader, ws_url, poll_s=0.02),
            engine,
            deployment,
            max_range=max_range,
            retry_s=0.01,
            on_progress=on_progress,
            finality=finality,
            recording=recording,
        )
