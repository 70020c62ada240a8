"""Repeats what was written of some leaders for all others, inside PostgreSQL: faster than to send the rows.

A repetition trades when the first leaders do, a block later each. Ids are moved on, and addresses follow.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from indexer.ledger.bulk import column_names
from indexer.ledger.models import (
    Balance,
    Base,
    Block,
    Clearing,
    Copy,
    Entry,
    Lot,
    Posting,
    Strategy,
    StrategyLimits,
    StrategyPool,
    StrategyToken,
    Terms,
    Trade,
    ValuedFlow,
    Vault,
    VaultHour,
    VaultPosition,
)

if TYPE_CHECKING:
    from benchmarks.api.world import Size

_BLOCK = {"block_number": "block_number + k"}
_STRATEGY = {"strategy_id": "strategy_id + k * :leaders"}
_VAULT = {"vault_id": "vault_id + k * :vaults"}
_TRADE = {"trade_id": "trade_id + k * :leaders * 4294967296"}
_OF_STRATEGY, _OF_VAULT = "strategy_id <= :leaders", "vault_id <= :vaults"
_OF_TRADE = "trade_id >> 32 <= :leaders"


def _address(kind: int, number: str) -> str:
    return f"'0x{kind:08x}' || lpad(to_hex({number}), 32, '0')"


_LEADER = _address(2, "strategy_id + k * :leaders")

# Table → which rows are repeated, and which of their columns are others.
_TABLES: Mapping[type[Base], tuple[str, Mapping[str, str]]] = {
    Strategy: (
        _OF_STRATEGY,
        _BLOCK
        | _STRATEGY
        | {
            "leader": _LEADER,
            "leader_vault_id": "leader_vault_id + k * :vaults",
            "name": "'Strategy ' || (strategy_id + k * :leaders)",
        },
    ),
    StrategyToken: (_OF_STRATEGY, _BLOCK | _STRATEGY),
    StrategyPool: (_OF_STRATEGY, _BLOCK | _STRATEGY),
    StrategyLimits: (_OF_STRATEGY, _BLOCK | _STRATEGY),
    Terms: (_OF_STRATEGY, _BLOCK | _STRATEGY),
    Vault: (
        _OF_VAULT,
        _BLOCK
        | _STRATEGY
        | _VAULT
        | {"owner": f"CASE WHEN is_leader THEN {_LEADER} ELSE {_address(3, 'vault_id + k * :vaults')} END"},
    ),
    Entry: (_OF_VAULT, _BLOCK | _VAULT),
    Posting: ("account_id <= 2 * :vaults", _BLOCK | {"account_id": "account_id + k * 2 * :vaults"}),
    Balance: (
        "account_id <= 2 * :vaults",
        _BLOCK
        | {
            "account_id": "account_id + k * 2 * :vaults",
            "account": "CAST(CAST(account AS bigint) + k * :vaults AS text)",
        },
    ),
    Block: ("number > 0", {"number": "number + k", "hash": "'0x' || lpad(to_hex(number + k), 64, '0')"}),
    Trade: (
        _OF_STRATEGY,
        _BLOCK | _STRATEGY | _TRADE | {"completed_block": "completed_block + k", "by": _LEADER},
    ),
    Clearing: (_OF_TRADE, _BLOCK | _TRADE),
    Copy: (_OF_STRATEGY, _BLOCK | _STRATEGY | _VAULT | _TRADE),
    VaultHour: (_OF_VAULT, _VAULT | {"last_block": "last_block + k"}),
    VaultPosition: (_OF_VAULT, _VAULT),
    Lot: (_OF_VAULT, _BLOCK | _VAULT),
    ValuedFlow: (_OF_VAULT, _BLOCK | _VAULT),
}


def repeat(engine: Engine, size: "Size") -> None:
    """Write the repetitions of what is written already. Only PostgreSQL knows the functions."""
    if size.times == 1:
        return
    for table, (which, others) in _TABLES.items():
        with engine.begin() as connection:
            columns = column_names(table)
            shown = ", ".join(f"{others.get(name, _quoted(name))}" for name in columns)
            into = ", ".join(map(_quoted, columns))
            of = f"{table.__tablename__} CROSS JOIN generate_series(1, :times - 1) AS k"
            indexes = _drop_indexes(connection, table.__tablename__)
            connection.execute(
                text(f"INSERT INTO {table.__tablename__} ({into}) SELECT {shown} FROM {of} WHERE {which}"),  # noqa: S608 (names of our own tables)
                {"leaders": size.first_leaders, "vaults": size.first_vaults, "times": size.times},
            )
            for statement in indexes:
                connection.execute(text(statement))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE price_hours SET recorded_block = recorded_block + :times - 1"), {"times": size.times}
        )


def _drop_indexes(connection: Connection, table: str) -> list[str]:
    """Drop a table's indexes, and return what makes them again: at once is faster than row by row."""
    found = connection.execute(
        text(
            "SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), "
            "c.conname, pg_get_constraintdef(c.oid) FROM pg_index i "
            "LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u') "
            "WHERE i.indrelid = CAST(:table AS regclass)"
        ),
        {"table": table},
    ).all()
    again = []
    for index, definition, constraint, constrained in found:
        if constraint is None:
            connection.execute(text(f"DROP INDEX {index}"))
            again.append(definition.replace(" ON ONLY ", " ON "))  # in all parts, too
        else:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
            again.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {constrained}")
    return again


def _quoted(name: str) -> str:
    return f'"{name}"'
