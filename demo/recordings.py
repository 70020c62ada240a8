"""Reads recorded markets into ticks for a replay. Nothing of a file is believed before it is checked.

Two kinds of gzipped CSV file with a header are understood:

- a day of swaps of a USDC/WETH pool. The day is cut into equal windows, one a step. Every swap is replayed in
  the pool with the amount that was paid in; at the end of a window the market price is the recorded one. The
  file knows no WBTC: its price starts at a fixed multiple of WETH's and follows it, with some seeded noise.
- hourly WETH and WBTC prices. A run of consecutive rows is replayed, one a step; the seed chooses where it
  starts. Where the file lacks hours, the chain's clock jumps over them too.
"""

import csv
import gzip
import random
import zlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from demo.errors import DemoError
from demo.prices import PRICE_UNIT, MarketData, RecordedSwap, Tick

# A round figure for January 2024, and what its own noise may move it in one step.
_WETH_PER_WBTC = 19
_NOISE_PER_MILLION = 600
_HOUR_S = 3_600
# A step has room for several blocks.
_SHORTEST_STEP_S = 60

_Row = dict[str, str]
_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class _Swap:
    time: int
    amounts: RecordedSwap
    weth_price: int


@dataclass(frozen=True, slots=True)
class _Hour:
    time: int
    weth: int
    wbtc: int


def read_market(path: Path, *, steps: int, seed: int) -> MarketData:
    """The market recorded in `path`, in `steps` ticks.

    Raises:
        DemoError: the file is missing, unreadable, of neither kind, malformed, out of order or too short.
    """
    rows = _rows(path)
    if {"block_time", "usdc_units", "weth_wei", "sqrt_price_x96"} <= rows[0].keys():
        swaps = _parsed(path, rows, _swap)
        _check_order(path, [swap.time for swap in swaps], apart=0)
        return _day_of_swaps(path, swaps, steps, seed)
    if {"time", "weth_usd", "wbtc_usd"} <= rows[0].keys():
        hours = _parsed(path, rows, _hour)
        _check_order(path, [hour.time for hour in hours], apart=_SHORTEST_STEP_S)
        return _run_of_hours(path, hours, steps, seed)
    raise _unusable(path, "has the columns of neither a day of swaps nor hourly prices")


def _day_of_swaps(path: Path, swaps: list[_Swap], steps: int, seed: int) -> MarketData:
    rng = random.Random(seed)
    times = [swap.time for swap in swaps]
    first, window = times[0], (times[-1] - times[0]) // steps + 1
    if len(swaps) < steps:
        raise _unusable(path, f"has {len(swaps)} swaps, fewer than the {steps} steps of the demo")
    if window < _SHORTEST_STEP_S:
        raise _unusable(path, f"covers too short a time for {steps} steps")
    ticks: list[Tick] = []
    wbtc_premium, begin = 1_000_000, 0
    for step in range(1, steps + 1):
        end = bisect_right(times, first + step * window - 1)
        weth = swaps[end - 1].weth_price
        wbtc_premium += rng.randint(-_NOISE_PER_MILLION, _NOISE_PER_MILLION)
        wbtc = weth * _WETH_PER_WBTC * wbtc_premium // 1_000_000
        recorded = tuple(swap.amounts for swap in swaps[begin:end])
        ticks.append(Tick(first + step * window, weth, wbtc, recorded))
        begin = end
    return MarketData(f"{len(swaps)} swaps of {path.name}, WBTC follows WETH", tuple(ticks), window)


def _run_of_hours(path: Path, hours: list[_Hour], steps: int, seed: int) -> MarketData:
    if len(hours) < steps:
        raise _unusable(path, f"has {len(hours)} hours, fewer than the {steps} steps of the demo")
    start = random.Random(seed).randrange(len(hours) - steps + 1)
    run = hours[start : start + steps]
    ticks = tuple(Tick(hour.time, hour.weth, hour.wbtc) for hour in run)
    when = datetime.fromtimestamp(run[0].time, tz=UTC)
    return MarketData(f"{steps} hours of {path.name} from {when:%Y-%m-%d %H:%M}", ticks, _HOUR_S)


def _swap(row: _Row) -> _Swap:
    """The pool's token 0 is USDC: its price is WETH per USDC, in token units."""
    root = _positive(int(row["sqrt_price_x96"]))
    weth_price = (PRICE_UNIT * 10**12 << 192) // root**2
    usdc, weth = int(row["usdc_units"]), int(row["weth_wei"])
    if (usdc < 0) == (weth < 0):
        raise ValueError("a swap moves one token in and the other out")
    return _Swap(_time(row["block_time"]), RecordedSwap(usdc, weth), _positive(weth_price))


def _hour(row: _Row) -> _Hour:
    weth, wbtc = (_positive(int(Decimal(row[column]) * PRICE_UNIT)) for column in ("weth_usd", "wbtc_usd"))
    return _Hour(_time(row["time"]), weth, wbtc)


def _time(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return int(moment.timestamp())


def _positive(value: int) -> int:
    if value <= 0:
        raise ValueError(f"{value} is not positive")
    return value


def _rows(path: Path) -> list[_Row]:
    try:
        with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
    except FileNotFoundError:
        raise DemoError(f"There is no file {path}.", "Give MARKET the path of a recorded market.") from None
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise _unusable(path, f"cannot be read ({error})") from error
    if not rows:
        raise _unusable(path, "has no rows")
    return rows


def _parsed(path: Path, rows: list[_Row], parse: Callable[[_Row], _Parsed]) -> list[_Parsed]:
    parsed = []
    for number, row in enumerate(rows, start=2):
        try:
            parsed.append(parse(row))
        except (ValueError, TypeError, OverflowError, InvalidOperation) as error:
            raise _unusable(path, f"has a bad line {number} ({error})") from error
    return parsed


def _check_order(path: Path, times: list[int], *, apart: int) -> None:
    for number, (earlier, later) in enumerate(pairwise(times), start=3):
        if later < earlier + apart:
            raise _unusable(path, f"is out of order in line {number}")


def _unusable(path: Path, why: str) -> DemoError:
    return DemoError(
        f"{path} {why}.",
        "Give MARKET a file like usdc_weth_swaps_2024-01-05.csv.gz or weth_wbtc_usd_hourly_2019-2021.csv.gz,"
        " or leave it out for the synthetic market.",
    )
