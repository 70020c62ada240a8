"""Curves: a vault at the ends of days or hours of a window, and now, no more points than a screen shows."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import Field

from accounting.rounding import STATISTICS
from accounting.windows import WindowName, start_of, step_of
from api.schemas import Amount, Ratio, Schema, Token, utc
from indexer.derived.points import Point

MOST_POINTS = 400

_PLACES = Decimal("1e-12")
_NONE = Decimal(0)


class CurvePoint(Schema):
    """A vault at one moment."""

    time: datetime = Field(description="UTC.", examples=["2024-01-05T00:00:00Z"])
    equity: Amount | None = Field(description="What it was worth; null: a token had no price.")
    net_deposits: Amount | None = Field(
        description="What had been put in, less what was taken out; null: as `equity`."
    )
    growth: Ratio | None = Field(
        description="Of one unit since the vault was opened, without flows.", examples=["1.184"]
    )
    drawdown: Ratio | None = Field(
        description="Fall from the highest growth of the curve until then.", examples=["0.03"]
    )


def curve_of(points: Sequence[Point], window: WindowName, now: int, base: Token) -> list[CurvePoint]:
    """Return the points of a window; of too many every so many, counted back from the newest."""
    start, step = start_of(window, now), step_of(window)
    within = [point for point in points[:-1] if point.time >= start and point.time % step == 0]
    every = -(-len(within) // (MOST_POINTS - 1)) or 1
    shown = [point for at, point in enumerate(within) if not (len(within) - 1 - at) % every]
    peak, found = Decimal(0), []
    amounts: dict[int, Amount] = {}  # many are alike: what was put in, and what lies in cash

    def amount(units: int) -> Amount:
        if units not in amounts:
            amounts[units] = Amount.of(base, units)
        return amounts[units]

    for point in [*shown, *points[-1:]]:
        day = point.day
        if day is None:
            unknown = dict.fromkeys(("equity", "net_deposits", "growth", "drawdown"))
            found.append(CurvePoint(time=utc(point.time), **unknown))
            continue
        peak = max(peak, day.growth)
        found.append(
            CurvePoint(
                time=utc(point.time),
                equity=amount(day.equity),
                net_deposits=amount(day.net_deposits),
                growth=day.growth.quantize(_PLACES),
                drawdown=_fall(peak, day.growth),
            )
        )
    return found


def _fall(peak: Decimal, growth: Decimal) -> Decimal:
    """The fall from a peak as a share of it; 0 where all was lost before."""
    if peak == growth:
        return _NONE
    return STATISTICS.divide(STATISTICS.subtract(peak, growth), peak).quantize(_PLACES)
