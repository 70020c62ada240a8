"""The metrics of every leader over every window, which discovery sorts and filters by.

Not part of what the ledger is hashed by: rows follow the others at their own pace, in transactions of their
own (`indexer.derived.leaders`), and can be made anew from them at any time.
"""

from sqlalchemy import BigInteger, Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Amount, Base


class LeaderMetrics(Base):
    """A strategy over a window that ended at block `as_of_block`.

    The columns from `cumulative_return` on are the metrics of `accounting.catalogue` by their ids, null where
    one is not defined; amounts are base token units, the others numbers that no money is made of. `due` is
    the block time from which on the row is to be made anew. What followers got is as of `followers_time`.
    `bars` and `warnings` are `accounting.conduct`'s, with commas between. `history_days` are whole days since
    the leader's vault was opened. `made` is the deployment's `metrics_version` with which it was written.
    """

    __tablename__ = "leader_metrics"
    __table_args__ = (
        Index("ix_leader_metrics_due", "deployment_id", "window", "due"),
        Index("ix_leader_metrics_made", "deployment_id", "window", "made"),
    )

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    window: Mapped[str] = mapped_column(String(8), primary_key=True)
    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    as_of_block: Mapped[int] = mapped_column(BigInteger)
    as_of_time: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[int] = mapped_column(BigInteger)
    followers_time: Mapped[int] = mapped_column(BigInteger)
    history_days: Mapped[int] = mapped_column(Integer)
    bars: Mapped[str] = mapped_column(String(96))
    warnings: Mapped[str] = mapped_column(String(96))
    made: Mapped[int] = mapped_column(BigInteger)
    cumulative_return: Mapped[float | None] = mapped_column(Float)
    annual_return: Mapped[float | None] = mapped_column(Float)
    volatility: Mapped[float | None] = mapped_column(Float)
    sharpe_ratio: Mapped[float | None] = mapped_column(Float)
    sortino_ratio: Mapped[float | None] = mapped_column(Float)
    calmar_ratio: Mapped[float | None] = mapped_column(Float)
    max_drawdown: Mapped[float | None] = mapped_column(Float)
    max_drawdown_amount: Mapped[int | None] = mapped_column(Amount)
    win_rate: Mapped[float | None] = mapped_column(Float)
    profit_factor: Mapped[float | None] = mapped_column(Float)
    average_duration: Mapped[float | None] = mapped_column(Float)
    turnover: Mapped[float | None] = mapped_column(Float)
    exposure: Mapped[float | None] = mapped_column(Float)
    closed_trades: Mapped[int | None] = mapped_column(Integer)
    wash_trades: Mapped[int | None] = mapped_column(Integer)
    longest_winning_streak: Mapped[int | None] = mapped_column(Integer)
    longest_losing_streak: Mapped[int | None] = mapped_column(Integer)
    best_trade: Mapped[float | None] = mapped_column(Float)
    worst_trade: Mapped[float | None] = mapped_column(Float)
    copiers: Mapped[int | None] = mapped_column(Integer)
    capital_under_copy: Mapped[int | None] = mapped_column(Amount)
    own_stake: Mapped[int | None] = mapped_column(Amount)
    copy_quality: Mapped[float | None] = mapped_column(Float)
    follower_time_weighted_q1: Mapped[float | None] = mapped_column(Float)
    follower_time_weighted_median: Mapped[float | None] = mapped_column(Float)
    follower_time_weighted_q3: Mapped[float | None] = mapped_column(Float)
    follower_money_weighted_q1: Mapped[float | None] = mapped_column(Float)
    follower_money_weighted_median: Mapped[float | None] = mapped_column(Float)
    follower_money_weighted_q3: Mapped[float | None] = mapped_column(Float)
    rank_score: Mapped[float | None] = mapped_column(Float)
