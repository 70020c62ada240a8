"""Orders, stops, keepers and their journal."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")
ADDRESS = sa.String(length=42)
HASH = sa.String(length=66)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inbox_attempts",
        sa.Column("transaction_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("max_fee", AMOUNT, nullable=False),
        sa.Column("tip", AMOUNT, nullable=False),
        sa.Column("relay", sa.String(length=16), nullable=False),
        sa.Column("clears", sa.Boolean(), nullable=False),
        sa.Column("at_block", sa.BigInteger(), nullable=False),
        sa.Column("signed_us", sa.BigInteger(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("transaction_id", "number"),
    )
    op.create_table(
        "inbox_claims",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("keeper", sa.String(length=64), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub", "key"),
    )
    op.create_table(
        "inbox_cursors",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub"),
    )
    op.create_table(
        "inbox_keepers",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sender", ADDRESS, nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=True),
        sa.Column("head_time", sa.BigInteger(), nullable=True),
        sa.Column("carries", sa.Integer(), nullable=False),
        sa.Column("breakers", sa.Text(), nullable=False),
        sa.Column("in_flight", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub", "name"),
    )
    op.create_table(
        "inbox_nonces",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sender", ADDRESS, nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "sender"),
    )
    op.create_table(
        "inbox_order_events",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("tx_hash", HASH, nullable=True),
        sa.Column("trade_id", sa.BigInteger(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", HASH, nullable=True),
        sa.Column("block_time", sa.BigInteger(), nullable=True),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("processed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "sequence"),
    )
    op.create_table(
        "inbox_orders",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("leader", ADDRESS, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("pool", ADDRESS, nullable=False),
        sa.Column("token_in", ADDRESS, nullable=False),
        sa.Column("token_out", ADDRESS, nullable=False),
        sa.Column("portion", sa.BigInteger(), nullable=False),
        sa.Column("limit_price", AMOUNT, nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("min_fill", sa.BigInteger(), nullable=False),
        sa.Column("trigger_price", AMOUNT, nullable=False),
        sa.Column("nonce", AMOUNT, nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("changed_block", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "hub", "digest", name="uq_inbox_orders_digest"),
    )
    op.create_index(
        "ix_inbox_orders_leader", "inbox_orders", ["chain_id", "hub", "leader", "received_us"], unique=False
    )
    op.create_index("ix_inbox_orders_settled", "inbox_orders", ["chain_id", "hub", "settled"], unique=False)
    op.create_table(
        "inbox_stops",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_inbox_stops_lifted", "inbox_stops", ["chain_id", "hub", "lifted_us"], unique=False)
    op.create_table(
        "inbox_transactions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("keeper", sa.String(length=64), nullable=False),
        sa.Column("sender", ADDRESS, nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("digest", HASH, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("leased_us", sa.BigInteger(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", HASH, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "sender", "nonce", name="uq_inbox_transactions_nonce"),
    )
    op.create_index(
        "ix_inbox_transactions_state", "inbox_transactions", ["chain_id", "hub", "state"], unique=False
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_inbox_transactions_state", table_name="inbox_transactions")
    op.drop_table("inbox_transactions")
    op.drop_index("ix_inbox_stops_lifted", table_name="inbox_stops")
    op.drop_table("inbox_stops")
    op.drop_index("ix_inbox_orders_settled", table_name="inbox_orders")
    op.drop_index("ix_inbox_orders_leader", table_name="inbox_orders")
    op.drop_table("inbox_orders")
    op.drop_table("inbox_order_events")
    op.drop_table("inbox_nonces")
    op.drop_table("inbox_keepers")
    op.drop_table("inbox_cursors")
    op.drop_table("inbox_claims")
    op.drop_table("inbox_attempts")
