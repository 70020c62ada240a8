"""The indexer: brings a ledger to the chain's head and keeps it there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import ParamSpec, Self

import structlog
from sqlalchemy import Engine

from indexer.chain.errors import (
    ChainMovedError,
    LaggingNodeError,
    LyingNodeError,
    NodeRefusedError,
    NodeUnreachableError,
    NoQuorumError,
)
from indexer.chain.heads import Heads, websocket_url
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.rpc import RpcClient
from indexer.chain.types import Header
from indexer.decode.decoder import Decoder
from indexer.decode.ranges import DecodedRange
from indexer.ledger.checkpoint import Checkpoint, add_deployment, find_deployment
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import upgrade
from indexer.ledger.projection import TokenFacts
from indexer.sync.deployment import Deployment
from indexer.sync.finality import FINALITY, finality_of
from indexer.sync.lease import Lease
from indexer.sync.parts import require_parts
from indexer.sync.reorg import find_ancestor
from indexer.sync.tokens import read_token_facts

log = structlog.get_logger()

MAX_RANGE = 500
"""Most blocks read and written at once: bounds memory and the length of a transaction."""

_PASSING = (ChainMovedError, LaggingNodeError, LyingNodeError, NoQuorumError)
"""Answers that a load-balanced node may give for a moment and that asking again may mend."""

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the ledger is: the block it was at when this indexer started, the one it is at now, the head it
    goes for, and the hub's logs written since the start.
    """

    start: int
    checkpoint: int
    head: int
    logs: int


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Range:
    decoded: DecodedRange
    tokens: dict[str, TokenFacts]


class Indexer:
    """Indexes one deployment. Make it with `open_indexer`, or with `start` from a reader and an engine.

    `on_progress` is called after every transaction.
    """

    def __init__(
        self,
        reader: ChainReader,
        heads: Heads,
        ledger: Ledger,
        hub: str,
        *,
        on_progress: OnProgress | None = None,
        max_range: int = MAX_RANGE,
        retry_s: float = 1.0,
        finality: int = FINALITY,
    ) -> None:
        self._reader = reader
        self._heads = heads
        self._ledger = ledger
        self._decoder = Decoder()
        self._watch = Watch(hub, self._decoder.topics)
        self._on_progress = on_progress
        self._max_range = max_range
        self._range = max_range
        self._retry_s = retry_s
        self._finality = finality
        self._start = ledger.checkpoint.number
        self._logs = 0
        self._unknown = 0

    @classmethod
    async def start(
        cls,
        reader: ChainReader,
        heads: Heads,
        engine: Engine,
        deployment: Deployment,
        *,
        on_progress: OnProgress | None = None,
        max_range: int = MAX_RANGE,
        retry_s: float = 1.0,
        lease: Lease | None = None,
        beside_others: bool = False,
        finality: int | None = None,
    ) -> Self:
        """Check that node, deployment and database belong together, upgrade the database's tables, and take
        the lease.

        `beside_others` lets the hub into a database that holds other ones. `finality` is how many blocks deep
        a block is final, by default the chain's own.

        Raises `WrongChainError`, `NoContractError`, `AbiMismatchError`, `DeploymentFileError`,
        `SchemaMismatchError`, `WrongDeploymentError` or `LeaseHeldError`, each before anything is written.
        """
        await reader.require_chain(deployment.chain_id)
        await require_parts(reader, deployment)
        upgrade(engine)
        deployment_id = find_deployment(
            engine, deployment.chain_id, deployment.hub, beside_others=beside_others
        )
        if lease is not None:
            lease.take()
        if deployment_id is None:
            anchor = (await reader.headers(max(0, deployment.block - 1), max(0, deployment.block - 1)))[0]
            deployment_id = add_deployment(engine, deployment.chain_id, deployment.hub, anchor)
        ledger = Ledger(engine, deployment_id)
        return cls(
            reader,
            heads,
            ledger,
            deployment.hub,
            on_progress=on_progress,
            max_range=max_range,
            retry_s=retry_s,
            finality=finality_of(deployment.chain_id) if finality is None else finality,
        )

    @property
    def checkpoint(self) -> Checkpoint:
        """The last block in the ledger."""
        return self._ledger.checkpoint

    @property
    def reader(self) -> ChainReader:
        """Where it reads the chain."""
        return self._reader

    @property
    def logs_written(self) -> int:
        """Logs of the hub that this indexer has written."""
        return self._logs

    @property
    def unknown_logs(self) -> int:
        """Logs of the hub that the ABI does not have, kept raw, that this indexer has written."""
        return self._unknown

    async def backfill_to_head(self, stop: asyncio.Event | None = None) -> Checkpoint:
        """Bring the ledger to the head as it is now, rolling back first what the chain no longer has.

        `stop` ends it early, between two transactions.
        """
        await self._advance(await self._reader.head(), stop or asyncio.Event())
        return self.checkpoint

    async def follow(self, stop: asyncio.Event) -> None:
        """Keep the ledger at the head until `stop` is set. Waits for a node that is away."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    await self._follow_heads(stop, stopped)
                except (NodeUnreachableError, NoQuorumError) as error:
                    log.warning("node_unreachable", problem=str(error))
                    await asyncio.wait({stopped}, timeout=self._retry_s)
        finally:
            stopped.cancel()

    async def _follow_heads(self, stop: asyncio.Event, stopped: asyncio.Task[bool]) -> None:
        async with aclosing(self._heads.follow()) as heads:
            while True:
                # A task, not a coroutine: it is waited for beside the stop.
                following = asyncio.ensure_future(anext(heads))
                await asyncio.wait({stopped, following}, return_when=asyncio.FIRST_COMPLETED)
                if stop.is_set():
                    following.cancel()
                    await asyncio.wait({following})
                    return
                await self._advance(following.result(), stop)

    async def _advance(self, head: Header, stop: asyncio.Event) -> None:
        """Bring the ledger to `head`, asking again when an answer contradicts another."""
        tries_left = _TRIES
        while True:
            before = self.checkpoint
            try:
                return await self._advance_once(head, stop)
            except _PASSING as error:
                tries_left = _TRIES if self.checkpoint != before else tries_left - 1
                if tries_left == 0:
                    raise
                log.warning("answer_not_believed", problem=str(error), tries_left=tries_left)
                self._reader.distrust(str(error))
                await asyncio.sleep(self._retry_s)
                head = await self._reader.head()

    async def _advance_once(self, head: Header, stop: asyncio.Event) -> None:
        if (head.number, head.parent_hash) != (self.checkpoint.number + 1, self.checkpoint.hash):
            await self._roll_back_if_needed()
        if head.number == self.checkpoint.number:
            await _finish(self._ledger.note_head, head)
        if head.number <= self.checkpoint.number:
            return
        reading = asyncio.create_task(self._read(self.checkpoint, head))
        try:
            while not stop.is_set():
                read = await reading
                last = read.decoded.headers[-1]
                done = last.number >= head.number
                if not done:
                    # The next range is read while this one is written.
                    reading = asyncio.create_task(
                        self._read(Checkpoint(last.number, last.hash, last.time), head)
                    )
                await self._write(read, head)
                if done:
                    return
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    async def _roll_back_if_needed(self) -> None:
        old = self.checkpoint
        ancestor = await find_ancestor(self._reader, self._ledger, self._finality)
        if ancestor != old:
            await _finish(self._ledger.roll_back, ancestor)
            log.warning("reorg_rolled_back", depth=old.number - ancestor.number, ancestor=ancestor.number)

    async def _read(self, after: Checkpoint, head: Header) -> _Range:
        """Read and decode the blocks after `after`, as many as the node gives at once."""
        first = after.number + 1
        if first == head.number:
            headers = [head]  # live: the head came with its header
        else:
            headers = await self._reader.headers(first, min(head.number, first + self._range - 1))
        if headers[0].parent_hash != after.hash:
            raise ChainMovedError(
                f"Block {first} is not a child of the block {after.hash} that was read before it.",
                remedy="The chain reorganised while it was read: try again.",
            )
        while True:
            try:
                logs = await self._reader.logs(self._watch, headers)
                break
            except NodeRefusedError:
                if len(headers) == 1:
                    raise
                # Providers limit the blocks or logs of an answer, each in its own words: halve until it fits.
                self._range = len(headers) // 2
                headers = headers[: self._range]
        self._range = min(self._max_range, self._range + self._range // 4 + 1)
        decoded = self._decoder.decode(logs)
        return _Range(decoded, await read_token_facts(self._reader, decoded))

    async def _write(self, read: _Range, head: Header) -> None:
        await _finish(self._ledger.append, read.decoded, read.tokens, head)
        unknown = read.decoded.unknown
        for each in unknown:
            topic = each.topics[0].hex() if each.topics else None
            log.warning("unknown_event", block=each.block_number, log_index=each.log_index, topic=topic)
        self._unknown += len(unknown)
        self._logs += len(read.decoded.logs)
        if self._on_progress is not None:
            self._on_progress(Progress(self._start, self.checkpoint.number, head.number, self._logs))


P = ParamSpec("P")


async def _finish(work: Callable[P, None], *args: P.args, **keywords: P.kwargs) -> None:
    """Run a transaction in a thread, and see it end even when the caller is cancelled meanwhile."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **keywords))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


@asynccontextmanager
async def open_indexer(
    rpc_url: str | Sequence[str],
    engine: Engine,
    deployment: Deployment,
    *,
    ws_url: str | Sequence[str] | None = None,
    on_progress: OnProgress | None = None,
    beside_others: bool = False,
    finality: int | None = None,
) -> AsyncIterator[Indexer]:
    """An indexer on one or several nodes' HTTP URLs; heads come from `ws_url`, by default the same addresses
    as WebSocket. It holds the ledger's lease as long as it is open.
    """
    rpc_urls = [rpc_url] if isinstance(rpc_url, str) else list(rpc_url)
    async with RpcClient(*rpc_urls) as rpc:
        reader = ChainReader(rpc)
        heads = Heads(reader, ws_url or [websocket_url(each) for each in rpc_urls])
        lease = Lease(engine, deployment.chain_id, deployment.hub)
        async with lease.kept():
            yield await Indexer.start(
                reader,
                heads,
                engine,
                deployment,
                on_progress=on_progress,
                lease=lease,
                beside_others=beside_others,
                finality=finality,
            )
