"""The content hash of a ledger at a block: equal for equal ledgers, however they came about.

It covers every row of every table that follows from the chain, and nothing else: no clock (`seen_us`,
`processed_us`), no key that a database hands out (`deployment_id`), no memory of what happened to this
database (rollbacks, reports, leases), nothing that follows the ledger at its own pace (leaders' metrics,
transactions' gas), no head beyond the block, and of the blocks only those with logs, since the others are
kept for a while only. So ranges, concurrency, restarts, reorgs and the kind of database make no difference.

A row is hashed as Python writes its values; a table's rows go in by place in the chain, and rows of one place
by their own hashes, since databases order texts differently.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from indexer.ledger.checkpoint import Checkpoint, read_checkpoint
from indexer.ledger.errors import NoSuchBlockError
from indexer.ledger.models import Base, Block
from indexer.ledger.models import Deployment as DeploymentRow
from indexer.ledger.rollback import remove_above

MEMORIES = frozenset(
    {"deployments", "leases", "orphaned_logs", "reconciliation_differences", "reconciliations", "reorgs"}
)
"""Tables that tell of this database and not of the chain."""

TRAILING = frozenset({"leader_metrics", "transactions"})
"""Tables that follow the others at their own pace."""

_NOT_CONTENT = frozenset({"deployment_id", "seen_us", "processed_us"})
_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Content:
    """A ledger's content: `hash` of everything, `tables` of each one, with the number of its rows."""

    chain_id: int
    hub: str
    block: Checkpoint
    hash: str
    tables: dict[str, tuple[str, int]]


def content_hash(
    engine: Engine,
    deployment_id: int,
    *,
    block: int | None = None,
    on_table: Callable[[int, int], None] | None = None,
) -> Content:
    """Hash the ledger as it is, or as it was when `block` was its last one.

    A state in the past is made by the rollback itself, in a transaction that is never committed; SQLite lets
    nobody else write meanwhile. `on_table` gets tables done and tables to do. Raises `NoSuchBlockError`.
    """
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        now = read_checkpoint(connection, deployment_id)
        at = now if block is None else _known(connection, deployment_id, now, block)
        if at != now:
            remove_above(connection, deployment_id, now, at)
        found = _hash(connection, deployment_id, at, on_table)
        connection.rollback()
    return found


def _known(connection: Connection, deployment_id: int, now: Checkpoint, number: int) -> Checkpoint:
    """The block at a height: its own hash where that is kept, else none, which is no part of the content."""
    start = connection.scalar(select(DeploymentRow.start_block).where(DeploymentRow.id == deployment_id))
    if start is None or not start - 1 <= number <= now.number:
        raise NoSuchBlockError(
            f"The ledger has no block {number}: it has those from {start} to {now.number}.",
            remedy="Give one of these with --block, or none for the newest.",
        )
    row = connection.execute(
        select(Block.hash, Block.time).where(Block.deployment_id == deployment_id, Block.number == number)
    ).one_or_none()
    return Checkpoint(number, row.hash if row else "", row.time if row else 0)


def _hash(
    connection: Connection,
    deployment_id: int,
    at: Checkpoint,
    on_table: Callable[[int, int], None] | None,
) -> Content:
    deployment = connection.execute(
        select(DeploymentRow.chain_id, DeploymentRow.hub, DeploymentRow.start_block).where(
            DeploymentRow.id == deployment_id
        )
    ).one()
    tables: dict[str, tuple[str, int]] = {}
    kept = [table for name, table in sorted(Base.metadata.tables.items()) if name not in MEMORIES | TRAILING]
    for done, table in enumerate(kept, 1):
        tables[table.name] = _hash_table(connection, table, deployment_id)
        if on_table is not None:
            on_table(done, len(kept))
    whole = hashlib.sha256(repr((*deployment, at.number, sorted(tables.items()))).encode())
    return Content(deployment.chain_id, deployment.hub, at, "0x" + whole.hexdigest(), tables)


def _hash_table(connection: Connection, table: Table, deployment_id: int) -> tuple[str, int]:
    columns = [column for column in table.columns if column.name not in _NOT_CONTENT]
    place = [table.c[name] for name in ("block_number", "log_index") if name in table.c]
    if table is Block.__table__:
        place = [table.c.number]
    query = select(*place, *columns).where(table.c.deployment_id == deployment_id).order_by(*place)
    if table is Block.__table__:
        query = query.where(table.c.log_count > 0)
    size, whole, count = len(place), hashlib.sha256(), 0
    rows = connection.execution_options(yield_per=_CHUNK).execute(query)
    for _, group in groupby(rows, lambda row: tuple(row[:size])):
        for digest in sorted(_digests(group, size)):
            whole.update(digest)
            count += 1
    return whole.hexdigest(), count


def _digests(rows: Iterator[Any], skip: int) -> Iterator[bytes]:
    return (hashlib.sha256(repr(tuple(row[skip:])).encode()).digest() for row in rows)
