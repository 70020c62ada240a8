"""Measure the way of a fill to a subscriber and write `benchmarks/results/live.json`:
`python -m benchmarks.live [--quick]`.

A real chain, indexer and PostgreSQL; the API is a process of `lockstep serve`, the subscriber a WebSocket.
"""

import asyncio
import json
import os
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from rich.console import Console
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.indexer.chain import PRICES_LAST, Market, Size, market
from benchmarks.postgresql import database, postgresql
from benchmarks.results import write
from demo.children import running
from indexer.chain.heads import Heads
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import open_engine
from indexer.ledger.models import Block
from indexer.sync.deployment import read_deployment
from indexer.sync.service import Indexer

FULL, QUICK = 200, 10
"""Blocks with one trade each."""

SIZE = Size("live", 100, 20)
Arrivals = dict[int, int]
"""Block → unix microseconds at which its first copy was heard of."""

console = Console(stderr=True)


async def measure(at: Market, database_url: str, blocks: int) -> dict[str, float]:
    """Milliseconds from the indexer's first sight of a block, and from the order to mine it, until its copies
    are heard of.
    """
    arrivals: Arrivals = {}
    ordered: Arrivals = {}
    async with _indexer(at, database_url) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()
        stop = asyncio.Event()
        following = asyncio.create_task(indexer.follow(stop))
        async with _subscriber(database_url) as talking:
            listening = asyncio.create_task(_listen(talking, arrivals))
            await asyncio.sleep(1)
            for done in range(blocks):
                if done % PRICES_LAST == 0:
                    await asyncio.to_thread(at.post_prices)
                height = await asyncio.to_thread(at.queue_trade) + 1
                ordered[height] = time.time_ns() // 1_000
                await asyncio.to_thread(at.chain.request, "evm_mine")
                async with asyncio.timeout(30):
                    while height not in arrivals:  # noqa: ASYNC110 - the listener has no event a block
                        await asyncio.sleep(0.005)
            listening.cancel()
        stop.set()
        await following
    seen = _seen(database_url, list(ordered))
    figures = {
        "seen_to_subscriber": [arrivals[each] - seen[each] for each in ordered],
        "ordered_to_subscriber": [arrivals[each] - ordered[each] for each in ordered],
    }
    return {"fills": float(blocks)} | {
        name: value for what, waits in figures.items() for name, value in _percentiles(what, waits).items()
    }


@asynccontextmanager
async def _indexer(at: Market, database_url: str) -> AsyncIterator[Indexer]:
    engine = open_engine(database_url)
    async with RpcClient(at.node.http_url) as rpc:
        reader = ChainReader(rpc)
        heads = Heads(reader, at.node.ws_url)
        yield await Indexer.start(reader, heads, engine, read_deployment(at.deployment))
    engine.dispose()


@asynccontextmanager
async def _subscriber(database_url: str) -> AsyncIterator[ClientConnection]:
    """Somebody connected to a server's process, who wants all trades."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("lockstep")
    environment = {"LOCKSTEP_DATABASE_URL": database_url}
    with (
        open(os.devnull, "wb") as output,  # noqa: ASYNC230 - nothing is read
        running([program, "serve", "--port", str(port)], output=output, environment=environment),
    ):
        async with asyncio.timeout(60):
            while True:
                with suppress(OSError):
                    talking = await connect(f"ws://127.0.0.1:{port}/v1/ws")
                    break
                await asyncio.sleep(0.1)
        async with talking:
            await talking.send(json.dumps({"op": "subscribe", "topics": ["trades"]}))
            await talking.recv()
            yield talking


async def _listen(talking: ClientConnection, arrivals: Arrivals) -> None:
    async for text in talking:
        now = time.time_ns() // 1_000
        told = json.loads(text)
        if told.get("event") == "copy":
            arrivals.setdefault(told["data"]["event"]["block"], now)


def _seen(database_url: str, blocks: Sequence[int]) -> Arrivals:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        query = select(Block.number, Block.seen_us).where(Block.number.in_(blocks))
        found = {number: seen for number, seen in connection.execute(query)}  # noqa: C416 - rows, not pairs
    engine.dispose()
    return found


def _percentiles(what: str, waits_us: Sequence[int]) -> dict[str, float]:
    ordered = sorted(waits_us)
    at_99 = ordered[-(-len(ordered) * 99 // 100) - 1]
    return {
        f"{what}_p50_ms": round(statistics.median(ordered) / 1_000, 1),
        f"{what}_p99_ms": round(at_99 / 1_000, 1),
        f"{what}_worst_ms": round(ordered[-1] / 1_000, 1),
    }


def main() -> None:
    """Measure, and write the result unless it was only tried."""
    quick = "--quick" in sys.argv[1:]
    with market(SIZE) as at, postgresql() as server, database(server) as url:
        figures = asyncio.run(measure(at, url, QUICK if quick else FULL))
    console.print(figures)
    if not quick:
        load = {"load_average": round(os.getloadavg()[0], 2)}
        console.print(f"Written to {write('live', {**figures, **load})}.")


if __name__ == "__main__":
    main()
