import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.rates import internal_rate
from accounting.spread import dietz_return, quartiles

DAY = 86_400


def test_without_flows_it_is_the_plain_return() -> None:
    assert dietz_return((0, 1_000), [], (DAY, 1_100)) == Decimal("0.1")


def test_money_counts_for_the_time_it_was_there() -> None:
    # 1,000 all along and 1,000 for the second half: a gain of 150 on 1,500.
    assert dietz_return((0, 1_000), [(DAY, 1_000)], (2 * DAY, 2_150)) == Decimal("0.1")


def test_it_is_none_without_money_at_work() -> None:
    assert dietz_return((0, 0), [], (DAY, 0)) is None
    assert dietz_return((0, 0), [(DAY, 500)], (DAY, 500)) is None


def test_flows_outside_the_span_are_no_part() -> None:
    assert dietz_return((DAY, 1_000), [(0, 1_000), (3 * DAY, 77)], (2 * DAY, 1_100)) == Decimal("0.1")


@given(gain=st.integers(-300, 300), more=st.integers(0, 2_000), at=st.integers(1, 9))
def test_for_small_gains_it_is_close_to_the_internal_rate(gain: int, more: int, at: int) -> None:
    begin, end = 100_000, 100_000 + more + gain
    found = dietz_return((0, begin), [(at * DAY, more)], (10 * DAY, end))
    exact = internal_rate([(0, begin), (at * DAY, more), (10 * DAY, -end)]).rate
    assert found is not None
    assert exact is not None
    assert abs(found - exact) < Decimal("1e-4")


@given(values=st.lists(st.integers(-1_000, 1_000), min_size=2))
def test_quartiles_are_those_of_the_standard_library(values: list[int]) -> None:
    found = quartiles([Decimal(each) for each in values])
    assert found is not None
    expected = statistics.quantiles(values, n=4, method="inclusive")
    assert [float(each) for each in found] == pytest.approx(expected)
    assert quartiles([]) is None
