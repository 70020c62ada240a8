from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounting.execution import Difference, Rate, difference, in_base, unit_price
from tests.accounting.strategies import amounts


@given(inputs=st.lists(amounts, min_size=1, max_size=30), received=amounts)
def test_every_fill_of_one_clearing_is_within_a_unit_of_its_price(inputs: list[int], received: int) -> None:
    batch = Rate(sum(inputs), received)
    for amount_in in inputs:
        fill = Rate(amount_in, amount_in * received // batch.amount_in)
        assert difference(fill, batch).units == 0


def test_a_later_batch_at_a_worse_price_shows_in_units_and_basis_points() -> None:
    assert difference(Rate(1_000, 1_990), Rate(5_000, 10_000)) == Difference(-10, Decimal("-50.0000"))


def test_more_than_the_reference_is_positive() -> None:
    assert difference(Rate(3, 4), Rate(3, 3)) == Difference(1, Decimal("3333.3333"))


def test_basis_points_of_nothing_are_not_defined() -> None:
    assert difference(Rate(1, 0), Rate(10, 9)) == Difference(0, None)


def test_a_price_is_in_whole_tokens() -> None:
    # 2,500 USDC (6 decimals) for 1.25 WETH (18 decimals), and back.
    assert unit_price(Rate(2_500 * 10**6, 125 * 10**16), 6, 18) == Decimal("0.0005")
    assert unit_price(Rate(125 * 10**16, 2_500 * 10**6), 18, 6) == 2_000


def test_a_difference_in_the_token_bought_is_worth_its_fill_price_in_base() -> None:
    assert in_base(-3, Rate(2_000, 10), sells_base=True) == -600
    assert in_base(-3, Rate(10, 2_000), sells_base=False) == -3
    assert in_base(-3, Rate(10, 0), sells_base=True) == 0
