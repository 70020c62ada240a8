"""What trading costs has not changed unnoticed, and stays below what we promise."""

import json
from pathlib import Path

import pytest

from benchmarks.gas import bench, measure
from benchmarks.results import RESULTS

# Gas is exact, but for addresses and signatures: how many of their bytes are zero.
TOLERANCE_PERMILLE = 2
MOST = {
    "copy_marginal": 22_000,
    "copy_marginal_first_entry": 42_000,
    "copy_marginal_full_policy": 45_000,
    "trade_base": 260_000,
}
FOLLOWERS_AT_LEAST = 700


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    with bench(tmp_path_factory.mktemp("bench")) as at:
        return measure(at)


def test_gas_is_what_the_committed_result_says(figures: dict[str, int]) -> None:
    committed = json.loads((Path(RESULTS) / "gas.json").read_text())
    committed.pop("machine")
    assert figures.keys() == committed.keys()
    moved = {
        name: (committed[name], gas)
        for name, gas in figures.items()
        if abs(gas - committed[name]) * 1_000 > committed[name] * TOLERANCE_PERMILLE
    }
    assert not moved, f"`make bench-gas` writes the result anew; look at the difference first: {moved}"


def test_gas_stays_below_what_is_promised(figures: dict[str, int]) -> None:
    assert {name: figures[name] for name in MOST if figures[name] > MOST[name]} == {}
    assert figures["followers_in_one_transaction"] >= FOLLOWERS_AT_LEAST
