"""Fees, marks and escrow; terms, limits and whole policies; closes and manual trades; reasons in snake_case.

What a ledger without these had is what it would be with them: the copy fee becomes version 1 of a strategy's
terms.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")
ADDRESS = sa.String(length=42)

_BPS_OF_A_POLICY = (
    "max_slippage_bps",
    "max_token_bps",
    "max_exposure_bps",
    "max_daily_loss_bps",
    "max_drawdown_bps",
    "stop_loss_bps",
    "take_profit_bps",
    "loss_budget_bps",
)

Column = tuple[str, sa.types.TypeEngine[Any], str]
"""Name, type, and what rows have that were there before."""

_VAULT_FACTS: list[Column] = [
    ("terms_version", sa.Integer(), "0"),
    ("mark", AMOUNT, "0"),
    ("invested", AMOUNT, "0"),
]
_REQUIRED: dict[str, list[Column]] = {
    "strategies": [("protocol_bps", sa.Integer(), "0")],
    "vaults": _VAULT_FACTS,
    "vault_states": [*_VAULT_FACTS, ("copy_fee_bps", sa.Integer(), "0")],
    "policies": [
        ("sizing", sa.String(length=16), "proportional"),
        ("on_breach", sa.String(length=16), "reduce"),
        ("on_stop", sa.String(length=16), "reduce"),
        ("max_positions", sa.Integer(), "0"),
        ("excluded_tokens", sa.Integer(), "0"),
        *((name, sa.Integer(), "0") for name in _BPS_OF_A_POLICY),
        ("cooldown", sa.BigInteger(), "0"),
        ("expiry", sa.BigInteger(), "0"),
        ("size", AMOUNT, "0"),
    ],
    "trades": [("kind", sa.String(length=16), "leader"), ("by", ADDRESS, "")],
    "clearings": [("protocol_fees", AMOUNT, "0"), ("keeper_fee", AMOUNT, "0")],
}
_OPTIONAL: dict[str, list[tuple[str, sa.types.TypeEngine[Any]]]] = {
    "vaults": [("status_reason", sa.String(length=32)), ("referrer", ADDRESS)],
    "vault_states": [("status_reason", sa.String(length=32))],
    "clearings": [("keeper", ADDRESS)],
    "copies": [("reduced_by", sa.String(length=32))],
}


def upgrade() -> None:
    """Create the new tables and give the old ones their new columns."""
    _create_tables()
    for table, columns in _REQUIRED.items():
        _add(table, columns)
    for table, nullable in _OPTIONAL.items():
        with op.batch_alter_table(table) as batch:
            for name, kind in nullable:
                batch.add_column(sa.Column(name, kind, nullable=True))
    op.execute(
        "INSERT INTO terms (deployment_id, strategy_id, version, block_number, log_index, block_time, "
        "tx_hash, copy_bps, performance_bps, management_bps, withdrawal_bps, referrer_bps, "
        "performance_period, subscription_period, subscription) "
        "SELECT deployment_id, strategy_id, 1, block_number, log_index, block_time, "
        "tx_hash, copy_fee_bps, 0, 0, 0, 0, 0, 0, 0 FROM strategies"
    )
    op.execute("UPDATE vaults SET terms_version = 1 WHERE NOT is_leader")
    for column in ("terms_version", "copy_fee_bps"):
        _set_from("vault_states", column, "vaults", column, "vault_id")
    op.execute("UPDATE trades SET by = leader")
    _drop("strategies", "copy_fee_bps")
    _drop("trades", "leader")
    _rename_reasons(lambda name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())


def downgrade() -> None:
    """Go back to copy fees alone. What only these tables held is gone; the chain can fill them again."""
    _rename_reasons(lambda name: name.title().replace("_", ""))
    _add("strategies", [("copy_fee_bps", sa.Integer(), "0")])
    op.execute("DELETE FROM terms WHERE version <> 1")
    _set_from("strategies", "copy_fee_bps", "terms", "copy_bps", "strategy_id")
    _add("trades", [("leader", ADDRESS, "")])
    op.execute("UPDATE trades SET leader = by")
    for table, columns in _REQUIRED.items():
        _drop(table, *(name for name, *_ in columns))
    for table, nullable in _OPTIONAL.items():
        _drop(table, *(name for name, _ in nullable))
    op.drop_index("ix_terms_proposals_strategy", table_name="terms_proposals")
    op.drop_table("terms_proposals")
    op.drop_table("terms")
    op.drop_table("strategy_limits")
    op.drop_table("protocol_shares")
    op.drop_index("ix_leader_caps_owner", table_name="leader_caps")
    op.drop_table("leader_caps")
    op.drop_index("ix_fees_vault", table_name="fees")
    op.drop_table("fees")
    op.drop_index("ix_escrows_vault", table_name="escrows")
    op.drop_table("escrows")


def _add(table: str, columns: Sequence[Column]) -> None:
    """Add columns that may not be null. The default is for the rows that are there: a new one must say."""
    with op.batch_alter_table(table) as batch:
        for name, kind, before in columns:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=before))
    with op.batch_alter_table(table) as batch:
        for name, *_ in columns:
            batch.alter_column(name, server_default=None)


def _drop(table: str, *columns: str) -> None:
    with op.batch_alter_table(table) as batch:
        for name in columns:
            batch.drop_column(name)


def _set_from(table: str, column: str, source: str, value: str, key: str) -> None:
    """Set a column from the row of another table with the same key."""
    op.execute(
        f"UPDATE {table} SET {column} = (SELECT source.{value} FROM {source} AS source "  # noqa: S608 (own names)
        f"WHERE source.deployment_id = {table}.deployment_id AND source.{key} = {table}.{key})"
    )


def _rename_reasons(renamed: Callable[[str], str]) -> None:
    connection = op.get_bind()
    names = connection.scalars(sa.text("SELECT DISTINCT reason FROM copies WHERE reason IS NOT NULL")).all()
    change = sa.text("UPDATE copies SET reason = :new WHERE reason = :old")
    for name in names:
        connection.execute(change, {"new": renamed(name), "old": name})


def _create_tables() -> None:
    op.create_table(
        "escrows",
        *_place(),
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("token", ADDRESS, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        *(sa.Column(name, AMOUNT, nullable=False) for name in ("outflow", "held", "to_fees", "to_owner")),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_escrows_vault", "escrows", ["deployment_id", "vault_id", "block_number", "log_index"])
    op.create_table(
        "fees",
        *_place(),
        sa.Column("vault_id", sa.BigInteger(), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("token", ADDRESS, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        *(
            sa.Column(name, AMOUNT, nullable=False)
            for name in ("amount", "to_leader", "to_protocol", "to_referrer")
        ),
        sa.Column("leader", ADDRESS, nullable=False),
        sa.Column("treasury", ADDRESS, nullable=False),
        sa.Column("referrer", ADDRESS, nullable=True),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index("ix_fees_vault", "fees", ["deployment_id", "vault_id", "block_number", "log_index"])
    op.create_table(
        "leader_caps",
        *_place(),
        sa.Column("owner", ADDRESS, nullable=False),
        sa.Column("cap_bps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index(
        "ix_leader_caps_owner", "leader_caps", ["deployment_id", "owner", "block_number", "log_index"]
    )
    op.create_table(
        "protocol_shares",
        *_place(),
        sa.Column("protocol_bps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_table(
        "strategy_limits",
        *_place(),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in (
                "loss_budget_bps",
                "max_drawdown_bps",
                "max_token_bps",
                "max_exposure_bps",
                "max_impact_bps",
                "stop_bps",
            )
        ),
        sa.Column("min_interval", sa.BigInteger(), nullable=False),
        sa.Column("max_round_trips", sa.Integer(), nullable=False),
        sa.Column("min_stake", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "strategy_id"),
    )
    op.create_table(
        "terms",
        *_place(),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        *_fee_terms(),
        sa.PrimaryKeyConstraint("deployment_id", "strategy_id", "version"),
    )
    op.create_table(
        "terms_proposals",
        *_place(),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("usable_from", sa.BigInteger(), nullable=False),
        *_fee_terms(),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index"),
    )
    op.create_index(
        "ix_terms_proposals_strategy",
        "terms_proposals",
        ["deployment_id", "strategy_id", "block_number", "log_index"],
    )


def _place() -> list[sa.Column[Any]]:
    return [
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
    ]


def _fee_terms() -> list[sa.Column[Any]]:
    rates = ("copy_bps", "performance_bps", "management_bps", "withdrawal_bps", "referrer_bps")
    return [
        *(sa.Column(name, sa.Integer(), nullable=False) for name in rates),
        sa.Column("performance_period", sa.BigInteger(), nullable=False),
        sa.Column("subscription_period", sa.BigInteger(), nullable=False),
        sa.Column("subscription", AMOUNT, nullable=False),
    ]
