import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from demo.errors import DemoError
from demo.prices import RecordedSwap
from demo.recordings import read_market

SWAP_HEAD = "block_time,usdc_units,weth_wei,sqrt_price_x96"
# The root of 5e8 WETH units per USDC unit, scaled by 2^96: 2,000 USD for one WETH.
ROOT_AT_2000 = 1_771_595_571_142_957_102_961_017_161_607_260


def written(path: Path, lines: Sequence[str]) -> Path:
    with gzip.open(path, "wt") as file:
        file.write("\n".join(lines) + "\n")
    return path


def swap_line(minute: int, usdc: int = 2_000_000, weth: int = -(10**15), root: int = ROOT_AT_2000) -> str:
    return f"2024-01-05T{minute // 60:02}:{minute % 60:02}:00Z,{usdc},{weth},{root}"


def hour_line(hour: int, weth: str = "100.5", wbtc: str = "4000.25") -> str:
    return f"2019-02-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{weth},{wbtc}"


def test_a_day_of_swaps_becomes_windows_that_hold_each_swap_once(tmp_path: Path) -> None:
    path = written(
        tmp_path / "day.csv.gz", [SWAP_HEAD, *(swap_line(minute, minute + 1) for minute in range(120))]
    )
    data = read_market(path, steps=12, seed=1)
    assert [swap.usdc for tick in data.ticks for swap in tick.swaps] == list(range(1, 121))
    assert len(data.ticks) == 12
    assert {
        later.time - earlier.time for earlier, later in zip(data.ticks, data.ticks[1:], strict=False)
    } == {data.step_s}
    assert all(tick.weth == 2_000 * 10**8 for tick in data.ticks)


def test_a_window_without_swaps_keeps_the_price(tmp_path: Path) -> None:
    minutes = [0, 1, 2, 3, 118, 119]
    path = written(tmp_path / "day.csv.gz", [SWAP_HEAD, *(swap_line(minute) for minute in minutes)])
    ticks = read_market(path, steps=6, seed=1).ticks
    assert [len(tick.swaps) for tick in ticks] == [4, 0, 0, 0, 0, 2]
    assert {tick.weth for tick in ticks} == {2_000 * 10**8}


def test_hours_are_a_run_of_consecutive_rows_that_the_seed_chooses(tmp_path: Path) -> None:
    lines = [hour_line(hour, f"{100 + hour}.5") for hour in range(100) if hour != 50]
    path = written(tmp_path / "hours.csv.gz", ["time,weth_usd,wbtc_usd", *lines])
    whole = read_market(path, steps=99, seed=1).ticks
    assert [tick.weth for tick in whole[:2]] == [10_050_000_000, 10_150_000_000]
    assert whole[0].wbtc == 400_025_000_000
    assert whole[50].time - whole[49].time == 7_200  # the missing hour
    starts = {read_market(path, steps=10, seed=seed).ticks[0].time for seed in range(20)}
    assert len(starts) > 5


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([SWAP_HEAD], "no rows"),
        (["a,b", "1,2"], "columns of neither"),
        ([SWAP_HEAD, *(swap_line(minute) for minute in range(5))], "fewer than"),
        ([SWAP_HEAD, *(swap_line(minute) for minute in (5, 6, 7, 4, 8, 9, 10, 11, 12, 13))], "line 5"),
        ([SWAP_HEAD, *([swap_line(1)] * 12)], "too short a time"),
        ([SWAP_HEAD, swap_line(1), swap_line(2, usdc=5, weth=5)], "line 3"),
        ([SWAP_HEAD, swap_line(1, root=0)], "line 2"),
        ([SWAP_HEAD, "2024-01-05T00:00:00,1,-1,5"], "no time zone"),
        ([SWAP_HEAD, "2024-01-05T00:00:00Z,1"], "line 2"),
        (["time,weth_usd,wbtc_usd", hour_line(1, weth="many")], "line 2"),
        (["time,weth_usd,wbtc_usd", hour_line(1, weth="NaN")], "line 2"),
        (["time,weth_usd,wbtc_usd", hour_line(1, weth="-3")], "line 2"),
        (["time,weth_usd,wbtc_usd", hour_line(1), hour_line(1)], "line 3"),
    ],
)
def test_a_bad_recording_is_refused_with_the_reason_and_a_remedy(
    tmp_path: Path, lines: Sequence[str], why: str
) -> None:
    path = written(tmp_path / "bad.csv.gz", lines)
    with pytest.raises(DemoError, match=why) as refused:
        read_market(path, steps=10, seed=1)
    assert "MARKET" in refused.value.remedy


def test_a_missing_or_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="There is no file"):
        read_market(tmp_path / "none.csv.gz", steps=10, seed=1)
    (tmp_path / "plain.csv.gz").write_text("time,weth_usd,wbtc_usd\n")
    with pytest.raises(DemoError, match="cannot be read"):
        read_market(tmp_path / "plain.csv.gz", steps=10, seed=1)
    whole = written(tmp_path / "whole.csv.gz", [SWAP_HEAD, *(swap_line(minute) for minute in range(500))])
    (tmp_path / "cut.csv.gz").write_bytes(whole.read_bytes()[:200])
    with pytest.raises(DemoError, match="cannot be read"):
        read_market(tmp_path / "cut.csv.gz", steps=10, seed=1)
    with pytest.raises(DemoError, match="cannot be read"):
        read_market(tmp_path, steps=10, seed=1)


@pytest.mark.real_data
def test_the_real_day_is_replayed_whole_at_its_own_prices(recorded: Path) -> None:
    path = recorded / "usdc_weth_swaps_2024-01-05.csv.gz"
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    data = read_market(path, steps=240, seed=7)
    swaps = [swap for tick in data.ticks for swap in tick.swaps]
    assert swaps == [RecordedSwap(int(row["usdc_units"]), int(row["weth_wei"])) for row in rows]
    # Tick 1.0001^t is WETH units per USDC unit: an independent record of the same price.
    for tick, rows_so_far in ((data.ticks[0], len(data.ticks[0].swaps)), (data.ticks[-1], len(rows))):
        by_tick = 10**12 / 1.0001 ** int(rows[rows_so_far - 1]["tick"])
        assert tick.weth / 10**8 == pytest.approx(by_tick, rel=1.1e-4)
    assert all(15 < tick.wbtc / tick.weth < 25 for tick in data.ticks)


@pytest.mark.real_data
def test_the_real_hours_can_be_replayed_from_any_start(recorded: Path) -> None:
    path = recorded / "weth_wbtc_usd_hourly_2019-2021.csv.gz"
    for seed in range(5):
        ticks = read_market(path, steps=240, seed=seed).ticks
        assert len(ticks) == 240
        assert all(80 < tick.weth // 10**8 < 2_500 for tick in ticks)
        # As recorded, blunders of the source included: WBTC once reads 136 for two hours.
        assert all(130 < tick.wbtc // 10**8 < 60_000 for tick in ticks)
