"""Risk figures of a vault or a leader, from its worth at the end of each day (UTC).

Those of return series are empyrical-reloaded's, with 365 periods a year: markets here never close. They take
binary floating point in and give it out; no money goes through it. Formulas, units and versions of all are in
`accounting.catalogue`. A figure that has too little behind it is None, not a guess.

Here is what each figure is, one vault and window at a time; `accounting.columns` reckons the same for many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from accounting.catalogue import LEAST_DAYS
from accounting.rounding import STATISTICS, ratio
from accounting.trips import (
    ClosedTrade,
    average_duration,
    longest_streaks,
    profit_factor,
    trade_returns,
    win_rate,
)

PERIODS_A_YEAR = 365
_PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Day:
    """A vault at the end of a day, or of an hour in a window of hours.

    ``growth`` is that of one unit since the start, without flows (`accounting.returns.Growth.level`);
    ``equity`` and, of it, ``cash`` in the base token, and ``net_deposits``, are base token units.
    """

    growth: Decimal
    equity: int
    cash: int
    net_deposits: int


def risk_metrics(
    days: Sequence[Day], closed: Sequence[ClosedTrade], bought: int, sold: int
) -> Mapping[str, Decimal | None]:
    """Return metric id → figure.

    ``days`` are consecutive, the first the vault's opening with a growth of 1 or the end of the day before;
    ``closed`` are the trades closed over these days, and ``bought`` and ``sold`` what entries cost and exits
    brought, in base token units. Wash trades are counted, and no part of another figure of trades.
    """
    returns = daily_returns(days)
    trades = [trade for trade in closed if not trade.is_wash]
    winning, losing = longest_streaks(trades)
    made = trade_returns(trades)
    enough = len(returns) >= LEAST_DAYS
    return {
        "cumulative_return": _cumulative(days) if returns else None,
        "annual_return": _figure("annual_return", returns) if enough else None,
        "volatility": _figure("annual_volatility", returns) if enough else None,
        "sharpe_ratio": _figure("sharpe_ratio", returns) if enough else None,
        "sortino_ratio": _figure("sortino_ratio", returns) if enough else None,
        "calmar_ratio": _figure("calmar_ratio", returns) if enough else None,
        "max_drawdown": _drawdown(returns),
        "max_drawdown_amount": _drawdown_amount(days),
        "win_rate": win_rate(trades),
        "profit_factor": profit_factor(trades),
        "average_duration": average_duration(trades),
        "turnover": _turnover(days, bought, sold),
        "exposure": _exposure(days),
        "closed_trades": Decimal(len(trades)),
        "wash_trades": Decimal(len(closed) - len(trades)),
        "longest_winning_streak": Decimal(winning),
        "longest_losing_streak": Decimal(losing),
        "best_trade": max(made, default=None),
        "worst_trade": min(made, default=None),
    }


def daily_returns(days: Sequence[Day]) -> list[Decimal]:
    """Return each day's growth less one; after a total loss nothing is left to grow."""
    found = []
    for before, after in pairwise(days):
        if not before.growth:
            break
        found.append(STATISTICS.subtract(STATISTICS.divide(after.growth, before.growth), Decimal(1)))
    return found


def _cumulative(days: Sequence[Day]) -> Decimal:
    return STATISTICS.subtract(STATISTICS.divide(days[-1].growth, days[0].growth), Decimal(1))


def library() -> Any:
    """Return empyrical, which is loaded when it is first needed: it takes more memory than all else that an
    indexer loads, and a backfill does without it.
    """
    import empyrical  # type: ignore[import-untyped] # noqa: PLC0415 (it ships no types)

    return empyrical


def _figure(name: str, returns: Sequence[Decimal]) -> Decimal | None:
    metric = getattr(library(), name)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(metric(np.array(returns, dtype=float), annualization=PERIODS_A_YEAR))
    return _decimal(value)


def _decimal(value: float) -> Decimal | None:
    return Decimal(repr(value)).quantize(_PLACES, context=STATISTICS) if isfinite(value) else None


def _drawdown(returns: Sequence[Decimal]) -> Decimal | None:
    """As a positive share of the peak; empyrical's is negative."""
    return _decimal(-float(library().max_drawdown(np.array(returns, dtype=float)))) if returns else None


def _drawdown_amount(days: Sequence[Day]) -> Decimal | None:
    if not days:
        return None
    peak = worst = 0
    for day in days:
        result = day.equity - day.net_deposits
        peak = max(peak, result)
        worst = max(worst, peak - result)
    return Decimal(worst)


def _turnover(days: Sequence[Day], bought: int, sold: int) -> Decimal | None:
    total = sum(day.equity for day in days)
    return ratio(min(bought, sold) * len(days), total) if total else None


def _exposure(days: Sequence[Day]) -> Decimal | None:
    shares = [ratio(day.equity - day.cash, day.equity) for day in days if day.equity]
    return STATISTICS.divide(sum(shares, Decimal(0)), Decimal(len(shares))) if shares else None
