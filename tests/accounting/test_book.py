from collections import Counter

import pytest
from hypothesis import given

from accounting.book import Book, CostMethod, Deposit, Event, Fill, Withdrawal, keep
from accounting.position import OversoldError
from accounting.valuation import Price
from tests.accounting.strategies import BASE, METHODS, TOKENS, histories, price_maps

USDC, WETH, WBTC = TOKENS


@pytest.mark.parametrize("method", METHODS)
@given(events=histories(), prices=price_maps())
def test_profit_explains_equity_to_the_unit_after_every_event(
    method: CostMethod, events: list[Event], prices: dict[str, Price]
) -> None:
    book = Book.empty(BASE, method)
    for event in events:
        book = book.apply(event)
        profit = book.profit(prices)
        assert profit.equity is not None
        assert profit.unrealized is not None
        earned = profit.realized + profit.unrealized - profit.copy_fees
        assert profit.equity - (book.deposited - book.withdrawn) == earned == profit.net


@pytest.mark.parametrize("method", METHODS)
@given(events=histories())
def test_balances_are_the_sums_of_what_moved(method: CostMethod, events: list[Event]) -> None:
    moved: Counter[str] = Counter()
    for event in events:
        match event:
            case Deposit(_, amount):
                moved[BASE] += amount
            case Withdrawal(_, token, amount, _):
                moved[token] -= amount
            case Fill(_, token_in, token_out, amount_in, fee, amount_out):
                moved[token_in] -= amount_in + fee
                moved[token_out] += amount_out
    held = keep(BASE, method, events).balances()
    assert {token: units for token, units in held.items() if units} == {t: u for t, u in moved.items() if u}


@given(events=histories(), prices=price_maps())
def test_both_methods_agree_on_the_net_result_once_everything_is_sold(
    events: list[Event], prices: dict[str, Price]
) -> None:
    held = keep(BASE, "average_cost", events).balances()
    # Price what left in kind, and sell what is left: a withdrawal at cost would carry the method's own cost
    # out.
    priced = [
        Withdrawal(e.time, e.token, e.amount, prices[e.token].value(e.amount))
        if isinstance(e, Withdrawal) and e.token != BASE
        else e
        for e in events
    ]
    sales = [
        Fill(99, token, BASE, units, 0, prices[token].value(units))
        for token, units in held.items()
        if units and token != BASE
    ]
    average, fifo = (keep(BASE, method, [*priced, *sales]) for method in METHODS)
    assert average.balances() == fifo.balances()
    assert average.realized - average.copy_fees == fifo.realized - fifo.copy_fees
    assert average.profit({}).unrealized == fifo.profit({}).unrealized == 0


def test_buy_and_sell_with_fees_realises_before_fees_and_shows_them_apart() -> None:
    book = keep(
        USDC,
        "average_cost",
        [
            Deposit(0, 10_000_000000),
            Fill(1, USDC, WETH, 4_000_000000, 4_000000, 2 * 10**18),
            Fill(2, WETH, USDC, 999 * 10**15, 10**15, 2_197_800000),
        ],
    )
    # Half of the WETH cost 2,000 and went for 2,197.80 and a fee of 0.001 WETH, worth 2.20 at that sale's
    # price.
    assert book.realized == 2_197_800000 + 2_200000 - 2_000_000000
    assert book.copy_fees == 4_000000 + 2_200000
    profit = book.profit({WETH: Price(2_100_000000, 10**18)})
    assert profit.unrealized == 100_000000
    assert profit.equity == 5_996_000000 + 2_197_800000 + 2_100_000000
    assert profit.net == profit.equity - 10_000_000000


def test_a_swap_between_two_tokens_moves_the_cost_and_realises_nothing() -> None:
    book = keep(
        USDC,
        "fifo",
        [Deposit(0, 1000), Fill(1, USDC, WETH, 1000, 0, 500), Fill(2, WETH, WBTC, 490, 10, 7)],
    )
    assert book.realized == 0
    assert book.copy_fees == 20
    assert book.positions[WBTC].cost == 980
    assert book.positions[WETH].quantity == book.positions[WETH].cost == 0


def test_withdrawal_in_kind_realises_at_its_value_and_at_cost_without_one() -> None:
    bought: list[Event] = [Deposit(0, 1000), Fill(1, USDC, WETH, 1000, 0, 10)]
    valued = keep(USDC, "average_cost", [*bought, Withdrawal(2, WETH, 10, 1500)])
    assert (valued.withdrawn, valued.realized) == (1500, 500)
    at_cost = keep(USDC, "average_cost", [*bought, Withdrawal(2, WETH, 10, None)])
    assert (at_cost.withdrawn, at_cost.realized) == (1000, 0)


def test_a_held_token_without_a_price_leaves_equity_unknown_and_named() -> None:
    book = keep(USDC, "average_cost", [Deposit(0, 1000), Fill(1, USDC, WETH, 400, 0, 10)])
    profit = book.profit({})
    assert (profit.equity, profit.unrealized, profit.net) == (None, None, None)
    assert profit.missing == (WETH,)
    assert profit.realized == 0


@pytest.mark.parametrize("event", [Withdrawal(1, USDC, 11, 11), Fill(1, USDC, WETH, 10, 1, 5)])
def test_spending_base_token_that_is_not_there_is_refused(event: Event) -> None:
    with pytest.raises(OversoldError, match="cannot take 11 units from a position of 10"):
        keep(USDC, "average_cost", [Deposit(0, 10), event])
