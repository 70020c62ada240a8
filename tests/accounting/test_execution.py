from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounting.execution import Difference, Rate, difference
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
