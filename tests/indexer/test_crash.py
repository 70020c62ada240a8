"""A crash before any SQL statement leaves the database as it was before the transaction, and the rest goes
on.
"""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from indexer.chain.types import BlockLogs
from indexer.ledger import beside
from indexer.ledger.database import open_engine
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import upgrade
from tests.indexer.blocks import TOKENS, block, write
from tests.indexer.crashing import CRASHED, CrashError, crashing
from tests.indexer.story import tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import append, checkpoint_at, new_ledger


def reopened(engine: Engine, deployment_id: int) -> Ledger:
    """What a new process sees."""
    engine.dispose()
    return Ledger(engine, deployment_id)


def crash_everywhere(engine: Engine, work: Callable[[Ledger], None], ledger: Ledger) -> tuple[int, Ledger]:
    """Crash before each statement of `work` in turn, until it runs through."""
    before = content(engine)
    statement = 0
    while True:
        try:
            with crashing(engine, statement):
                work(ledger)
            return statement, ledger
        except CrashError:
            ledger = reopened(engine, ledger.deployment_id)
            assert content(engine) == before
            statement += 1


def story_blocks(seed: int) -> Sequence[BlockLogs]:
    told, _ = tell(seed, 50)
    return [block(at, [each]) for at, each in enumerate(told, 1)]


@pytest.mark.parametrize("seed", [31, 32])
def test_crash_before_every_statement_of_an_append_changes_nothing(
    engine: Engine, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 2:
        monkeypatch.setattr(beside, "_MANY", 1)  # rows are written in a thread of their own
    blocks = story_blocks(seed)
    ledger = new_ledger(engine)
    write(ledger, blocks[:25], TOKENS, blocks[-1].header)
    crashes, _ = crash_everywhere(
        engine, lambda each: write(each, blocks[25:], TOKENS, blocks[-1].header), ledger
    )
    assert crashes > 15
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    append(new_ledger(clean), blocks, random.Random(seed))
    assert content(engine) == content(clean)
    clean.dispose()


@pytest.mark.parametrize("seed", [33, 34])
def test_crash_before_every_statement_of_a_rollback_changes_nothing(
    engine: Engine, tmp_path: Path, seed: int
) -> None:
    blocks = story_blocks(seed)
    ledger = new_ledger(engine)
    write(ledger, blocks, TOKENS, blocks[-1].header)
    crashes, ledger = crash_everywhere(engine, lambda each: each.roll_back(checkpoint_at(blocks, 20)), ledger)
    assert crashes > 15
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    straight = new_ledger(clean)
    write(straight, blocks[:20], TOKENS, blocks[-1].header)
    assert content(engine) == content(clean)
    clean.dispose()


def test_crash_before_every_statement_of_a_migration_leaves_no_table(engine: Engine) -> None:
    statement = 0
    while True:
        try:
            with crashing(engine, statement):
                upgrade(engine)
            break
        except CRASHED:
            engine.dispose()
            with engine.connect() as connection:
                assert not engine.dialect.has_table(connection, "deployments")
                assert not engine.dialect.has_table(connection, "alembic_version")
            statement += 1
    assert statement > 30
    with engine.connect() as connection:
        assert engine.dialect.has_table(connection, "deployments")
