import pytest
from hypothesis import given

from accounting.valuation import Equity, Price, equity_of
from tests.accounting.strategies import amounts


def test_equity_rounds_each_token_down_then_adds() -> None:
    prices = {"a": Price(1, 3), "b": Price(2, 3)}
    assert equity_of("base", {"base": 5, "a": 2, "b": 4}, prices) == Equity(5 + 0 + 2)


def test_an_empty_balance_needs_no_price() -> None:
    assert equity_of("base", {"base": 5, "a": 0}, {}) == Equity(5)


def test_every_missing_price_is_named() -> None:
    assert equity_of("base", {"b": 1, "a": 1}, {}) == Equity(None, ("a", "b"))


@pytest.mark.parametrize(("base_units", "token_units"), [(0, 1), (1, 0), (-1, 1)])
def test_a_price_of_nothing_is_refused(base_units: int, token_units: int) -> None:
    with pytest.raises(ValueError, match="two positive amounts"):
        Price(base_units, token_units)


@given(units=amounts, a=amounts, b=amounts, c=amounts, d=amounts)
def test_a_price_through_another_token_is_exact_before_its_one_rounding(
    units: int, a: int, b: int, c: int, d: int
) -> None:
    value = Price(a, b).through(Price(c, d)).value(units)
    assert value * b * d <= units * a * c < (value + 1) * b * d
