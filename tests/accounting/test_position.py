from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.position import AveragePosition, FifoPosition, Lot, OversoldError, Position

purchases = st.lists(st.tuples(st.integers(1, 10**24), st.integers(0, 10**24)), min_size=1, max_size=8)
both = pytest.mark.parametrize("empty", [AveragePosition, FifoPosition])


def bought_all(held: Position, bought: list[tuple[int, int]]) -> None:
    for time, (quantity, cost) in enumerate(bought):
        held.add(quantity, cost, time)


@both
@given(bought=purchases, data=st.data())
def test_selling_all_in_parts_gives_back_exactly_the_cost(
    empty: Callable[[], Position], bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    held = empty()
    bought_all(held, bought)
    removed = 0
    for _ in range(data.draw(st.integers(0, 5))):
        cost = held.remove(data.draw(st.integers(0, held.quantity)))
        assert cost >= 0
        assert held.cost >= 0
        removed += cost
    removed += held.remove(held.quantity)
    assert held.quantity == held.cost == 0
    assert removed == sum(cost for _, cost in bought)


@given(bought=purchases, data=st.data())
def test_average_cost_that_leaves_is_the_exact_share_rounded_up(
    bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    held = AveragePosition()
    bought_all(held, bought)
    quantity, before = held.quantity, held.cost
    sold = data.draw(st.integers(1, quantity))
    cost = held.remove(sold)
    assert before * sold <= cost * quantity < before * sold + quantity


@given(bought=purchases, data=st.data())
def test_fifo_is_unit_by_unit_the_oldest_first(bought: list[tuple[int, int]], data: st.DataObject) -> None:
    """Against a count by units bought: what is left of each lot, oldest first, and its cost to a unit."""
    held = FifoPosition()
    bought_all(held, bought)
    sales = data.draw(st.lists(st.integers(1, 10**24), max_size=5))
    sold = 0
    for sale in sales:
        part = min(sale, held.quantity)
        held.remove(part)
        sold += part
    begins = 0
    left = []
    for time, (quantity, cost) in enumerate(bought):
        rest = min(quantity, max(0, begins + quantity - sold))
        if rest:
            left.append((time, rest, cost * rest / quantity))
        begins += quantity
    assert [(lot.time, lot.quantity) for lot in held.lots] == [(time, rest) for time, rest, _ in left]
    for lot, (_, _, cost) in zip(held.lots, left, strict=True):
        assert lot.cost == pytest.approx(cost, abs=len(sales) + 1, rel=1e-12)
    assert sum(lot.quantity for lot in held.lots) == held.quantity
    assert sum(lot.cost for lot in held.lots) == held.cost


def test_fifo_sells_the_oldest_lot_first_and_splits_the_next() -> None:
    held = FifoPosition([Lot(10, 100, 1), Lot(10, 301, 2)])
    assert held.remove(15) == 100 + 151
    assert list(held.lots) == [Lot(5, 150, 2)]


def test_average_cost_does_not_care_which_came_first() -> None:
    held = AveragePosition()
    held.add(10, 100, 1)
    held.add(10, 301, 2)
    assert held.remove(15) == 301
    assert (held.quantity, held.cost) == (5, 100)


@both
def test_selling_more_than_is_held_says_events_are_missing_and_changes_nothing(
    empty: Callable[[], Position],
) -> None:
    held = empty()
    held.add(10, 5, 0)
    with pytest.raises(OversoldError, match="cannot take 11 units from a position of 10: events are missing"):
        held.remove(11)
    assert (held.quantity, held.cost) == (10, 5)


@both
def test_selling_nothing_costs_nothing(empty: Callable[[], Position]) -> None:
    held = empty()
    assert held.remove(0) == 0
    held.add(3, 7, 0)
    assert held.remove(0) == 0
    assert (held.quantity, held.cost) == (3, 7)
