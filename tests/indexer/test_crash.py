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
from tests.indexer.crashing import CRASHED, STRIDES, CrashError, Places, crashing
from tests.indexer.story import tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import append, checkpoint_at, new_ledger


def reopened(engine: Engine, deployment_id: int) -> Ledger:
    """What a new process sees."""
    engine.dispose()
    return Ledger(engine, deployment_id)


def crash_everywhere(
    engine: Engine, work: Callable[[Ledger], None], ledger: Ledger, places: Places
) -> tuple[list[str], Ledger]:
    """Crash at one place of `work` after the other, until it runs through: its statements."""
    before = content(engine)
    while True:
        try:
            with crashing(engine, places) as statements:
                work(ledger)
            return statements.run, ledger
        except CrashError:
            ledger = reopened(engine, ledger.deployment_id)
            assert content(engine) == before


def test_places_are_every_nth_and_each_tables_first_write_and_each_is_taken_once() -> None:
    statements = ["SELECT 1"] * 9 + ["INSERT INTO a VALUES (1)", 'UPDATE "b" SET x = 1', "COPY a FROM STDIN"]
    every, some = Places(1), Places(7)
    taken: list[int] = []
    for places in (every, some):
        while (at := next((n for n, text in enumerate(statements) if places.has(n, text)), None)) is not None:
            taken.append(at)
    assert taken == [*range(12), 6, 9, 10]
    assert some.written == {"a", "b"}


def story_blocks(seed: int) -> Sequence[BlockLogs]:
    told, _ = tell(seed, 50)
    return [block(at, [each]) for at, each in enumerate(told, 1)]


@pytest.mark.parametrize("every", STRIDES)
@pytest.mark.parametrize("seed", [31, 32])
def test_crash_before_every_statement_of_an_append_changes_nothing(
    engine: Engine, tmp_path: Path, seed: int, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 2:
        monkeypatch.setattr(beside, "_MANY", 1)  # rows are written in a thread of their own
    blocks = story_blocks(seed)
    ledger = new_ledger(engine)
    write(ledger, blocks[:25], TOKENS, blocks[-1].header)
    places = Places(every)
    statements, _ = crash_everywhere(
        engine, lambda each: write(each, blocks[25:], TOKENS, blocks[-1].header), ledger, places
    )
    assert len(statements) > 15
    assert len(statements) // every <= places.crashes
    assert {"deployments", "entries", "postings", "balances", "raw_logs"} <= places.written
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    append(new_ledger(clean), blocks, random.Random(seed))
    assert content(engine) == content(clean)
    clean.dispose()


@pytest.mark.parametrize("every", STRIDES)
@pytest.mark.parametrize("seed", [33, 34])
def test_crash_before_every_statement_of_a_rollback_changes_nothing(
    engine: Engine, tmp_path: Path, seed: int, every: int
) -> None:
    blocks = story_blocks(seed)
    ledger = new_ledger(engine)
    write(ledger, blocks, TOKENS, blocks[-1].header)
    places = Places(every)
    statements, ledger = crash_everywhere(
        engine, lambda each: each.roll_back(checkpoint_at(blocks, 20)), ledger, places
    )
    assert len(statements) > 15
    assert len(statements) // every <= places.crashes
    assert {"deployments", "entries", "postings", "balances", "raw_logs"} <= places.written
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    straight = new_ledger(clean)
    write(straight, blocks[:20], TOKENS, blocks[-1].header)
    assert content(engine) == content(clean)
    clean.dispose()


@pytest.mark.parametrize("every", STRIDES)
def test_crash_before_every_statement_of_a_migration_leaves_no_table(engine: Engine, every: int) -> None:
    places = Places(every)
    while True:
        try:
            with crashing(engine, places) as statements:
                upgrade(engine)
            break
        except CRASHED:
            engine.dispose()
            with engine.connect() as connection:
                assert not engine.dialect.has_table(connection, "deployments")
                assert not engine.dialect.has_table(connection, "alembic_version")
    assert len(statements.run) > 30
    assert len(statements.run) // every <= places.crashes
    with engine.connect() as connection:
        assert engine.dialect.has_table(connection, "deployments")
