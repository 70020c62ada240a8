import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.rounding import decimal_string, mul_div_down, mul_div_up
from tests.accounting.strategies import amounts


@given(value=amounts, numerator=amounts, denominator=amounts)
def test_up_and_down_enclose_the_exact_quotient(value: int, numerator: int, denominator: int) -> None:
    down, up = mul_div_down(value, numerator, denominator), mul_div_up(value, numerator, denominator)
    assert down * denominator <= value * numerator <= up * denominator
    assert up - down == (value * numerator % denominator != 0)


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [
        (1234500000, 6, "1234.5"),
        (0, 6, "0"),
        (1, 18, "0.000000000000000001"),
        (-1, 8, "-0.00000001"),
        (100, 0, "100"),
        (-25000000, 6, "-25"),
        (2**256 - 1, 18, "115792089237316195423570985008687907853269984665640564039457.584007913129639935"),
    ],
)
def test_units_read_as_decimals(units: int, decimals: int, text: str) -> None:
    assert decimal_string(units, decimals) == text


@given(units=st.integers(-(2**255), 2**255), decimals=st.integers(0, 30))
def test_the_decimal_string_loses_nothing(units: int, decimals: int) -> None:
    whole, _, fraction = decimal_string(units, decimals).partition(".")
    assert int(whole + fraction.ljust(decimals, "0")) == units
