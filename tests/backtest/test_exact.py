import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting import rounding
from backtest.exact import MAX_DIVISOR, MAX_UNITS, TooLargeError, mul_div_down, mul_div_up

amounts = st.integers(0, MAX_UNITS - 1)
WAD = 10**18


@given(value=amounts, portion=st.integers(1, WAD))
def test_a_portion_of_an_amount_is_exact(value: int, portion: int) -> None:
    assert mul_div_down(np.array([value]), portion, WAD)[0] == value * portion // WAD


@given(
    value=amounts,
    divisor=st.integers(1, MAX_DIVISOR),
    numerator=st.integers(0, 2**80),
    off=st.integers(-2, 2),
)
def test_any_quotient_in_range_is_exact_and_any_other_is_refused(
    value: int, divisor: int, numerator: int, off: int
) -> None:
    # Around a multiple of the divisor, where a wrong rounding shows.
    numerator = max(0, numerator // divisor * divisor + off)
    values = np.array([value, value // 2, 0])
    expected = [rounding.mul_div_down(each, numerator, divisor) for each in values.tolist()]
    if expected[0] >= MAX_UNITS - 8:
        if expected[0] >= MAX_UNITS + 8:
            with pytest.raises(TooLargeError):
                mul_div_down(values, numerator, divisor)
        return
    assert mul_div_down(values, numerator, divisor).tolist() == expected
    up = [rounding.mul_div_up(each, numerator, divisor) for each in values.tolist()]
    assert mul_div_up(values, numerator, divisor).tolist() == up


@given(st.lists(st.tuples(amounts, st.integers(0, 2**46), st.integers(1, 2**60)), min_size=1, max_size=20))
def test_each_place_has_its_own_factors(rows: list[tuple[int, int, int]]) -> None:
    rows = [(v, n, d) for v, n, d in rows if v * n // d < MAX_UNITS - 8]
    value, numerator, divisor = (np.array([row[at] for row in rows], dtype=np.int64) for at in range(3))
    assert mul_div_down(value, numerator, divisor).tolist() == [v * n // d for v, n, d in rows]
    assert mul_div_up(value, numerator, divisor).tolist() == [-(-v * n // d) for v, n, d in rows]


def test_a_divisor_beyond_the_range_is_refused() -> None:
    with pytest.raises(TooLargeError):
        mul_div_down(np.array([1]), 1, MAX_DIVISOR + 1)
