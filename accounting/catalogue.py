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
_EMPYRICAL = " As empyrical-reloaded has it: annualization=365, risk-free rate 0." + _LATER

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
    Metric("closed_trades", "count", "closed trades that are no wash trades"),
    Metric(
        "wash_trades", "count", "closed trades held below 300 s whose |result| is below 0.1% of their cost"
    ),
    Metric("longest_winning_streak", "count", "most closed trades in a row with a result above 0"),
    Metric("longest_losing_streak", "count", "most closed trades in a row with a result below 0"),
    Metric("best_trade", "ratio", "max over closed trades of result / cost, after fees"),
    Metric("worst_trade", "ratio", "min over closed trades of result / cost, after fees"),
    Metric("copiers", "count", "vaults under the strategy that have not left and are not the leader's own"),
    Metric("capital_under_copy", "base_units", "Σ floor(balance · price) of these vaults' tokens"),
    Metric("own_stake", "base_units", "equity of the leader's own vault"),
    Metric(
        "copy_quality",
        "ratio",
        "filled / (filled + skipped) copies, without skips that the owner's own standing choice made",
    ),
    Metric("follower_time_weighted_q1", "ratio", "lower quartile of the followers' time-weighted returns"),
    Metric("follower_time_weighted_median", "ratio", "median of the followers' time-weighted returns"),
    Metric("follower_time_weighted_q3", "ratio", "upper quartile of the followers' time-weighted returns"),
    Metric(
        "follower_money_weighted_q1",
        "ratio",
        "lower quartile of (E_end - E_0 - Σ F_j) / (E_0 + Σ F_j · (T - t_j) / (T - t)), modified Dietz",
    ),
    Metric("follower_money_weighted_median", "ratio", "median of the followers' modified Dietz returns"),
    Metric("follower_money_weighted_q3", "ratio", "upper quartile of the followers' modified Dietz returns"),
    Metric(
        "correlation",
        "ratio",
        "cov(r_i, q_i) / (s(r_i) · s(q_i)) of two leaders' returns of whole days (UTC), over days of both; "
        "numpy.corrcoef. None below 20 such days, or where one of them never changes",
    ),
    Metric(
        "rank_score",
        "ratio_per_year",
        "√365 · (SR - 1.645 · √((1 - skewness · SR + (kurtosis - 1)/4 · SR²) / (n - 1))) - 1 for each "
        "warning, SR = mean(r_i) / s(r_i) (Bailey and López de Prado, 2012). None with a bar.",
    ),
)

BY_ID = {metric.id: metric for metric in METRICS}
