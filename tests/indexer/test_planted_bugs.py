"""Bugs planted into the indexer, one at a time: the checks of the other tests catch each of them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select

from indexer.chain import reader as reading
from indexer.chain.reader import ChainReader, Watch
from indexer.chain.types import BlockLogs, Header
from indexer.errors import IndexerError
from indexer.ledger import ledger as writing
from indexer.ledger import rollback
from indexer.ledger.balances import Accounts
from indexer.ledger.books import Books
from indexer.ledger.checkpoint import Checkpoint, move_checkpoint
from indexer.ledger.content import content_hash
from indexer.sync import proof
from simulation.proxy import Call, Proxy
from tests.indexer.crashing import CrashError, crashing
from tests.indexer.paper_chain import PaperChain
from tests.indexer.running import indexing
from tests.indexer.story import tell
from tests.indexer.tables import content, sent
from tests.indexer.test_ledger import held
from tests.indexer.test_sync import clean_engine

Plant = Callable[[pytest.MonkeyPatch], None]

CAUGHT = (AssertionError, IndexerError)
SEED, TRANSACTIONS, IN_A_BLOCK = 91, 180, 3
"""60 blocks: all of them may be reorganised, the first included, in which strategies and tokens come."""


async def sync(url: str, engine: Engine) -> None:
    async with indexing(url, engine, max_range=17, pause_s=0.002) as indexer:
        await indexer.backfill_to_head()
        await indexer.read_gas()


async def lives_through(engine: Engine, proxy: Proxy, chain: PaperChain, folder: Path, plant: Plant) -> None:
    """Index a chain with the bug planted, from a node that withholds logs for a moment, with a crash within a
    transaction, a reorg of every block and one of the newer half; compare with the final chain's ledger, made
    without the bug.
    """
    told, hub = tell(SEED, TRANSACTIONS)
    genesis = chain.snapshot()
    chain.mine_all(told, each=IN_A_BLOCK, gap=0)
    proxy.fault = withholding(2)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        await crash_while_the_checkpoint_moves(proxy.url, engine)
        await sync(proxy.url, engine)
        chain.revert(genesis)
        half = TRANSACTIONS // 2
        chain.mine_all(told[:half], each=IN_A_BLOCK, gap=0, later=4)
        middle = chain.snapshot()
        chain.mine_all(told[half:], each=IN_A_BLOCK, gap=0, later=4)
        chain.mine()
        await sync(proxy.url, engine)
        await sync(proxy.url, engine)
        chain.revert(middle)
        chain.mine_all(told[half:], each=IN_A_BLOCK, gap=0, later=5)
        chain.mine_all([[], []], gap=0, each=1)
        await sync(proxy.url, engine)
    with clean_engine(folder) as clean:
        await sync(chain.url, clean)
        assert content(engine) == content(clean)
        assert content_hash(engine, 1).hash == content_hash(clean, 1).hash
        assert sent(engine) == sent(clean)
    assert held(engine) == hub.non_zero()


def withholding(times: int) -> Callable[[Call, Any], Any]:
    left = times

    def fault(call: Call, result: Any) -> Any:
        nonlocal left
        if left and call["method"] == "eth_getLogs" and result:
            left -= 1
            return []
        return result

    return fault


async def crash_while_the_checkpoint_moves(url: str, engine: Engine) -> None:
    """In the second range, after the checkpoint's update and before what belongs to it."""
    moved = 0
    with crashing(engine) as statements:
        before = statements.before

        def counting(text: str) -> None:
            nonlocal moved
            if moved == 2:
                statements.is_dead = True
            moved += text.startswith("UPDATE deployments SET checkpoint")
            before(text)

        statements.before = counting  # type: ignore[method-assign]
        with pytest.raises(CrashError):
            await sync(url, engine)
    engine.dispose()


def no_bug(patch: pytest.MonkeyPatch) -> None:
    del patch


def two_transactions(patch: pytest.MonkeyPatch) -> None:
    """The checkpoint is committed before the rows."""

    def move(connection: Connection, deployment_id: int, expected: Checkpoint, target: Checkpoint) -> None:
        with connection.engine.begin() as another:
            move_checkpoint(another, deployment_id, expected, target)

    patch.setattr(writing, "move_checkpoint", move)


def empty_logs_are_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "is_suspect", lambda watch, header, sent: False)
    patch.setattr(proof, "is_suspect", lambda watch, header, sent: False)


def _logs_bent(patch: pytest.MonkeyPatch, bend: Callable[[BlockLogs], BlockLogs]) -> None:
    logs = ChainReader.logs

    async def bent(self: ChainReader, watch: Watch, headers: Sequence[Header]) -> list[BlockLogs]:
        return [bend(block) for block in await logs(self, watch, headers)]

    patch.setattr(ChainReader, "logs", bent)


def a_log_is_posted_twice(patch: pytest.MonkeyPatch) -> None:
    _logs_bent(patch, lambda block: BlockLogs(block.header, (*block.logs, *block.logs[-1:])))


def balances_are_changed_twice(patch: pytest.MonkeyPatch) -> None:
    write = Accounts.write

    def twice(self: Accounts, connection: Connection, books: Books) -> None:
        books.deltas = [2 * delta for delta in books.deltas]
        write(self, connection, books)

    patch.setattr(Accounts, "write", twice)


def logs_of_a_block_come_in_the_wrong_order(patch: pytest.MonkeyPatch) -> None:
    _logs_bent(patch, lambda block: BlockLogs(block.header, block.logs[::-1]))


def checkpoint_is_one_too_high(patch: pytest.MonkeyPatch) -> None:
    _checkpoint_off_by(patch, 1)


def checkpoint_is_one_too_low(patch: pytest.MonkeyPatch) -> None:
    _checkpoint_off_by(patch, -1)


def _checkpoint_off_by(patch: pytest.MonkeyPatch, blocks: int) -> None:
    def move(connection: Connection, deployment_id: int, expected: Checkpoint, target: Checkpoint) -> None:
        wrong = Checkpoint(target.number + blocks, target.hash, target.time)
        move_checkpoint(connection, deployment_id, expected, wrong)

    patch.setattr(writing, "move_checkpoint", move)


def rollback_leaves_the_balances(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rollback, "undo_above", lambda connection, deployment_id, number: None)


def rollback_goes_one_block_too_far(patch: pytest.MonkeyPatch) -> None:
    remove = rollback.remove_above

    def further(connection: Connection, deployment_id: int, old: Checkpoint, ancestor: Checkpoint) -> None:
        remove(connection, deployment_id, old, Checkpoint(ancestor.number + 1, ancestor.hash, ancestor.time))

    patch.setattr(writing, "remove_above", further)


BUGS: list[Plant] = [
    two_transactions,
    empty_logs_are_believed,
    a_log_is_posted_twice,
    balances_are_changed_twice,
    logs_of_a_block_come_in_the_wrong_order,
    checkpoint_is_one_too_high,
    checkpoint_is_one_too_low,
    rollback_leaves_the_balances,
    rollback_goes_one_block_too_far,
]


async def test_without_a_bug_all_checks_hold(
    engine: Engine, proxy: Proxy, chain: PaperChain, tmp_path: Path
) -> None:
    await lives_through(engine, proxy, chain, tmp_path, no_bug)
    with engine.connect() as connection:
        empty = {
            table.__tablename__
            for table in rollback.BLOCK_TABLES
            if not connection.scalar(select(func.count()).select_from(table))
        }
    assert empty == set()  # or a rollback that forgot it would not show below


@pytest.mark.parametrize("plant", BUGS, ids=[bug.__name__ for bug in BUGS])
async def test_planted_bug_is_caught(
    engine: Engine, proxy: Proxy, chain: PaperChain, tmp_path: Path, plant: Plant
) -> None:
    with pytest.raises(CAUGHT):
        await lives_through(engine, proxy, chain, tmp_path, plant)


FORGETTABLE = [table.__tablename__ for table in rollback.BLOCK_TABLES]
FEW = ("copies", "postings", "vault_states")


def forgets(table: str) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        kept = tuple(each for each in rollback.BLOCK_TABLES if each.__tablename__ != table)
        patch.setattr(rollback, "BLOCK_TABLES", kept)

    return plant


@pytest.mark.parametrize("table", FEW)
async def test_rollback_that_forgets_a_table_is_caught(
    engine: Engine, proxy: Proxy, chain: PaperChain, tmp_path: Path, table: str
) -> None:
    with pytest.raises(CAUGHT):
        await lives_through(engine, proxy, chain, tmp_path, forgets(table))


@pytest.mark.deep
@pytest.mark.parametrize("table", FORGETTABLE)
async def test_rollback_that_forgets_any_table_is_caught(
    engine: Engine, proxy: Proxy, chain: PaperChain, tmp_path: Path, table: str
) -> None:
    with pytest.raises(CAUGHT):
        await lives_through(engine, proxy, chain, tmp_path, forgets(table))
