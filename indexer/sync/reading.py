"""Reads blocks, decoded, in ranges that follow each other up to a head.

Below what can still reorganise, logs that carry their block's time are taken on the node's word, with one
header a range; the headers' proof is made up for later (`indexer/sync/proof.py`). Above it, or where logs do
not tell the time, each block's header proves its logs complete before anything is written.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import structlog

from indexer.chain.errors import ChainMovedError, TimelessLogsError
from indexer.chain.ranges import Ranges
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.types import BlockLogs, Header
from indexer.decode.decoder import Decoder
from indexer.decode.ranges import DecodedRange
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.projection import TokenFacts
from indexer.sync.tokens import read_token_facts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Read:
    """Decoded blocks, in order, and the facts of the tokens that they list. Blocks without logs are left out
    where no header was read; the last block is always there.
    """

    decoded: DecodedRange
    tokens: dict[str, TokenFacts]

    @property
    def last(self) -> int:
        """The last block."""
        return self.decoded.headers[-1].number

    @property
    def log_count(self) -> int:
        """Number of logs."""
        return len(self.decoded.logs)


class Recorded(Protocol):
    """All logs of a hub up to a block, written down before (`indexer.ledger.recording`)."""

    chain_id: int
    hub: str
    last: Checkpoint

    def read(self, first: int, last: int) -> Iterator[list[BlockLogs]]:
        """The blocks with logs from `first` to `last`, some at a time, in order."""


class BlockReading:
    """Reads the blocks after a checkpoint. `proof_window` is how many blocks below the head may
    reorganise. A `recording` is believed as the node is, and read in its place as far as it goes.
    """

    def __init__(
        self,
        reader: ChainReader,
        hub: str,
        ranges: Ranges,
        *,
        proof_window: int,
        recording: Recorded | None = None,
    ) -> None:
        self._reader = reader
        self._decoder = Decoder()
        self.watch = Watch(hub, self._decoder.topics)
        self._ranges = ranges
        self._proof_window = proof_window
        self._recording = recording
        self.on_the_nodes_word = True
        """Whether ranges below the window are read without each block's header."""

    async def read(self, after: Checkpoint, head: Header) -> AsyncGenerator[Read]:
        """The blocks after `after` up to `head`, in ranges.

        Raises `ChainMovedError` when they do not follow each other, and what the reader raises.
        """
        unproven_to = head.number - self._proof_window
        first = after.number + 1
        if self.on_the_nodes_word and first <= unproven_to:
            try:
                async with aclosing(self._unheaded(first, unproven_to)) as ranges:
                    async for read in ranges:
                        yield read
                        first, parent = read.last + 1, read.decoded.headers[-1].hash
            except TimelessLogsError as error:
                log.info("headers_read_for_times", reason=str(error))
                self.on_the_nodes_word = False
            after_hash = after.hash if first == after.number + 1 else parent
        else:
            after_hash = after.hash
        if first == head.number:
            yield await self._proven([head])  # live: the head came with its header
            return
        async with aclosing(self._ranges.read(self._headed, first, head.number)) as ranges:
            async for read in ranges:
                header = read.decoded.headers[0]
                if isinstance(header, Header) and header.parent_hash != after_hash:
                    raise ChainMovedError(
                        f"Block {header.number} is not a child of {after_hash}, which was read before it.",
                        remedy="The chain reorganised while it was read: try again.",
                    )
                yield read
                after_hash = read.decoded.headers[-1].hash

    async def _unheaded(self, first: int, last: int) -> AsyncGenerator[Read]:
        """The blocks as a recording tells of them, and after it the node."""
        blocks = iter(()) if self._recording is None else self._recording.read(first, last)
        while (found := await asyncio.to_thread(next, blocks, None)) is not None:
            read = await self._decoded(found)
            yield read
            first = read.last + 1
        async with aclosing(self._ranges.read(self._unproven, first, last)) as ranges:
            async for read in ranges:
                yield read

    async def _headed(self, first: int, last: int) -> Read:
        return await self._proven(await self._reader.headers(first, last))

    async def _proven(self, headers: list[Header]) -> Read:
        return await self._decoded(await self._reader.logs(self.watch, headers))

    async def _unproven(self, first: int, last: int) -> Read:
        return await self._decoded(await self._reader.logs_unproven(self.watch, first, last))

    async def _decoded(self, blocks: list[BlockLogs]) -> Read:
        decoded = self._decoder.decode(blocks)
        return Read(decoded, await read_token_facts(self._reader, decoded))
