"""Tables beside the ledger's, which are made by whoever first writes to them: who only reads makes none."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, inspect, select
from sqlalchemy.orm import DeclarativeBase

from access.models import AuditEntry
from inbox.models import Stop

_SAID: Sequence[tuple[type[DeclarativeBase], Select[*tuple[Any, ...]]]] = (
    (AuditEntry, select(func.max(AuditEntry.id))),
    (Stop, select(func.max(Stop.id), func.count(Stop.lifted_us))),
)


def is_there(connection: Connection, table: type[DeclarativeBase]) -> bool:
    """Whether anybody has made a table."""
    if connection.dialect.name == "postgresql":  # a look at one name, where an inspector reads the catalogue
        return connection.scalar(select(func.to_regclass(table.__tablename__))) is not None
    return inspect(connection).has_table(table.__tablename__)


def said_of_leaders(connection: Connection) -> str:
    """Return what is another text after whatever operators said of any leader.

    Each act of theirs adds a row to the audit log, and each stop and its end shows among the stops.
    """
    asked = [query for table, query in _SAID if is_there(connection, table)]
    return "-".join(str(number or 0) for query in asked for number in connection.execute(query).one())
