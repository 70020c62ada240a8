"""What followers really got: the return of each over a window, and how these are spread."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import quantiles

from accounting.rounding import STATISTICS, ratio


def dietz_return(
    begin: tuple[int, int], flows: Sequence[tuple[int, int]], end: tuple[int, int]
) -> Decimal | None:
    """Return the money-weighted return of a span by the modified Dietz method; None with no money at work.

    ``begin`` and ``end`` are (unix second, equity), ``flows`` (unix second, what came in; negative: went
    out), all in base token units. It is the linear form of the internal rate (Bacon, *Practical Portfolio
    Performance Measurement and Attribution*, 2nd ed., ch. 2.4): money counts for the time that it was there.
    """
    (start, opening), (last, closing) = begin, end
    span = last - start
    within = [(time, flow) for time, flow in flows if start <= time <= last]
    gain = closing - opening - sum(flow for _, flow in within)
    at_work = opening * span + sum(flow * (last - time) for time, flow in within)
    return ratio(gain * span, at_work) if at_work > 0 else None


def quartiles(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return lower quartile, median and upper quartile, interpolated between neighbours; None without any."""
    if not values:
        return None
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = quantiles((STATISTICS.plus(value) for value in values), n=4, method="inclusive")
    return low, middle, high
