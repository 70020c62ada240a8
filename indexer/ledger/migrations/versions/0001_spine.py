"""The first ledger: chain, registry, strategies, trades, orders, books and reconciliations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "appointments",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index(
        "ix_appointments_role", "appointments", ["deployment_id", "role", "block_number", "log_index"]
    )
    op.create_table(
        "balances",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("account_kind", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "account_kind", "account", "token"),
    )
    op.create_table(
        "blocks",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("parent_hash", sa.String(length=66), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("log_count", sa.Integer(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("processed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "number"),
    )
    op.create_table(
        "clearings",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trade_id", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("venue", sa.String(length=42), nullable=False),
        sa.Column("token_in", sa.String(length=42), nullable=False),
        sa.Column("token_out", sa.String(length=42), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("portion", sa.BigInteger(), nullable=False),
        sa.Column("amount_in", AMOUNT, nullable=False),
        sa.Column("dust_in", AMOUNT, nullable=False),
        sa.Column("amount_out", AMOUNT, nullable=False),
        sa.Column("dust", AMOUNT, nullable=False),
        sa.Column("copy_fees", AMOUNT, nullable=False),
        sa.Column("oracle_out", AMOUNT, nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_clearings_trade", "clearings", ["deployment_id", "trade_id", "batch"])
    op.create_table(
        "copies",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vault_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_revision", sa.BigInteger(), nullable=False),
        sa.Column("copy_id", sa.String(length=66), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("amount_in", AMOUNT, nullable=False),
        sa.Column("fee", AMOUNT, nullable=False),
        sa.Column("amount_out", AMOUNT, nullable=False),
        sa.Column("clearing_log_index", sa.Integer(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "trade_id", "vault_id"),
    )
    op.create_index("ix_copies_block", "copies", ["deployment_id", "block_number", "log_index"])
    op.create_index("ix_copies_copy_id", "copies", ["deployment_id", "copy_id"])
    op.create_index("ix_copies_vault", "copies", ["deployment_id", "vault_id", "trade_id"])
    op.create_table(
        "deployments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", sa.String(length=42), nullable=False),
        sa.Column("start_block", sa.BigInteger(), nullable=False),
        sa.Column("checkpoint_number", sa.BigInteger(), nullable=True),
        sa.Column("checkpoint_hash", sa.String(length=66), nullable=True),
        sa.Column("checkpoint_time", sa.BigInteger(), nullable=True),
        sa.Column("head_number", sa.BigInteger(), nullable=True),
        sa.Column("head_time", sa.BigInteger(), nullable=True),
        sa.Column("head_seen_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "hub"),
    )
    op.create_table(
        "entries",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("trade_id", sa.BigInteger(), nullable=True),
        sa.Column("vault_id", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(length=42), nullable=True),
        sa.Column("counterparty", sa.String(length=42), nullable=True),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_entries_owner", "entries", ["deployment_id", "owner", "block_number", "log_index"])
    op.create_index("ix_entries_trade", "entries", ["deployment_id", "trade_id"])
    op.create_index("ix_entries_vault", "entries", ["deployment_id", "vault_id", "block_number", "log_index"])
    op.create_table(
        "halts",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("halted", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=42), nullable=True),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index(
        "ix_halts_strategy", "halts", ["deployment_id", "strategy_id", "block_number", "log_index"]
    )
    op.create_table(
        "order_cancellations",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leader", sa.String(length=42), nullable=False),
        sa.Column("word", AMOUNT, nullable=False),
        sa.Column("mask", AMOUNT, nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_order_cancellations_word", "order_cancellations", ["deployment_id", "leader", "word"])
    op.create_table(
        "order_fills",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_hash", sa.String(length=66), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("leader", sa.String(length=42), nullable=False),
        sa.Column("nonce", AMOUNT, nullable=False),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("keeper", sa.String(length=42), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "trade_id"),
    )
    op.create_index(
        "ix_order_fills_block", "order_fills", ["deployment_id", "part", "block_number", "log_index"]
    )
    op.create_index("ix_order_fills_nonce", "order_fills", ["deployment_id", "leader", "nonce"])
    op.create_index(
        "ix_order_fills_order", "order_fills", ["deployment_id", "order_hash", "part"], unique=True
    )
    op.create_table(
        "orphaned_logs",
        sa.Column("reorg_id", sa.Integer(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=True),
        sa.Column("topics", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("reorg_id", "block_hash", "log_index"),
    )
    op.create_table(
        "policies",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("vault_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("min_trade", AMOUNT, nullable=False),
        sa.Column("max_trade", AMOUNT, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "vault_id", "revision"),
    )
    op.create_table(
        "pools",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("venue", sa.String(length=42), nullable=False),
        sa.Column("token0", sa.String(length=42), nullable=False),
        sa.Column("token1", sa.String(length=42), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("usable_from", sa.BigInteger(), nullable=False),
        sa.Column("vetoed_by", sa.String(length=42), nullable=True),
        sa.Column("vetoed_block", sa.BigInteger(), nullable=True),
        sa.Column("vetoed_time", sa.BigInteger(), nullable=True),
        sa.Column("vetoed_tx_hash", sa.String(length=66), nullable=True),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_pools_address", "pools", ["deployment_id", "address"])
    op.create_table(
        "postings",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_kind", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index", "line"),
    )
    op.create_index(
        "ix_postings_account",
        "postings",
        ["deployment_id", "account_kind", "account", "token", "block_number", "log_index"],
    )
    op.create_table(
        "raw_logs",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=True),
        sa.Column("topics", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_hash", "log_index"),
    )
    op.create_index("ix_raw_logs_block", "raw_logs", ["deployment_id", "block_number"])
    op.create_table(
        "reconciliation_differences",
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("account_kind", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("ledger_amount", AMOUNT, nullable=False),
        sa.Column("chain_amount", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("reconciliation_id", "account_kind", "account", "token"),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("checked_us", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("balances_checked", sa.Integer(), nullable=False),
        sa.Column("mismatches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reorgs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("detected_us", sa.BigInteger(), nullable=False),
        sa.Column("ancestor_number", sa.BigInteger(), nullable=False),
        sa.Column("ancestor_hash", sa.String(length=66), nullable=True),
        sa.Column("old_number", sa.BigInteger(), nullable=False),
        sa.Column("old_hash", sa.String(length=66), nullable=False),
        sa.Column("depth", sa.BigInteger(), nullable=False),
        sa.Column("logs_removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "strategies",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leader", sa.String(length=42), nullable=False),
        sa.Column("leader_vault_id", sa.BigInteger(), nullable=False),
        sa.Column("base_token", sa.String(length=42), nullable=False),
        sa.Column("copy_fee_bps", sa.Integer(), nullable=False),
        sa.Column("max_slippage_bps", sa.Integer(), nullable=False),
        sa.Column("max_drift_bps", sa.Integer(), nullable=False),
        sa.Column("copy_window", sa.BigInteger(), nullable=False),
        sa.Column("min_deposit", AMOUNT, nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "strategy_id"),
    )
    op.create_index("ix_strategies_leader", "strategies", ["deployment_id", "leader"])
    op.create_table(
        "strategy_pools",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pool", sa.String(length=42), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "strategy_id", "pool"),
    )
    op.create_table(
        "strategy_tokens",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "strategy_id", "token_index"),
    )
    op.create_table(
        "tokens",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("usable_from", sa.BigInteger(), nullable=False),
        sa.Column("vetoed_by", sa.String(length=42), nullable=True),
        sa.Column("vetoed_block", sa.BigInteger(), nullable=True),
        sa.Column("vetoed_time", sa.BigInteger(), nullable=True),
        sa.Column("vetoed_tx_hash", sa.String(length=66), nullable=True),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_tokens_address", "tokens", ["deployment_id", "address"])
    op.create_table(
        "trades",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("leader", sa.String(length=42), nullable=False),
        sa.Column("pool", sa.String(length=42), nullable=False),
        sa.Column("token_in", sa.String(length=42), nullable=False),
        sa.Column("token_out", sa.String(length=42), nullable=False),
        sa.Column("portion", sa.BigInteger(), nullable=False),
        sa.Column("limit_price", AMOUNT, nullable=False),
        sa.Column("start_position", sa.BigInteger(), nullable=False),
        sa.Column("member_count", sa.BigInteger(), nullable=False),
        sa.Column("copy_deadline", sa.BigInteger(), nullable=False),
        sa.Column("completed_block", sa.BigInteger(), nullable=True),
        sa.Column("completed_time", sa.BigInteger(), nullable=True),
        sa.Column("completed_tx_hash", sa.String(length=66), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "trade_id"),
    )
    op.create_index("ix_trades_block", "trades", ["deployment_id", "block_number", "log_index"])
    op.create_index("ix_trades_strategy", "trades", ["deployment_id", "strategy_id", "trade_id"])
    op.create_table(
        "vault_states",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("policy_revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index(
        "ix_vault_states_vault", "vault_states", ["deployment_id", "vault_id", "block_number", "log_index"]
    )
    op.create_table(
        "vaults",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("vault_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(length=42), nullable=False),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("copy_fee_bps", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("policy_revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "vault_id"),
    )
    op.create_index("ix_vaults_owner", "vaults", ["deployment_id", "owner"])
    op.create_index("ix_vaults_strategy", "vaults", ["deployment_id", "strategy_id"])


def downgrade() -> None:
    """Drop the tables with all they hold; the chain can fill them again."""
    op.drop_index("ix_vaults_strategy", table_name="vaults")
    op.drop_index("ix_vaults_owner", table_name="vaults")
    op.drop_table("vaults")
    op.drop_index("ix_vault_states_vault", table_name="vault_states")
    op.drop_table("vault_states")
    op.drop_index("ix_trades_strategy", table_name="trades")
    op.drop_index("ix_trades_block", table_name="trades")
    op.drop_table("trades")
    op.drop_index("ix_tokens_address", table_name="tokens")
    op.drop_table("tokens")
    op.drop_table("strategy_tokens")
    op.drop_table("strategy_pools")
    op.drop_index("ix_strategies_leader", table_name="strategies")
    op.drop_table("strategies")
    op.drop_table("reorgs")
    op.drop_table("reconciliations")
    op.drop_table("reconciliation_differences")
    op.drop_index("ix_raw_logs_block", table_name="raw_logs")
    op.drop_table("raw_logs")
    op.drop_index("ix_postings_account", table_name="postings")
    op.drop_table("postings")
    op.drop_index("ix_pools_address", table_name="pools")
    op.drop_table("pools")
    op.drop_table("policies")
    op.drop_table("orphaned_logs")
    op.drop_index("ix_order_fills_order", table_name="order_fills")
    op.drop_index("ix_order_fills_nonce", table_name="order_fills")
    op.drop_index("ix_order_fills_block", table_name="order_fills")
    op.drop_table("order_fills")
    op.drop_index("ix_order_cancellations_word", table_name="order_cancellations")
    op.drop_table("order_cancellations")
    op.drop_index("ix_halts_strategy", table_name="halts")
    op.drop_table("halts")
    op.drop_index("ix_entries_vault", table_name="entries")
    op.drop_index("ix_entries_trade", table_name="entries")
    op.drop_index("ix_entries_owner", table_name="entries")
    op.drop_table("entries")
    op.drop_table("deployments")
    op.drop_index("ix_copies_vault", table_name="copies")
    op.drop_index("ix_copies_copy_id", table_name="copies")
    op.drop_index("ix_copies_block", table_name="copies")
    op.drop_table("copies")
    op.drop_index("ix_clearings_trade", table_name="clearings")
    op.drop_table("clearings")
    op.drop_table("blocks")
    op.drop_table("balances")
    op.drop_index("ix_appointments_role", table_name="appointments")
    op.drop_table("appointments")
