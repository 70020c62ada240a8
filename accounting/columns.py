"""Risk figures of a vault or a leader, in columns, from its worth at the end of each day (UTC).

What vaults were worth is cut into windows without being made anew. Money stays integers; growth, returns and
ratios are binary floating point, with 365 periods a year: markets here never close. A figure that has too
little behind it is None, not a guess. Formulas, units and versions are in `accounting.catalogue`; a test
holds the figures to those of empyrical-reloaded. Times are unix seconds, amounts base token units.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite, sqrt
from typing import Any

import numpy as np

from accounting.catalogue import LEAST_DAYS
from accounting.trips import ClosedTrade

PERIODS_A_YEAR = 365
_PLACES = 12

Floats = np.ndarray[Any, np.dtype[np.float64]]
Figure = float | int | None


def exposure_of(equity: int, cash: int) -> float | None:
    """Return the part of an equity that is not cash; None without any."""
    return (equity - cash) / equity if equity else None


@dataclass(frozen=True, slots=True)
class Days:
    """A vault at consecutive points in time: growth of one unit, equity and of it cash, net deposits."""

    growth: Floats
    equity: Sequence[int]
    cash: Sequence[int]
    net_deposits: Sequence[int]

    @property
    def returns(self) -> Floats:
        """Growth from each point to the next, less one; after a total loss nothing is left to grow."""
        lost = np.flatnonzero(self.growth[:-1] == 0)
        growth = self.growth[: lost[0] + 1] if len(lost) else self.growth
        return growth[1:] / growth[:-1] - 1

    @property
    def exposures(self) -> Floats:
        """The part of the equity that is not cash, at each point with any."""
        found = map(exposure_of, self.equity, self.cash)
        return np.array([each for each in found if each is not None], float)


class Trades:
    """Closed trades in their order, to be cut into windows."""

    def __init__(self, closed: Sequence[ClosedTrade]) -> None:
        self.closed = closed
        self._times = [trade.closed for trade in closed]
        genuine = [trade for trade in closed if not trade.is_wash]
        self._genuine_times = [trade.closed for trade in genuine]
        self._results = [trade.result for trade in genuine]
        self._held = [trade.held_s for trade in genuine]
        self._returns = [trade.result / trade.cost if trade.cost else None for trade in genuine]

    def since(self, start: int) -> Sequence[ClosedTrade]:
        """Return those that were closed from a time on."""
        return self.closed[bisect_left(self._times, start) :]

    def figures(self, start: int) -> dict[str, Figure]:
        """Return the figures of trades that were closed from a time on."""
        at = bisect_left(self._genuine_times, start)
        results, held = self._results[at:], self._held[at:]
        made = [each for each in self._returns[at:] if each is not None]
        won = [result for result in results if result > 0]
        lost = -sum(result for result in results if result < 0)
        longest = {True: 0, False: 0}
        for gained, run in groupby(result > 0 for result in results if result):
            longest[gained] = max(longest[gained], sum(1 for _ in run))
        count = len(results)
        return {
            "win_rate": len(won) / count if count else None,
            "profit_factor": sum(won) / lost if lost else None,
            "average_duration": sum(held) / count if count else None,
            "closed_trades": count,
            "wash_trades": len(self.closed) - bisect_left(self._times, start) - count,
            "longest_winning_streak": longest[True],
            "longest_losing_streak": longest[False],
            "best_trade": max(made, default=None),
            "worst_trade": min(made, default=None),
        }


def day_figures(days: Days, returns: Floats, exposures: Floats, moved: int) -> dict[str, Figure]:
    """Return the figures of days with their returns and exposures; ``moved`` is the lesser of what entries
    cost and exits brought.
    """
    total = sum(days.equity)
    return {
        "cumulative_return": float(days.growth[-1] / days.growth[0] - 1) if len(returns) else None,
        "max_drawdown_amount": _drawdown_amount(days) if days.equity else None,
        "turnover": moved * len(days.equity) / total if total else None,
        "exposure": float(exposures.mean()) if len(exposures) else None,
        **_of_returns(returns),
    }


def _of_returns(returns: Floats) -> dict[str, Figure]:
    """As empyrical-reloaded reckons them, with 365 periods a year."""
    names = ("annual_return", "volatility", "sharpe_ratio", "sortino_ratio", "calmar_ratio")
    found: dict[str, Figure] = dict.fromkeys(("max_drawdown", *names))
    if not len(returns):
        return found
    index = np.concatenate(([1.0], np.cumprod(1 + returns)))
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = float(np.max(1 - index / np.maximum.accumulate(index)))
        found["max_drawdown"] = _rounded(fall)
        if len(returns) < LEAST_DAYS:
            return found
        annual = float(index[-1]) ** (PERIODS_A_YEAR / len(returns)) - 1
        deviation, mean = returns.std(ddof=1), returns.mean()
        downside = np.sqrt(np.mean(np.minimum(returns, 0) ** 2)) * sqrt(PERIODS_A_YEAR)
        figures = (
            annual,
            deviation * sqrt(PERIODS_A_YEAR),
            mean / deviation * sqrt(PERIODS_A_YEAR),
            mean * PERIODS_A_YEAR / downside,
            np.float64(annual) / fall,
        )
    return found | {name: _rounded(float(value)) for name, value in zip(names, figures, strict=True)}


def _rounded(value: float) -> float | None:
    return round(value, _PLACES) if isfinite(value) else None


def _drawdown_amount(days: Days) -> int:
    peak = worst = 0
    for equity, put_in in zip(days.equity, days.net_deposits, strict=True):
        result = equity - put_in
        if result > peak:
            peak = result
        elif peak - result > worst:
            worst = peak - result
    return worst
