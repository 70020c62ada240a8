"""Risk figures of a vault, one at a time and by a kept library: what `accounting.columns` must say.

Those of return series are empyrical-reloaded's, with 365 periods a year: markets here never close. They take
binary floating point in and give it out; no money goes through it. A figure that has too little behind it is
None, not a guess.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from math import isfinite
from typing import Any

import empyrical  # type: ignore[import-untyped] # it ships no types
import numpy as np

from accounting.catalogue import LEAST_DAYS
from accounting.days import Day
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
        "annual_return": _figure(empyrical.annual_return, returns) if enough else None,
        "volatility": _figure(empyrical.annual_volatility, returns) if enough else None,
        "sharpe_ratio": _figure(empyrical.sharpe_ratio, returns) if enough else None,
        "sortino_ratio": _figure(empyrical.sortino_ratio, returns) if enough else None,
        "calmar_ratio": _figure(empyrical.calmar_ratio, returns) if enough else None,
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


def _figure(metric: Any, returns: Sequence[Decimal]) -> Decimal | None:
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(metric(np.array(returns, dtype=float), annualization=PERIODS_A_YEAR))
    return _decimal(value)


def _decimal(value: float) -> Decimal | None:
    return Decimal(repr(value)).quantize(_PLACES, context=STATISTICS) if isfinite(value) else None


def _drawdown(returns: Sequence[Decimal]) -> Decimal | None:
    """As a positive share of the peak; empyrical's is negative."""
    return _decimal(-float(empyrical.max_drawdown(np.array(returns, dtype=float)))) if returns else None


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
