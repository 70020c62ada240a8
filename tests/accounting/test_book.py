from collections import Counter

import pytest
from hypothesis import given

from accounting.book import Book, Charge, CostKind, CostMethod, Deposit, Event, Fill, Return, Withdrawal, keep
from accounting.position import OversoldError
from accounting.valuation import Price
from tests.accounting.strategies import BASE, METHODS, TOKENS, histories, price_maps

USDC, WETH, WBTC = TOKENS


@pytest.mark.parametrize("method", METHODS)
@given(events=histories(), prices=price_maps())
def test_profit_explains_equity_to_the_unit_after_every_event(
    method: CostMethod, events: list[Event], prices: dict[str, Price]
) -> None:
    book = Book(BASE, method)
    for event in events:
        book.apply(event)
        profit = book.profit(prices)
        assert profit.equity is not None
        assert profit.unrealized is not None
        earned = profit.realized + profit.unrealized - sum(profit.costs.values())
        assert profit.equity - (book.deposited - book.withdrawn) == earned == profit.net


@pytest.mark.parametrize("method", METHODS)
@given(events=histories())
def test_balances_are_the_sums_of_what_moved(method: CostMethod, events: list[Event]) -> None:
    moved: Counter[str] = Counter()
    for event in events:
        match event:
            case Deposit(_, amount):
                moved[BASE] += amount
            case Return(_, token, amount, _):
                moved[token] += amount
            case Withdrawal(_, token, amount, _) | Charge(_, _, token, amount, _):
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
        e._replace(value=prices[e.token].value(e.amount))
        if isinstance(e, Withdrawal | Charge) and e.token != BASE
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
    assert average.realized - average.total_costs == fifo.realized - fifo.total_costs
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
    assert book.costs["copy"] == 4_000000 + 2_200000
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
    assert book.costs["copy"] == 20
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


@pytest.mark.parametrize("kind", ["performance", "management", "subscription", "withdrawal"])
def test_a_fee_in_kind_is_a_cost_of_its_own_at_its_value_and_lowers_the_result_by_it(kind: CostKind) -> None:
    bought: list[Event] = [Deposit(0, 1000), Fill(1, USDC, WETH, 800, 0, 10)]
    prices = {WETH: Price(120, 1)}
    before = keep(USDC, "average_cost", bought).profit(prices)
    paid = keep(
        USDC, "average_cost", [*bought, Charge(2, kind, WETH, 1, 120), Charge(2, kind, USDC, 5, None)]
    )
    assert paid.costs == {**dict.fromkeys(paid.costs, 0), kind: 125}
    assert paid.realized == 120 - 80
    after = paid.profit(prices)
    assert before.net is not None
    assert after.net == before.net - 125
    assert paid.withdrawn == 0


def test_a_fee_in_kind_without_a_price_counts_at_cost() -> None:
    book = keep(
        USDC,
        "fifo",
        [Deposit(0, 1000), Fill(1, USDC, WETH, 800, 0, 10), Charge(2, "management", WETH, 1, None)],
    )
    assert (book.costs["management"], book.realized) == (80, 0)


def test_what_was_held_back_and_is_charged_ends_as_a_cost_and_not_as_a_withdrawal() -> None:
    bought: list[Event] = [Deposit(0, 1000), Fill(1, USDC, WETH, 1000, 0, 10)]
    # All leaves without a price: nine at once, one is held back. Later half of it is the fee.
    left = [Withdrawal(2, WETH, 9, 1080), Withdrawal(2, WETH, 1, 120)]
    settled = [Return(3, USDC, 60, None), Charge(3, "performance", USDC, 60, None)]
    book = keep(USDC, "average_cost", [*bought, *left, *settled])
    assert (book.withdrawn, book.costs["performance"], book.cash) == (1140, 60, 0)
    profit = book.profit({})
    assert profit.net == 140 == book.withdrawn - book.deposited


def test_a_keepers_fee_is_a_cost_at_the_price_of_the_fill() -> None:
    book = keep(
        USDC,
        "average_cost",
        # The batch bought 50 for 1,000 and 1 of them paid the keeper: 20 of the 1,000.
        [Deposit(0, 1000), Fill(1, USDC, WETH, 1000, 0, 49, 1), Fill(2, WETH, USDC, 49, 0, 1050, 7)],
    )
    assert book.costs["keeper"] == 20 + 7
    assert book.realized == 1057 - 980
    assert book.profit({}).net == 1050 - 1000


def test_a_keepers_fee_in_a_swap_between_two_tokens_is_its_share_of_the_cost() -> None:
    swaps = [Fill(1, USDC, WETH, 1000, 0, 500), Fill(2, WETH, WBTC, 500, 0, 9, 1)]
    book = keep(USDC, "fifo", [Deposit(0, 1000), *swaps])
    assert (book.costs["keeper"], book.positions[WBTC].cost, book.realized) == (100, 900, 0)
