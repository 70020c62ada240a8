"""Read models: vaults, positions and prices by hour, lots, and flows with their value.

They are computed from the other tables, so an old ledger gets them when it is upgraded, and nothing is lost
when they go.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")
ADDRESS = sa.String(length=42)
STATISTIC = sa.String(length=80)

_METHODS = ("average", "fifo")
_BOOK = ("withdrawn", "copy", "keeper", "performance", "management", "subscription", "withdrawal")
_PAPERS = ("ideal", "chosen", "sized", "timed", "priced")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "vault_hours",
        *_keys("vault_id", "hour"),
        sa.Column("last_block", sa.BigInteger(), nullable=False),
        sa.Column("last_log_index", sa.Integer(), nullable=False),
        sa.Column("last_time", sa.BigInteger(), nullable=False),
        *_amounts("cash", "deposited"),
        sa.Column("equity", AMOUNT, nullable=True),
        *_amounts(*(f"{method}_{name}" for method in _METHODS for name in _BOOK)),
        sa.Column("returns_defined", sa.Boolean(), nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        *(sa.Column(name, STATISTIC, nullable=False) for name in ("growth", "growth_peak", "drawdown")),
        *_amounts("invested"),
        sa.Column("sync_score", sa.BigInteger(), nullable=True),
        sa.Column("tracking_defined", sa.Boolean(), nullable=False),
        *_amounts(*(f"{paper}_cash" for paper in _PAPERS)),
        *_amounts(*(f"{paper}_withdrawn" for paper in _PAPERS)),
        sa.PrimaryKeyConstraint("deployment_id", "vault_id", "hour"),
    )
    op.create_table(
        "vault_positions",
        *_keys("vault_id", "hour"),
        sa.Column("token", ADDRESS, nullable=False),
        *_amounts("quantity", "average_cost", "average_realized", "fifo_cost", "fifo_realized"),
        sa.Column("lots_opened", sa.Integer(), nullable=False),
        sa.Column("lots_closed", sa.Integer(), nullable=False),
        *_amounts("taken_quantity", "taken_cost", *_PAPERS),
        sa.PrimaryKeyConstraint("deployment_id", "vault_id", "hour", "token"),
    )
    op.create_table(
        "lots",
        *_keys("vault_id"),
        sa.Column("token", ADDRESS, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        *_amounts("quantity", "cost"),
        sa.PrimaryKeyConstraint("deployment_id", "vault_id", "token", "number"),
    )
    op.create_table(
        "valued_flows",
        *_keys("vault_id", "block_number"),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("token", ADDRESS, nullable=False),
        *_amounts("amount"),
        sa.Column("value", AMOUNT, nullable=True),
        sa.Column("equity", AMOUNT, nullable=True),
        sa.PrimaryKeyConstraint("deployment_id", "vault_id", "block_number", "log_index"),
    )
    op.create_table(
        "price_hours",
        *_keys(),
        sa.Column("token_a", ADDRESS, nullable=False),
        sa.Column("token_b", ADDRESS, nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_block", sa.BigInteger(), nullable=False),
        sa.Column("recorded_time", sa.BigInteger(), nullable=False),
        *_amounts("amount_a", "amount_b"),
        sa.PrimaryKeyConstraint("deployment_id", "token_a", "token_b", "hour"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("price_hours", "valued_flows", "lots", "vault_positions", "vault_hours"):
        op.drop_table(table)


def _keys(*names: str) -> list[sa.Column[Any]]:
    return [
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in names),
    ]


def _amounts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, AMOUNT, nullable=False) for name in names]
