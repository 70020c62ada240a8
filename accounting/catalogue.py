"""Every figure that is published, once: what it is called, in which unit, by which formula, which version.

A version goes up when the same history would give another number; figures of two versions are not compared.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["base_units", "ratio", "ratio_per_year", "seconds", "count"]

LEAST_DAYS = 90
"""Days of history below which nothing is scaled to a year, and no ratio of return to risk is given."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure. ``formula`` is in words and symbols; where it comes from a library, the library is named."""

    id: str
    unit: Unit
    formula: str
    version: int = 1


_LATER = f" None below {LEAST_DAYS} days."
_EMPYRICAL = " empyrical-reloaded, annualization=365, risk-free rate 0." + _LATER

METRICS: tuple[Metric, ...] = (
    Metric("equity", "base_units", "cash + Σ floor(quantity · price) of every token held"),
    Metric("cost_basis", "base_units", "what the units held have cost, by average cost or FIFO"),
    Metric("realized_pnl", "base_units", "Σ proceeds and values of what left - its cost, before fees"),
    Metric("unrealized_pnl", "base_units", "equity - cash - Σ cost_basis"),
    Metric("net_pnl", "base_units", "realized_pnl + unrealized_pnl - Σ costs = equity - net deposits"),
    Metric("time_weighted_return", "ratio", "Π E_i / (E_{i-1} + F_{i-1}) - 1"),
    Metric(
        "money_weighted_return",
        "ratio",
        "g - 1 with Σ F_j · g^((T - t_j) / (T - t)) = E_end, where one g alone solves it",
    ),
    Metric(
        "money_weighted_return_annual",
        "ratio_per_year",
        "(1 + money_weighted_return)^(365 days / span) - 1." + _LATER,
    ),
    Metric("tracking_difference", "base_units", "net_pnl - that of the ideal copy = skips + … + fees"),
    Metric("tracking_skips", "base_units", "R(chosen) - R(ideal)"),
    Metric("tracking_sizing", "base_units", "R(sized) - R(chosen)"),
    Metric("tracking_timing", "base_units", "R(timed) - R(sized)"),
    Metric("tracking_price", "base_units", "R(priced) - R(timed)"),
    Metric("tracking_fees", "base_units", "net_pnl - R(priced)"),
    Metric("sync_score", "ratio", "1 - ½ Σ |w_follower - w_leader| over tokens, w = worth / equity"),
    Metric("cumulative_return", "ratio", "growth of one unit over the days - 1"),
    Metric("annual_return", "ratio_per_year", "(Π (1 + r_i))^(365 / n) - 1 of daily returns." + _EMPYRICAL),
    Metric("volatility", "ratio_per_year", "s(r_i) · √365, s the sample deviation." + _EMPYRICAL),
    Metric("sharpe_ratio", "ratio", "mean(r_i) / s(r_i) · √365." + _EMPYRICAL),
    Metric("sortino_ratio", "ratio", "mean(r_i) · 365 / √(365 · mean(min(r_i, 0)²))." + _EMPYRICAL),
    Metric("calmar_ratio", "ratio", "annual_return / max_drawdown." + _EMPYRICAL),
    Metric("max_drawdown", "ratio", "max over i < j of (peak_i - growth_j) / peak_i, positive"),
    Metric(
        "max_drawdown_amount",
        "base_units",
        "max over i < j of (result_i - result_j), result = E - net deposits",
    ),
    Metric("win_rate", "ratio", "closed trades with a result above 0 after fees / closed trades"),
    Metric("profit_factor", "ratio", "Σ results above 0 / -Σ results below 0, after fees"),
    Metric("average_duration", "seconds", "mean over closed trades of the mean time its units were held"),
    Metric("turnover", "ratio", "min(bought, sold) / mean equity at the ends of the days"),
    Metric("exposure", "ratio", "mean over days of (equity - cash) / equity"),
)

BY_ID = {metric.id: metric for metric in METRICS}
