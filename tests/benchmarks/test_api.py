"""The benchmark of the API runs and measures what it says. No test here asserts a time."""

import pytest

from benchmarks.api.__main__ import QUICK, measure
from benchmarks.api.world import trades

pytestmark = pytest.mark.timeout(600)


def test_a_small_run_measures_every_figure(postgresql_server: str) -> None:
    del postgresql_server  # skips where there is none
    figures = measure(QUICK, seconds=0.2, listeners=5)
    assert figures.keys() >= {
        "copies",
        "reads",
        "statement_10k_ms",
        "sse_fanout_ms",
        "metrics_increment_ms",
        "metrics_full_recompute_s",
        "peak_rss_mb",
    }
    written = sum(len(each.copies) for each in trades(QUICK))
    long = sum(len(each.copies) for each in trades(QUICK) if each.strategy == QUICK.long_leader)
    assert figures["copies"] == QUICK.times * (written - long) + long > 100
    reads = figures["reads"]
    assert isinstance(reads, dict)
    assert set(reads) == {"leaders", "leaders_anew", "leader_profile", "statement", "trade_copies"}
    for read in reads.values():
        assert read["rps"] == 300
        assert 0 < read["p50_ms"] <= read["p99_ms"]


def test_the_generated_trades_spend_what_there_is() -> None:
    for each in trades(QUICK):
        assert all(min(copy[1:4]) >= 0 for copy in each.copies)
        assert all((copy[1] > 0) == (copy[4] is None) for copy in each.copies)
