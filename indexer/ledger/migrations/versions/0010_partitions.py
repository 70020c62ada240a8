# ruff: noqa: S608 - statements are made of the names of our own tables
"""PostgreSQL keeps the large tables in parts by deployment and month; on SQLite they stay as they are.

Rows are copied, so a ledger needs room for its largest table once more while this runs.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


class _Table(NamedTuple):
    """By what a table is cut, its key and indexes.

    The whole can have no key without what it is cut by: then each part has it for itself.
    """

    name: str
    cut_by: str
    key: str
    indexes: dict[str, str]

    @property
    def whole_has_key(self) -> bool:
        return self.cut_by in self.key


_PLACE = "deployment_id, block_number, log_index"
_TABLES = (
    _Table("raw_logs", "block_number", _PLACE, {}),
    _Table(
        "postings",
        "block_number",
        f"{_PLACE}, line",
        {"ix_postings_account": "deployment_id, account_id, block_number, log_index"},
    ),
    _Table(
        "copies",
        "block_number",
        "deployment_id, trade_id, vault_id",
        {"ix_copies_block": _PLACE, "ix_copies_vault": "deployment_id, vault_id, trade_id"},
    ),
    _Table("vault_hours", "hour", "deployment_id, vault_id, hour", {}),
    _Table("vault_positions", "hour", "deployment_id, vault_id, hour, token", {}),
)

_MONTH = "date_trunc('month', to_timestamp(time) AT TIME ZONE 'UTC')"
_FIRST_BLOCKS = (
    f"SELECT min(number) FROM blocks WHERE deployment_id = :deployment GROUP BY {_MONTH} ORDER BY 1 OFFSET 1"
)
_LAST_BLOCK = (
    "SELECT greatest((SELECT checkpoint_number FROM deployments WHERE id = :deployment), "
    + ", ".join(
        f"(SELECT max(block_number) FROM old_{table.name} WHERE deployment_id = :deployment)"
        for table in _TABLES
        if table.cut_by == "block_number"
    )
    + ", 0)"
)
_MONTHS = (
    "SELECT CAST(extract(epoch FROM month) AS bigint), "
    "CAST(extract(epoch FROM month + interval '1 month') AS bigint) "
    f"FROM (SELECT DISTINCT {_MONTH} AS month "
    "FROM (SELECT time FROM blocks WHERE deployment_id = :deployment "
    "UNION SELECT hour FROM old_vault_hours WHERE deployment_id = :deployment) AS times) AS months ORDER BY 1"
)


def upgrade() -> None:
    """Move the rows of each deployment into parts that begin with its months."""
    if _is_sqlite():
        return
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table.name} RENAME TO old_{table.name}")
        op.execute(f"CREATE TABLE {table.name} (LIKE old_{table.name}) PARTITION BY LIST (deployment_id)")
    connection = op.get_bind()
    for deployment_id in connection.scalars(sa.text("SELECT id FROM deployments ORDER BY id")).all():
        known = {"deployment": deployment_id}
        blocks = [0, *connection.scalars(sa.text(_FIRST_BLOCKS), known).all()]
        blocks.append(1 + (connection.scalar(sa.text(_LAST_BLOCK), known) or 0))
        months = connection.execute(sa.text(_MONTHS), known).all()
        hours = [0, *(start for start, _ in months[1:]), *(end for _, end in months[-1:])]
        for table in _TABLES:
            _cut(table, deployment_id, blocks if table.cut_by == "block_number" else hours)
    for table in _TABLES:
        op.execute(f"INSERT INTO {table.name} SELECT * FROM old_{table.name}")
        op.execute(f"DROP TABLE old_{table.name}")
        _index(table, with_key=table.whole_has_key)


def downgrade() -> None:
    """Move the rows into tables of one piece. Parts that were detached are not among them."""
    if _is_sqlite():
        return
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table.name} RENAME TO old_{table.name}")
        op.execute(f"CREATE TABLE {table.name} (LIKE old_{table.name})")
        op.execute(f"INSERT INTO {table.name} SELECT * FROM old_{table.name}")
        op.execute(f"DROP TABLE old_{table.name}")
        _index(table, with_key=True)


def _cut(table: _Table, deployment_id: int, bounds: Sequence[int]) -> None:
    of_deployment = f"{table.name}_{deployment_id}"
    op.execute(
        f"CREATE TABLE {of_deployment} PARTITION OF {table.name} FOR VALUES IN ({deployment_id}) "
        f"PARTITION BY RANGE ({table.cut_by})"
    )
    for start, end in pairwise(bounds):
        op.execute(
            f"CREATE TABLE {of_deployment}_from_{start} PARTITION OF {of_deployment} "
            f"FOR VALUES FROM ({start}) TO ({end})"
        )
        if not table.whole_has_key:
            op.execute(f"ALTER TABLE {of_deployment}_from_{start} ADD PRIMARY KEY ({table.key})")


def _index(table: _Table, *, with_key: bool) -> None:
    if with_key:
        op.execute(f"ALTER TABLE {table.name} ADD PRIMARY KEY ({table.key})")
    for name, columns in table.indexes.items():
        op.execute(f"CREATE INDEX {name} ON {table.name} ({columns})")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
