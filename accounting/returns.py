"""Returns of a vault from its valuations and flows: time-weighted, money-weighted, and the largest drawdown.

Money is integer base token units; returns are `Decimal` fractions of one (0.05 is 5%), for the whole span and
not annualised: a few days scaled to a year would say nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.rates import InternalRate, internal_rate
from accounting.rounding import STATISTICS, ratio

_ONE = Decimal(1)
_NOTHING = Decimal(0)


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


def money_weighted_return(observations: Sequence[Observation]) -> InternalRate:
    """Return the single rate for the whole span at which the flows grow into the equity at the last
    observation, which is taken as a flow out. The span ends with the last money that moved.
    """
    flows = [(seen.time, seen.flow) for seen in observations if seen.flow]
    left = observations[-1].equity + observations[-1].flow if observations else 0
    return internal_rate([*flows, (observations[-1].time, -left)] if left else flows)
