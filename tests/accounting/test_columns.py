"""Figures in columns against those of one vault and window at a time."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.catalogue import LEAST_DAYS
from accounting.columns import Days, Trades, day_figures
from accounting.days import Day
from accounting.trips import ClosedTrade
from tests.accounting.by_library import daily_returns, risk_metrics

HOUR = 3_600

moves = st.lists(st.integers(-10_000, 2_000), max_size=LEAST_DAYS + 30)
trades = st.lists(
    st.tuples(st.integers(0, 10**20), st.integers(0, 10**20), st.sampled_from([10, HOUR])), max_size=20
)


def lived(bps: list[int], flow: int) -> list[Day]:
    """A vault of a million to which something is added every day; a move of -10,000 loses all."""
    growth, equity, put_in = Decimal(1), 10**24, 10**24
    days = []
    for move in bps:
        growth = growth * (10_000 + move) / 10_000
        equity = equity * (10_000 + move) // 10_000 + flow
        put_in += flow
        days.append(Day(growth, equity, equity // 3, put_in))
    return days


def in_columns(days: list[Day]) -> Days:
    return Days(
        np.array([float(day.growth) for day in days]),
        [day.equity for day in days],
        [day.cash for day in days],
        [day.net_deposits for day in days],
    )


@settings(deadline=None, max_examples=150)
@given(bps=moves, flow=st.integers(0, 10**20), told=trades, moved=st.integers(0, 10**26))
def test_every_figure_is_the_same(
    bps: list[int], flow: int, told: list[tuple[int, int, int]], moved: int
) -> None:
    days = lived(bps, flow)
    closed = [
        ClosedTrade("0x", HOUR * at, cost, proceeds, held) for at, (cost, proceeds, held) in enumerate(told)
    ]
    columns = in_columns(days)
    found = day_figures(columns, columns.returns, columns.exposures, moved) | Trades(closed).figures(0)
    expected = risk_metrics(days, closed, moved, moved + 1)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        figure = found[name]
        if name == "max_drawdown_amount":
            assert figure == value
        elif value is None:
            assert figure is None, name
        else:
            assert figure is not None, name
            assert float(figure) == pytest.approx(float(value), rel=1e-8, abs=1e-11), name
    assert columns.returns.tolist() == pytest.approx(
        [float(each) for each in daily_returns(days)], rel=1e-9, abs=1e-12
    )


def test_a_window_has_the_trades_that_were_closed_in_it() -> None:
    closed = [
        ClosedTrade("0x", HOUR * at, 100, 100 + gain, HOUR) for at, gain in enumerate([5, -5, 7, 9, -1])
    ]
    cut = Trades(closed)
    assert list(cut.since(2 * HOUR)) == closed[2:]
    assert cut.figures(2 * HOUR)["win_rate"] == pytest.approx(2 / 3)
    assert cut.figures(2 * HOUR)["longest_winning_streak"] == 2
    assert cut.figures(9 * HOUR)["closed_trades"] == 0
