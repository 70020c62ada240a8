"""The parts in which PostgreSQL keeps the large tables: each deployment's own, and of these one a month.

Tables of events are cut by block number, which every key and every join has: a part goes from the first block
of a month to the first of the next, as the chain's pace told it when the part was made. Tables of hours are
cut by the hour itself. Parts follow each other without a gap from 0 on, each made by the transaction that
first needs it. SQLite has no parts.
"""

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, bindparam, func, select, text

from indexer.ledger.errors import InvariantError
from indexer.ledger.models import Base, Block, Copy, Posting, RawLog, VaultHour, VaultPosition
from indexer.ledger.spans import Pace, block_after, month_after
from indexer.ledger.trade_ids import trade_label

BY_BLOCK: tuple[type[Base], ...] = (RawLog, Posting, Copy)
BY_HOUR: tuple[type[Base], ...] = (VaultHour, VaultPosition)

_PACE_BLOCKS = 128
_BOUNDS = re.compile(r"FROM \('?(\d+)'?\) TO \('?(\d+)'?\)")

# Statements are made once: to make one takes longer than to run it for a block.
_PARTS = text(
    "SELECT parent.relname, pg_get_expr(part.relpartbound, part.oid) FROM pg_class AS part "
    "JOIN pg_inherits ON pg_inherits.inhrelid = part.oid "
    "JOIN pg_class AS parent ON parent.oid = pg_inherits.inhparent "
    "WHERE parent.oid IN (SELECT to_regclass(name) FROM unnest(CAST(:names AS text[])) AS name)"
)
_EXISTS = text("SELECT to_regclass(:name) IS NOT NULL")
_LATELY = (
    select(Block.number, Block.time)
    .where(Block.deployment_id == bindparam("deployment"), Block.number < bindparam("below"))
    .order_by(Block.number.desc())
    .limit(_PACE_BLOCKS)
    .subquery()
)
_BEFORE = select(func.min(_LATELY.c.number), func.min(_LATELY.c.time))
_TWICE = (
    select(Copy.trade_id, Copy.vault_id)
    .where(
        Copy.deployment_id == bindparam("deployment"),
        Copy.trade_id.in_(bindparam("trades", expanding=True)),
    )
    .group_by(Copy.trade_id, Copy.vault_id)
    .having(func.count() > 1)
    .limit(1)
)


class Placed(Protocol):
    """A block's number and unix second."""

    @property
    def number(self) -> int:
        """Its height."""

    @property
    def time(self) -> int:
        """Its unix second."""


class Partitions:
    """The parts of one deployment's rows: read once, and anew after a transaction that failed."""

    def __init__(self, deployment_id: int) -> None:
        self._id = deployment_id
        self.forget()

    def forget(self) -> None:
        """Read everything anew when it is needed next."""
        self._starts: dict[type[Base], list[int]] = {}
        self._ends: dict[type[Base], int] = {}

    def cover(self, connection: Connection, blocks: Sequence[Placed]) -> None:
        """Have a part for every row of consecutive blocks, in the caller's transaction."""
        if connection.dialect.name != "postgresql":
            return
        if not self._ends:
            self._load(connection)
        last, pace = blocks[-1], None
        for table in BY_BLOCK:
            while self._ends[table] <= last.number:
                pace = pace or self._pace(connection, blocks)
                at = next(each for each in blocks if each.number >= self._ends[table])
                self._add(connection, table, block_after(at.number, at.time, pace))
        for table in BY_HOUR:
            while self._ends[table] <= last.time:
                at = next(each for each in blocks if each.time >= self._ends[table])
                self._add(connection, table, month_after(at.time))

    def apart(self, opened: Mapping[int, int], copied: Mapping[int, int]) -> list[int]:
        """Which trades have copies in a later part than the one in which they were opened; both maps are from
        a trade to a block.

        Only theirs may be in several parts, for a trade has no copy before its own block; and a vault's copy
        of a trade is unique by the key within a part alone.
        """
        starts = self._starts.get(Copy, [])
        if len(starts) < 2:
            return []
        return [
            each for each, block in copied.items() if bisect(starts, opened[each]) < bisect(starts, block)
        ]

    def _load(self, connection: Connection) -> None:
        names = {self._name(table): table for table in (*BY_BLOCK, *BY_HOUR)}
        spans: dict[type[Base], list[tuple[int, int]]] = {table: [] for table in names.values()}
        for name, bounds in connection.execute(_PARTS, {"names": list(names)}):
            found = _BOUNDS.search(bounds)
            if found is not None:
                spans[names[name]].append((int(found[1]), int(found[2])))
        self._starts = {table: sorted(start for start, _ in each) for table, each in spans.items()}
        self._ends = {table: max((end for _, end in each), default=0) for table, each in spans.items()}

    def _add(self, connection: Connection, table: type[Base], end: int) -> None:
        """Add the part up to `end`, as a table that is attached: to create it in its place would wait for all
        readers of the whole, and have new ones wait.
        """
        start, parent = self._ends[table], self._name(table)
        if not start and not connection.scalar(_EXISTS, {"name": parent}):
            connection.exec_driver_sql(
                f"CREATE TABLE {parent} (LIKE {table.__tablename__} INCLUDING ALL) "
                f"PARTITION BY RANGE ({_cut_by(table)})"
            )
            connection.exec_driver_sql(
                f"ALTER TABLE {table.__tablename__} ATTACH PARTITION {parent} FOR VALUES IN ({self._id})"
            )
        part = f"{parent}_from_{start}"
        connection.exec_driver_sql(f"CREATE TABLE {part} (LIKE {parent} INCLUDING ALL)")
        if (key := _key_within(table)) is not None:
            connection.exec_driver_sql(f"ALTER TABLE {part} ADD PRIMARY KEY ({key})")
        connection.exec_driver_sql(
            f"ALTER TABLE {parent} ATTACH PARTITION {part} FOR VALUES FROM ({start}) TO ({end})"
        )
        self._starts[table].append(start)
        self._ends[table] = end

    def _pace(self, connection: Connection, blocks: Sequence[Placed]) -> Pace:
        last = blocks[-1]
        known = {"deployment": self._id, "below": last.number}
        number, time = connection.execute(_BEFORE, known).one()
        first = (blocks[0].number, blocks[0].time) if number is None else (number, time)
        return Pace(last.number - first[0], last.time - first[1])

    def _name(self, table: type[Base]) -> str:
        return f"{table.__tablename__}_{self._id}"


def _cut_by(table: type[Base]) -> str:
    return "hour" if table in BY_HOUR else "block_number"


def _key_within(table: type[Base]) -> str | None:
    """The key that each part has of its own, since the whole can have none without what it is cut by."""
    key = [column.name for column in table.__table__.primary_key]
    return None if _cut_by(table) in key else ", ".join(key)


def require_once(connection: Connection, deployment_id: int, trade_ids: Sequence[int]) -> None:
    """Raise `InvariantError` if one of some trades was copied twice into a vault, in whichever parts."""
    if not trade_ids:
        return
    twice = connection.execute(_TWICE, {"deployment": deployment_id, "trades": trade_ids}).first()
    if twice is not None:
        raise InvariantError(
            f"The chain tells the same thing twice: trade {trade_label(twice[0])} in vault {twice[1]}.",
            remedy="Report it: the hub's events contradict its protocol. Nothing was written.",
        )
