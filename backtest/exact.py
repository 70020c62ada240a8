"""Exact integer arithmetic on whole arrays: what `accounting.rounding` does to one amount, to thousands.

A quotient is estimated in floating point and put right by its remainder, which is exact in 64 bits although
the product is not: the remainder is small, and arithmetic modulo 2^64 keeps small numbers. Exact where
amounts and quotients are below 2^53 and divisors at most 1.5e18: an estimate is then at most five off (four
roundings of 2^-53 each, and the cut), so that the remainder stays below six divisors, less than 2^63.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Units: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

MAX_UNITS = 2**53
"""Amounts stay below this many units."""
MAX_WORTH = 2**46
"""What a vault is worth stays below this many base token units: so that it times 75,535 fits 63 bits."""
MAX_DIVISOR = 3 * 10**18 // 2
_WRAP = 2**64 - 1


class TooLargeError(Exception):
    """An amount has left the range in which the arithmetic is exact."""


def mul_div_down(value: Units, numerator: Units | int, denominator: Units | int) -> Units:
    """Return floor(``value * numerator / denominator``), each at its place; a denominator is positive."""
    if isinstance(denominator, int) and denominator > MAX_DIVISOR:
        raise TooLargeError(f"a divisor of {denominator}")
    estimate = value * _float(numerator)
    estimate /= _float(denominator)
    if estimate.size and estimate.max() >= MAX_UNITS:
        raise TooLargeError("an amount of 2^53 units or more")
    quotient: Units = estimate.astype(np.int64)
    remainder = (_wrapped(value, numerator) - _wrapped(quotient, denominator)).view(np.int64)
    while True:
        high, low = remainder >= denominator, remainder < 0
        if not (high.any() or low.any()):
            return quotient
        quotient += high
        quotient -= low
        remainder += denominator * (low.astype(np.int64) - high)


def mul_div_up(value: Units, numerator: Units | int, denominator: Units | int) -> Units:
    """Return the same, rounded up."""
    up = mul_div_down(value, numerator, denominator)
    exact = _wrapped(value, numerator) == _wrapped(up, denominator)
    up += ~exact
    return up


def require_below(limit: int, amounts: Units, what: str) -> None:
    """Refuse amounts that leave the range."""
    if amounts.size and int(amounts.max()) >= limit:
        raise TooLargeError(f"{what} of {int(amounts.max())} units, {limit} or more")


def _float(value: Units | int) -> Any:
    return float(value) if isinstance(value, int) else value.astype(np.float64)


def _wrapped(value: Units, factor: Units | int) -> NDArray[np.uint64]:
    """The product modulo 2^64."""
    by = np.uint64(factor & _WRAP) if isinstance(factor, int) else factor.view(np.uint64)
    product: NDArray[np.uint64] = value.view(np.uint64) * by
    return product
