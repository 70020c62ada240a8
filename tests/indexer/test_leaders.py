"""Leaders' metrics: the same however they came about, and those of the accounting of each life."""

import random
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounting.catalogue import BY_ID
from accounting.days import Day
from accounting.trips import closed_trades
from accounting.windows import DAY_S, WINDOWS, boundaries
from indexer.derived import leaders as making
from indexer.derived.leaders import points_of, read_leaders
from indexer.derived.lives import read_lives
from indexer.derived.points import NOW
from indexer.derived.standing import load_states
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.database import open_engine
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import LeaderMetrics, Vault
from tests.accounting.by_library import risk_metrics
from tests.api.world import fill_world
from tests.indexer.blocks import DECODER, TOKENS
from tests.indexer.story import tell
from tests.indexer.test_derived import happened, hourly
from tests.indexer.test_ledger import in_blocks, new_ledger


def rows(engine: Engine) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(
            select(LeaderMetrics.__table__).order_by(LeaderMetrics.window, LeaderMetrics.strategy_id)
        )
        # How often metrics were made before is no part of what they are.
        return [{**row, "made": None} for row in found.mappings()]


def settle(ledger: Ledger) -> int:
    done = 0
    while more := ledger.refresh_leaders(3):
        done += more
    return done


def lived(engine: Engine, seed: int, *, refresh: bool) -> Ledger:
    """A ledger that was written in ranges, some of them taken back, with its metrics kept at each step."""
    told, _ = tell(seed, 220)
    blocks = hourly(in_blocks(told, random.Random(seed)))
    ledger, chance, at = new_ledger(engine), random.Random(seed), 0
    while at < len(blocks):
        take = chance.choice([1, 2, 5, 40])
        ledger.append(DECODER.decode(blocks[at : at + take]), TOKENS, blocks[-1].header)
        at = min(len(blocks), at + take)
        if refresh and chance.random() < 0.6:
            settle(ledger)
        if at > 1 and chance.random() < 0.3:
            at -= chance.randint(1, min(at - 1, 20))
            last = blocks[at - 1].header
            ledger.roll_back(Checkpoint(last.number, last.hash, last.time))
    settle(ledger)
    return ledger


def as_of_now(engine: Engine, ledger: Ledger) -> list[dict[str, Any]]:
    """The rows with all of them made anew, whether they are due or not."""
    with engine.begin() as connection:
        connection.execute(LeaderMetrics.__table__.update().values(due=0))
    settle(ledger)
    return rows(engine)


@pytest.mark.parametrize("seed", range(3))
def test_ranges_rollbacks_and_a_rebuild_all_end_in_the_same_metrics(engine: Engine, seed: int) -> None:
    ledger = lived(engine, seed, refresh=True)
    kept = as_of_now(engine, ledger)
    assert len(kept) >= len(WINDOWS)
    with engine.begin() as connection:
        connection.execute(LeaderMetrics.__table__.delete())
    assert settle(ledger) == len(kept) // len(WINDOWS)
    assert rows(engine) == kept


def test_several_processes_make_the_same_metrics(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(postgresql_url)
    at = fill_world(engine).ledger.checkpoint
    ids = [row["strategy_id"] for row in rows(engine) if row["window"] == "all"]
    with engine.begin() as connection:
        making.refresh(connection, 1, ids, making.Moment(at.number, at.time))
    alone = rows(engine)
    monkeypatch.setattr(making, "_CHUNK", 1)
    monkeypatch.setattr(making, "_LEAST_PARTS", 1)
    asked: list[int] = []
    monkeypatch.setattr(making, "in_processes", noting(asked, making.in_processes))
    with engine.begin() as connection:
        connection.execute(LeaderMetrics.__table__.delete())
        making.refresh(connection, 1, ids, making.Moment(at.number, at.time), processes=2)
    assert rows(engine) == alone
    assert asked == [2]
    engine.dispose()


def noting(asked: list[int], made: Any) -> Any:
    def note(connection: Any, processes: int, *given: Any) -> Any:
        asked.append(processes)
        return made(connection, processes, *given)

    return note


def test_nothing_is_left_of_blocks_that_are_taken_back(engine: Engine) -> None:
    ledger = lived(engine, 5, refresh=True)
    ancestor = ledger.known_blocks(ledger.checkpoint.number - 15, 1)[0]
    ledger.roll_back(ancestor)
    assert all(row["as_of_block"] <= ancestor.number for row in rows(engine))


def test_a_block_makes_those_due_that_it_touches_and_an_hour_the_others(engine: Engine) -> None:
    told, _ = tell(7, 220)
    blocks = in_blocks(told, random.Random(7))  # seconds apart
    ledger = new_ledger(engine)
    for block in blocks[:-1]:
        ledger.append(DECODER.decode([block]), TOKENS, block.header)
    settle(ledger)
    assert ledger.refresh_leaders(10) == 0
    before = {row["strategy_id"]: row["as_of_block"] for row in rows(engine)}
    ledger.append(DECODER.decode(blocks[-1:]), TOKENS, blocks[-1].header)
    with Session(engine) as session:
        visited = set(
            session.scalars(
                select(Vault.strategy_id).where(
                    Vault.vault_id.in_(_touched(session, blocks[-1].header.number))
                )
            )
        )
    settle(ledger)
    after = {row["strategy_id"]: row["as_of_block"] for row in rows(engine)}
    changed = {each for each in after if after[each] != before.get(each)}
    crossed = {row["strategy_id"] for row in rows(engine) if row["as_of_time"] < row["due"] - 3_600}
    assert changed == visited
    assert not crossed


def _touched(session: Session, number: int) -> set[int]:
    from indexer.derived.rebuild import touched_above  # noqa: PLC0415

    return touched_above(session.connection(), 1, number - 1)


@pytest.mark.parametrize("seed", range(20, 23))
def test_lives_are_what_happened_and_the_last_point_is_the_present(engine: Engine, seed: int) -> None:
    ledger = lived(engine, seed, refresh=False)
    compared = 0
    with Session(engine) as session:
        connection = session.connection()
        vaults = session.scalars(select(Vault)).all()
        lives = read_lives(connection, 1, [vault.vault_id for vault in vaults])
        for vault in vaults:
            life = [each for each in happened(connection, vault) if type(each).__name__ != "Quote"]
            assert [_bare(each) for each in lives[vault.vault_id]] == [_bare(each) for each in life]
        leaders = read_leaders(connection, 1, sorted({vault.strategy_id for vault in vaults}))
        points = points_of(connection, 1, leaders, ledger.checkpoint.time)
        for leader in leaders:
            vault_id = leader.subject.vault_id
            states, board = load_states(connection, 1, [vault_id])
            state = states[vault_id]
            state.value(board)
            last = points[vault_id][-1].day
            if state.equity is None or not state.returns_defined:
                assert last is None
                continue
            state.growth.observe(state.equity)
            assert last == Day(
                state.growth.level,
                state.equity,
                state.average.cash,
                state.average.deposited - state.average.withdrawn,
            )
            _compare(session, leader, points[vault_id], lives[vault_id])
            compared += 1
            for time in boundaries(ledger.checkpoint.time, leader.subject.opened)[::5]:
                past, then = load_states(connection, 1, [vault_id], before=time)
                past[vault_id].value(then)
                day = next((each.day for each in points[vault_id] if each.time == time), None)
                assert day is None or day.equity == past[vault_id].equity
    assert compared


def _bare(event: Any) -> Any:
    return event._replace(value=None) if "value" in event._fields else event


def _compare(session: Session, leader: Any, points: list[Any], life: list[Any]) -> None:
    """The row over all time against the accounting of the life, told by the ends of days."""
    row = session.get(LeaderMetrics, (1, "all", leader.strategy.strategy_id))
    assert row is not None
    if row.as_of_time != points[-1].time:
        return
    base = leader.subject.base
    whole = [each.day for each in points[:-1] if each.time % DAY_S == 0] + [points[-1].day]
    if None in whole:
        assert row.cumulative_return is None
        return
    put_in = whole[0].net_deposits
    days = [Day(Decimal(1), put_in, put_in, put_in), *whole]
    fills = [each for each in life if type(each).__name__ == "Fill"]
    bought = sum(each.amount_in + each.fee for each in fills if each.token_in == base)
    sold = sum(each.amount_out for each in fills if each.token_out == base)
    for name, value in risk_metrics(days, closed_trades(base, life), bought, sold).items():
        assert getattr(row, name) == (None if value is None else pytest.approx(float(value))), name


def test_every_column_of_figures_is_in_the_catalogue() -> None:
    columns = list(LeaderMetrics.__table__.columns.keys())
    assert set(columns[columns.index("cumulative_return") :]) < set(BY_ID)
    assert NOW > 10**12
