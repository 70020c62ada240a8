import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.position import AveragePosition, FifoPosition, Lot, OversoldError, Position

purchases = st.lists(st.tuples(st.integers(1, 10**24), st.integers(0, 10**24)), min_size=1, max_size=8)


@pytest.mark.parametrize("empty", [AveragePosition(), FifoPosition()])
@given(bought=purchases, data=st.data())
def test_selling_all_in_parts_gives_back_exactly_the_cost(
    empty: Position, bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    held = empty
    for quantity, cost in bought:
        held = held.add(quantity, cost, 0)
    removed = 0
    for _ in range(data.draw(st.integers(0, 5))):
        held, cost = held.remove(data.draw(st.integers(0, held.quantity)))
        assert cost >= 0
        assert held.cost >= 0
        removed += cost
    held, cost = held.remove(held.quantity)
    removed += cost
    assert held.quantity == held.cost == 0
    assert removed == sum(cost for _, cost in bought)


@given(bought=purchases, data=st.data())
def test_average_cost_that_leaves_is_the_exact_share_rounded_up(
    bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    held = AveragePosition()
    for quantity, cost in bought:
        held = held.add(quantity, cost, 0)
    sold = data.draw(st.integers(1, held.quantity))
    _, cost = held.remove(sold)
    assert held.cost * sold <= cost * held.quantity < held.cost * sold + held.quantity


def test_fifo_sells_the_oldest_lot_first_and_splits_the_next() -> None:
    held = FifoPosition().add(10, 100, 1).add(10, 301, 2)
    rest, cost = held.remove(15)
    assert cost == 100 + 151
    assert rest == FifoPosition((Lot(5, 150, 2),))


def test_average_cost_does_not_care_which_came_first() -> None:
    assert AveragePosition().add(10, 100, 1).add(10, 301, 2).remove(15) == (AveragePosition(5, 100), 301)


@pytest.mark.parametrize("empty", [AveragePosition(), FifoPosition()])
def test_selling_more_than_is_held_says_events_are_missing(empty: Position) -> None:
    with pytest.raises(OversoldError, match="cannot take 11 units from a position of 10: events are missing"):
        empty.add(10, 5, 0).remove(11)


@pytest.mark.parametrize("empty", [AveragePosition(), FifoPosition()])
def test_selling_nothing_costs_nothing(empty: Position) -> None:
    assert empty.remove(0) == (empty, 0)
    held = empty.add(3, 7, 0)
    assert held.remove(0) == (held, 0)
