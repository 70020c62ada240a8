"""How alike two leaders' results are: the correlation of their daily returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from accounting.rounding import STATISTICS
from accounting.windows import DAY_S

LEAST_DAYS_TOGETHER = 20
"""Days that both must have a return of; from fewer no correlation is given."""

_PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Correlation:
    """``days`` are those that both have a return of; ``value`` is None where there is no correlation."""

    value: Decimal | None
    days: int


def returns_by_day(growth: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return end of a day (unix seconds) → the day's return, from the growth of one unit at ends of days.

    A day has a return where the growth at its end and at its beginning is known, and there was something left
    to grow.
    """
    found = {}
    for end, level in growth.items():
        before = growth.get(end - DAY_S)
        if before:
            found[end] = STATISTICS.subtract(STATISTICS.divide(level, before), Decimal(1))
    return found


def correlate(first: Mapping[int, Decimal], second: Mapping[int, Decimal]) -> Correlation:
    """Return Pearson's correlation of two series of returns over the days of both (`numpy.corrcoef`).

    Binary floating point inside, as in `accounting.columns`; twelve digits after the point.
    """
    days = sorted(first.keys() & second.keys())
    pair = np.array([[series[day] for day in days] for series in (first, second)], dtype=float)
    if len(days) < LEAST_DAYS_TOGETHER or not all(np.ptp(pair, axis=1)):
        return Correlation(None, len(days))
    value = float(np.clip(np.corrcoef(pair)[0, 1], -1, 1))
    return Correlation(Decimal(repr(value)).quantize(_PLACES), len(days))
