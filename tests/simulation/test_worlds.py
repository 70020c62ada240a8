"""Seeded worlds: whatever the weather, nothing is lost, repeated or stuck; and the judge can say no."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from simulation.verdict import Verdict, judge
from simulation.world import Plan, World, open_world
from tests.deployments import DEPLOYMENTS

KEPT = [Plan(seed=2, steps=24, followers=20)]
"""One of every kind of trouble, and each that ever failed."""
DEEP = [Plan(seed=seed, steps=96, faults=faults) for seed in range(40, 46) for faults in (0.02, 0.05)]


@dataclass(frozen=True)
class Lived:
    verdict: Verdict
    head: str


async def live(plan: Plan, folder: Path) -> Lived:
    async with open_world(plan, folder, deployments=DEPLOYMENTS) as world:
        await world.live()
        head = world.opened.chain.request("eth_getBlockByNumber", "latest", False)["hash"]
        return Lived(await judge(world), head)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("plan", KEPT, ids=str)
async def test_hostile_world_loses_repeats_and_forgets_nothing(plan: Plan, tmp_path: Path) -> None:
    verdict = (await live(plan, tmp_path)).verdict
    assert verdict.is_clean, verdict
    assert min(verdict.orders, verdict.filled, verdict.copies, verdict.bent_answers) > 0, verdict
    assert min(verdict.kills, verdict.reorgs) > 0, verdict


@pytest.mark.deep
@pytest.mark.parametrize("plan", DEEP, ids=str)
async def test_many_hostile_worlds(plan: Plan, tmp_path: Path) -> None:
    verdict = (await live(plan, tmp_path)).verdict
    assert verdict.is_clean, verdict


@pytest.mark.timeout(1200)
async def test_same_seed_lives_the_same_life_and_another_does_not(tmp_path: Path) -> None:
    plan = Plan(seed=3, steps=4, followers=16, keepers=1)
    one, again = await live(plan, tmp_path / "one"), await live(plan, tmp_path / "again")
    other = await live(Plan(seed=4, steps=4, followers=16, keepers=1), tmp_path / "other")
    assert one == again
    assert one.head != other.head


@pytest.mark.timeout(1200)
async def test_pools_that_were_thin_are_as_deep_as_before(tmp_path: Path) -> None:
    plan = Plan(seed=1, steps=1, faults=0.0, followers=16)
    async with open_world(plan, tmp_path, deployments=DEPLOYMENTS) as world:
        chain, pools = world.opened.chain, world.opened.exchange.pools.values()
        contracts = [world.opened.exchange.uniswap.contract(pool).functions for pool in pools]

        def depths() -> list[int]:
            return [pool.liquidity().call() for pool in contracts]

        before, time = depths(), world.tick.time
        for at in range(3):
            world.liquidity.set(thin=True)
            chain.seal(time + 24 * at + 12)
            assert all(depth < had // 9 for depth, had in zip(depths(), before, strict=True))
            world.liquidity.set(thin=False)
            chain.seal(time + 24 * at + 24)
            # Tokens go in and out in whole units: next to nothing is left behind.
            assert all(abs(had - depth) * 10**6 < had for depth, had in zip(depths(), before, strict=True))


@pytest.mark.timeout(1200)
async def test_judge_sees_what_is_planted(tmp_path: Path) -> None:
    """An order that is forgotten, one said to be rejected that was filled, a unit too much in the ledger."""
    plan = Plan(seed=1, steps=12, faults=0.0, followers=16)
    async with open_world(plan, tmp_path, deployments=DEPLOYMENTS) as world:
        await world.live()
        clean = await judge(world)
        assert clean.is_clean
        assert (clean.kills, clean.reorgs, clean.bent_answers) == (0, 0, 0)
        assert clean.fill_rate == 1.0
        assert clean.filled >= 2
        spoil(world, FORGOTTEN)
        spoil(world, DENIED)
        spoil(world, A_UNIT_MORE)
        spoiled = await judge(world)
    assert spoiled.lost_orders == 2
    assert spoiled.ledger_mismatches >= 1
    assert not spoiled.is_clean


def spoil(world: World, statement: str) -> None:
    with world.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1, statement


FORGOTTEN = """
    UPDATE inbox_orders SET status = 'working'
    WHERE id = (SELECT min(id) FROM inbox_orders WHERE status = 'filled')
"""
DENIED = """
    UPDATE inbox_orders SET status = 'rejected'
    WHERE id = (SELECT max(id) FROM inbox_orders WHERE status = 'filled')
"""
A_UNIT_MORE = """
    UPDATE balances SET amount = amount + 1
    WHERE account_id = (SELECT max(account_id) FROM balances WHERE account_kind = 'vault')
"""
