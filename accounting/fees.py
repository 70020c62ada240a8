"""What a vault owes its leader, worked out anew from the terms: amounts in units of the token that pays.

Every fee is rounded down, in favour of the vault. Sources: docs/specification.md, "Fees".
"""

from dataclasses import dataclass
from decimal import Context, Decimal

from accounting.rounding import mul_div_down, mul_div_up

BPS = 10_000
_WAD = 10**18
_YEAR_S = 365 * 86_400
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Division:
    """The parts of a fee; they add up to it."""

    to_leader: int
    to_protocol: int
    to_referrer: int


def divide(fee: int, protocol_bps: int, referrer_bps: int) -> Division:
    """Divide a fee: the protocol's part of all, the referrer's of what that leaves, and the leader's the
    rest.

    ``referrer_bps`` is 0 for a vault without a referrer.
    """
    to_protocol = mul_div_down(fee, protocol_bps, BPS)
    to_referrer = mul_div_down(fee - to_protocol, referrer_bps, BPS)
    return Division(fee - to_protocol - to_referrer, to_protocol, to_referrer)


def performance_fee(amount: int, bps: int, equity: int, mark: int) -> int:
    """Return what ``amount`` of any token owes for the gain of ``equity`` above ``mark``: each pays alike."""
    return mul_div_down(amount * bps, equity - mark, equity * BPS) if equity > mark else 0


def withdrawal_fee(amount: int, bps: int) -> int:
    """Return what ``amount`` owes for leaving."""
    return mul_div_down(amount, bps, BPS)


def held_back(outflow: int, performance_bps: int) -> int:
    """Return what is held back of an ``outflow`` without a price: all that could be its performance fee."""
    return mul_div_down(outflow, performance_bps, BPS)


def settled_fee(held: int, whole: int, mark: int) -> int:
    """Return what of ``held`` is the fee, once what left and what stayed is known to be worth ``whole``."""
    return mul_div_down(held, whole - mark, whole) if whole > mark else 0


def management_fee(amount: int, bps: int, seconds: int) -> int:
    """Return what ``amount`` owes for ``seconds`` at ``bps`` a year, charged at every moment.

    The hub's exponential may be one unit of 1e-18 below this one: its fee is then smaller by a unit of 1e-18
    of the amount, rounded up.
    """
    exponent = mul_div_down(bps * _WAD, seconds, BPS * _YEAR_S)
    kept = int(_EXACT.exp(Decimal(-exponent).scaleb(-18)).scaleb(18, _EXACT)) + 1
    return amount - mul_div_up(amount, min(kept, _WAD), _WAD)
