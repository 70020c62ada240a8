"""Read models are the same rows however they came about, and what the accounting of each vault says."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from accounting.book import Charge, Deposit, Event, Fill, Return, Withdrawal
from accounting.execution import Executed
from accounting.history import replay
from accounting.position import FifoPosition, Lot
from accounting.quotes import Quote
from indexer.chain.types import BlockLogs
from indexer.derived import rebuild as rebuilding
from indexer.derived import standing
from indexer.derived.facts import (
    LEADERS_BIT,
    OWN_CHOICES,
    Cleared,
    Facts,
    Flow,
    Traded,
    Visit,
    in_order,
    read_clearings,
    read_flows,
    read_visits,
)
from indexer.derived.rebuild import rebuild
from indexer.derived.standing import Standing, load_states
from indexer.derived.state import StoredLots, VaultState
from indexer.derived.store import Pending
from indexer.derived.update import _Work
from indexer.ledger import balances, beside
from indexer.ledger.balances import Accounts
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.database import open_engine
from indexer.ledger.errors import InvariantError
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import Lot as LotRow
from indexer.ledger.models import ValuedFlow, Vault, VaultHour, VaultPosition
from tests.indexer.blocks import DECODER, TOKENS
from tests.indexer.crashing import CrashError, crashing
from tests.indexer.story import USDC, tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import in_blocks, new_ledger

WETH, DAI = "0x" + "ee" * 20, "0x" + "da" * 20

READ_MODELS = ("vault_hours", "vault_positions", "lots", "valued_flows", "price_hours")


def hourly(blocks: Sequence[BlockLogs]) -> list[BlockLogs]:
    """The same blocks, but up to three quarters of an hour apart, so that hours begin between and within."""
    chance = random.Random(len(blocks))
    time, slow = 1_700_000_000, []
    for each in blocks:
        time += chance.choice([12, 600, 2_700])
        slow.append(changed(each, header=changed(each.header, time=time)))
    return slow


def write(ledger: Ledger, blocks: Sequence[BlockLogs], chance: random.Random) -> None:
    """In ranges of random lengths, some of which fail once, and some are taken back and written again."""
    at = 0
    while at < len(blocks):
        take = chance.choice([1, 2, 5, 40])
        fails_at = chance.randrange(20) if chance.random() < 0.2 else None
        with suppress(CrashError), crashing(ledger._engine, fails_at):
            ledger.append(DECODER.decode(blocks[at : at + take]), TOKENS, blocks[-1].header)
        if ledger.checkpoint.number < blocks[at].header.number:
            continue
        at = min(len(blocks), at + take)
        if at > 1 and chance.random() < 0.4:
            at -= chance.randint(1, min(at - 1, 30))
            last = blocks[at - 1].header
            ledger.roll_back(Checkpoint(last.number, last.hash, last.time))


def read_models(engine: Engine) -> dict[str, object]:
    found = content(engine)
    assert set(READ_MODELS) < set(found)
    return {name: found[name] for name in READ_MODELS}


@pytest.mark.parametrize("seed", range(4))
def test_ranges_rollbacks_and_a_rebuild_all_end_in_the_same_rows(
    engine: Engine, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 2:
        monkeypatch.setattr(beside, "_MANY", 1)  # rows are written in a thread of their own
    monkeypatch.setattr(standing, "MOST", random.Random(seed).choice([1, 3, 4_096]))
    monkeypatch.setattr(balances, "MOST", random.Random(seed).choice([2, 5, 4_096]))
    told, _ = tell(seed, 220)
    blocks = hourly(in_blocks(told, random.Random(seed)))
    ledger = new_ledger(engine)
    write(ledger, blocks, random.Random(seed))
    incremental = read_models(engine)
    assert all(incremental.values())
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    new_ledger(clean).append(DECODER.decode(blocks), TOKENS, blocks[-1].header)
    assert content(engine) == content(clean)
    clean.dispose()
    monkeypatch.setattr(rebuilding, "_LOGS_AT_ONCE", random.Random(seed).choice([1, 30, 10**6]))
    with engine.begin() as connection:
        rebuild(connection, ledger.deployment_id)
    assert read_models(engine) == incremental


@pytest.mark.parametrize("memory", [Standing, Accounts])
def test_ledger_that_remembered_what_was_rolled_back_would_be_seen(
    engine: Engine, tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget, made = memory.forget, list[Any]()

    def keep(self: Any) -> None:
        if not any(each is self for each in made):
            made.append(self)
            forget(self)

    told, _ = tell(1, 220)
    blocks = hourly(in_blocks(told, random.Random(1)))
    ledger = new_ledger(engine)
    monkeypatch.setattr(memory, "forget", keep)
    try:
        write(ledger, blocks, random.Random(1))
    except InvariantError:
        return  # a vault sold what it never had, or the same lot or account came twice
    monkeypatch.setattr(memory, "forget", forget)
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    new_ledger(clean).append(DECODER.decode(blocks), TOKENS, blocks[-1].header)
    assert content(engine) != content(clean)
    clean.dispose()


def happened(connection: Connection, vault: Vault) -> list[Event | Quote]:
    """A vault's life and the prices since it was opened, in chain order, for a replay from the start."""
    whole = range(10**9)
    clearings = {(each.block_number, each.log_index): each for each in read_clearings(connection, 1, whole)}
    told: list[tuple[int, int, Event | Quote]] = []
    for (block, log), each in clearings.items():
        if block >= vault.block_number:
            pair = (each.token_in, each.token_out, each.amount_in, each.oracle_out)
            told.append((block, log, Quote(each.block_time, block, *pair)))
    for visit in read_visits(connection, 1, whole):
        if visit.vault_id == vault.vault_id and visit.clearing_log_index is not None:
            cleared = clearings[visit.block_number, visit.clearing_log_index]
            keeper = cleared.keeper_fee * visit.amount_out // (cleared.amount_out or 1)
            amounts = (visit.amount_in, visit.fee, visit.amount_out, keeper)
            fill = Fill(visit.block_time, cleared.token_in, cleared.token_out, *amounts)
            told.append((visit.block_number, visit.log_index, fill))
    told += [
        (flow.block_number, flow.log_index, booked(flow))
        for flow in read_flows(connection, 1, whole)
        if flow.vault_id == vault.vault_id
    ]
    return [each for *_, each in sorted(told, key=lambda item: item[:2])]


def booked(flow: Flow) -> Event:
    time, token, units = flow.block_time, flow.token, abs(flow.amount)
    match flow.purpose:
        case "allocation":
            return Deposit(time, units)
        case "deallocation" | "escrow_hold":
            return Withdrawal(time, token, units, None)
        case "escrow_fee":
            return Return(time, token, units, None)
        case "performance_fee" | "management_fee" | "subscription_fee" | "withdrawal_fee":
            return Charge(time, flow.purpose.removesuffix("_fee"), token, units, None)
        case _:
            raise AssertionError(flow.purpose)


@pytest.mark.parametrize("seed", range(10, 14))
def test_running_states_are_what_a_replay_of_each_life_comes_to(tmp_path: Path, seed: int) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'lockstep.db'}")
    told, _ = tell(seed, 300)
    write(new_ledger(engine), hourly(in_blocks(told, random.Random(seed))), random.Random(seed))
    end = 2_000_000_000
    defined = 0
    with Session(engine) as session:
        connection = session.connection()
        vaults = session.scalars(select(Vault)).all()
        states, board = load_states(connection, 1, [vault.vault_id for vault in vaults])
        for vault in vaults:
            state = states[vault.vault_id]
            life = happened(connection, vault)
            average = replay(USDC, "average_cost", life, end)
            state.value(board)
            assert state.equity == average.profit.equity
            for method, book in (("average_cost", state.average), ("fifo", state.fifo)):
                found = average if method == "average_cost" else replay(USDC, "fifo", life, end)
                assert book.balances() == {**book.balances(), **found.book.balances()}
                assert (book.deposited, book.withdrawn) == (found.book.deposited, found.book.withdrawn)
                assert (book.costs, book.realized) == (found.book.costs, found.book.realized)
                costs = {token: held.cost for token, held in book.positions.items() if held.quantity}
                assert costs == {
                    token: held.cost for token, held in found.book.positions.items() if held.quantity
                }
            known = state.returns_defined and state.equity is not None
            assert known == (average.observations is not None)
            if known and state.equity is not None:
                state.growth.observe(state.equity)
                assert state.growth.time_weighted_return == average.time_weighted_return
                assert state.growth.drawdown == average.max_drawdown
                defined += average.time_weighted_return is not None
            moved = session.execute(
                select(ValuedFlow.block_time, ValuedFlow.value, ValuedFlow.equity)
                .where(ValuedFlow.vault_id == vault.vault_id)
                .order_by(ValuedFlow.block_number, ValuedFlow.log_index)
            )
            if known and average.observations is not None:
                assert [(time, value, equity) for time, value, equity in moved if value] == [
                    (seen.time, seen.flow, seen.equity) for seen in average.observations if seen.flow
                ]
    engine.dispose()
    assert defined > 1


@pytest.mark.parametrize("seed", range(10, 13))
def test_sums_of_the_latest_hours_are_those_of_all_that_trades_did(engine: Engine, seed: int) -> None:
    told, _ = tell(seed, 300)
    write(new_ledger(engine), hourly(in_blocks(told, random.Random(seed))), random.Random(seed))
    seen = Executed()
    with Session(engine) as session:
        connection = session.connection()
        visits = read_visits(connection, 1, range(10**9))
        cleared = {each[:2]: each for each in read_clearings(connection, 1, range(10**9))}
        vaults = session.scalars(select(Vault)).all()
        states, _ = load_states(connection, 1, [vault.vault_id for vault in vaults])
        for vault in vaults:
            theirs = [each for each in visits if each.vault_id == vault.vault_id]
            state = states[vault.vault_id]
            found = executed(theirs, cleared)
            assert state.executed == found
            seen.fills += found.fills
            seen.left_out += found.left_out
            seen.against_leader += found.against_leader != 0
            assert state.skips == Counter(each.reason for each in theirs if each.reason is not None)
            given = [each for each in theirs if not each.trade_id & LEADERS_BIT]
            missed = [each for each in given if each.reason and each.reason not in OWN_CHOICES]
            assert (state.copied, state.missed) == (sum(not each.reason for each in given), len(missed))
            bought: Counter[str] = Counter()
            for each in theirs:
                of = cleared.get((each.block_number, each.clearing_log_index or 0))
                if each.clearing_log_index is not None and of is not None and of.token_in == USDC:
                    bought[of.token_out] += each.amount_in
            assert state.bought == +bought
    assert seen.fills > seen.left_out
    assert seen.against_leader


def executed(visits: Sequence[Visit], cleared: Mapping[tuple[int, int], Cleared]) -> Executed:
    """What fills of a vault come to against the prices of their trades' first clearings and the oracle's."""
    firsts = {each.trade_id: each for each in cleared.values() if each.batch == 0}
    found = Executed()
    for each in visits:
        if each.clearing_log_index is None:
            continue
        of, first = cleared[each.block_number, each.clearing_log_index], firsts[each.trade_id]
        found.fills += 1
        if not of.oracle_out or USDC not in {of.token_in, of.token_out}:
            found.left_out += 1
            continue
        for name, paid, got in (
            ("leader", first.amount_in, first.amount_out),
            ("oracle", of.amount_in, of.oracle_out),
        ):
            more = each.amount_out - each.amount_in * got // paid
            worth = more
            if of.token_out != USDC:  # at the fill's own price, where it has one
                worth = more * each.amount_in // each.amount_out if each.amount_out else 0
            if name == "oracle":
                found.against_oracle += worth
            elif not each.trade_id & LEADERS_BIT:
                found.against_leader += worth
    return found


@pytest.mark.parametrize("seed", range(4, 8))
def test_open_lots_add_up_to_the_position(engine: Engine, seed: int) -> None:
    told, hub = tell(seed, 220)
    write(new_ledger(engine), hourly(in_blocks(told, random.Random(seed))), random.Random(seed))
    checked = 0
    with Session(engine) as session:
        for position in session.scalars(select(VaultPosition)):
            later = select(VaultHour.hour).where(
                VaultHour.vault_id == position.vault_id, VaultHour.hour > position.hour
            )
            if session.scalars(later).first() is not None:
                continue
            lots = session.scalars(
                select(LotRow)
                .where(LotRow.vault_id == position.vault_id, LotRow.token == position.token)
                .order_by(LotRow.number)
            ).all()
            assert [lot.number for lot in lots] == list(range(position.lots_opened))
            left = lots[position.lots_closed :]
            assert position.quantity == sum(lot.quantity for lot in left) - position.taken_quantity
            assert position.fifo_cost == sum(lot.cost for lot in left) - position.taken_cost
            assert position.quantity == hub.held(position.vault_id, position.token)
            checked += position.quantity > 0
    assert checked


def test_token_that_a_strategy_gets_within_a_range_prices_nothing_before_its_place() -> None:
    standing = Standing(1)
    standing._tokens[1] = {USDC, WETH}
    state = VaultState(7, USDC, None, strategy_id=1, since=0, among=standing._tokens[1])
    state.average.position(WETH).add(5, 50, 1)
    standing.states[7] = state
    standing.board.record(Quote(1, 0, WETH, DAI, 1, 10))
    standing.board.record(Quote(1, 0, DAI, USDC, 1, 1))
    money = [Flow(block, 0, 3_600 * block, 7, "allocation", USDC, 100) for block in (1, 2, 4)]
    told = Facts(clearings=[], visits=[], flows=money, traded=[Traded(3, 0, 1, DAI)])
    pending = Pending(1)
    _Work(standing, {}, pending).take(in_order(told, {}))
    assert [equity for *_, equity in pending.flows] == [None, None, 250]


@pytest.mark.parametrize("seed", range(20))
def test_lots_from_the_database_leave_as_those_in_memory_do(seed: int) -> None:
    chance = random.Random(seed)
    plain, stored = FifoPosition(), StoredLots()
    written: list[Lot] = []
    asked = 0

    def fetch(first: int, end: int) -> list[Lot]:
        nonlocal asked
        asked += 1
        return written[first:end]

    for time in range(400):
        if chance.random() < 0.6:
            bought = (chance.randint(1, 10**20), chance.randint(0, 10**20), time)
            plain.add(*bought)
            stored.add(*bought)
            written.append(Lot(*bought))
        else:
            part = chance.randint(0, chance.choice([plain.quantity, plain.quantity // 20]))
            assert stored.remove(part) == plain.remove(part)
        assert (stored.quantity, stored.cost) == (plain.quantity, plain.cost)
        if chance.random() < 0.2:  # a range ends: only what the position's row has is left
            again = StoredLots()
            again.fetch = fetch
            again.quantity, again.cost = stored.quantity, stored.cost
            again.opened, again.closed = stored.opened, stored.closed
            again.taken_quantity, again.taken_cost = stored.taken_quantity, stored.taken_cost
            if chance.random() < 0.5:  # or most of it stays in memory
                stored.settle(fetch)
                continue
            if chance.random() < 0.5:
                again.offer(written[again.closed : again.closed + 3])
            stored = again
    assert asked
