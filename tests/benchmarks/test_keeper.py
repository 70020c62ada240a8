"""The benchmark of the keeper runs and measures what it says. No test here asserts a time."""

from pathlib import Path

import pytest

from benchmarks.keeper.__main__ import QUICK, measure

pytestmark = pytest.mark.timeout(600)

ZERO = ("error_rate", "lost_orders", "duplicate_executions", "stuck_fanouts")
POSITIVE = (
    "submit_p50_ms",
    "submit_p95_ms",
    "submit_p99_ms",
    "planner_followers_per_s",
    "backtest_follower_trades_per_s",
)


async def test_small_run_measures_every_figure_and_nothing_goes_wrong(tmp_path: Path) -> None:
    figures = await measure(QUICK, tmp_path)
    assert {name: figures[name] for name in ZERO} == dict.fromkeys(ZERO, 0)
    assert all(float(str(figures[name])) > 0 for name in POSITIVE), figures
    assert figures["orders_filled"] == figures["orders"] == QUICK.orders
    assert figures["copies"] == QUICK.orders * (QUICK.followers // QUICK.strategies + 1)
    assert figures["fill_rate"] == figures["copies_in_leaders_transaction_share"] == 1
