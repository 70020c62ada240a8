"""Ranges grow and shrink by what the node answers, also by its own words, and come in order."""

import asyncio
import random
from dataclasses import dataclass

import pytest

from indexer.chain.errors import NodeRefusedError
from indexer.chain.ranges import Ranges
from indexer.chain.refusals import block_limit, suggested_blocks


@dataclass(frozen=True)
class Part:
    first: int
    last: int
    log_count: int


class PaperNode:
    """Answers ranges of a chain with `density` logs a block, in random order of time, up to its limits."""

    def __init__(
        self,
        density: int,
        *,
        most_blocks: int = 10**9,
        most_logs: int = 10**9,
        words: str = "query returned more than {logs} results",
    ) -> None:
        self.density = density
        self.most_blocks = most_blocks
        self.most_logs = most_logs
        self.words = words
        self.asked: list[tuple[int, int]] = []
        self.refused = 0
        self.running = 0
        self.most_running = 0
        self._chance = random.Random(1)

    async def fetch(self, first: int, last: int) -> Part:
        self.asked.append((first, last))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(self._chance.random() / 1000)
        self.running -= 1
        blocks = last - first + 1
        if blocks > self.most_blocks or blocks * self.density > self.most_logs:
            self.refused += 1
            said = self.words.format(
                logs=self.most_logs, blocks=self.most_blocks, first=hex(first), last=hex(first + 6)
            )
            raise NodeRefusedError(
                f"The node at http://127.0.0.1:8545 refused eth_getLogs: {said} (code -32005).",
                remedy="",
                code=-32005,
            )
        return Part(first, last, blocks * self.density)


async def read(node: PaperNode, blocks: int, **options: int) -> list[Part]:
    return [part async for part in Ranges(**options).read(node.fetch, 1, blocks)]


def cover(parts: list[Part], blocks: int) -> bool:
    starts = [1, *(part.last + 1 for part in parts)]
    return [part.first for part in parts] == starts[:-1] and starts[-1] == blocks + 1


@pytest.mark.parametrize("density", [0, 1, 100, 10_000])
async def test_ranges_cover_every_block_once_in_order_and_aim_at_the_target(density: int) -> None:
    node = PaperNode(density)
    parts = await read(node, 20_000 if density < 100 else 2_000, target_logs=4_000)
    assert cover(parts, 20_000 if density < 100 else 2_000)
    assert node.most_running <= 4
    if density == 100:
        assert max(part.log_count for part in parts[8:]) <= 4_000
        assert len(parts) < 80
    if density <= 1:
        assert len(parts) < 25


@pytest.mark.parametrize(
    "words",
    [
        "eth_getLogs is limited to a {blocks} range",
        "exceed maximum block range: {blocks}",
        "query exceeds max block range {blocks}",
        "You can make eth_getLogs requests with up to a {blocks} block range.",
        "please limit your query to {blocks} blocks",
    ],
)
async def test_limit_that_the_provider_names_is_kept_at_once(words: str) -> None:
    node = PaperNode(1, most_blocks=50, words=words)
    assert cover(await read(node, 5_000), 5_000)
    # What was already asked for when the first refusal came is refused too.
    assert node.refused <= 4
    assert node.asked[-2][1] - node.asked[-2][0] + 1 == 50


async def test_range_that_the_provider_proposes_is_asked_for() -> None:
    words = "query returned more than 10000 results. Try with this block range [{first}, {last}]."
    node = PaperNode(10, most_logs=70, words=words)
    parts = await read(node, 500)
    assert cover(parts, 500)
    assert parts[0].last == 7


async def test_limit_on_results_that_names_no_range_is_found_by_halving() -> None:
    node = PaperNode(10, most_logs=330)
    assert cover(await read(node, 3_000), 3_000)
    assert node.refused < len(node.asked) // 2


async def test_single_block_that_is_refused_is_an_error() -> None:
    with pytest.raises(NodeRefusedError, match="more than 5 results"):
        await read(PaperNode(10, most_logs=5), 100)


async def test_only_so_many_answers_wait_for_a_slow_reader() -> None:
    node = PaperNode(100)
    taken = 0
    async for part in Ranges(target_logs=1_000, concurrency=3).read(node.fetch, 1, 2_000):
        await asyncio.sleep(0.003)
        taken += 1
        assert len(node.asked) <= taken + 3
        assert part.log_count <= 6_400


@pytest.mark.parametrize(
    ("said", "limit", "suggested"),
    [
        ("this block range should work: [0x10, 0x1f]", None, 16),
        ("query returned more than 10000 results. Try with this block range [0x10, 0x11].", None, 2),
        ("eth_getLogs is limited to a 10,000 range", 10_000, None),
        ("block range is too wide", None, None),
        ("Log response size exceeded. You can query up to 10K logs in any block range", None, None),
        ("max results 20000", None, None),
        ("missing trie node", None, None),
    ],
)
def test_words_of_providers_are_understood(said: str, limit: int | None, suggested: int | None) -> None:
    assert block_limit(said) == limit
    assert suggested_blocks(said, 16) == suggested
