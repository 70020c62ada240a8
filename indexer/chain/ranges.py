"""How many blocks to ask for at once, and how many questions at the same time: grown and shrunk by what the
node answers, also by its own words when it refuses. Answers come in order, and only so many wait to be used:
memory stays flat.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import structlog

from indexer.chain.errors import NodeRefusedError
from indexer.chain.refusals import block_limit, suggested_blocks

log = structlog.get_logger()

MAX_BLOCKS = 10_000
"""Most blocks asked for at once: what most providers allow."""

_FIRST_BLOCKS = 64
_TARGET_LOGS = 4_000
_FASTER = 4
_SLOWER = 1.25
"""Growth before the node has refused a range, and after."""


class Answer(Protocol):
    """What was read of a range: its last block, which may be lower than asked for, and how many logs it
    has.
    """

    @property
    def last(self) -> int:
        """The last block."""

    @property
    def log_count(self) -> int:
        """Number of logs."""


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class _Asked(Generic[A]):
    last: int
    answer: asyncio.Task[A]


class Ranges:
    """Cuts blocks into ranges of about `target_logs` logs. `concurrency` ranges are asked for, or wait to be
    used, at the same time.
    """

    def __init__(
        self,
        *,
        max_blocks: int = MAX_BLOCKS,
        target_logs: int = _TARGET_LOGS,
        concurrency: int = 4,
    ) -> None:
        self._most = max_blocks
        self._target = target_logs
        self._concurrency = concurrency
        self._size = min(_FIRST_BLOCKS, max_blocks)
        self._growth: float = _FASTER

    async def read(
        self, fetch: Callable[[int, int], Awaitable[A]], first: int, last: int
    ) -> AsyncGenerator[A]:
        """The blocks from `first` to `last`, fetched in ranges, in order.

        Raises what `fetch` raises; a `NodeRefusedError` only when the node refuses a single block.
        """
        waiting: deque[_Asked[A]] = deque()
        unasked = first
        try:
            while waiting or unasked <= last:
                while unasked <= last and len(waiting) < self._concurrency:
                    end = min(last, unasked + self._size - 1)
                    waiting.append(self._ask(fetch, unasked, end))
                    unasked = end + 1
                answer = await waiting[0].answer
                asked = waiting.popleft()
                if answer.last < asked.last:
                    waiting.appendleft(self._ask(fetch, answer.last + 1, asked.last))
                yield answer
        finally:
            for each in waiting:
                each.answer.cancel()
            await asyncio.gather(*(each.answer for each in waiting), return_exceptions=True)

    def _ask(self, fetch: Callable[[int, int], Awaitable[A]], first: int, last: int) -> _Asked[A]:
        return _Asked(last, asyncio.create_task(self._fetch(fetch, first, last)))

    async def _fetch(self, fetch: Callable[[int, int], Awaitable[A]], first: int, last: int) -> A:
        last = min(last, first + self._size - 1)
        while True:
            blocks = last - first + 1
            try:
                answer = await fetch(first, last)
            except NodeRefusedError as error:
                if blocks == 1:
                    raise
                last = first + self._shrink(error, first, blocks) - 1
            else:
                self._grow(blocks, answer.log_count)
                return answer

    def _shrink(self, error: NodeRefusedError, first: int, blocks: int) -> int:
        """How many blocks to ask for instead."""
        said = str(error).split(" (code ")[0]
        limit = block_limit(said)
        if limit is not None:
            self._most = min(self._most, limit)
        smaller = max(1, min(suggested_blocks(said, first) or limit or blocks // 2, blocks - 1))
        self._size, self._growth = min(self._size, smaller), _SLOWER
        log.info("range_refused", blocks=blocks, next=smaller, reason=said)
        return smaller

    def _grow(self, blocks: int, logs: int) -> None:
        """Aim at the target, from how densely the blocks just read are filled."""
        aim = blocks * self._target // logs if logs else self._most
        most = max(self._size, int(blocks * self._growth) + 1)
        self._size = max(1, min(aim, most, self._most))
