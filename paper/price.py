"""Prices and how they are rounded: `contracts/libraries/Price.sol` and `SlippageSteps.sol`.

A price is units bought per unit sold, scaled by 1e36. Bounds round towards the vaults: a fill's price down, a
floor up.
"""

from accounting.rounding import mul_div_down, mul_div_up

SCALE = 10**36
BPS = 10_000
STEPS = (10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1_000)
"""The slippage limits that a follower may choose from, in basis points."""


def of_down(amount_out: int, amount_in: int) -> int:
    """Return the price of a fill, rounded down."""
    return mul_div_down(amount_out, SCALE, amount_in)


def value_down(amount: int, price: int) -> int:
    """Return what ``amount`` is worth at ``price``, rounded down."""
    return mul_div_down(amount, price, SCALE)


def is_at_least(amount_out: int, amount_in: int, floor: int, units: int) -> bool:
    """Whether a fill is at least at ``floor`` when the exchange may have kept ``units`` of each token."""
    return amount_in <= units or (amount_out + units) * SCALE // (amount_in - units) >= floor


def is_worth(amount_out: int, amount_in: int, minimum_out: int, units: int) -> bool:
    """Whether a fill gives at least ``minimum_out``, with the same allowance."""
    allowed = min(minimum_out, mul_div_up(minimum_out, 1, amount_in) * units)
    return amount_out + units >= minimum_out - allowed


def is_within_bps(value: int, anchor: int, bps: int) -> bool:
    """Whether two values of one amount differ by at most ``bps`` of ``anchor``, or by a unit."""
    difference = abs(value - anchor)
    return difference <= 1 or difference <= mul_div_down(anchor, bps, BPS)


def less_bps_up(value: int, bps: int) -> int:
    """Return ``value`` less ``bps`` basis points, rounded up."""
    return mul_div_up(value, BPS - bps, BPS)


def step_down(bps: int) -> int:
    """Return the largest slippage step that is at most ``bps``; 0 where none is."""
    return max((step for step in STEPS if step <= bps), default=0)
