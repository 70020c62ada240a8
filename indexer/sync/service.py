"""The indexer: brings a ledger to the chain's head and keeps it there."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import structlog
from sqlalchemy import Engine

from accounting import risk
from indexer.chain.errors import (
    ChainMovedError,
    LaggingNodeError,
    LyingNodeError,
    NodeUnreachableError,
    NoQuorumError,
)
from indexer.chain.heads import Heads, websocket_url
from indexer.chain.ranges import MAX_BLOCKS, Ranges
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.chain.types import Header
from indexer.ledger.checkpoint import Checkpoint, add_deployment, find_deployment
from indexer.ledger.errors import InvariantError, RecordingError
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import upgrade
from indexer.sync.deployment import Deployment
from indexer.sync.finality import FINALITY, finality_of
from indexer.sync.finish import finish
from indexer.sync.gas import GasReading
from indexer.sync.later import Later
from indexer.sync.lease import Lease
from indexer.sync.parts import require_parts
from indexer.sync.proof import Contradiction, Proof
from indexer.sync.reading import BlockReading, Read, Recorded
from indexer.sync.reorg import find_ancestor

log = structlog.get_logger()

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
        max_range: int = MAX_BLOCKS,
        retry_s: float = 1.0,
        finality: int = FINALITY,
        recording: Recorded | None = None,
    ) -> None:
        self._reader = reader
        self._heads = heads
        self._ledger = ledger
        self._reading = BlockReading(
            reader, hub, Ranges(max_blocks=max_range), proof_window=finality + 1, recording=recording
        )
        self._proof = Proof(reader, self._reading.watch, ledger)
        self._on_progress = on_progress
        self._retry_s = retry_s
        self._finality = finality
        self._start = ledger.checkpoint.number
        self._logs = 0
        self._unknown = 0
        self._gas = GasReading(reader, self._reading.watch, ledger, finality)
        self._later = Later(ledger, self._gas)

    @classmethod
    async def start(
        cls,
        reader: ChainReader,
        heads: Heads,
        engine: Engine,
        deployment: Deployment,
        *,
        on_progress: OnProgress | None = None,
        max_range: int = MAX_BLOCKS,
        retry_s: float = 1.0,
        lease: Lease | None = None,
        beside_others: bool = False,
        finality: int | None = None,
        recording: Recorded | None = None,
    ) -> Self:
        """Check that node, deployment and database belong together, upgrade the database's tables, and take
        the lease.

        `beside_others` lets the hub into a database that holds other ones. `finality` is how many blocks deep
        a block is final, by default the chain's own. A `recording` is read in place of the node as far as it
        goes.

        Raises `WrongChainError`, `NoContractError`, `AbiMismatchError`, `DeploymentFileError`,
        `RecordingError`, `SchemaMismatchError`, `WrongDeploymentError` or `LeaseHeldError`, each before
        anything is written.
        """
        await reader.require_chain(deployment.chain_id)
        await require_parts(reader, deployment)
        if recording is not None:
            await _require_of_chain(recording, reader, deployment)
        upgrade(engine)
        deployment_id = find_deployment(
            engine, deployment.chain_id, deployment.hub, beside_others=beside_others
        )
        if lease is not None:
            lease.take()
        if deployment_id is None:
            anchor = (await reader.headers(max(0, deployment.block - 1), max(0, deployment.block - 1)))[0]
            deployment_id = add_deployment(engine, deployment.chain_id, deployment.hub, anchor)
        if finality is None:
            finality = finality_of(deployment.chain_id)
        # One more than may be rolled back: the ancestor of the deepest reorg.
        ledger = Ledger(engine, deployment_id, hash_window=finality + 1)
        return cls(
            reader,
            heads,
            ledger,
            deployment.hub,
            on_progress=on_progress,
            max_range=max_range,
            retry_s=retry_s,
            finality=finality,
            recording=recording,
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
        stop = stop or asyncio.Event()
        await self._advance(await self._reader.head(), stop)
        await self._later.leaders(stop)
        return self.checkpoint

    async def prove(self, stop: asyncio.Event | None = None) -> None:
        """Prove by headers what the backfill took on the node's word, and read again what does not hold.

        `stop` ends it early; it goes on where it was. Raises `LyingNodeError` when the node keeps
        contradicting itself.
        """
        stop = stop or asyncio.Event()
        while not stop.is_set() and await self.prove_some(stop):
            pass

    async def read_gas(self, stop: asyncio.Event | None = None) -> None:
        """Read what every transaction with events of the hub cost, as far as the node tells.

        `stop` ends it early; it goes on where it was.
        """
        stop = stop or asyncio.Event()
        while not stop.is_set() and await self._gas.read_some():
            pass

    async def follow(self, stop: asyncio.Event) -> None:
        """Keep the ledger at the head until `stop` is set. Waits for a node that is away."""
        await asyncio.to_thread(risk.library)
        # What is there by now stays. The cycle collector would go through all of it again and again, and hold
        # up a block for longer than its rows take to be written.
        gc.collect()
        gc.freeze()
        self._later.note()
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
                try:
                    waited_for: set[asyncio.Future[Any]] = {stopped, following}
                    left = True
                    while left and not any(each.done() for each in waited_for):
                        left = await self.prove_some(stop) or await self._later.between(waited_for)
                    await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not following.done():
                        following.cancel()
                        await asyncio.wait({following})
                if stop.is_set():
                    return
                await self._advance(following.result(), stop)
                await self._later.when_overdue()

    async def prove_some(self, stop: asyncio.Event | None = None) -> bool:
        """Prove some blocks; False when there are none left to prove."""
        tries_left = _TRIES
        while (unproven := self._ledger.unproven) is not None:
            try:
                await finish(self._ledger.note_proven, await self._proof.check(unproven))
            except Contradiction as found:
                await self._read_again_from(found.number, stop or asyncio.Event())
            except _PASSING as error:
                tries_left -= 1
                if tries_left == 0:
                    raise
                log.warning("answer_not_believed", problem=str(error), tries_left=tries_left)
                await asyncio.sleep(self._retry_s)
                continue
            return True
        return False

    async def _read_again_from(self, number: int, stop: asyncio.Event) -> None:
        """Take out what an incomplete answer led to, and read it again, this time with every header."""
        ancestor = self._ledger.known_blocks(number, 1)[0]
        log.warning("omission_found", block=number, kept=ancestor.number)
        await finish(self._ledger.roll_back, ancestor)
        self._reading.on_the_nodes_word = False
        await self._advance(await self._reader.head(), stop)

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
            except InvariantError as error:
                if not self._reading.on_the_nodes_word:
                    raise
                # What is missing may be in this range, or in an earlier one that no header has proven.
                log.warning("ledger_contradicted", problem=str(error))
                self._reading.on_the_nodes_word = False
                await self.prove(stop)
                head = await self._reader.head()

    async def _advance_once(self, head: Header, stop: asyncio.Event) -> None:
        if (head.number, head.parent_hash) != (self.checkpoint.number + 1, self.checkpoint.hash):
            await self._roll_back_if_needed()
        if head.number == self.checkpoint.number:
            await finish(self._ledger.note_head, head)
        if head.number <= self.checkpoint.number:
            return
        # The next ranges are read while one is written.
        async with aclosing(self._reading.read(self.checkpoint, head)) as ranges:
            async for read in ranges:
                await self._write(read, head)
                if stop.is_set():
                    return

    async def _roll_back_if_needed(self) -> None:
        old = self.checkpoint
        ancestor = await find_ancestor(self._reader, self._ledger, self._finality)
        if ancestor != old:
            await finish(self._ledger.roll_back, ancestor)
            self._later.note()
            log.warning("reorg_rolled_back", depth=old.number - ancestor.number, ancestor=ancestor.number)

    async def _write(self, read: Read, head: Header) -> None:
        await finish(self._ledger.append, read.decoded, read.tokens, head)
        self._later.note()
        unknown = read.decoded.unknown
        for each in unknown:
            topic = each.topics[0].hex() if each.topics else None
            log.warning("unknown_event", block=each.block_number, log_index=each.log_index, topic=topic)
        self._unknown += len(unknown)
        self._logs += read.log_count
        if self._on_progress is not None:
            self._on_progress(Progress(self._start, self.checkpoint.number, head.number, self._logs))


async def _require_of_chain(recording: Recorded, reader: ChainReader, deployment: Deployment) -> None:
    if (recording.chain_id, recording.hub) != (deployment.chain_id, deployment.hub):
        raise RecordingError(
            f"The file has the logs of hub {recording.hub} on chain {recording.chain_id}, not of hub "
            f"{deployment.hub} on chain {deployment.chain_id}.",
            remedy="Give the file of this hub, or index without one.",
        )
    header = await reader.header(recording.last.number)
    if header is not None and header.hash != recording.last.hash:
        raise RecordingError(
            f"The file ends with block {recording.last.number} ({recording.last.hash}), which the chain does "
            "not have.",
            remedy="It is of another fork, or of a local chain that was started anew: index without it.",
        )


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
    recording: Recorded | None = None,
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
                recording=recording,
            )
