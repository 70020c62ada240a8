"""What staff says of leaders, incidents, and proposals for owner and guardian."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDRESS = sa.String(length=42)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "access_incidents",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("banner", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_access_incidents_open", "access_incidents", ["chain_id", "hub", "closed_us"], unique=False
    )
    op.create_table(
        "access_leaders",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("verified_us", sa.BigInteger(), nullable=True),
        sa.Column("verified_why", sa.Text(), nullable=True),
        sa.Column("suspended_us", sa.BigInteger(), nullable=True),
        sa.Column("suspended_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("chain_id", "hub", "address"),
    )
    op.create_table(
        "access_proposals",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("target", ADDRESS, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("timelock", ADDRESS, nullable=True),
        sa.Column("delay_s", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.String(length=66), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by", ADDRESS, nullable=False),
        sa.Column("proposed_us", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", ADDRESS, nullable=True),
        sa.Column("confirmed_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", ADDRESS, nullable=True),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_proposals_hub", "access_proposals", ["chain_id", "hub", "id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_access_proposals_hub", table_name="access_proposals")
    op.drop_table("access_proposals")
    op.drop_table("access_leaders")
    op.drop_index("ix_access_incidents_open", table_name="access_incidents")
    op.drop_table("access_incidents")
