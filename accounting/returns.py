"""Returns of a vault from its valuations and flows: time-weighted, money-weighted, and the largest drawdown.

Money is integer base token units; returns are `Decimal` fractions of one (0.05 is 5%), for the whole span and
not annualised: a few days scaled to a year would say nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from accounting.rounding import STATISTICS, ratio

_MWR_DIGITS = 30
_MWR_STEPS = 90
_LARGEST_GROWTH = Decimal(2) ** 40


@dataclass(frozen=True, slots=True)
class Observation:
    """The equity of a vault at unix second ``time``, just before ``flow`` came in (negative: went out)."""

    time: int
    equity: int
    flow: int = 0


def growth_index(observations: Sequence[Observation]) -> list[Decimal]:
    """Return the growth of one unit of money since the start, at each observation, without the effect of
    flows.

    Sub-periods between flows are linked by multiplication (the time-weighted method of GIPS: Bacon,
    *Practical Portfolio Performance Measurement and Attribution*, 2nd ed., ch. 2.2). While the vault is empty
    nothing grows.
    """
    index: list[Decimal] = []
    level, invested = Decimal(1), 0
    for seen in observations:
        if invested > 0:
            level = STATISTICS.multiply(level, ratio(seen.equity, invested))
        index.append(level)
        invested = seen.equity + seen.flow
    return index


def time_weighted_return(observations: Sequence[Observation]) -> Decimal | None:
    """Return the linked growth less one, or None when there was never any money to grow."""
    if not any(seen.equity + seen.flow > 0 for seen in observations[:-1]):
        return None
    return growth_index(observations)[-1] - 1


def max_drawdown(index: Sequence[Decimal]) -> Decimal:
    """Return the largest fall of ``index`` from an earlier peak, as a fraction of that peak."""
    peak, worst = Decimal(0), Decimal(0)
    for level in index:
        peak = max(peak, level)
        if peak:
            worst = max(worst, STATISTICS.divide(peak - level, peak))
    return worst


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
