from decimal import Decimal

import pytest
from hypothesis import given

from accounting.book import Charge, Deposit, Event, Fill, Return, Withdrawal, keep
from accounting.position import OversoldError
from accounting.trips import (
    ClosedTrade,
    average_duration,
    closed_trades,
    disposals,
    longest_streaks,
    profit_factor,
    trade_returns,
    win_rate,
)
from tests.accounting.strategies import BASE, TOKENS, histories

USDC, WETH, WBTC = TOKENS
LIFE: list[Event] = [
    Deposit(0, 10_000),
    Fill(10, USDC, WETH, 990, 10, 100),
    Fill(30, USDC, WETH, 2_000, 0, 100),
    # The first hundred cost 1,000 with the fee, and 50 of the second 1,000: held 90 s and 70 s.
    Fill(100, WETH, USDC, 149, 1, 2_500),
    Fill(130, WETH, USDC, 50, 0, 900),
]


def test_a_sale_is_a_trade_after_the_fees_of_both_sides() -> None:
    found = closed_trades(USDC, LIFE)
    assert found == [
        ClosedTrade(WETH, 100, 2_000, 2_500, 100 - (100 * 10 + 50 * 30) // 150),
        ClosedTrade(WETH, 130, 1_000, 900, 100),
    ]
    assert [trade.result for trade in found] == [500, -100]
    assert win_rate(found) == Decimal("0.5")
    assert profit_factor(found) == 5
    assert average_duration(found) == Decimal("92")


def test_a_swap_between_two_tokens_closes_nothing_and_takes_cost_and_time_along() -> None:
    swapped: list[Event] = [*LIFE[:2], Fill(50, WETH, WBTC, 100, 0, 7), Fill(60, WBTC, USDC, 7, 0, 1_100)]
    assert closed_trades(USDC, swapped) == [ClosedTrade(WBTC, 60, 1_000, 1_100, 50)]


def test_what_leaves_otherwise_is_no_trade() -> None:
    left: list[Event] = [
        *LIFE[:2],
        Withdrawal(20, WETH, 50, None),
        Charge(20, "management", WETH, 49, None),
        Return(20, WETH, 9, 90),
    ]
    assert closed_trades(USDC, left) == []
    assert closed_trades(USDC, [*left, Fill(40, WETH, USDC, 10, 0, 5)]) == [
        ClosedTrade(WETH, 40, 100, 5, 40 - (1 * 10 + 9 * 20) // 10)
    ]


def test_without_trades_or_losses_there_is_no_rate() -> None:
    assert win_rate([]) is profit_factor([]) is average_duration([]) is None
    assert profit_factor(closed_trades(USDC, LIFE[:4])) is None


def test_selling_what_was_never_bought_is_refused() -> None:
    with pytest.raises(OversoldError, match="events are missing"):
        closed_trades(USDC, [Fill(1, WETH, USDC, 5, 0, 5)])


@given(events=histories())
def test_results_after_fees_add_up_to_the_books_once_all_is_sold(events: list[Event]) -> None:
    """Of lives in which nothing left in kind: then every cost is in a trade."""
    traded = [event for event in events if isinstance(event, Deposit | Fill)]
    lived: list[Event] = [Deposit(0, 10**40)]
    held = dict.fromkeys(TOKENS, 0)
    for event in traded:
        if isinstance(event, Fill) and event.token_in != BASE:
            if held[event.token_in] < event.amount_in + event.fee:
                continue
            held[event.token_in] -= event.amount_in + event.fee
        if isinstance(event, Fill):
            held[event.token_out] += event.amount_out
        lived.append(event)
    lived += [Fill(99, token, BASE, held[token], 0, 7) for token in TOKENS if token != BASE and held[token]]
    book = keep(BASE, "fifo", lived)
    assert sum(trade.result for trade in closed_trades(BASE, lived)) == book.realized - book.total_costs


def test_streaks_are_the_longest_runs_and_a_trade_of_nothing_ends_none() -> None:
    results = [5, 3, 0, 2, -1, -1, 4, -2]
    trades = [ClosedTrade(WETH, at, 100, 100 + each, 600) for at, each in enumerate(results)]
    assert longest_streaks(trades) == (3, 2)
    assert longest_streaks([]) == (0, 0)
    assert max(trade_returns(trades)) == Decimal("0.05")


def test_a_wash_trade_is_short_and_worth_less_than_a_thousandth() -> None:
    assert ClosedTrade(WETH, 0, 10_000, 10_009, 299).is_wash
    assert not ClosedTrade(WETH, 0, 10_000, 10_010, 299).is_wash
    assert not ClosedTrade(WETH, 0, 10_000, 10_009, 300).is_wash


def test_a_sale_of_several_lots_disposes_of_each() -> None:
    found = list(disposals(USDC, LIFE))
    assert [(each.acquired, each.disposed, each.quantity, each.cost, each.proceeds) for each in found] == [
        (10, 100, 100, 1_000, 2_500 * 100 // 150),
        (30, 100, 50, 1_000, 2_500 - 2_500 * 100 // 150),
        (30, 130, 50, 1_000, 900),
    ]


@given(histories())
def test_disposals_add_up_to_the_closed_trades(history: list[Event]) -> None:
    try:
        closed = closed_trades(BASE, history)
    except OversoldError:
        return
    found = list(disposals(BASE, history))
    assert sum(each.cost for each in found) == sum(each.cost for each in closed)
    assert sum(each.proceeds for each in found) == sum(each.proceeds for each in closed)
    assert all(each.quantity > 0 and each.acquired <= each.disposed for each in found)
