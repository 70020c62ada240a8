"""Sums by hour of what fills and skips came to, so that nobody reads all of them; which metrics are new.

The read models are made anew when the tables have changed, so the columns' defaults are never looked at.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")

_COLUMNS: dict[str, Sequence[tuple[str, sa.types.TypeEngine[Any], str]]] = {
    "vault_hours": (
        ("filled", sa.BigInteger(), "0"),
        ("filled_left_out", sa.BigInteger(), "0"),
        ("against_leader", _AMOUNT, "0"),
        ("against_oracle", _AMOUNT, "0"),
        ("skipped", sa.Text(), ""),
        ("copied", sa.BigInteger(), "0"),
        ("missed", sa.BigInteger(), "0"),
    ),
    "vault_positions": (("bought", _AMOUNT, "0"),),
    "leader_metrics": (("made", sa.BigInteger(), "0"),),
    "deployments": (("metrics_taken", sa.BigInteger(), "0"),),
}

_SORTED = {"rank": "rank_score", "return": "cumulative_return"}
"""By which the database put leaders in order."""


def upgrade() -> None:
    """Add the columns. Leaders are put in order by the server now, which reads what it does not know yet."""
    for table, columns in _COLUMNS.items():
        for name, kind, default in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
    for name in _SORTED:
        op.drop_index(f"ix_leader_metrics_{name}", "leader_metrics")
    op.create_index("ix_leader_metrics_made", "leader_metrics", ["deployment_id", "window", "made"])


def downgrade() -> None:
    """Take them away where they are: views read the tables."""
    op.drop_index("ix_leader_metrics_made", "leader_metrics")
    for name, column in _SORTED.items():
        key = ["deployment_id", "window", column, "strategy_id"]
        op.create_index(f"ix_leader_metrics_{name}", "leader_metrics", key)
    for table, columns in _COLUMNS.items():
        for name, _, _ in columns:
            op.drop_column(table, name)
