"""Indexes a chain once more, into a database of its own, up to the block that a ledger claims to be at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from indexer.chain.errors import ChainMovedError, LaggingNodeError
from indexer.chain.heads import Heads
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.chain.types import Header
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment
from indexer.sync.service import Indexer, OnProgress


class _UpTo(ChainReader):
    """Reads a chain as if it ended at a block."""

    def __init__(self, rpc: RpcClient, last: Checkpoint) -> None:
        super().__init__(rpc)
        self._last = last

    async def head(self) -> Header:
        found = await self.header(self._last.number)
        if found is None:
            raise LaggingNodeError(
                f"The node at {self._rpc.url} has no block {self._last.number}, which the ledger has.",
                remedy="Wait until the node has caught up, or use one that has.",
            )
        if found.hash != self._last.hash:
            raise ChainMovedError(
                f"Block {found.number} of the node at {self._rpc.url} is {found.hash}, the ledger's is "
                f"{self._last.hash}.",
                remedy="The chain reorganised, and the ledger has not followed yet: index, then try again. "
                "If it stays, node and ledger are of different chains.",
            )
        return found


@asynccontextmanager
async def indexed_anew(
    rpc_urls: list[str], deployment: Deployment, last: Checkpoint, *, on_progress: OnProgress | None = None
) -> AsyncIterator[Engine]:
    """A ledger made from the chain alone, as of `last`; it is gone after the block."""
    with TemporaryDirectory(prefix="lockstep-verify-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'ledger.db'}")
        try:
            async with RpcClient(*rpc_urls) as rpc:
                reader = _UpTo(rpc, last)
                indexer = await Indexer.start(
                    reader, Heads(reader, None), engine, deployment, on_progress=on_progress
                )
                await indexer.backfill_to_head()
            yield engine
        finally:
            engine.dispose()
