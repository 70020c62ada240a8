"""At the head: how long a block takes to become rows, how long a reorg takes to be undone, and whether it all
adds up.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select

from benchmarks.indexer.chain import PRICES_LAST, Market
from indexer.chain.heads import Heads
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import open_engine
from indexer.ledger.models import Reorg
from indexer.sync.deployment import read_deployment
from indexer.sync.reconcile import reconcile
from indexer.sync.service import Indexer, OnProgress, Progress

_OTHER_MINER = "0x" + "42" * 20


@asynccontextmanager
async def _indexer(
    at: Market, database_url: str, on_progress: OnProgress | None = None
) -> AsyncIterator[Indexer]:
    engine = open_engine(database_url)
    async with RpcClient(at.node.http_url) as rpc:
        reader = ChainReader(rpc)
        heads = Heads(reader, at.node.ws_url)
        yield await Indexer.start(
            reader, heads, engine, read_deployment(at.deployment), on_progress=on_progress
        )
    engine.dispose()


async def block_to_row(at: Market, database_url: str, blocks: int) -> dict[str, float]:
    """Milliseconds from the order to mine a block with one trade until its rows are committed."""
    waits: list[float] = []
    arrived = asyncio.Event()
    height = 0

    def progress(now: Progress) -> None:
        if now.checkpoint >= height:
            arrived.set()

    async with _indexer(at, database_url, progress) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()
        stop = asyncio.Event()
        following = asyncio.create_task(indexer.follow(stop))
        await asyncio.sleep(1)
        for done in range(blocks):
            if done % PRICES_LAST == 0:
                await asyncio.to_thread(at.post_prices)
            logs = indexer.logs_written
            height = await asyncio.to_thread(at.queue_trade) + 1
            arrived.clear()
            began = time.perf_counter()
            await asyncio.to_thread(at.chain.request, "evm_mine")
            async with asyncio.timeout(30):
                await arrived.wait()
            waits.append(1_000 * (time.perf_counter() - began))
            if indexer.logs_written == logs:
                raise RuntimeError(f"block {height} has no trade: the hub refused it")
        stop.set()
        await following
    waits.sort()
    return {
        "block_to_row_p50_ms": round(statistics.median(waits), 1),
        "block_to_row_p99_ms": round(waits[-(-len(waits) * 99 // 100) - 1], 1),
    }


async def mismatches(at: Market, database_url: str) -> int:
    """Balances, marks and policies of the ledger that differ from the hub's own books."""
    engine = open_engine(database_url)
    async with RpcClient(at.node.http_url) as rpc:
        report = await reconcile(ChainReader(rpc), engine, read_deployment(at.deployment))
    engine.dispose()
    return len(report.differences)


async def reorg_recovery(at: Market, database_url: str, depth: int) -> float:
    """Seconds from learning that so many blocks of trades were replaced until the ledger has those that
    replaced them.

    Raises `RuntimeError` unless the ledger recorded a reorg of that depth.
    """
    snapshot = at.chain.request("evm_snapshot")
    at.trade(depth - 1)
    async with _indexer(at, database_url) as indexer:
        await indexer.backfill_to_head()
        old = indexer.checkpoint
        at.chain.request("evm_revert", snapshot)
        # The same trades would make the same blocks: another miner makes every hash another.
        at.chain.request("anvil_setCoinbase", _OTHER_MINER)
        at.trade(depth)
        began = time.perf_counter()
        await indexer.backfill_to_head()
        seconds = time.perf_counter() - began
        if indexer.checkpoint.number != old.number + 1:
            raise RuntimeError(f"the ledger is at block {indexer.checkpoint.number}, not {old.number + 1}")
    engine = open_engine(database_url)
    with engine.connect() as connection:
        found = connection.scalars(select(Reorg.depth).order_by(Reorg.id.desc())).first()
    engine.dispose()
    if found != depth:
        raise RuntimeError(f"the ledger recorded a reorg of depth {found}, not {depth}")
    return round(seconds, 2)
