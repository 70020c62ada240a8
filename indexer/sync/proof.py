"""Makes up for the proof that deep backfill puts off: headers, each the parent of the next, whose blooms say
whether the logs that were taken on the node's word are all there are.
"""

import asyncio

from indexer.chain.errors import ChainMovedError
from indexer.chain.reader import ChainReader, Watch, is_suspect
from indexer.chain.types import Header, Log
from indexer.ledger.ledger import Ledger
from indexer.ledger.proof import LogFacts, Unproven

STEP = 200
"""Blocks proven at once: between two steps the indexer follows the head."""


class Contradiction(Exception):  # noqa: N818 - a finding, which is repaired
    """The ledger's logs of a block are not those that its header tells of."""

    def __init__(self, number: int) -> None:
        super().__init__(f"block {number}")
        self.number = number


class Proof:
    """Proves a ledger's unproven blocks, lowest first."""

    def __init__(self, reader: ChainReader, watch: Watch, ledger: Ledger) -> None:
        self._reader = reader
        self._watch = watch
        self._ledger = ledger
        self._below: Header | None = None

    async def check(self, unproven: Unproven) -> int:
        """Compare the lowest unproven blocks with their headers; the number of the last that holds.

        The caller records it. Raises `Contradiction` for the lowest block that does not hold, and
        `LyingNodeError` when the node's answers contradict each other now.
        """
        first, last = unproven.after + 1, min(unproven.last, unproven.after + STEP)
        # With the block before and the one after, so that the steps' headers hang together.
        below, *headers, _ = await self._reader.headers(unproven.after, last + 1)
        if self._below is not None and self._below.number == below.number and self._below.hash != below.hash:
            raise ChainMovedError(
                f"Block {below.number} is another than when the blocks below it were proven.",
                remedy="The chain reorganised while it was read, or the node mixes two forks: try again.",
            )
        taken = await asyncio.to_thread(self._ledger.taken, first, last)
        suspects = []
        for header in headers:
            ours = taken.get(header.number)
            if ours is not None and (ours.hash, ours.time) != (header.hash, header.time):
                raise Contradiction(header.number)
            if is_suspect(self._watch, header, ours.topics if ours else ()):
                suspects.append(header)
        complete = await asyncio.gather(*(self._is_complete(header) for header in suspects))
        for header, holds in zip(suspects, complete, strict=True):
            if not holds:
                raise Contradiction(header.number)
        self._below = headers[-1]
        return last

    async def _is_complete(self, header: Header) -> bool:
        there = [facts_of(log) for log in await self._reader.complete_logs(self._watch, header)]
        return there == await asyncio.to_thread(self._ledger.logs_at, header.number)


def facts_of(log: Log) -> LogFacts:
    """A log as it is compared with the ledger's."""
    return LogFacts(log.log_index, log.tx_hash, log.tx_index, b"".join(log.topics), log.data)
