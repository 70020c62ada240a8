"""Indexes in the order in which lists are read, one for the block of a time, and none that nobody asks."""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PLACE = ["block_number", "log_index"]
_BEFORE = {
    "ix_copies_vault": ("copies", ["deployment_id", "vault_id", "trade_id"]),
    "ix_trades_strategy": ("trades", ["deployment_id", "strategy_id", "trade_id"]),
    "ix_entries_trade": ("entries", ["deployment_id", "trade_id"]),
    "ix_entries_owner": ("entries", ["deployment_id", "owner", *_PLACE]),
}
_AFTER = {
    "ix_copies_vault": ("copies", ["deployment_id", "vault_id", *_PLACE]),
    "ix_trades_strategy": ("trades", ["deployment_id", "strategy_id", *_PLACE]),
    "ix_blocks_time": ("blocks", ["deployment_id", "time", "number"]),
}


def upgrade() -> None:
    """Replace the indexes."""
    _replace(_BEFORE, _AFTER)


def downgrade() -> None:
    """Put back those that were there."""
    _replace(_AFTER, _BEFORE)


def _replace(old: dict[str, tuple[str, list[str]]], new: dict[str, tuple[str, list[str]]]) -> None:
    for name, (table, _) in old.items():
        op.drop_index(name, table_name=table)
    for name, (table, columns) in new.items():
        op.create_index(name, table, columns)
