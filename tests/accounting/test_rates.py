"""The internal rate of return against SciPy's solver and NumPy's roots of polynomials."""

import math
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from accounting.rates import YEAR_S, internal_rate

DAY_S = 86_400
flows_then_end = st.tuples(
    st.lists(st.tuples(st.integers(0, 700), st.integers(1, 10**12)), min_size=1, max_size=8),
    st.integers(701, 900),
    st.integers(1, 10**13),
)


@settings(deadline=None)
@given(told=flows_then_end)
def test_one_change_of_sign_gives_the_root_that_scipy_finds(
    told: tuple[list[tuple[int, int]], int, int],
) -> None:
    paid, end, left = told
    flows = [(day * DAY_S, units) for day, units in paid] + [(end * DAY_S, -left)]
    found = internal_rate(flows)
    start = min(day for day, _ in paid)

    def surplus(y: float) -> float:
        shares = ((end - day) / (end - start) for day, _ in paid)
        return math.fsum(
            [units * math.exp(share * y) for share, (_, units) in zip(shares, paid, strict=True)] + [-left]
        )

    if surplus(-27.7) > 0 or surplus(27.7) < 0:
        assert found.problem == "no_solution"
        return
    assert found.rate is not None
    assert float(found.rate) + 1 == pytest.approx(
        math.exp(brentq(surplus, -27.7, 27.7, xtol=1e-13)), rel=1e-9
    )


@settings(deadline=None, max_examples=200)
@given(flows=st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=6))
def test_as_many_solutions_as_the_polynomial_has_positive_roots(flows: list[int]) -> None:
    """Flows a day apart make a polynomial in the growth of a day."""
    assume(flows[0] > 0 and flows[-1] != 0 and any(flow < 0 for flow in flows))
    found = internal_rate([(day * DAY_S, flow) for day, flow in enumerate(flows)])
    roots = np.roots(flows)
    clear = [root for root in roots if abs(root.imag) > 1e-5 or root.real < -1e-5]
    real = sorted(root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 1e-9)
    assume(len(clear) + len(real) == len(roots))  # double roots are not for a solver in floating point
    assume(all(later - one > 1e-5 for one, later in pairwise(real)))
    if not real:
        assert found.problem == "no_solution"
    elif len(real) > 1:
        assert found.problem == "several_solutions"
    else:
        assert found.rate is not None
        assert float(found.rate) + 1 == pytest.approx(real[0] ** (len(flows) - 1), rel=1e-6)


def test_a_double_root_is_not_taken_for_the_only_one() -> None:
    # (g - 1.1) ** 2 for growth g of half the span.
    flows = [(0, 100), (DAY_S, -220), (2 * DAY_S, 121)]
    assert internal_rate(flows).problem == "several_solutions"


def test_a_year_is_365_days_and_a_short_history_is_not_scaled_to_one() -> None:
    half = internal_rate([(0, 1_000), (YEAR_S // 2, -1_100)])
    annual = half.annual(90 * DAY_S)
    assert annual is not None
    assert annual == pytest.approx(Decimal("0.21"), abs=Decimal("1e-11"))
    assert internal_rate([(0, 1_000), (89 * DAY_S, -1_100)]).annual(90 * DAY_S) is None


def test_what_was_lost_altogether_is_minus_one_a_year_too() -> None:
    lost = internal_rate([(0, 1_000), (YEAR_S, 1)])
    assert (lost.rate, lost.annual(DAY_S)) == (-1, -1)
