"""The ledger as its one writer sees it: blocks go in, a rollback takes them out, the checkpoint says how far
it is.
"""

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from indexer.chain.types import BlockRef, Header, Receipt
from indexer.decode.ranges import DecodedRange
from indexer.derived.facts import Cleared, Facts, Traded, Visit
from indexer.derived.leaders import Moment, list_due, refresh
from indexer.derived.standing import Standing
from indexer.derived.update import take
from indexer.ledger.balances import Accounts
from indexer.ledger.beside import Beside
from indexer.ledger.bulk import column_names, update_rows, write_rows
from indexer.ledger.checkpoint import Checkpoint, move_checkpoint, note_head, read_checkpoint, read_start
from indexer.ledger.context import Known
from indexer.ledger.database import why
from indexer.ledger.errors import DatabaseUnavailableError, InvariantError
from indexer.ledger.gas import Sent, read_gas_number, read_sent, write_gas, write_gas_number
from indexer.ledger.listings import veto
from indexer.ledger.models import Base, Block, Clearing, Copy, RawLog, StrategyToken, Trade, Vault, VaultFacts
from indexer.ledger.partitions import Partitions, require_once
from indexer.ledger.projection import Projection, TokenFacts
from indexer.ledger.proof import (
    LogFacts,
    Taken,
    Unproven,
    logs_at,
    read_unproven,
    taken,
    with_unproven,
    without_unproven,
    write_unproven,
)
from indexer.ledger.rollback import remove_above
from indexer.ledger.rows import Place, Rows, as_tuple

HASH_WINDOW = 128
"""Blocks below the checkpoint whose hashes are kept even without logs: the deepest reorg that is always found
to the block. Ethereum is final after 64 to 96.
"""

_VAULT_FACTS = tuple(VaultFacts.__annotations__)
_COMPLETION = ("completed_block", "completed_time", "completed_tx_hash")

_OUTDATED = delete(Block).where(
    Block.deployment_id == bindparam("deployment"),
    Block.number.between(bindparam("first"), bindparam("last")),
    Block.log_count == 0,
)
"""Made once: to make a statement takes longer than to run it for a block."""


def _picking(table: type[Base], names: Sequence[str]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Takes columns out of rows that are in the order of a table's."""
    columns = column_names(table)
    return itemgetter(*(columns.index(name) for name in names))


_OF_CLEARING = _picking(Clearing, Cleared._fields)
_OF_COPY = _picking(Copy, Visit._fields)
_TRADE_AND_BLOCK = _picking(Copy, ("trade_id", "block_number"))
_OF_TOKEN = _picking(StrategyToken, Traded._fields)


class Ledger:
    """One deployment's ledger. Every method but `post` is one transaction."""

    def __init__(self, engine: Engine, deployment_id: int, *, hash_window: int = HASH_WINDOW) -> None:
        self._engine = engine
        self._id = deployment_id
        self._hash_window = hash_window
        self._standing = Standing(deployment_id)
        self._accounts = Accounts(deployment_id)
        self._partitions = Partitions(deployment_id)
        self._known = Known(deployment_id)
        with engine.connect() as connection:
            self._checkpoint = read_checkpoint(connection, deployment_id)
            self._start_block = read_start(connection, deployment_id)
            self._unproven = read_unproven(connection, deployment_id)
            self._gas_number = read_gas_number(connection, deployment_id)

    @property
    def deployment_id(self) -> int:
        """The deployment's id in the database."""
        return self._id

    @property
    def checkpoint(self) -> Checkpoint:
        """The last block that this writer has written."""
        return self._checkpoint

    def append(self, decoded: DecodedRange, tokens: Mapping[str, TokenFacts], head: Header) -> None:
        """Write consecutive blocks, the first a child of the checkpoint, and move the checkpoint to the last.

        Blocks without a header are taken on the node's word: those without logs are not among them, and the
        range counts as unproven. Raises `InvariantError` when the events contradict the protocol,
        `ConcurrentWriterError` when another process has moved the checkpoint; nothing is written then.
        """
        old, first, last = self._checkpoint, decoded.headers[0], decoded.headers[-1]
        if not _follows(first, old):
            raise InvariantError(
                f"Block {first.number} does not follow the checkpoint at block {old.number}.",
                remedy="Start the indexer again: it looks for the common ancestor first.",
            )
        target = Checkpoint(last.number, last.hash, last.time)
        with (
            _without_collector(),
            self.transaction() as connection,
            Beside(connection, len(decoded.logs)) as beside,
        ):
            move_checkpoint(connection, self._id, old, target)
            self.cover(connection, decoded)
            beside.do(write_rows, RawLog, raw_rows(self._id, decoded))
            self.post(beside, decoded, tokens)
            beside.do(self._write_blocks, decoded, old, target)
            unproven = self._unproven
            if isinstance(last, BlockRef):
                unproven = with_unproven(unproven, old.number, last.number)
                beside.do(write_unproven, self._id, unproven)
            beside.do(note_head, self._id, head)
        self._checkpoint, self._unproven = target, unproven

    def roll_back(self, ancestor: Checkpoint) -> None:
        """Remove everything above the ancestor and record that it was there."""
        self.forget()
        with self.transaction() as connection:
            move_checkpoint(connection, self._id, self._checkpoint, ancestor)
            remove_above(connection, self._id, self._checkpoint, ancestor)
            unproven = without_unproven(self._unproven, above=ancestor.number)
            write_unproven(connection, self._id, unproven)
            gas_number = min(self._gas_number, ancestor.number)
            write_gas_number(connection, self._id, gas_number)
        self._checkpoint, self._unproven, self._gas_number = ancestor, unproven, gas_number

    def refresh_leaders(self, limit: int, *, processes: int = 1) -> int:
        """Make up to so many leaders' metrics anew that are due, and say how many: 0 when none are left.

        In a transaction of its own, so that no block waits for it; many of them in several processes.
        """
        at = self._checkpoint
        with self.transaction() as connection:
            due = list_due(connection, self._id, at.time, limit)
            refresh(connection, self._id, due, Moment(at.number, at.time), processes=processes)
        return len(due)

    def note_head(self, head: Header) -> None:
        """Record the chain's newest block when there is nothing to write."""
        with self.transaction() as connection:
            note_head(connection, self._id, head)

    def known_blocks(self, below: int, limit: int) -> list[Checkpoint]:
        """Blocks whose hashes are kept, from the newest below a height downwards."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(Block.number, Block.hash, Block.time)
                .where(Block.deployment_id == self._id, Block.number < below)
                .order_by(Block.number.desc())
                .limit(limit)
            )
            return [Checkpoint(row.number, row.hash, row.time) for row in rows]

    @property
    def unproven(self) -> Unproven | None:
        """The blocks whose logs no header has proven complete yet."""
        return self._unproven

    def taken(self, first: int, last: int) -> dict[int, Taken]:
        """What the ledger has of the blocks with logs in a range."""
        with self._engine.connect() as connection:
            return taken(connection, self._id, first, last)

    def logs_at(self, number: int) -> list[LogFacts]:
        """The raw logs of a block, as far as they are compared."""
        with self._engine.connect() as connection:
            return logs_at(connection, self._id, number)

    def note_proven(self, number: int) -> None:
        """Record that the headers up to a block have proven its logs, and those before, complete."""
        unproven = without_unproven(self._unproven, up_to=number)
        with self.transaction() as connection:
            write_unproven(connection, self._id, unproven)
        self._unproven = unproven

    @property
    def gas_number(self) -> int:
        """The last block up to which every transaction was asked for its gas; -1 before the first."""
        return self._gas_number

    def without_gas(self, logs: int) -> list[Sent]:
        """The next blocks whose transactions have no gas yet, with about so many logs, lowest first."""
        with self._engine.connect() as connection:
            return read_sent(connection, self._id, self._gas_number, logs)

    def note_gas(self, found: Sequence[tuple[Sent, Sequence[Receipt]]], number: int) -> None:
        """Write what transactions cost, and that those up to a block were asked for it."""
        with self.transaction() as connection:
            move_checkpoint(connection, self._id, self._checkpoint, self._checkpoint)
            write_gas(connection, self._id, found)
            write_gas_number(connection, self._id, number)
        self._gas_number = number

    def forget(self) -> None:
        """Forget what is kept in memory of rows that the caller removes."""
        self._standing.forget()
        self._accounts.forget()
        self._partitions.forget()
        self._known.forget()

    def cover(self, connection: Connection, decoded: DecodedRange) -> None:
        """Have a part of the tables for a range's rows, before any is written."""
        self._partitions.cover(connection, decoded.headers)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction whose failures are told as what they mean. A writer moves the checkpoint first.

        On SQLite nobody else's write comes between what it reads and what it writes: the inbox has writers of
        its own in the same file, and SQLite would refuse the second of two that began with a read.
        """
        done = False
        try:
            with self._engine.begin() as connection:
                if self._engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("ROLLBACK")
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
            done = True
        except IntegrityError as error:
            raise InvariantError(
                f"The chain tells the same thing twice: {why(error)}.",
                remedy="Report it: the hub's events contradict its protocol. Nothing was written.",
            ) from error
        except DBAPIError as error:
            raise DatabaseUnavailableError(
                f"The database failed: {why(error)}.",
                remedy="Check its disk space, its connection, and that no other indexer holds it, then start "
                "again: nothing was written by halves.",
            ) from error
        finally:
            if not done:
                self.forget()

    def post(self, beside: Beside, decoded: DecodedRange, tokens: Mapping[str, TokenFacts]) -> None:
        """Write what a range's logs come to, but not the logs themselves, in the caller's transaction."""
        context = self._known.before(beside.connection, decoded)
        rows = Projection(self._id, context, tokens).post(decoded)
        told = _facts(rows)
        copied = _copied(rows)
        opened = {each: context.trades[each].opened for each in copied}
        apart = self._partitions.apart(opened, copied)
        asks = apart or rows.vetoes or not self._accounts.know(rows.books)
        (beside.do_asking if asks else beside.do)(self._write, rows, apart)
        blocks = range(decoded.headers[0].number, decoded.headers[-1].number + 1)
        take(beside, self._standing, told, blocks)

    def _write(self, connection: Connection, rows: Rows, apart: Sequence[int]) -> None:
        changed = dict(rows.vaults)
        for vault_id, vault in rows.opened_vaults.items():
            vault.update(zip(_VAULT_FACTS, changed.pop(vault_id).changing(), strict=True))
            rows.new[Vault].append(as_tuple(Vault, vault))
        completed = dict(rows.completed)
        for trade_id, trade in rows.opened_trades.items():
            if trade_id in completed:
                trade.update(zip(_COMPLETION, _completion(completed.pop(trade_id)), strict=True))
            rows.new[Trade].append(as_tuple(Trade, trade))
        for table, new in rows.new.items():
            write_rows(connection, table, new)
        require_once(connection, self._id, apart)
        update_rows(
            connection,
            Vault,
            self._id,
            ("vault_id", *_VAULT_FACTS),
            [(vault_id, *now.changing()) for vault_id, now in changed.items()],
        )
        update_rows(
            connection,
            Trade,
            self._id,
            ("trade_id", *_COMPLETION),
            [(trade_id, *_completion(place)) for trade_id, place in completed.items()],
        )
        for place, event in rows.vetoes:
            veto(connection, place, event)
        self._accounts.write(connection, rows.books)

    def _write_blocks(
        self, connection: Connection, decoded: DecodedRange, old: Checkpoint, new: Checkpoint
    ) -> None:
        """Keep blocks with logs, and the one before the first, for good; the others' hashes for a while."""
        oldest = new.number - self._hash_window
        processed = time.time_ns() // 1000
        counts = Counter(log.block_number for log in decoded.logs)
        write_rows(
            connection,
            Block,
            [
                (
                    self._id,
                    header.number,
                    header.hash,
                    header.time,
                    counts[header.number],
                    header.seen_us,
                    processed,
                )
                for header in decoded.headers
                if header.number in counts or header.number > oldest
            ],
        )
        first = max(self._start_block, old.number - self._hash_window)
        connection.execute(_OUTDATED, {"deployment": self._id, "first": first, "last": oldest})


@contextmanager
def _without_collector() -> Iterator[None]:
    """Hold Python's cycle collector back: a range's rows are many and make no cycles, and it would go through
    them again and again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _facts(rows: Rows) -> Facts:
    """What the read models are made from."""
    return Facts(
        clearings=[Cleared._make(_OF_CLEARING(row)) for row in rows.new[Clearing]],
        visits=[Visit._make(_OF_COPY(row)) for row in rows.new[Copy]],
        flows=rows.flows,
        traded=[Traded._make(_OF_TOKEN(row)) for row in rows.new[StrategyToken]],
    )


def _copied(rows: Rows) -> dict[int, int]:
    """Trade → the last block of its copies."""
    return dict(map(_TRADE_AND_BLOCK, rows.new[Copy]))


def _follows(first: Header | BlockRef, checkpoint: Checkpoint) -> bool:
    if isinstance(first, BlockRef):
        return first.number > checkpoint.number
    return (first.number, first.parent_hash) == (checkpoint.number + 1, checkpoint.hash)


def raw_rows(deployment_id: int, decoded: DecodedRange) -> Iterator[tuple[Any, ...]]:
    """The range's logs as rows of their table, as they came."""
    for run in decoded.runs:
        event = None if run.kind is None else run.kind.__name__
        for log in decoded.logs[run.first : run.last]:
            yield (
                deployment_id,
                log.block_number,
                log.log_index,
                log.block_hash,
                log.tx_hash,
                log.tx_index,
                event,
                b"".join(log.topics),
                log.data,
            )


def _completion(place: Place) -> tuple[int, int, str]:
    return place.block_number, place.block_time, place.tx_hash
