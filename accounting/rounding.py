"""Integer division whose direction is in its name, and integer token units as people read them.

Every division of money in this package goes through here, so that a reader sees at the call which side a
rounding remainder falls on.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal

# Wide enough that a ratio of two 256-bit amounts keeps some fifty exact digits behind the leading one.
STATISTICS = Context(prec=60, rounding=ROUND_HALF_EVEN)


def mul_div_down(value: int, numerator: int, denominator: int) -> int:
    """Return ``value * numerator / denominator`` rounded down; operands are not negative."""
    return value * numerator // denominator


def mul_div_up(value: int, numerator: int, denominator: int) -> int:
    """Return ``value * numerator / denominator`` rounded up; operands are not negative."""
    return -(-value * numerator // denominator)


def ratio(numerator: int, denominator: int) -> Decimal:
    """Return ``numerator / denominator`` as a statistic: 60 significant digits, half to even."""
    return STATISTICS.divide(Decimal(numerator), Decimal(denominator))


def decimal_string(units: int, decimals: int) -> str:
    """Return units as an exact decimal number without trailing zeros: ``(1234500000, 6)`` → ``"1234.5"``."""
    if not decimals:
        return str(units)
    digits = str(abs(units)).zfill(decimals + 1)
    whole, fraction = digits[:-decimals], digits[-decimals:].rstrip("0")
    shown = f"{whole}.{fraction}" if fraction else whole
    return f"-{shown}" if units < 0 else shown
