"""Who sent transactions, and what gas they cost.

Of what is in the ledger already the indexer reads it afterwards.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create the table, and the block up to which it is filled."""
    op.create_table(
        "transactions",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tx_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("gas_used", sa.BigInteger(), nullable=False),
        *(sa.Column(name, _AMOUNT, nullable=False) for name in ("gas_price", "data_fee", "paid")),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "tx_index"),
    )
    op.create_index("ix_transactions_hash", "transactions", ["deployment_id", "tx_hash"])
    op.create_index(
        "ix_transactions_sender", "transactions", ["deployment_id", "sender", "block_number", "tx_index"]
    )
    with op.batch_alter_table("deployments") as batch:
        batch.add_column(sa.Column("gas_number", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("deployments") as batch:
        batch.drop_column("gas_number")
    op.drop_table("transactions")
