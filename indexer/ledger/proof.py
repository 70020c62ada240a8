"""Which blocks' logs were taken on the node's word, and what the ledger has of them, for the proof by headers
that follows.
"""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from indexer.ledger.models import Block, Deployment, RawLog

_WRITE = (
    update(Deployment)
    .where(Deployment.id == bindparam("deployment"))
    .values(unproven_from=bindparam("after"), unproven_to=bindparam("last"))
)


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


def with_unproven(before: Unproven | None, after: int, last: int) -> Unproven:
    """What is unproven when blocks above `after` up to `last` are written without a proof, too."""
    return Unproven(before.after if before else after, last)


def without_unproven(
    before: Unproven | None, *, up_to: int | None = None, above: int | None = None
) -> Unproven | None:
    """What is left unproven when blocks `up_to` one have been proven, or those `above` one removed."""
    if before is None:
        return None
    after = before.after if up_to is None else max(before.after, up_to)
    last = before.last if above is None else min(before.last, above)
    return Unproven(after, last) if after < last else None


def write_unproven(connection: Connection, deployment_id: int, unproven: Unproven | None) -> None:
    """Record what is unproven."""
    after, last = unproven or (None, None)
    connection.execute(_WRITE, {"deployment": deployment_id, "after": after, "last": last})


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
