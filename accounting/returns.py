"""Returns of a vault from its valuations and flows: time-weighted, money-weighted, and the largest drawdown.

Money is integer base token units; returns are `Decimal` fractions of one (0.05 is 5%), for the whole span and
not annualised: a few days scaled to a year would say nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from accounting.rounding import STATISTICS, ratio

_ONE = Decimal(1)
_NOTHING = Decimal(0)
_MWR_DIGITS = 30
_MWR_STEPS = 90
_LARGEST_GROWTH = Decimal(2) ** 40


@dataclass(frozen=True, slots=True)
class Observation:
    """The equity of a vault at unix second ``time``, just before ``flow`` came in (negative: went out)."""

    time: int
    equity: int
    flow: int = 0


class Growth:
    """The growth of one unit of money since the start, without the effect of flows, and its largest fall.

    Sub-periods between flows are linked by multiplication (the time-weighted method of GIPS: Bacon,
    *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.2). While the vault is empty
    nothing grows. ``level`` is the growth so far, ``peak`` its highest, ``drawdown`` the largest fall from an
    earlier peak as a fraction of that peak; ``invested`` is what the next growth is measured against, in base
    token units, and ``begun`` whether there ever was money to grow.
    """

    __slots__ = ("begun", "drawdown", "invested", "level", "peak")

    def __init__(
        self,
        level: Decimal = _ONE,
        peak: Decimal = _NOTHING,
        drawdown: Decimal = _NOTHING,
        invested: int = 0,
        *,
        begun: bool = False,
    ) -> None:
        self.level = level
        self.peak = peak
        self.drawdown = drawdown
        self.invested = invested
        self.begun = begun

    def observe(self, equity: int, flow: int = 0) -> None:
        """Take the equity just before ``flow`` came in (negative: went out)."""
        if self.invested > 0:
            self.level = STATISTICS.multiply(self.level, ratio(equity, self.invested))
            self.begun = True
        if self.level >= self.peak:
            self.peak = self.level
        else:
            fall = STATISTICS.divide(STATISTICS.subtract(self.peak, self.level), self.peak)
            self.drawdown = max(self.drawdown, fall)
        self.invested = equity + flow

    @property
    def time_weighted_return(self) -> Decimal | None:
        """The growth less one, or None when there was never any money to grow."""
        return STATISTICS.subtract(self.level, _ONE) if self.begun else None


def growth_of(observations: Iterable[Observation]) -> Growth:
    """Return the growth over all ``observations``."""
    growth = Growth()
    for seen in observations:
        growth.observe(seen.equity, seen.flow)
    return growth


def money_weighted_return(observations: Sequence[Observation]) -> Decimal | None:
    """Return the single rate for the whole span at which the flows grow into the equity at the last
    observation.

    It is the internal rate of return (Bacon, ch. 2.3), found by bisection of the growth factor ``g`` in
    ``sum(flow * g ** (time left / span)) = 0``, the last equity taken as a flow out. The span ends with the
    last money that moved. None when it is not defined: no flow, no time between the flows, or flows that
    change sign so that no growth factor between 0 and 2**40 is bracketed. Where several rates solve it, one
    of them.
    """
    flows = _flows(observations)
    if flows and all(flow > 0 for _, flow in flows):
        return Decimal(-1)
    start, end = (flows[0][0], flows[-1][0]) if flows else (0, 0)
    if start == end:
        return None
    with localcontext(prec=_MWR_DIGITS):
        terms = [(Decimal(end - time) / Decimal(end - start), flow) for time, flow in flows]
        growth = _bisect(terms)
        return None if growth is None else growth - 1


def _flows(observations: Sequence[Observation]) -> list[tuple[int, int]]:
    """Return (time, flow) of all money that moved, what is left at the end as a last flow out."""
    flows = [(seen.time, seen.flow) for seen in observations if seen.flow]
    left = observations[-1].equity + observations[-1].flow if observations else 0
    return [*flows, (observations[-1].time, -left)] if left else flows


def _bisect(terms: Sequence[tuple[Decimal, int]]) -> Decimal | None:
    """Return the growth factor at which terms of (share of the span left, flow) add up to nothing."""

    def surplus(growth: Decimal) -> Decimal:
        return sum((flow * growth**left if left else Decimal(flow) for left, flow in terms), Decimal(0))

    low, high = Decimal(0), Decimal(2)
    while surplus(high) < 0 and high < _LARGEST_GROWTH:
        high *= 2
    if surplus(low) >= 0 or surplus(high) < 0:
        return None
    for _ in range(_MWR_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if surplus(middle) < 0 else (low, middle)
    return high
