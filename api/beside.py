"""Tables beside the ledger's, which are made by whoever first writes to them: who only reads makes none."""

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool, Select, func, inspect, select
from sqlalchemy.orm import DeclarativeBase

from access.models import AuditEntry, LeaderStanding
from inbox.models import Stop

_SAID: Mapping[str, Select[*tuple[Any, ...]]] = {
    AuditEntry.__tablename__: select(func.max(AuditEntry.id)),
    Stop.__tablename__: select(func.max(Stop.id), func.count(Stop.lifted_us)),
}

TABLES = frozenset({*_SAID, LeaderStanding.__tablename__})
"""What is said of leaders."""

_known: WeakKeyDictionary[Pool, set[str]] = WeakKeyDictionary()
"""Of each database the tables that were seen: they stay."""


def is_there(connection: Connection, table: type[DeclarativeBase]) -> bool:
    """Whether anybody has made a table."""
    return bool(_found(connection, {table.__tablename__}))


def tables_there(connection: Connection) -> frozenset[str]:
    """Return those of `TABLES` that anybody has made."""
    return frozenset(_found(connection, TABLES))


def said_of_leaders(connection: Connection, there: frozenset[str]) -> str:
    """Return what is another text after whatever operators said of any leader; `there` are the tables that
    anybody has made.

    Each act of theirs adds a row to the audit log, and each stop and its end shows among the stops.
    """
    asked = [query for name, query in _SAID.items() if name in there]
    return "-".join(str(number or 0) for query in asked for number in connection.execute(query).one())


def _found(connection: Connection, names: set[str] | frozenset[str]) -> set[str]:
    known = _known.setdefault(connection.engine.pool, set())
    missing = sorted(names - known)
    if missing:
        known.update(_look(connection, missing))
    return known.intersection(names)


def _look(connection: Connection, names: list[str]) -> set[str]:
    if connection.dialect.name == "postgresql":  # a look at each name, where an inspector reads the catalogue
        shown = connection.execute(select(*(func.to_regclass(name) for name in names))).one()
        return {name for name, found in zip(names, shown, strict=True) if found is not None}
    return set(names).intersection(inspect(connection).get_table_names())
