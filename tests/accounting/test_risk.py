"""Risk figures against their formulas written out with the standard library alone."""

import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.catalogue import BY_ID, LEAST_DAYS, METRICS
from accounting.days import Day
from tests.accounting.by_library import daily_returns, risk_metrics

moves = st.lists(st.integers(-400, 400), min_size=LEAST_DAYS, max_size=LEAST_DAYS + 40)


def lived(bps: list[int]) -> list[Day]:
    """Days of a vault of a million that nothing is put into or taken out of, half of it in cash."""
    days = [Day(Decimal(1), 10**12, 5 * 10**11, 10**12)]
    for move in bps:
        growth = days[-1].growth * (10_000 + move) / 10_000
        equity = int(growth * 10**12)
        days.append(Day(growth, equity, equity // 2, 10**12))
    return days


@settings(deadline=None, max_examples=40)
@given(bps=moves.filter(lambda bps: len(set(bps)) > 3 and min(bps) < 0))
def test_figures_are_their_formulas(bps: list[int]) -> None:
    days = lived(bps)
    found = risk_metrics(days, [], 3 * 10**12, 2 * 10**12)
    returns = [float(each) for each in daily_returns(days)]
    assert returns == pytest.approx([move / 10_000 for move in bps])
    growth = math.prod(1 + each for each in returns)
    annual = growth ** (365 / len(returns)) - 1
    deviation = statistics.stdev(returns)
    downside = math.sqrt(statistics.fmean(min(each, 0) ** 2 for each in returns) * 365)
    index = [1.0]
    for each in returns:
        index.append(index[-1] * (1 + each))
    fall = max((peak - later) / peak for at, peak in enumerate(index) for later in index[at:])
    expected = {
        "cumulative_return": growth - 1,
        "annual_return": annual,
        "volatility": deviation * math.sqrt(365),
        "sharpe_ratio": statistics.fmean(returns) / deviation * math.sqrt(365),
        "sortino_ratio": statistics.fmean(returns) * 365 / downside,
        "calmar_ratio": annual / fall,
        "max_drawdown": fall,
        "turnover": 2 * len(days) / sum(float(day.growth) for day in days),
        "exposure": 0.5,
    }
    for name, value in expected.items():
        figure = found[name]
        assert figure is not None, name
        assert float(figure) == pytest.approx(value, rel=1e-8, abs=1e-9), name
    results = [day.equity - day.net_deposits for day in days]
    assert found["max_drawdown_amount"] == max(
        max([0, *results[: at + 1]]) - later for at, later in enumerate(results)
    )


def test_nothing_is_scaled_to_a_year_before_there_is_enough() -> None:
    short = risk_metrics(lived([100] * (LEAST_DAYS - 1)), [], 0, 0)
    scaled = {"annual_return", "volatility", "sharpe_ratio", "sortino_ratio", "calmar_ratio"}
    assert {name for name in scaled if short[name] is not None} == set()
    assert short["cumulative_return"] is not None
    whole = risk_metrics(lived([100, -50] * LEAST_DAYS), [], 0, 0)
    assert all(whole[name] is not None for name in scaled)


def test_a_ratio_over_no_risk_at_all_is_none() -> None:
    found = risk_metrics(lived([0] * LEAST_DAYS), [], 0, 0)
    assert found["sharpe_ratio"] is found["sortino_ratio"] is found["calmar_ratio"] is None
    assert (found["volatility"], found["max_drawdown"]) == (0, 0)


def test_without_a_day_there_is_no_figure() -> None:
    found = risk_metrics([], [], 0, 0)
    counts = {"closed_trades", "wash_trades", "longest_winning_streak", "longest_losing_streak"}
    assert {name: found[name] for name in counts} == dict.fromkeys(counts, 0)
    assert {found[name] for name in found.keys() - counts} == {None}


def test_every_figure_is_in_the_catalogue_once_with_formula_and_version() -> None:
    assert set(risk_metrics([], [], 0, 0)) < set(BY_ID)
    assert len(BY_ID) == len(METRICS)
    assert all(metric.formula and metric.version >= 1 for metric in METRICS)
