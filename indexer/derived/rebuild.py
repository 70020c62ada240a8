"""Computes read models anew from the ledger's rows: those of a rolled back hour, or all of them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, text

from indexer.derived.facts import Facts, read_facts
from indexer.derived.leaders import forget
from indexer.derived.standing import Standing
from indexer.derived.state import HOUR_S
from indexer.derived.update import take
from indexer.ledger.beside import Beside
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.models import (
    Block,
    Copy,
    Entry,
    Lot,
    PriceHour,
    Strategy,
    ValuedFlow,
    Vault,
    VaultHour,
    VaultPosition,
)

_LOGS_AT_ONCE = 20_000
_CHUNK = 500


def touched_above(connection: Connection, deployment_id: int, block_number: int) -> set[int]:
    """Return the vaults to which something happened above a block, and their leaders' vaults.

    Ask before the rows above it are removed.
    """
    found: set[int] = set()
    for table in (Copy, Entry):
        query = select(table.vault_id).distinct()
        rows = connection.scalars(
            query.where(table.deployment_id == deployment_id, table.block_number > block_number)
        )
        found.update(vault_id for vault_id in rows if vault_id is not None)
    return found


def roll_back(
    connection: Connection, deployment_id: int, ancestor: Checkpoint, touched: Collection[int]
) -> None:
    """Take the read models back to the ancestor, above which nothing is left in the other tables.

    What is above is in the ancestor's hour or later. Vaults that were touched lose these hours, and get the
    ancestor's anew from the ledger's rows, together with their leaders', which they are compared with.
    """
    forget(connection, deployment_id, above=ancestor.number)
    kept = select(Block.number, Block.time).where(
        Block.deployment_id == deployment_id, Block.number <= ancestor.number
    )
    newest = connection.execute(kept.order_by(Block.number.desc()).limit(1)).one_or_none()
    time = 0 if newest is None else newest.time  # of the last block that can have changed anything
    hour = time - time % HOUR_S
    again = set(touched) | _leaders(connection, deployment_id, touched)
    for ids in _chunks(sorted(again)):
        for hours in (VaultHour, VaultPosition):
            connection.execute(
                delete(hours).where(
                    hours.deployment_id == deployment_id, hours.vault_id.in_(ids), hours.hour >= hour
                )
            )
        for events in (Lot, ValuedFlow):  # those above the ancestor are gone, as every event's rows are
            connection.execute(
                delete(events).where(
                    events.deployment_id == deployment_id,
                    events.vault_id.in_(ids),
                    events.block_time >= hour,
                    events.block_number <= ancestor.number,
                )
            )
    connection.execute(
        delete(PriceHour).where(PriceHour.deployment_id == deployment_id, PriceHour.hour >= hour)
    )
    before = connection.scalar(
        kept.with_only_columns(Block.number)
        .where(Block.time < hour)
        .order_by(Block.time.desc(), Block.number.desc())
        .limit(1)
    )
    first = 0 if before is None else before + 1
    if first <= ancestor.number:
        blocks = range(first, ancestor.number + 1)
        told = read_facts(connection, deployment_id, blocks)
        with Beside(connection, _logs_of(told)) as beside:
            take(beside, Standing(deployment_id), told, blocks, only=again)


def rebuild(connection: Connection, deployment_id: int) -> None:
    """Compute all read models of a deployment anew from the ledger's rows."""
    tables: tuple[Any, ...] = (VaultHour, VaultPosition, Lot, ValuedFlow, PriceHour)
    for table in tables:
        connection.execute(delete(table).where(table.deployment_id == deployment_id))
    forget(connection, deployment_id)
    standing = Standing(deployment_id)
    for done, blocks in enumerate(list(_ranges(connection, deployment_id))):
        if connection.dialect.name == "postgresql" and done & (done - 1) == 0:
            # The tables were empty when the server last looked: it would go through all of them each time.
            connection.execute(text("ANALYZE vault_hours, vault_positions, lots, price_hours"))
        told = read_facts(connection, deployment_id, blocks)
        with Beside(connection, _logs_of(told)) as beside:
            take(beside, standing, told, blocks)


def _logs_of(told: Facts) -> int:
    return sum(map(len, told))


def _leaders(connection: Connection, deployment_id: int, vault_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for ids in _chunks(sorted(vault_ids)):
        found.update(
            connection.scalars(
                select(Strategy.leader_vault_id)
                .distinct()
                .join(
                    Vault,
                    (Vault.deployment_id == Strategy.deployment_id)
                    & (Vault.strategy_id == Strategy.strategy_id),
                )
                .where(Vault.deployment_id == deployment_id, Vault.vault_id.in_(ids))
            )
        )
    return found


def _ranges(connection: Connection, deployment_id: int) -> Iterator[range]:
    """Ranges of blocks with about as many logs each as are held in memory at once."""
    blocks = connection.execute(
        select(Block.number, Block.log_count)
        .where(Block.deployment_id == deployment_id, Block.log_count > 0)
        .order_by(Block.number)
    )
    first, last, logs = None, 0, 0
    for number, count in blocks:
        first = number if first is None else first
        last, logs = number, logs + count
        if logs >= _LOGS_AT_ONCE:
            yield range(first, last + 1)
            first, logs = None, 0
    if first is not None:
        yield range(first, last + 1)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
