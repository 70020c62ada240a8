"""The one way back: removes everything above a block from every table, in the caller's transaction.

Afterwards the tables are those of a ledger that never saw the removed blocks; that they were seen is recorded
in `reorgs`, and their raw logs in `orphaned_logs`.
"""

import time

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from indexer.derived.rebuild import roll_back, touched_above
from indexer.ledger.balances import undo_above
from indexer.ledger.bulk import update_rows
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.listings import restore_vetoed
from indexer.ledger.models import (
    Appointment,
    Balance,
    Block,
    Clearing,
    Copy,
    Entry,
    Escrow,
    Fee,
    Halt,
    LeaderCap,
    Lot,
    OrderCancellation,
    OrderFill,
    OrphanedLog,
    Policy,
    Pool,
    Posting,
    ProtocolShare,
    RawLog,
    Reorg,
    Strategy,
    StrategyLimits,
    StrategyPool,
    StrategyToken,
    Terms,
    TermsProposal,
    Token,
    Trade,
    Transaction,
    ValuedFlow,
    Vault,
    VaultFacts,
    VaultState,
)

BLOCK_TABLES = (
    Appointment,
    Balance,
    Clearing,
    Copy,
    Entry,
    Escrow,
    Fee,
    Halt,
    LeaderCap,
    Lot,
    OrderCancellation,
    OrderFill,
    Policy,
    Pool,
    Posting,
    ProtocolShare,
    RawLog,
    Strategy,
    StrategyLimits,
    StrategyPool,
    StrategyToken,
    Terms,
    TermsProposal,
    Token,
    Trade,
    Transaction,
    ValuedFlow,
    Vault,
    VaultState,
)
"""Every table whose rows live and die with their block. A test compares it with the metadata."""


def remove_above(connection: Connection, deployment_id: int, old: Checkpoint, ancestor: Checkpoint) -> None:
    """Remove all rows above `ancestor`, restore what later blocks had changed, and record the reorg."""
    number = ancestor.number
    _record(connection, deployment_id, old, ancestor)
    touched = touched_above(connection, deployment_id, number)
    undo_above(connection, deployment_id, number)
    changed = connection.scalars(
        select(VaultState.vault_id)
        .distinct()
        .where(VaultState.deployment_id == deployment_id, VaultState.block_number > number)
    ).all()
    for table in BLOCK_TABLES:
        connection.execute(
            delete(table).where(table.deployment_id == deployment_id, table.block_number > number)
        )
    connection.execute(delete(Block).where(Block.deployment_id == deployment_id, Block.number > number))
    connection.execute(
        update(Trade)
        .where(Trade.deployment_id == deployment_id, Trade.completed_block > number)
        .values(completed_block=None, completed_time=None, completed_tx_hash=None)
    )
    restore_vetoed(connection, deployment_id, number)
    _restore_vaults(connection, deployment_id, list(changed))
    roll_back(connection, deployment_id, ancestor, touched)


def _record(connection: Connection, deployment_id: int, old: Checkpoint, ancestor: Checkpoint) -> None:
    removed = (RawLog.deployment_id == deployment_id) & (RawLog.block_number > ancestor.number)
    reorg_id = connection.execute(
        insert(Reorg)
        .values(
            deployment_id=deployment_id,
            detected_us=time.time_ns() // 1000,
            ancestor_number=ancestor.number,
            ancestor_hash=ancestor.hash,
            old_number=old.number,
            old_hash=old.hash,
            depth=old.number - ancestor.number,
            logs_removed=select(func.count()).where(removed).scalar_subquery(),
        )
        .returning(Reorg.id)
    ).scalar_one()
    kept = [column.key for column in OrphanedLog.__table__.columns if column.key != "reorg_id"]
    source = select(literal(reorg_id), *(getattr(RawLog, key) for key in kept)).where(removed)
    connection.execute(insert(OrphanedLog).from_select(["reorg_id", *kept], source))


def _restore_vaults(connection: Connection, deployment_id: int, vault_ids: list[int]) -> None:
    names = tuple(VaultFacts.__annotations__)
    changing = [getattr(VaultState, name) for name in names]
    states = []
    for vault_id in sorted(vault_ids):
        last = connection.execute(
            select(*changing)
            .where(VaultState.deployment_id == deployment_id, VaultState.vault_id == vault_id)
            .order_by(VaultState.block_number.desc(), VaultState.log_index.desc())
            .limit(1)
        ).one_or_none()
        if last is not None:
            states.append((vault_id, *last))
    update_rows(connection, Vault, deployment_id, ("vault_id", *names), states)
