from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.book import CostMethod, Deposit, Event, Fill, Withdrawal
from accounting.history import replay
from accounting.quotes import Quote
from tests.accounting.strategies import BASE, METHODS, TOKENS, amounts, histories

USDC, WETH, WBTC = TOKENS


@pytest.mark.parametrize("method", METHODS)
@given(events=histories(), data=st.data())
def test_steps_add_up_to_the_book_and_profit_explains_equity(
    method: CostMethod, events: list[Event], data: st.DataObject
) -> None:
    happenings: list[Event | Quote] = []
    for event in events:
        if data.draw(st.booleans()):
            token = data.draw(st.sampled_from((WETH, WBTC)))
            happenings.append(
                Quote(event.time, event.time, BASE, token, data.draw(amounts), data.draw(amounts))
            )
        happenings.append(event)
    found = replay(BASE, method, happenings, 100)
    assert sum(step.realized for step in found.steps) == found.book.realized
    assert sum(step.costs for step in found.steps) == found.book.total_costs
    assert len(found.steps) == len(events)
    profit, book = found.profit, found.book
    if profit.equity is None:
        assert found.observations is None
        assert found.time_weighted_return is None
        assert set(profit.missing) == {t for t, units in book.balances().items() if units} - {
            BASE,
            *found.prices,
        }
    else:
        assert profit.net == profit.equity - (book.deposited - book.withdrawn)


def test_a_withdrawal_in_kind_takes_the_price_of_its_moment_not_a_later_one() -> None:
    found = replay(
        USDC,
        "average_cost",
        [
            Deposit(0, 1_000),
            Quote(1, 1, USDC, WETH, 1_000, 10),
            Fill(1, USDC, WETH, 1_000, 0, 10),
            Quote(2, 2, USDC, WETH, 150, 1),
            Withdrawal(3, WETH, 4, None),
            Quote(4, 4, USDC, WETH, 300, 1),
        ],
        10,
    )
    assert found.steps[2].event == Withdrawal(3, WETH, 4, 600)
    assert found.steps[2].realized == 600 - 400
    assert found.profit.equity == 6 * 300
    # The half after the withdrawal grew from 900 to 1,800; before it 1,000 had grown to 1,500.
    assert found.time_weighted_return == Decimal("1.5") * 2 - 1
    assert found.max_drawdown == 0


def test_a_fill_below_the_oracle_shows_as_a_drawdown() -> None:
    found = replay(
        USDC,
        "fifo",
        [Deposit(0, 1_000), Quote(1, 1, USDC, WETH, 1_000, 100), Fill(1, USDC, WETH, 1_000, 0, 75)],
        10,
    )
    assert found.max_drawdown == Decimal("0.25")
    assert found.time_weighted_return == Decimal("-0.25")


def test_a_flow_without_a_price_leaves_returns_undefined_though_the_end_has_one() -> None:
    found = replay(
        USDC,
        "average_cost",
        [
            Deposit(0, 1_000),
            Fill(1, USDC, WETH, 1_000, 0, 10),
            Withdrawal(2, WETH, 5, None),
            Quote(3, 3, USDC, WETH, 100, 1),
        ],
        10,
    )
    assert found.profit.equity == 500
    assert (found.time_weighted_return, found.money_weighted_return, found.max_drawdown) == (None, None, None)
