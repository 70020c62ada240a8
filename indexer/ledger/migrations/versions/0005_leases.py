"""Leases: which indexer writes a hub's ledger."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table. Nobody holds a lease yet."""
    op.create_table(
        "leases",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", sa.String(length=42), nullable=False),
        sa.Column("holder_id", sa.String(length=36), nullable=False),
        sa.Column("host", sa.String(length=320), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("begun", sa.String(length=32), nullable=False),
        sa.Column("taken_us", sa.BigInteger(), nullable=False),
        sa.Column("renewed_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("leases")
