"""One index run in a process of its own, so that its time and memory are its alone.

`python -m benchmarks.indexer.run STAGE RPC_URL DEPLOYMENT HEAD DATABASE_URL` indexes from an empty database
and prints one JSON object: events, seconds from the first question to the node until the ledger is at the
head, and the process's own largest resident memory in MiB. Stages: `fetch` throws the node's answers away
unread; `raw` writes raw logs and nothing that is derived from them; `ledger` is the indexer as it is.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import msgspec
import structlog
from sqlalchemy import func, select

from benchmarks.indexer.memory import peak_rss_mb
from indexer.chain.endpoint import Endpoint
from indexer.chain.heads import Heads
from indexer.chain.ranges import Ranges
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import LONGEST_LOGS, RpcClient
from indexer.chain.types import Header
from indexer.decode.ranges import DecodedRange
from indexer.ledger.beside import Beside
from indexer.ledger.database import open_engine
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import RawLog
from indexer.ledger.projection import TokenFacts
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.service import Indexer


class _UpTo(ChainReader):
    """A node whose chain ends at a lower block."""

    def __init__(self, rpc: RpcClient, head: int) -> None:
        super().__init__(rpc)
        self._head = head

    async def head(self) -> Header:
        """The block that counts as the newest."""
        return (await self.headers(self._head, self._head))[0]


class _RawLedger(Ledger):
    """The ledger's first step alone: raw logs, blocks and checkpoint."""

    def post(self, beside: Beside, decoded: DecodedRange, tokens: Mapping[str, TokenFacts]) -> None:
        """Nothing: the raw logs are written before."""


class _Fetched(msgspec.Struct):
    last: int
    log_count: int


async def _fetch(rpc_url: str, deployment: Deployment, head: int) -> tuple[int, float]:
    total = 0
    async with aiohttp.ClientSession() as session:

        async def ask(first: int, last: int) -> _Fetched:
            query = {"address": deployment.hub, "fromBlock": hex(first), "toBlock": hex(last)}
            call = {"jsonrpc": "2.0", "id": 0, "method": "eth_getLogs", "params": [query]}
            answer = await Endpoint(rpc_url).post(session, msgspec.json.encode(call), longest=LONGEST_LOGS)
            return _Fetched(last, answer.count(b'"logIndex"'))

        began = time.perf_counter()
        async for each in Ranges().read(ask, deployment.block, head):
            total += each.log_count
        return total, time.perf_counter() - began


async def _index(
    stage: str, rpc_url: str, deployment: Deployment, head: int, database_url: str
) -> tuple[int, float]:
    engine = open_engine(database_url)
    async with RpcClient(rpc_url) as rpc:
        reader = _UpTo(rpc, head)
        heads = Heads(reader, None)
        began = time.perf_counter()
        indexer = await Indexer.start(reader, heads, engine, deployment)
        if stage == "raw":
            raw = _RawLedger(engine, 1)
            indexer = Indexer(reader, heads, raw, deployment.hub)
        await indexer.backfill_to_head()
        seconds = time.perf_counter() - began
    with engine.connect() as connection:
        events = connection.execute(select(func.count()).select_from(RawLog)).scalar_one()
    engine.dispose()
    return events, seconds


def main() -> None:
    """Run one stage."""
    stage, rpc_url, path, head, database_url = sys.argv[1:]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    deployment = read_deployment(Path(path))
    work = (
        _fetch(rpc_url, deployment, int(head))
        if stage == "fetch"
        else _index(stage, rpc_url, deployment, int(head), database_url)
    )
    events, seconds = asyncio.run(work)
    sys.stdout.write(json.dumps({"events": events, "seconds": seconds, "peak_rss_mb": peak_rss_mb()}))


if __name__ == "__main__":
    main()
