from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounting.rates import Problem
from accounting.returns import Growth, Observation, growth_of
from accounting.returns import money_weighted_return as internal_rate_of

money = st.integers(1, 10**18)
TINY = Decimal("1e-15")


def money_weighted_return(seen: list[Observation]) -> Decimal | None:
    return internal_rate_of(seen).rate


def time_weighted_return(seen: list[Observation]) -> Decimal | None:
    return growth_of(seen).time_weighted_return


def test_without_flows_both_returns_are_the_simple_one() -> None:
    seen = [Observation(0, 0, 1_000), Observation(50, 1_200), Observation(100, 1_100)]
    assert time_weighted_return(seen) == pytest.approx(Decimal("0.1"), abs=TINY)
    assert money_weighted_return(seen) == pytest.approx(Decimal("0.1"), abs=TINY)


def test_money_that_came_before_a_loss_lowers_only_the_money_weighted_return() -> None:
    # Doubles 100, then 800 more come in, then everything loses a half.
    seen = [Observation(0, 0, 100), Observation(50, 200, 800), Observation(100, 500)]
    assert time_weighted_return(seen) == pytest.approx(Decimal(0), abs=TINY)
    # 100 g + 800 sqrt(g) = 500, so sqrt(g) = (sqrt(21) - 4).
    assert money_weighted_return(seen) == pytest.approx((Decimal(21).sqrt() - 4) ** 2 - 1, abs=TINY)


@given(growth=st.lists(st.integers(1, 300), min_size=1, max_size=8), data=st.data())
def test_time_weighted_return_does_not_depend_on_flows(growth: list[int], data: st.DataObject) -> None:
    exact, equity = Decimal(1), 100**12
    seen = [Observation(0, 0, equity)]
    invested = equity
    for time, percent in enumerate(growth, start=1):
        equity = invested * percent // 100
        flow = data.draw(st.integers(-equity // 2, 100**12))
        assume(equity + flow > 10**9)
        seen.append(Observation(time, equity, flow))
        invested = equity + flow
        exact = exact * percent / 100
    assert time_weighted_return(seen) == pytest.approx(exact - 1, rel=Decimal("1e-6"), abs=Decimal("1e-6"))


@given(deposits=st.lists(money, min_size=1, max_size=6), rate=st.integers(-90, 400))
def test_money_weighted_return_finds_the_rate_that_made_the_equity(deposits: list[int], rate: int) -> None:
    span = len(deposits)
    growth = 1 + Decimal(rate) / 100
    worth = sum(d * growth ** (Decimal(span - t) / span) for t, d in enumerate(deposits))
    scale = 10**12  # so that rounding the equity to whole units does not move the rate
    seen = [Observation(t, 0, d * scale) for t, d in enumerate(deposits)]
    seen.append(Observation(span, int(worth * scale)))
    assert money_weighted_return(seen) == pytest.approx(growth - 1, abs=Decimal("1e-9"))


def test_a_vault_that_was_emptied_keeps_its_return_and_starts_again() -> None:
    seen = [Observation(0, 0, 100), Observation(10, 150, -150), Observation(20, 0, 80), Observation(30, 160)]
    growth, levels = Growth(), []
    for each in seen:
        growth.observe(each.equity, each.flow)
        levels.append(growth.level)
    assert levels == [1, Decimal("1.5"), Decimal("1.5"), 3]
    assert money_weighted_return(seen[:3][:2]) == pytest.approx(Decimal("0.5"), abs=TINY)


def test_losing_everything_is_minus_one() -> None:
    seen = [Observation(0, 0, 100), Observation(10, 0)]
    assert time_weighted_return(seen) == -1
    assert money_weighted_return(seen) == -1


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        ([], "no_flows"),
        ([Observation(0, 0)], "no_flows"),
        ([Observation(0, 0, 100), Observation(0, 100, 0)], "no_flows"),
        ([Observation(0, 0, 100), Observation(0, 101, 0)], "no_time"),
        ([Observation(0, 0, 1), Observation(10, 2**60)], "no_solution"),
        # Flows that change sign three times, and one rate all the same.
        (
            [Observation(0, 0, 1), Observation(1, 2, -2), Observation(2, 0, 2), Observation(3, 3)],
            None,
        ),
        # 1,000 in, 2,150 out, 1,155 in, and nothing left: at 5% and at 10%.
        (
            [
                Observation(0, 0, 1_000),
                Observation(1, 2_150, -2_150),
                Observation(2, 0, 1_155),
                Observation(3, 0),
            ],
            "several_solutions",
        ),
        # 100 in, 300 out, 250 in: the surplus never comes to zero.
        (
            [Observation(0, 0, 100), Observation(1, 300, -300), Observation(2, 0, 250), Observation(3, 0)],
            "no_solution",
        ),
    ],
    ids=["nothing", "no money", "in and out", "no time", "beyond any rate", "one", "two rates", "no rate"],
)
def test_a_money_weighted_return_that_is_not_the_only_one_is_not_given(
    seen: list[Observation], problem: Problem | None
) -> None:
    found = internal_rate_of(seen)
    assert found.problem == problem
    assert (found.rate is None) == (problem is not None)


def test_no_time_weighted_return_without_money() -> None:
    assert time_weighted_return([]) is None
    assert time_weighted_return([Observation(0, 0), Observation(5, 0)]) is None


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_max_drawdown_is_the_worst_pair(worths: list[int]) -> None:
    growth = growth_of([Observation(at, worth) for at, worth in enumerate([10**6, *worths])])
    # What was lost altogether has nothing left to grow.
    index = [10**6, *worths]
    if 0 in index:
        index = index[: index.index(0) + 1]
    pairs = [Decimal(peak - later) / peak for at, peak in enumerate(index) for later in index[at:] if peak]
    assert growth.drawdown == pytest.approx(max(pairs), abs=TINY)
