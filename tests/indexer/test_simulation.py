"""Seeded lives of a chain behind nodes that fail: whatever they answer, the ledger is the final chain's."""

import asyncio
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from indexer.errors import IndexerError
from indexer.ledger.content import content_hash
from indexer.ledger.models import Posting, RawLog, Reorg, amount_sum
from indexer.ledger.postings import HELD_BY_HUB
from indexer.sync.errors import FinalityError
from tests.indexer.lives import Life
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.story import tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import held
from tests.indexer.test_sync import clean_engine
from tests.indexer.unreliable import Unreliable

KEPT_SEEDS: list[tuple[int, float, int]] = [(1, 0.05, 1), (2, 0.05, 3)]
"""Seed, rate of faults, number of endpoints: a few of every kind, and each that ever failed."""

DEEP_SEEDS = [(seed, rate, nodes) for seed in range(100, 125) for rate, nodes in ((0.02, 1), (0.05, 3))]


async def bring_to_head(urls: list[str], engine: Engine, chain: PaperChain, max_range: int) -> Counter[str]:
    """Index as a supervisor would: start again after every error, until the ledger is at the chain's head."""
    errors: Counter[str] = Counter()
    head = chain.request("eth_getBlockByNumber", "latest", False)["hash"]
    async with asyncio.timeout(240):
        while True:
            try:
                async with indexing(urls, engine, max_range=max_range, pause_s=0.002) as indexer:
                    await indexer.backfill_to_head()
                    if indexer.checkpoint.hash == head:
                        return errors
            except IndexerError as error:
                errors[type(error).__name__] += 1


async def live(
    engine: Engine, chain: PaperChain, folder: Path, *, seed: int, rate: float, nodes: int
) -> None:
    life = Life(chain, seed, 70)
    async with AsyncExitStack() as stack:
        proxies = [Unreliable(chain.url, 1000 * seed + at, rate) for at in range(nodes)]
        urls = [(await stack.enter_async_context(each.running())).url for each in proxies]
        for _ in life.phases(deepest=64):
            await bring_to_head(urls, engine, chain, life.chance.choice([1, 5, 40]))
        if rate:
            assert sum((each.done for each in proxies), Counter()).total() > 0
    await is_that_of_the_final_chain(engine, chain, folder, life)


async def is_that_of_the_final_chain(engine: Engine, chain: PaperChain, folder: Path, life: Life) -> None:
    (folder / "clean.db").unlink(missing_ok=True)
    with clean_engine(folder) as clean:
        async with indexing(chain.url, clean) as indexer:
            await indexer.backfill_to_head()
        assert content(engine) == content(clean)
        assert content_hash(engine, 1).hash == content_hash(clean, 1).hash
        # And as of a block in the past, by the rollback of each.
        for number in (1, chain.height // 2):
            assert content_hash(engine, 1, block=number).hash == content_hash(clean, 1, block=number).hash
    assert held(engine) == life.hub.non_zero()
    every_entry_sums_to_zero(engine)
    balances_are_the_hubs_at_every_block(engine, life)


def every_entry_sums_to_zero(engine: Engine) -> None:
    with engine.connect() as connection:
        entry = (Posting.block_number, Posting.log_index, Posting.token)
        sums = connection.execute(select(*entry, amount_sum(Posting.amount)).group_by(*entry)).all()
    assert len(sums) > 50
    assert {int(row[-1]) for row in sums} == {0}


def balances_are_the_hubs_at_every_block(engine: Engine, life: Life) -> None:
    """What the hub on paper held after so many transactions, against the postings up to that block."""
    with engine.connect() as connection:
        transactions = connection.execute(
            select(RawLog.block_number, func.count(RawLog.tx_hash.distinct()))
            .group_by(RawLog.block_number)
            .order_by(RawLog.block_number)
        ).all()
        lines = connection.execute(
            select(Posting.block_number, Posting.account_kind, Posting.account, Posting.token, Posting.amount)
            .where(Posting.account_kind.in_(HELD_BY_HUB))
            .order_by(Posting.block_number)
        ).all()
    posted: defaultdict[int, list[tuple[tuple[str, str, str], int]]] = defaultdict(list)
    for block, *key, amount in lines:
        posted[block].append(((key[0], key[1], key[2]), amount))
    balances: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    seen = 0
    for block, count in transactions:
        seen += count
        for key, amount in posted[block]:
            balances[key] += amount
        _, hub = tell(life.seed, seen)
        assert {key: amount for key, amount in balances.items() if amount} == hub.non_zero(), block
    assert seen == len(life.told)


@pytest.mark.parametrize(("seed", "rate", "nodes"), KEPT_SEEDS)
async def test_life_behind_unreliable_nodes_ends_with_the_final_chains_ledger(
    engine: Engine, chain: PaperChain, tmp_path: Path, *, seed: int, rate: float, nodes: int
) -> None:
    await live(engine, chain, tmp_path, seed=seed, rate=rate, nodes=nodes)


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("seed", "rate", "nodes"), DEEP_SEEDS)
async def test_many_lives_behind_unreliable_nodes(
    engine: Engine, chain: PaperChain, tmp_path: Path, *, seed: int, rate: float, nodes: int
) -> None:
    await live(engine, chain, tmp_path, seed=seed, rate=rate, nodes=nodes)


@pytest.mark.parametrize("depth", [1, 63, 64])
async def test_reorg_up_to_finality_while_stopped_is_followed(
    engine: Engine, chain: PaperChain, tmp_path: Path, depth: int
) -> None:
    life = Life(chain, 200 + depth, 60)
    life.grow(80)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
    assert life.turn_back(depth) == depth
    life.grow(5)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
    with engine.connect() as connection:
        assert connection.scalar(select(Reorg.depth)) == depth
    with clean_engine(tmp_path) as clean:
        async with indexing(chain.url, clean) as indexer:
            await indexer.backfill_to_head()
        assert content(engine) == content(clean)


@pytest.mark.parametrize("stopped", [True, False], ids=["while stopped", "live"])
async def test_reorg_deeper_than_finality_is_refused_and_nothing_is_rolled_back(
    engine: Engine, chain: PaperChain, tmp_path: Path, stopped: bool
) -> None:
    life = Life(chain, 300, 60)
    life.grow(80)
    async with indexing(chain.url, engine) as indexer:
        await indexer.backfill_to_head()
        before = content(engine)
        life.turn_back(65)
        if not stopped:
            with pytest.raises(FinalityError):
                await indexer.backfill_to_head()
    async with indexing(chain.url, engine) as indexer:
        with pytest.raises(
            FinalityError, match=r"65 blocks below .* 64 blocks deep counts as final"
        ) as caught:
            await indexer.backfill_to_head()
    assert "another RPC endpoint" in caught.value.remedy
    assert "--finality 65" in caught.value.remedy
    assert content(engine) == before
    # The operator has looked and decided.
    async with indexing(chain.url, engine, finality=65) as indexer:
        await indexer.backfill_to_head()
    with clean_engine(tmp_path) as clean:
        async with indexing(chain.url, clean) as indexer:
            await indexer.backfill_to_head()
        assert content(engine) == content(clean)
