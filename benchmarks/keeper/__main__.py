"""Measure the keeper and write `benchmarks/results/keeper.json`: `python -m benchmarks.keeper [--quick]`.

What each figure means is in `docs/benchmarks.md`.
"""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from rich.console import Console

from backtest.choices import PRESETS
from benchmarks.keeper.backtesting import follower_trades_a_second
from benchmarks.keeper.crowd import open_crowd
from benchmarks.keeper.planning import followers_a_second
from benchmarks.keeper.submitting import copies, submit
from benchmarks.results import write
from inbox.migrations import upgrade
from indexer.ledger.database import open_engine
from simulation.verdict import Verdict, judge
from simulation.world import STEP_S, Plan, open_world

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    strategies: int
    followers: int
    orders: int
    steps: int
    rounds: int


FULL = Size(strategies=100, followers=1_000, orders=400, steps=24 * 12, rounds=101)
QUICK = Size(strategies=4, followers=16, orders=8, steps=6, rounds=3)


async def measure(size: Size, folder: Path) -> dict[str, object]:
    """Every figure."""
    console.print(f"Submitting {size.orders} orders of {size.strategies} leaders …")
    engine = open_engine(f"sqlite:///{folder / 'inbox.db'}")
    upgrade(engine)
    with open_crowd(folder, strategies=size.strategies, followers=size.followers) as crowd:
        done = await submit(crowd, engine, orders=size.orders)
        copied, together, skipped = copies(crowd)
    engine.dispose()
    console.print(f"Living {size.steps * STEP_S / 3_600:g} hours with all faults …")
    plan = Plan(seed=1, steps=size.steps)
    async with open_world(plan, folder / "world") as world:
        await world.live()
        verdict = await judge(world)
    planner = followers_a_second(strategies=size.strategies, followers=size.followers, rounds=size.rounds)
    failed = done.reverted + done.rejected + (done.orders - len(done.own))
    return {
        **{f"submit_p{each}_ms": _percentile(done.own, each) for each in (50, 95, 99)},
        **{f"submit_with_node_p{each}_ms": _percentile(done.in_all, each) for each in (50, 95, 99)},
        "fill_rate": round(copied / (copied + skipped), 6),
        "copies": copied,
        "copies_in_leaders_transaction_share": round(together / copied, 6),
        "error_rate": round(failed / (done.orders + done.transactions), 6),
        "orders": done.orders,
        "orders_filled": done.filled,
        "planner_followers_per_s": round(planner),
        "followers": size.followers,
        "strategies": size.strategies,
        "backtest_follower_trades_per_s": follower_trades_a_second(list(PRESETS.values())),
        **_simulated(verdict, plan),
    }


def _simulated(verdict: Verdict, plan: Plan) -> dict[str, object]:
    return {
        "lost_orders": verdict.lost_orders,
        "duplicate_executions": verdict.duplicate_executions,
        "stuck_fanouts": verdict.stuck_fanouts,
        "simulated_hours": plan.steps * STEP_S / 3_600,
        "simulation": verdict.document(),
    }


def _percentile(seconds: Sequence[float], of_hundred: int) -> float:
    ordered = sorted(seconds)
    return round(1_000 * ordered[min(len(ordered) - 1, len(ordered) * of_hundred // 100)], 1)


def main(arguments: Sequence[str]) -> None:
    """Run, write the result file, and show it. `--quick` only tries it, and writes nothing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    quick = "--quick" in arguments
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(QUICK if quick else FULL, Path(folder)))
    if quick:
        console.print_json(data=figures)
        return
    path = write("keeper", figures)
    sys.stdout.write(f"{path.read_text()}Written to {path}.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
