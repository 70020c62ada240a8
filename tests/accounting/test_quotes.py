from hypothesis import given

from accounting.quotes import Quote, QuoteBoard, RecordedPrice
from accounting.valuation import Price
from tests.accounting.strategies import BASE, TOKENS, amounts

USDC, WETH, WBTC = TOKENS


def board(*quotes: Quote) -> QuoteBoard:
    filled = QuoteBoard()
    for quote in quotes:
        filled.record(quote)
    return filled


def test_the_latest_quote_of_a_pair_counts_in_both_directions() -> None:
    found = board(Quote(1, 10, USDC, WETH, 2_000, 1), Quote(2, 11, WETH, USDC, 3, 6_600))
    assert found.price(WETH, USDC) == RecordedPrice(Price(6_600, 3), 11, 2)
    assert found.price(USDC, WETH) == RecordedPrice(Price(3, 6_600), 11, 2)


def test_a_quote_that_rounded_to_nothing_is_no_price() -> None:
    found = board(Quote(1, 10, USDC, WETH, 1, 0))
    assert found.price(WETH, USDC) is None


def test_a_pair_without_a_quote_is_priced_through_one_token_and_dated_by_the_older() -> None:
    found = board(Quote(1, 10, USDC, WETH, 2_000, 1), Quote(5, 14, WETH, WBTC, 20, 1))
    assert found.price(WBTC, USDC) == RecordedPrice(Price(40_000, 1), 10, 1, WETH)


def test_of_two_ways_the_fresher_counts_and_the_pairs_own_before_both() -> None:
    ways = [
        Quote(1, 10, "x", "old", 1, 1),
        Quote(2, 11, "old", USDC, 1, 7),
        Quote(3, 12, "x", "new", 1, 1),
        Quote(4, 13, "new", USDC, 1, 8),
    ]
    assert board(*ways).price("x", USDC) == RecordedPrice(Price(8, 1), 12, 3, "new")
    own = Quote(0, 1, "x", USDC, 1, 9)
    assert board(own, *ways).price("x", USDC) == RecordedPrice(Price(9, 1), 1, 0)


def test_tokens_without_a_price_are_left_out() -> None:
    found = board(Quote(1, 10, USDC, WETH, 2_000, 1)).prices({USDC: 1, WETH: 1, WBTC: 1}, USDC)
    assert found.keys() == {WETH}


@given(a=amounts, b=amounts)
def test_a_quote_values_its_own_amounts_exactly(a: int, b: int) -> None:
    found = board(Quote(0, 0, BASE, WETH, a, b)).price(WETH, BASE)
    assert found is not None
    assert found.price.value(b) == a
