"""Lives of a chain by a seed: transactions of a paper hub, empty blocks, and reorgs of a given depth."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.indexer.paper_chain import PaperChain
from tests.indexer.story import PaperHub, tell


@dataclass
class Life:
    """A chain that grows and turns back. `told` is all that will ever be said; `at` how much of it the chain
    has now.
    """

    chain: PaperChain
    seed: int
    length: int
    chance: random.Random = field(init=False)
    hub: PaperHub = field(init=False)
    snapshots: list[tuple[str, int, int]] = field(init=False, default_factory=list)
    at: int = field(init=False, default=0)
    deepest: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.told, self.hub = tell(self.seed, self.length)

    @property
    def over(self) -> bool:
        return self.at >= len(self.told)

    def grow(self, blocks: int) -> None:
        """Mine blocks with 0 to 2 transactions each."""
        for _ in range(blocks):
            self.snapshots.append((self.chain.snapshot(), self.at, self.chain.height))
            take = self.chance.choice([0, 1, 1, 2])
            self.chain.mine(self.told[self.at : self.at + take], later=self.chance.randint(0, 6))
            self.at = min(len(self.told), self.at + take)

    def turn_back(self, depth: int, *, taller_by: int = 1) -> int:
        """Replace the newest blocks by others, so many and one more; say how many were replaced."""
        depth = min(depth, len(self.snapshots))
        if not depth:
            return 0
        height = self.chain.height
        snapshot, self.at, _ = self.snapshots[-depth]
        self.snapshots = self.snapshots[:-depth]
        self.chain.revert(snapshot)
        self.grow(height - self.chain.height + taller_by)
        self.deepest = max(self.deepest, depth)
        return depth

    def phases(self, deepest: int) -> Iterator[int]:
        """Grow until all is told; between two phases, a reorg at times. Gives each reorg's depth, or 0."""
        while not self.over:
            self.grow(self.chance.randint(1, 12))
            depth = 0
            if self.chance.random() < 0.4:
                # Deep ones are rare on a chain, and are what breaks indexers.
                depth = self.turn_back(self.chance.choice([1, 1, 2, 3, 7, 20, deepest]))
            yield depth
        self.grow(1)
        yield 0
