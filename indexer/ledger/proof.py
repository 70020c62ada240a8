"""Which blocks' logs were taken on the node's word, and what the ledger has of them, for the proof by headers
that follows.
"""

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from indexer.ledger.models import Block, Deployment, RawLog


class Unproven(NamedTuple):
    """Blocks above `after`, up to `last`."""

    after: int
    last: int


class Taken(NamedTuple):
    """A block with logs as the ledger has it; `topics` are its logs' first ones, `b""` for a log without."""

    hash: str
    time: int
    topics: set[bytes]


class LogFacts(NamedTuple):
    """What a raw log says, beside its block. `topics` are joined."""

    log_index: int
    tx_hash: str
    tx_index: int
    topics: bytes
    data: bytes


def read_unproven(connection: Connection, deployment_id: int) -> Unproven | None:
    """The unproven blocks, or None if there are none."""
    row = connection.execute(
        select(Deployment.unproven_from, Deployment.unproven_to).where(Deployment.id == deployment_id)
    ).one()
    after, last = row.unproven_from, row.unproven_to
    return None if after is None or last is None else Unproven(after, last)


def add_unproven(connection: Connection, deployment_id: int, after: int, last: int) -> None:
    """Blocks above `after` up to `last` were written without a proof."""
    before = read_unproven(connection, deployment_id)
    _set(connection, deployment_id, before.after if before else after, last)


def move_unproven(connection: Connection, deployment_id: int, proven: int) -> None:
    """Blocks up to `proven` have been proven."""
    before = read_unproven(connection, deployment_id)
    if before is not None:
        _set(connection, deployment_id, max(before.after, proven), before.last)


def cut_unproven(connection: Connection, deployment_id: int, ancestor: int) -> None:
    """Blocks above `ancestor` have been removed."""
    before = read_unproven(connection, deployment_id)
    if before is not None:
        _set(connection, deployment_id, before.after, min(before.last, ancestor))


def _set(connection: Connection, deployment_id: int, after: int, last: int) -> None:
    left = after < last
    connection.execute(
        update(Deployment)
        .where(Deployment.id == deployment_id)
        .values(unproven_from=after if left else None, unproven_to=last if left else None)
    )


def taken(connection: Connection, deployment_id: int, first: int, last: int) -> dict[int, Taken]:
    """The blocks with logs from `first` to `last`, by number."""
    blocks = connection.execute(
        select(Block.number, Block.hash, Block.time).where(
            Block.deployment_id == deployment_id, Block.number.between(first, last), Block.log_count > 0
        )
    )
    found = {row.number: Taken(row.hash, row.time, set()) for row in blocks}
    first_topic = func.substr(RawLog.topics, 1, 32)
    topics = connection.execute(
        select(RawLog.block_number, first_topic.label("topic"))
        .distinct()
        .where(RawLog.deployment_id == deployment_id, RawLog.block_number.between(first, last))
    )
    for row in topics:
        found[row.block_number].topics.add(bytes(row.topic))
    return found


def logs_at(connection: Connection, deployment_id: int, number: int) -> list[LogFacts]:
    """The raw logs of a block, in order."""
    rows = connection.execute(
        select(RawLog.log_index, RawLog.tx_hash, RawLog.tx_index, RawLog.topics, RawLog.data)
        .where(RawLog.deployment_id == deployment_id, RawLog.block_number == number)
        .order_by(RawLog.log_index)
    )
    return [LogFacts(row.log_index, row.tx_hash, row.tx_index, row.topics, row.data) for row in rows]
