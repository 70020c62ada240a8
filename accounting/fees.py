"""What a vault owes its leader, worked out anew from the terms: amounts in units of the token that pays.

Every fee is rounded down, in favour of the vault. Sources: docs/specification.md, "Fees".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounting.exponential import exp_wad
from accounting.rounding import mul_div_down, mul_div_up

BPS = 10_000
MAX_KEEPER_FEE_BPS = 20
_WAD = 10**18
_YEAR_S = 365 * 86_400


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

    The hub's exponential may be one unit of 1e-18 below the truth: it adds one, in favour of the vault.
    """
    exponent = mul_div_down(bps * _WAD, seconds, BPS * _YEAR_S)
    kept = exp_wad(-exponent) + 1
    return amount - mul_div_up(amount, min(kept, _WAD), _WAD)


def copy_fee(gross: int, bps: int) -> int:
    """Return what a copy that sells ``gross`` owes the leader, in the token sold."""
    return mul_div_down(gross, bps, BPS)


def copy_fee_of_part(fee: int, sold: int, offered: int) -> int:
    """Return what is left of a copy fee when a swap took ``sold`` of all that its batch ``offered``."""
    return mul_div_down(fee, sold, offered)


def keeper_fee_cap(received: int) -> int:
    """Return the most that a batch which bought ``received`` in all pays who carried it.

    What it paid is the gas at the block's base fee and the oracle's price, of which events tell neither.
    """
    return mul_div_down(received, MAX_KEEPER_FEE_BPS, BPS)


@dataclass(frozen=True, slots=True)
class TimeTerms:
    """What the passing of time costs: ``management_bps`` a year of every token, and ``subscription`` base
    token units for each full ``period`` of seconds; no subscription where that is 0.
    """

    management_bps: int
    subscription: int
    period: int


@dataclass(frozen=True, slots=True)
class TimeFees:
    """What is due. ``management`` is by token, the base token first; subscriptions reach ``paid_until``."""

    management: tuple[int, ...]
    subscription: int
    paid_until: int


def time_fees(
    balances: Sequence[int], terms: TimeTerms, *, since: int, paid_until: int, now: int
) -> TimeFees:
    """Return what ``balances``, the base token first, owe for the time from ``since`` to ``now``.

    Every subscription is paid at the end of its period, from what the management fee has left of the base
    token until then; from the first that it cannot pay on, all stay due. So neither fee depends on how often
    the two are charged.
    """
    base, subscription, at = balances[0], 0, since
    while terms.subscription and paid_until + terms.period <= now:
        end = paid_until + terms.period
        left = base - management_fee(base, terms.management_bps, max(0, end - at))
        if left < terms.subscription:
            break
        base, subscription = left - terms.subscription, subscription + terms.subscription
        paid_until, at = end, max(end, at)
    base -= management_fee(base, terms.management_bps, now - at)
    others = [management_fee(units, terms.management_bps, now - since) for units in balances[1:]]
    return TimeFees((balances[0] - subscription - base, *others), subscription, paid_until)
