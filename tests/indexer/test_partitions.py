"""On PostgreSQL each month has parts of its own, and the ledger is the same as in one piece."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg.sql import Literal
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session

from api.statements.repository import end_before, first_block_since, list_flows, list_flows_within
from api.trades.repository import count_copies, list_copies, list_vault_copies, list_vault_copies_within
from indexer.chain.types import BlockLogs, BlockRef
from indexer.decode import events
from indexer.decode.events import Event
from indexer.ledger.checkpoint import Checkpoint, add_deployment
from indexer.ledger.content import content_hash
from indexer.ledger.database import open_engine, snapshot
from indexer.ledger.errors import InvariantError, RecordingError
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import downgrade, upgrade
from indexer.ledger.models import Copy, RawLog, Trade
from indexer.ledger.partitions import BY_BLOCK, BY_HOUR, Partitions
from indexer.ledger.rebuild import rebuild
from indexer.ledger.recording import write_recording
from indexer.ledger.spans import Pace, block_after, month_after
from protocol import types
from tests.indexer.blocks import CHAIN_ID, TOKENS, block, header, write
from tests.indexer.crashing import STRIDES, Places
from tests.indexer.story import HUB, tell
from tests.indexer.tables import content
from tests.indexer.test_crash import crash_everywhere
from tests.indexer.test_ledger import first_batch, new_ledger
from tests.indexer.test_migrations import stored

APART = 20_000
"""Blocks from one with events to the next: not quite three days at twelve seconds each."""

CASES = [*BY_BLOCK, *BY_HOUR]


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    opened = open_engine(postgresql_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'whole.db'}")
    yield opened
    opened.dispose()


def far_apart(told: Sequence[Sequence[Event]], *, first: int = 1) -> list[BlockLogs]:
    """A transaction every few days, as the logs of a range tell of them."""
    blocks = [block(at * APART, [each]) for at, each in enumerate(told, first)]
    return [
        BlockLogs(BlockRef(each.header.number, each.header.hash, each.header.time, 1), each.logs)
        for each in blocks
    ]


def append(ledger: Ledger, blocks: Sequence[BlockLogs], at_once: int = 7) -> None:
    for at in range(0, len(blocks), at_once):
        write(ledger, blocks[at : at + at_once], TOKENS, blocks[-1].header)


def parts(engine: Engine, table: str) -> list[tuple[int, int]]:
    """The bounds of a table's parts."""
    with engine.connect() as connection:
        found = connection.scalars(
            text(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_class JOIN pg_partition_tree(:name) "
                "ON relid = oid AND isleaf"
            ),
            {"name": table},
        ).all()
    bounds = [tuple(map(int, re.findall(r"\d+", each))) for each in found]
    return sorted((start, end) for start, end in bounds)


def month(time: int) -> tuple[int, int]:
    day = datetime.fromtimestamp(time, UTC)
    return day.year, day.month


def time_of(number: int) -> int:
    return header(number).time


def parts_read(engine: Engine, work: Callable[[Session], Any]) -> set[str]:
    """The parts that PostgreSQL looks into for what some work asks."""
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, known: Any, *_: Any) -> None:
        asked.append((statement, known))

    with Session(engine) as session:
        for way in ("seqscan", "hashjoin", "mergejoin"):  # which suit small tables only
            session.execute(text(f"SET LOCAL enable_{way} = off"))
        event.listen(engine, "before_cursor_execute", listen)
        work(session)
        event.remove(engine, "before_cursor_execute", listen)
        found: set[str] = set()
        for statement, known in asked:
            answer = session.connection().exec_driver_sql(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", known
            )
            found |= set(_looked_into(answer.scalar_one()[0]["Plan"]))
            found |= set(_looked_into(_plan_made_before(session, statement, known)))
    return found


def _plan_made_before(session: Session, statement: str, known: dict[str, Any]) -> dict[str, Any]:
    """How a statement runs that was planned before its values were known, as often asked ones may be."""
    names, ask = list(known), session.connection().exec_driver_sql
    numbered = re.sub(r"%\((\w+)\)s", lambda each: f"${names.index(each[1]) + 1}", statement)
    ask("SET LOCAL plan_cache_mode = force_generic_plan")
    ask(f"PREPARE asked AS {numbered}")
    values = ", ".join(Literal(known[name]).as_string(None) for name in names)
    plan: dict[str, Any] = ask(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked({values})").scalar_one()[0]
    ask("DEALLOCATE asked")
    return plan["Plan"]  # type: ignore[no-any-return]


def _looked_into(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Actual Loops"]:
        name = plan.get("Relation Name", "")
        if "_from_" in name:
            yield name
        for each in plan.get("Plans", []):
            yield from _looked_into(each)


@pytest.mark.parametrize("step", [1, 2, 7, 12, 13])
def test_part_ends_with_the_first_block_of_a_month_where_blocks_come_like_clockwork(step: int) -> None:
    number, time = 5_000_000, 1_709_210_001  # leap day
    end = block_after(number, time, Pace(100, 100 * step))
    first, before = time + (end - number) * step, time + (end - number - 1) * step
    # The month was nearly over, so that the part takes the whole next one, too.
    assert (month(first), month(before)) == ((2024, 4), (2024, 3))


@pytest.mark.parametrize("pace", [Pace(1, 0), Pace(0, 5), Pace(10, 10**9), Pace(10**9, 10), Pace(5, -1)])
def test_clock_that_stands_still_or_jumps_makes_parts_of_some_size(pace: Pace) -> None:
    blocks = block_after(0, 1_700_000_000, pace)
    assert 30_000 < blocks < 30 * 86_400 * 8
    assert month_after(2**40) - 2**40 <= 31 * 86_400


def test_ledger_in_parts_is_the_ledger_in_one_piece(postgresql_engine: Engine, sqlite_engine: Engine) -> None:
    told, _ = tell(21, 50)
    blocks = far_apart(told)
    for engine in (postgresql_engine, sqlite_engine):
        append(new_ledger(engine), blocks)
    assert content(postgresql_engine) == content(sqlite_engine)
    hashes = {content_hash(each, 1).hash for each in (postgresql_engine, sqlite_engine)}
    assert len(hashes) == 1
    for table in CASES:
        bounds = parts(postgresql_engine, table.__tablename__)
        assert bounds[0][0] == 0
        assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]]
        assert len(bounds) == 6
    for start, _ in parts(postgresql_engine, "raw_logs")[1:]:
        assert month(time_of(start)) != month(time_of(start - 1))
    for start, _ in parts(postgresql_engine, "vault_hours")[1:]:
        assert month(start) != month(start - 1)


def test_rollback_and_rebuild_over_several_parts_leave_the_ledger_in_one_piece(
    postgresql_engine: Engine, sqlite_engine: Engine
) -> None:
    blocks = far_apart(tell(22, 50)[0])
    back = Checkpoint(blocks[14].header.number, blocks[14].header.hash, blocks[14].header.time)
    for engine in (postgresql_engine, sqlite_engine):
        ledger = new_ledger(engine)
        append(ledger, blocks)
        ledger.roll_back(back)
        append(ledger, blocks[15:40])
        assert rebuild(ledger, HUB) == sum(len(each.logs) for each in blocks[:40])
    assert content(postgresql_engine) == content(sqlite_engine)


def test_chain_whose_clock_jumps_by_years_gets_few_parts(postgresql_engine: Engine) -> None:
    blocks = [block(at, [each]) for at, each in enumerate(tell(23, 40)[0], 1)]
    late = [
        BlockLogs(
            BlockRef(each.header.number, each.header.hash, 1_700_000_000 + at * 40_000_000, 1), each.logs
        )
        for at, each in enumerate(blocks)
    ]
    append(new_ledger(postgresql_engine), late, at_once=5)
    assert len(parts(postgresql_engine, "copies")) == 1
    assert len(parts(postgresql_engine, "vault_hours")) == len(late)


def test_each_deployment_has_parts_of_its_own(postgresql_engine: Engine) -> None:
    append(new_ledger(postgresql_engine), far_apart(tell(24, 30)[0]))
    other = add_deployment(postgresql_engine, CHAIN_ID + 1, HUB, header(0))
    append(Ledger(postgresql_engine, other), far_apart(tell(25, 12)[0]))
    hashes = [content_hash(postgresql_engine, each).tables["raw_logs"][1] for each in (1, other)]
    with postgresql_engine.connect() as connection:
        for deployment_id, logs in zip((1, other), hashes, strict=True):
            assert connection.scalar(text(f"SELECT count(*) FROM raw_logs_{deployment_id}")) == logs  # noqa: S608
    assert len(parts(postgresql_engine, "copies_1")) > len(parts(postgresql_engine, f"copies_{other}")) > 1


def test_new_part_waits_for_no_reader_and_none_waits_for_it(postgresql_engine: Engine) -> None:
    blocks = far_apart(tell(26, 40)[0])
    ledger = new_ledger(postgresql_engine)
    append(ledger, blocks[:10])
    had = len(parts(postgresql_engine, "copies"))
    count = select(func.count()).select_from(RawLog)
    with snapshot(postgresql_engine) as reader:
        before = reader.scalar(count)
        with ledger.transaction() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            Partitions(1).cover(connection, [each.header for each in blocks])
            with postgresql_engine.connect() as other:
                other.execute(text("SET lock_timeout = '2s'"))
                assert other.scalar(count) == before
        ledger.forget()  # the parts that were made behind its back
        append(ledger, blocks[10:])
        assert reader.scalar(count) == before
    assert len(parts(postgresql_engine, "copies")) > had


@pytest.mark.parametrize("every", STRIDES)
def test_crash_before_every_statement_of_a_range_that_begins_a_month_changes_nothing(
    postgresql_engine: Engine, every: int
) -> None:
    blocks = far_apart(tell(27, 30)[0])
    ledger = new_ledger(postgresql_engine)
    append(ledger, blocks[:5])
    had = len(parts(postgresql_engine, "copies"))
    places = Places(every)
    statements, _ = crash_everywhere(
        postgresql_engine, lambda each: write(each, blocks[5:12], TOKENS, blocks[-1].header), ledger, places
    )
    assert len(statements) > 2 * len(CASES)
    assert len(statements) // every <= places.crashes
    assert len(parts(postgresql_engine, "copies")) == had + 1


def trade_in_two_months(seed: int) -> tuple[list[list[Event]], events.TradeCopied]:
    """A story up to a batch of a trade, and a copy in it."""
    told, _ = tell(seed, 60)
    tx, at = first_batch(told)
    copy = told[tx][at]
    assert isinstance(copy, events.TradeCopied)
    return told[: tx + 1], copy


@pytest.mark.parametrize("months_later", [0, 1, 3])
def test_second_copy_of_a_trade_into_a_vault_is_refused_in_whichever_month(
    engine: Engine, months_later: int
) -> None:
    told, copy = trade_in_two_months(3)
    again = events.CopySkipped(copy.trade_id, copy.vault_id, copy.policy_revision, types.Reason.PAUSED)
    blocks = far_apart(told)
    ledger = new_ledger(engine)
    append(ledger, blocks)
    before = content(engine)
    late = far_apart([[again]], first=len(blocks) + 1 + 11 * months_later)
    with pytest.raises(InvariantError, match="twice"):
        append(ledger, late)
    assert content(engine) == before


def test_second_copy_in_another_month_of_the_same_range_is_refused(engine: Engine) -> None:
    told, copy = trade_in_two_months(3)
    again = events.CopySkipped(copy.trade_id, copy.vault_id, copy.policy_revision, types.Reason.PAUSED)
    blocks = [*far_apart(told), *far_apart([[again]], first=len(told) + 30)]
    with pytest.raises(InvariantError, match="twice"):
        append(new_ledger(engine), blocks, at_once=len(blocks))


def test_keys_are_those_of_the_models_and_a_log_is_there_once(postgresql_engine: Engine) -> None:
    append(new_ledger(postgresql_engine), far_apart(tell(28, 20)[0]))
    with postgresql_engine.connect() as connection:
        for table in CASES:
            name = f"{table.__tablename__}_1_from_0"
            key = connection.dialect.get_pk_constraint(connection, name)["constrained_columns"]
            assert key == [each.name for each in table.__table__.primary_key]
        connection.rollback()
        with pytest.raises(Exception, match="duplicate key"):
            connection.execute(text("INSERT INTO raw_logs SELECT * FROM raw_logs LIMIT 1"))


@pytest.fixture(scope="module")
def year(postgresql_server: str) -> Iterator[tuple[Engine, int]]:
    """A ledger over many months, and the vault that was copied into most often."""
    from benchmarks.postgresql import database  # noqa: PLC0415 (the fixture of the suite is a test's alone)

    with database(postgresql_server) as url:
        opened = open_engine(url)
        append(new_ledger(opened), far_apart(tell(29, 120)[0]), at_once=40)
        with opened.connect() as connection:
            most = select(Copy.vault_id).group_by(Copy.vault_id).order_by(func.count().desc()).limit(1)
            vault = connection.execute(most).scalar_one()
        yield opened, vault
        opened.dispose()


def test_what_is_asked_of_a_month_is_read_from_its_part_alone(year: tuple[Engine, int]) -> None:
    engine, vault = year
    starts = [start for start, _ in parts(engine, "copies")]
    assert len(starts) > 8
    start, end = time_of(starts[4]), time_of(starts[5])

    def asked(session: Session) -> None:
        since = (first_block_since(session, 1, start), 0)
        before = (end_before(session, 1, end), 0)
        assert list_vault_copies(session, 1, vault, since=since, before=before, limit=500)
        list_vault_copies_within(session, 1, vault, since, before)
        list_flows(session, 1, vault, since=since, before=before, limit=500)
        list_flows_within(session, 1, vault, since, before)

    assert parts_read(engine, asked) <= {f"{name}_1_from_{starts[4]}" for name in ("copies", "postings")}


def test_copies_of_a_trade_are_read_from_the_parts_of_its_blocks(year: tuple[Engine, int]) -> None:
    engine, _ = year
    starts = [start for start, _ in parts(engine, "copies")]
    with Session(engine) as session:
        done = select(Trade).where(Trade.completed_block.between(starts[6], starts[7] - 1))
        trade = session.scalars(done.where(Trade.block_number >= starts[6]).limit(1)).one()
        session.expunge(trade)

    def asked(session: Session) -> None:
        assert count_copies(session, 1, [trade])
        list_copies(session, 1, trade, status=None, reason=None, after=None, limit=100)

    assert parts_read(engine, asked) == {f"copies_1_from_{starts[6]}"}


def test_months_come_back_when_a_ledger_in_one_piece_is_upgraded(
    postgresql_engine: Engine, sqlite_engine: Engine
) -> None:
    blocks = far_apart(tell(30, 50)[0])
    for engine in (postgresql_engine, sqlite_engine):
        append(new_ledger(engine), blocks[:40])
        now, all_of_it = content(engine), stored(engine)
        downgrade(engine, "0009")
        for name, rows in stored(engine).items():  # tables and columns that there were then
            known = sorted(rows[0]) if rows else []
            had, found = (
                sorted([row[key] for key in known] for row in each) for each in (all_of_it[name], rows)
            )
            assert found == had, name
        upgrade(engine)
        assert content(engine) == now
    for table in CASES:
        assert len(parts(postgresql_engine, table.__tablename__)) == 5
    for start, _ in parts(postgresql_engine, "raw_logs")[1:]:
        assert month(time_of(start)) != month(time_of(start - APART))
    for engine in (postgresql_engine, sqlite_engine):
        append(Ledger(engine, 1), blocks[40:])
    assert content(postgresql_engine) == content(sqlite_engine)


def test_rebuild_and_export_without_a_part_that_was_detached_are_refused(
    postgresql_engine: Engine, tmp_path: Path
) -> None:
    ledger = new_ledger(postgresql_engine)
    append(ledger, far_apart(tell(31, 40)[0]))
    start = parts(postgresql_engine, "raw_logs")[1][0]
    detach = f"ALTER TABLE raw_logs_1 DETACH PARTITION raw_logs_1_from_{start}"
    with postgresql_engine.begin() as connection:
        connection.execute(text(detach))
    before = content(postgresql_engine)
    with pytest.raises(InvariantError, match="logs, and 0 are here") as caught:
        rebuild(ledger, HUB)
    assert "detached" in caught.value.remedy
    with pytest.raises(RecordingError, match="are here"):
        write_recording(postgresql_engine, 1, tmp_path / "logs.parquet")
    assert not list(tmp_path.iterdir())
    assert content(postgresql_engine) == before
