"""The metrics of leaders by window.

They are made from the other tables after the upgrade, and nothing is lost when they go.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_AMOUNTS = frozenset({"max_drawdown_amount", "capital_under_copy", "own_stake"})
_COUNTS = frozenset(
    {"closed_trades", "wash_trades", "longest_winning_streak", "longest_losing_streak", "copiers"}
)
_METRICS = (
    "cumulative_return",
    "annual_return",
    "volatility",
    "sharpe_ratio",
    "sortino_ratio",
    "calmar_ratio",
    "max_drawdown",
    "max_drawdown_amount",
    "win_rate",
    "profit_factor",
    "average_duration",
    "turnover",
    "exposure",
    "closed_trades",
    "wash_trades",
    "longest_winning_streak",
    "longest_losing_streak",
    "best_trade",
    "worst_trade",
    "copiers",
    "capital_under_copy",
    "own_stake",
    "copy_quality",
    "follower_time_weighted_q1",
    "follower_time_weighted_median",
    "follower_time_weighted_q3",
    "follower_money_weighted_q1",
    "follower_money_weighted_median",
    "follower_money_weighted_q3",
    "rank_score",
)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "leader_metrics",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=8), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("as_of_block", "as_of_time", "due", "followers_time")
        ),
        sa.Column("history_days", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=96), nullable=False) for name in ("bars", "warnings")),
        *(sa.Column(name, _type(name), nullable=True) for name in _METRICS),
        sa.PrimaryKeyConstraint("deployment_id", "window", "strategy_id"),
    )
    for name, column in (("rank", "rank_score"), ("return", "cumulative_return")):
        op.create_index(
            f"ix_leader_metrics_{name}", "leader_metrics", ["deployment_id", "window", column, "strategy_id"]
        )
    op.create_index("ix_leader_metrics_due", "leader_metrics", ["deployment_id", "window", "due"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("leader_metrics")


def _type(name: str) -> Any:
    if name in _AMOUNTS:
        return sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")
    return sa.Integer() if name in _COUNTS else sa.Float()
