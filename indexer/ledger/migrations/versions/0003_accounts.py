# ruff: noqa: S608 - statements are made of the names of our own tables
"""Accounts by number, one entry a clearing, and leaner keys: a copy costs half the rows it did.

A posting names its account by the number of its balance; a clearing's entry has its copies' lines, with the
venue's side of all of them once; a raw log is known by its place; a copy's id is computed where it is shown.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from eth_utils.crypto import keccak

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AMOUNT = sa.Numeric(78, 0).with_variant(sa.Text(), "sqlite")
ADDRESS = sa.String(length=42)
HASH = sa.String(length=66)

_OF_FILLS = "('sold', 'copy_fee', 'bought')"
_VENUE_LINES = 2
"""The first lines of a clearing are the venue's side of its copies."""

_LOG = "deployment_id, block_number, log_index"
_ACCOUNT = "account_kind, account, token"


def upgrade() -> None:
    """Number the accounts, and gather the lines of copies in the entries of their clearings."""
    add_up = _sum()
    _create_lines("new_lines", sa.Column("entry_log_index", sa.Integer(), nullable=False))
    op.execute(
        f"INSERT INTO new_lines ({_LOG}, line, entry_log_index, {_ACCOUNT}, amount, purpose) "
        # What is not of a copy stays, below the venue's lines if it is a clearing's.
        "SELECT p.deployment_id, p.block_number, p.log_index, "
        f"p.line + CASE e.kind WHEN 'BatchCleared' THEN {_VENUE_LINES} ELSE 0 END, p.log_index, "
        "p.account_kind, p.account, p.token, p.amount, p.purpose "
        f"FROM postings AS p JOIN entries AS e USING ({_LOG}) WHERE e.kind <> 'TradeCopied' "
        "UNION ALL "
        "SELECT p.deployment_id, p.block_number, p.log_index, "
        "CASE p.purpose WHEN 'sold' THEN 0 WHEN 'bought' THEN 3 "
        "ELSE CASE p.account_kind WHEN 'vault' THEN 1 ELSE 2 END END, c.clearing_log_index, "
        "p.account_kind, p.account, p.token, p.amount, p.purpose "
        f"FROM postings AS p JOIN copies AS c USING ({_LOG}) "
        f"WHERE p.purpose IN {_OF_FILLS} AND p.account_kind <> 'venue' "
        "UNION ALL "
        "SELECT p.deployment_id, p.block_number, c.clearing_log_index, "
        "CASE p.purpose WHEN 'sold' THEN 0 ELSE 1 END, c.clearing_log_index, "
        f"p.account_kind, p.account, p.token, {add_up}(p.amount), p.purpose "
        f"FROM postings AS p JOIN copies AS c USING ({_LOG}) "
        f"WHERE p.purpose IN {_OF_FILLS} AND p.account_kind = 'venue' "
        "GROUP BY p.deployment_id, p.block_number, c.clearing_log_index, p.account_kind, p.account, p.token, "
        "p.purpose"
    )
    op.execute("DELETE FROM entries WHERE kind = 'TradeCopied'")
    op.execute(
        f"INSERT INTO entries ({_LOG}, kind, trade_id, block_time, tx_hash) "
        "SELECT c.deployment_id, c.block_number, c.log_index, 'BatchCleared', c.trade_id, c.block_time, "
        f"c.tx_hash FROM clearings AS c WHERE EXISTS (SELECT 1 FROM new_lines AS l WHERE {_same('l', 'c')}) "
        f"AND NOT EXISTS (SELECT 1 FROM entries AS e WHERE {_same('e', 'c')})"
    )
    op.drop_table("balances")
    op.create_table(
        "balances",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_kind", sa.String(length=16), nullable=False),
        sa.Column("account", ADDRESS, nullable=False),
        sa.Column("token", ADDRESS, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "account_id"),
    )
    op.create_index(
        "ix_balances_account",
        "balances",
        ["deployment_id", "account_kind", "account", "token"],
        unique=True,
    )
    op.execute(
        f"INSERT INTO balances (deployment_id, account_id, {_ACCOUNT}, amount, block_number) "
        "SELECT a.deployment_id, "
        "row_number() OVER (PARTITION BY a.deployment_id ORDER BY f.block_number, f.log_index, f.line), "
        "a.account_kind, a.account, a.token, a.amount, f.block_number FROM ("
        f"SELECT deployment_id, {_ACCOUNT}, {add_up}(amount) AS amount FROM new_lines "
        f"GROUP BY deployment_id, {_ACCOUNT}) AS a JOIN ("
        f"SELECT {_LOG}, line, {_ACCOUNT}, row_number() OVER ("
        f"PARTITION BY deployment_id, {_ACCOUNT} ORDER BY block_number, log_index, line) AS nth "
        "FROM new_lines) AS f ON f.nth = 1 AND f.deployment_id = a.deployment_id "
        "AND f.account_kind = a.account_kind AND f.account = a.account AND f.token = a.token"
    )
    op.drop_index("ix_postings_account", table_name="postings")
    op.drop_table("postings")
    op.create_table(
        "postings",
        *_line_key(),
        sa.Column("entry_log_index", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index", "line"),
    )
    op.execute(
        f"INSERT INTO postings ({_LOG}, line, entry_log_index, account_id, amount, purpose) "
        "SELECT l.deployment_id, l.block_number, l.log_index, l.line, l.entry_log_index, b.account_id, "
        f"l.amount, l.purpose FROM new_lines AS l JOIN balances AS b USING (deployment_id, {_ACCOUNT}) "
        "ORDER BY l.deployment_id, l.block_number, l.log_index, l.line"
    )
    op.create_index(
        "ix_postings_account", "postings", ["deployment_id", "account_id", "block_number", "log_index"]
    )
    op.drop_table("new_lines")
    op.drop_index("ix_copies_copy_id", table_name="copies")
    with op.batch_alter_table("copies") as batch:
        batch.drop_column("copy_id")
    _replace_raw_logs(by_place=True)


def downgrade() -> None:
    """Give every copy an entry, a venue's side and an id of its own again, and accounts their names."""
    _replace_raw_logs(by_place=False)
    _restore_copy_ids()
    _create_lines("old_lines")
    negative = "'-' || p.amount" if _is_sqlite() else "-p.amount"
    positive = "substr(p.amount, 2)" if _is_sqlite() else "-p.amount"
    named = (
        "FROM postings AS p JOIN balances AS b USING (deployment_id, account_id) "
        "JOIN entries AS e ON e.deployment_id = p.deployment_id AND e.block_number = p.block_number "
        "AND e.log_index = p.entry_log_index "
    )
    of_copies = "p.log_index <> p.entry_log_index"
    place = "SELECT p.deployment_id, p.block_number, p.log_index"
    op.execute(
        f"INSERT INTO old_lines ({_LOG}, line, account_kind, account, token, amount, purpose) "
        f"{place}, p.line - CASE e.kind WHEN 'BatchCleared' THEN {_VENUE_LINES} ELSE 0 END, "
        f"b.account_kind, b.account, b.token, p.amount, p.purpose {named}"
        f"WHERE NOT ({of_copies}) AND p.purpose NOT IN {_OF_FILLS} "
        "UNION ALL "
        # Sold 0 and 1, fee 2 and 3, bought 4 and 5, until those that are missing are closed up.
        f"{place}, CASE p.line WHEN 0 THEN 0 WHEN 3 THEN 5 ELSE p.line + 1 END, "
        f"b.account_kind, b.account, b.token, p.amount, p.purpose {named} WHERE {of_copies} "
        "UNION ALL "
        f"{place}, CASE p.line WHEN 0 THEN 1 ELSE 4 END, 'venue', c.venue, b.token, "
        f"CASE p.line WHEN 0 THEN {positive} ELSE {negative} END, p.purpose {named}"
        "JOIN clearings AS c ON c.deployment_id = p.deployment_id AND c.block_number = p.block_number "
        f"AND c.log_index = p.entry_log_index WHERE {of_copies} AND p.line IN (0, 3)"
    )
    op.execute(
        f"INSERT INTO entries ({_LOG}, kind, trade_id, vault_id, block_time, tx_hash) "
        "SELECT c.deployment_id, c.block_number, c.log_index, 'TradeCopied', c.trade_id, c.vault_id, "
        "c.block_time, c.tx_hash FROM copies AS c WHERE EXISTS "
        f"(SELECT 1 FROM old_lines AS l WHERE {_same('l', 'c')})"
    )
    op.execute(
        "DELETE FROM entries WHERE kind = 'BatchCleared' AND NOT EXISTS "
        f"(SELECT 1 FROM old_lines AS l WHERE {_same('l', 'entries')})"
    )
    op.drop_index("ix_postings_account", table_name="postings")
    op.drop_table("postings")
    _create_lines("postings")
    op.execute(
        f"INSERT INTO postings ({_LOG}, line, account_kind, account, token, amount, purpose) "
        f"SELECT {_LOG}, row_number() OVER (PARTITION BY {_LOG} ORDER BY line) - 1, "
        "account_kind, account, token, amount, purpose FROM old_lines"
    )
    op.create_index(
        "ix_postings_account",
        "postings",
        ["deployment_id", "account_kind", "account", "token", "block_number", "log_index"],
    )
    op.drop_table("old_lines")
    op.drop_index("ix_balances_account", table_name="balances")
    op.rename_table("balances", "old_balances")
    op.create_table(
        "balances",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("account_kind", sa.String(length=16), nullable=False),
        sa.Column("account", ADDRESS, nullable=False),
        sa.Column("token", ADDRESS, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "account_kind", "account", "token"),
    )
    zero = "'0'" if _is_sqlite() else "0"
    op.execute(
        "INSERT INTO balances (deployment_id, account_kind, account, token, amount) "
        f"SELECT deployment_id, {_ACCOUNT}, amount FROM old_balances WHERE amount <> {zero}"
    )
    op.drop_table("old_balances")


def _same(one: str, other: str) -> str:
    """That the rows of two tables are of the same log."""
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in _LOG.split(", "))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _sum() -> str:
    """SQLite keeps amounts as text, which `open_engine`'s own aggregate adds up."""
    return "amount_sum" if _is_sqlite() else "sum"


def _line_key() -> list[sa.Column[int]]:
    return [
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
    ]


def _create_lines(name: str, *more: sa.Column[int]) -> None:
    """Postings that name their accounts."""
    op.create_table(
        name,
        *_line_key(),
        *more,
        sa.Column("account_kind", sa.String(length=16), nullable=False),
        sa.Column("account", ADDRESS, nullable=False),
        sa.Column("token", ADDRESS, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", "block_number", "log_index", "line"),
    )


def _restore_copy_ids() -> None:
    """keccak256(abi.encode(chainId, hub, tradeId, vaultId, policyRevision)), which no database computes."""
    with op.batch_alter_table("copies") as batch:
        batch.add_column(sa.Column("copy_id", HASH, nullable=False, server_default=""))
    with op.batch_alter_table("copies") as batch:
        batch.alter_column("copy_id", server_default=None)
    connection = op.get_bind()
    hubs = {
        row.id: (row.chain_id, bytes.fromhex(row.hub[2:]))
        for row in connection.execute(sa.text("SELECT id, chain_id, hub FROM deployments"))
    }
    copies = connection.execute(
        sa.text("SELECT deployment_id, trade_id, vault_id, policy_revision FROM copies")
    ).all()
    change = sa.text(
        "UPDATE copies SET copy_id = :copy_id "
        "WHERE deployment_id = :deployment_id AND trade_id = :trade_id AND vault_id = :vault_id"
    )
    for row in copies:
        chain_id, hub = hubs[row.deployment_id]
        numbers = (row.trade_id, row.vault_id, row.policy_revision)
        encoded = b"".join(
            [chain_id.to_bytes(32), hub.rjust(32, b"\0"), *(each.to_bytes(32) for each in numbers)]
        )
        connection.execute(change, {**row._mapping, "copy_id": "0x" + keccak(encoded).hex()})
    op.create_index("ix_copies_copy_id", "copies", ["deployment_id", "copy_id"])


def _replace_raw_logs(*, by_place: bool) -> None:
    """The same rows under another key: the place, or the block's hash with an index of the number."""
    columns = "deployment_id, block_hash, log_index, block_number, tx_hash, tx_index, event, topics, data"
    if by_place:
        op.drop_index("ix_raw_logs_block", table_name="raw_logs")
    op.rename_table("raw_logs", "old_raw_logs")
    key = "block_number" if by_place else "block_hash"
    op.create_table(
        "raw_logs",
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_hash", HASH, nullable=False),
        sa.Column("tx_hash", HASH, nullable=False),
        sa.Column("tx_index", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=True),
        sa.Column("topics", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("deployment_id", key, "log_index"),
    )
    op.execute(
        f"INSERT INTO raw_logs ({columns}) SELECT {columns} FROM old_raw_logs "
        "ORDER BY deployment_id, block_number, log_index"
    )
    op.drop_table("old_raw_logs")
    if not by_place:
        op.create_index("ix_raw_logs_block", "raw_logs", ["deployment_id", "block_number"])
