"""Which transactions with events have no gas yet, and the rows of those that get it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, func, select, update

from indexer.chain.types import Receipt
from indexer.ledger.bulk import write_rows
from indexer.ledger.models import Block, Deployment, RawLog, Transaction
from indexer.ledger.proof import LogFacts

_BLOCKS_AT_ONCE = 100

_WRITE = (
    update(Deployment).where(Deployment.id == bindparam("deployment")).values(gas_number=bindparam("number"))
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A block's transactions with events, by hash, each with its raw logs."""

    number: int
    hash: str
    time: int
    logs: dict[str, list[LogFacts]] = field(default_factory=lambda: defaultdict(list))


def read_gas_number(connection: Connection, deployment_id: int) -> int:
    """The last block up to which every transaction was asked for its gas; -1 before the first, and below what
    could not be had before: it is asked for again.
    """
    number = connection.scalar(select(Deployment.gas_number).where(Deployment.id == deployment_id))
    if number is None:
        return -1
    there = select(Transaction.block_number).where(
        Transaction.deployment_id == Block.deployment_id, Transaction.block_number == Block.number
    )
    left_out = connection.scalar(
        select(func.min(Block.number)).where(
            Block.deployment_id == deployment_id,
            Block.number <= number,
            Block.log_count > 0,
            ~there.correlate(Block).exists(),
        )
    )
    return number if left_out is None else left_out - 1


def write_gas_number(connection: Connection, deployment_id: int, number: int) -> None:
    """Record up to which block transactions were asked for."""
    connection.execute(_WRITE, {"deployment": deployment_id, "number": None if number < 0 else number})


def read_sent(connection: Connection, deployment_id: int, after: int, logs: int) -> list[Sent]:
    """The next blocks above one whose transactions have no gas, with about so many logs, lowest first."""
    there = select(Transaction.block_number).where(
        Transaction.deployment_id == Block.deployment_id, Transaction.block_number == Block.number
    )
    blocks: dict[int, Sent] = {}
    for number, block_hash, time, count in connection.execute(
        select(Block.number, Block.hash, Block.time, Block.log_count)
        .where(
            Block.deployment_id == deployment_id,
            Block.number > after,
            Block.log_count > 0,
            ~there.correlate(Block).exists(),
        )
        .order_by(Block.number)
        .limit(_BLOCKS_AT_ONCE)
    ):
        blocks[number] = Sent(number, block_hash, time)
        logs -= count
        if logs <= 0:
            break
    rows = connection.execute(
        select(
            RawLog.block_number,
            RawLog.log_index,
            RawLog.tx_hash,
            RawLog.tx_index,
            RawLog.topics,
            RawLog.data,
        )
        .where(RawLog.deployment_id == deployment_id, RawLog.block_number.in_(blocks))
        .order_by(RawLog.block_number, RawLog.log_index)
    )
    for number, log_index, tx_hash, tx_index, topics, data in rows:
        blocks[number].logs[tx_hash].append(LogFacts(log_index, tx_hash, tx_index, topics, data))
    return list(blocks.values())


def write_gas(
    connection: Connection, deployment_id: int, found: Iterable[tuple[Sent, Iterable[Receipt]]]
) -> None:
    """Write what transactions of blocks cost."""
    write_rows(
        connection,
        Transaction,
        [
            (
                deployment_id,
                block.number,
                each.tx_index,
                block.time,
                each.tx_hash,
                each.sender,
                each.gas_used,
                each.gas_price,
                each.data_fee,
                each.paid,
            )
            for block, receipts in found
            for each in receipts
        ],
    )
