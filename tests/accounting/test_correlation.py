"""Correlation of daily returns, against pandas and by hand."""

import random
from decimal import Decimal

import pandas as pd
import pytest

from accounting.correlation import LEAST_DAYS_TOGETHER, correlate, returns_by_day
from accounting.windows import DAY_S


def series(seed: int, days: range, missing: float = 0.0) -> dict[int, Decimal]:
    rng = random.Random(seed)
    return {day * DAY_S: Decimal(str(rng.gauss(0, 0.02))) for day in days if rng.random() >= missing}


def as_pandas(returns: dict[int, Decimal]) -> "pd.Series[float]":
    return pd.Series({day: float(value) for day, value in returns.items()})


@pytest.mark.parametrize("seed", range(20))
def test_it_is_that_of_pandas_over_the_days_of_both(seed: int) -> None:
    first, second = series(seed, range(100), 0.2), series(seed + 1_000, range(30, 160), 0.2)
    found = correlate(first, second)
    assert found.days == len(first.keys() & second.keys())
    assert found.value is not None
    expected = as_pandas(first).corr(as_pandas(second))
    assert float(found.value) == pytest.approx(expected, abs=1e-11)
    assert correlate(second, first) == found


def test_by_hand() -> None:
    """Twenty days of 1, 2, 3, 4 and of 2, 1, 4, 3: cov 3/4 over deviations of 5/4 each."""
    first = {day: Decimal(1 + day % 4) for day in range(20)}
    second = {day: Decimal([2, 1, 4, 3][day % 4]) for day in range(20)}
    assert correlate(first, second).value == Decimal("0.6")
    assert correlate(first, first).value == 1
    assert correlate(first, {day: -value for day, value in first.items()}).value == -1


def test_too_few_days_and_what_never_moves_have_none() -> None:
    first, second = series(1, range(100)), series(2, range(100 - LEAST_DAYS_TOGETHER + 1, 200))
    assert correlate(first, second).value is None
    assert correlate(first, second).days == LEAST_DAYS_TOGETHER - 1
    assert correlate(first, dict.fromkeys(first, Decimal("0.01"))).value is None
    assert correlate({}, {}).days == 0


def test_returns_are_those_of_whole_days_in_a_row() -> None:
    growth = {1: "1", 2: "1.1", 3: "0.55", 5: "0.6", 6: "0", 7: "0"}
    found = returns_by_day({day * DAY_S: Decimal(level) for day, level in growth.items()})
    assert found == {2 * DAY_S: Decimal("0.1"), 3 * DAY_S: Decimal("-0.5"), 6 * DAY_S: Decimal(-1)}
