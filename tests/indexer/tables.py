"""The content of a ledger's tables, for comparing two databases."""

from typing import Any

from sqlalchemy import Engine, select

from indexer.ledger.content import TRAILING
from indexer.ledger.models import Base, Transaction

# When something was seen or done is no part of what is true, and a reorg is remembered on purpose.
# What trails the ledger is as of whenever it was looked at last; test_leaders and test_gas compare it.
_CLOCKS = {"seen_us", "processed_us", "head_seen_us", "gas_number", "metrics_version", "metrics_taken"}
_MEMORIES = {"reorgs", "orphaned_logs", "reconciliations", "reconciliation_differences", "leases"}


def content(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order of the primary key."""
    found = {}
    with engine.connect() as connection:
        for name, table in Base.metadata.tables.items():
            if name not in _MEMORIES | TRAILING:
                columns = [column for column in table.columns if column.name not in _CLOCKS]
                rows = connection.execute(select(*columns).order_by(*table.primary_key.columns))
                found[name] = [dict(row._mapping) for row in rows]
    return found


def sent(engine: Engine) -> list[dict[str, Any]]:
    """What is known of transactions, in the chain's order."""
    table = Transaction.__table__
    with engine.connect() as connection:
        rows = connection.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row._mapping) for row in rows]
