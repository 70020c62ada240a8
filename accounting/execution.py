"""How a fill was executed: against the leader's price, and against the oracle.

Both are readings of amounts that are already part of a fill; they explain a result and are never added to it.
Differences are in units of the token bought, positive when the vault got more. Basis points are `Decimal`,
rounded half to even to four places.
"""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

from accounting.rounding import STATISTICS, mul_div_down, ratio

_BPS_PLACES = Decimal("0.0001")
_SHOWN = Context(prec=18)


class Rate(NamedTuple):
    """``amount_out`` units of the token bought for ``amount_in`` (positive) units of the token sold."""

    amount_in: int
    amount_out: int


class Difference(NamedTuple):
    """``units`` more (or fewer) than the reference gave; ``bps`` is None when the reference gave nothing."""

    units: int
    bps: Decimal | None


def difference(fill: Rate, reference: Rate) -> Difference:
    """Compare a fill with what the same ``amount_in`` gets at ``reference``, rounded down.

    The leader's price is the price of the clearing that the leader's own fill was part of, not the quotient
    of the leader's two rounded amounts: a small leader's rounding would look like a difference in a large
    follower's fill.
    """
    units = more_units(fill, reference)
    expected = fill.amount_out - units
    if not expected:
        return Difference(units, None)
    bps = STATISTICS.divide(Decimal(units * 10_000), Decimal(expected))
    return Difference(units, bps.quantize(_BPS_PLACES, context=STATISTICS))


def more_units(fill: Rate, reference: Rate) -> int:
    """Return the units of `difference` alone."""
    return fill.amount_out - mul_div_down(fill.amount_in, reference.amount_out, reference.amount_in)


def unit_price(rate: Rate, decimals_in: int, decimals_out: int) -> Decimal:
    """Return whole tokens bought for one whole token sold, to 18 significant digits."""
    scaled = ratio(rate.amount_out * 10**decimals_in, rate.amount_in * 10**decimals_out)
    return _SHOWN.plus(scaled)


def in_base(units: int, fill: Rate, *, sells_base: bool) -> int:
    """Return a difference in ``units`` of the token bought as base token units, rounded down.

    A fill that buys the base token has it already; one that sells it converts at its own price.
    """
    if not sells_base:
        return units
    return units * fill.amount_in // fill.amount_out if fill.amount_out else 0


@dataclass(slots=True)
class Executed:
    """Fills of a vault summed up: `fills` in all, and against the leader's and the oracle's prices in base
    token units. `left_out` of them are in neither sum: the oracle was not asked, or none of the two tokens
    was the base token. A fill that no leader had a part in counts against the oracle alone.
    """

    fills: int = 0
    left_out: int = 0
    against_leader: int = 0
    against_oracle: int = 0

    def add(self, fill: Rate, leader: Rate | None, oracle: Rate | None, *, sells_base: bool | None) -> None:
        """Take a fill; ``sells_base`` is None where it neither sold nor bought the base token."""
        self.fills += 1
        if sells_base is None or oracle is None or not oracle.amount_in or not oracle.amount_out:
            self.left_out += 1
            return
        self.against_oracle += in_base(more_units(fill, oracle), fill, sells_base=sells_base)
        if leader is not None and leader.amount_in:
            self.against_leader += in_base(more_units(fill, leader), fill, sells_base=sells_base)
