"""Channels, rules, notices, deliveries."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDRESS = sa.String(length=42)
HASH = sa.String(length=66)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "notice_alarms",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub", "key"),
    )
    op.create_table(
        "notice_attempts",
        sa.Column("delivery_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("took_us", sa.BigInteger(), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("delivery_id", "number"),
    )
    op.create_table(
        "notice_channels",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner", ADDRESS, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("shown", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_us", sa.BigInteger(), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_channels_owner", "notice_channels", ["owner", "id"], unique=False)
    op.create_table(
        "notice_cursors",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("reorg", sa.BigInteger(), nullable=False),
        sa.Column("news", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub"),
    )
    op.create_table(
        "notice_deliveries",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_us", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("done_us", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message", name="uq_notice_deliveries_message"),
        sa.UniqueConstraint("notice_id", "channel_id", name="uq_notice_deliveries_once"),
    )
    op.create_index("ix_notice_deliveries_channel", "notice_deliveries", ["channel_id", "id"], unique=False)
    op.create_index("ix_notice_deliveries_due", "notice_deliveries", ["state", "next_us"], unique=False)
    op.create_table(
        "notice_notices",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("vault_id", sa.BigInteger(), nullable=True),
        sa.Column("strategy_id", sa.BigInteger(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", HASH, nullable=True),
        sa.Column("tx_hash", HASH, nullable=True),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_us", sa.BigInteger(), nullable=True),
        sa.Column("of", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "hub", "key", name="uq_notice_notices_key"),
    )
    op.create_index(
        "ix_notice_notices_block", "notice_notices", ["chain_id", "hub", "block_number"], unique=False
    )
    op.create_table(
        "notice_rule_kinds",
        sa.Column("rule_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "kind"),
    )
    op.create_index("ix_notice_rule_kinds_kind", "notice_rule_kinds", ["kind", "rule_id"], unique=False)
    op.create_table(
        "notice_rules",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner", ADDRESS, nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("vaults", sa.Text(), nullable=False),
        sa.Column("strategies", sa.Text(), nullable=False),
        sa.Column("stop_left_bps", sa.Integer(), nullable=False),
        sa.Column("drawdown_bps", sa.Integer(), nullable=False),
        sa.Column("sync_bps", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notice_rules_channel", "notice_rules", ["channel_id"], unique=False)
    op.create_index("ix_notice_rules_owner", "notice_rules", ["owner", "id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_notice_rules_owner", table_name="notice_rules")
    op.drop_index("ix_notice_rules_channel", table_name="notice_rules")
    op.drop_table("notice_rules")
    op.drop_index("ix_notice_rule_kinds_kind", table_name="notice_rule_kinds")
    op.drop_table("notice_rule_kinds")
    op.drop_index("ix_notice_notices_block", table_name="notice_notices")
    op.drop_table("notice_notices")
    op.drop_index("ix_notice_deliveries_due", table_name="notice_deliveries")
    op.drop_index("ix_notice_deliveries_channel", table_name="notice_deliveries")
    op.drop_table("notice_deliveries")
    op.drop_table("notice_cursors")
    op.drop_index("ix_notice_channels_owner", table_name="notice_channels")
    op.drop_table("notice_channels")
    op.drop_table("notice_attempts")
    op.drop_table("notice_alarms")
