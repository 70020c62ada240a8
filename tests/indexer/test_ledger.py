"""The ledger agrees with a hub on paper, sums to zero, refuses contradictions, and forgets exactly what is
rolled back.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from indexer.chain.types import BlockLogs
from indexer.decode import events
from indexer.decode.events import Event
from indexer.ledger.balances import rebuild
from indexer.ledger.checkpoint import Checkpoint, add_deployment, find_deployment
from indexer.ledger.database import open_engine
from indexer.ledger.errors import ConcurrentWriterError, InvariantError, WrongDeploymentError
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import upgrade
from indexer.ledger.models import (
    Appointment,
    Balance,
    Block,
    Copy,
    Entry,
    Halt,
    OrderCancellation,
    OrderFill,
    OrphanedLog,
    Pool,
    Posting,
    RawLog,
    Reorg,
    Token,
    Trade,
    Vault,
    VaultState,
    amount_sum,
)
from indexer.ledger.postings import HELD_BY_HUB
from protocol import types
from tests.databases import holds
from tests.indexer.blocks import CHAIN_ID, TOKENS, block, block_hash, header, write
from tests.indexer.story import (
    FUTURE,
    GUARDIAN,
    HUB,
    LEADER,
    NEW_POOL,
    NEW_TOKEN,
    NOBODY,
    PAST,
    PROTOCOL_BPS,
    USDC,
    VENUE,
    WETH,
    address,
    tell,
)
from tests.indexer.tables import content

LEADERS = types.TradeKind.LEADER


def created(protocol_bps: int = PROTOCOL_BPS) -> events.StrategyCreated:
    return events.StrategyCreated(1, LEADER, 1, USDC, 100, 100, 3600, 5, protocol_bps, "Paper")


def new_ledger(engine: Engine, **options: int) -> Ledger:
    holds(engine, "a ledger's tables", upgrade)
    deployment_id = add_deployment(engine, CHAIN_ID, HUB, header(0))
    return Ledger(engine, deployment_id, **options)


def in_blocks(told: Sequence[Sequence[Event]], chance: random.Random) -> list[BlockLogs]:
    """Spread transactions over blocks, some of them empty."""
    blocks: list[BlockLogs] = []
    rest = list(told)
    while rest:
        take = chance.choice([0, 1, 1, 2, 3])
        taken, rest = rest[:take], rest[take:]
        blocks.append(block(len(blocks) + 1, taken))
    return blocks


def append(ledger: Ledger, blocks: Sequence[BlockLogs], chance: random.Random) -> None:
    rest = list(blocks)
    while rest:
        take = chance.randint(1, 4)
        write(ledger, rest[:take], TOKENS, blocks[-1].header)
        rest = rest[take:]


def held(engine: Engine) -> dict[tuple[str, str, str], int]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(Balance.account_kind, Balance.account, Balance.token, Balance.amount).where(
                Balance.account_kind.in_(HELD_BY_HUB), Balance.amount != 0
            )
        )
        return {(kind, account, token): amount for kind, account, token, amount in rows}


@pytest.mark.parametrize("seed", range(6))
def test_balances_are_those_of_the_hub_on_paper(engine: Engine, seed: int) -> None:
    told, hub = tell(seed, 60)
    append(new_ledger(engine), in_blocks(told, random.Random(seed)), random.Random(seed))
    assert held(engine) == hub.non_zero()
    with engine.connect() as connection:
        vaults = connection.execute(
            select(
                Vault.vault_id,
                Vault.status,
                Vault.status_reason,
                Vault.policy_revision,
                Vault.position,
                Vault.terms_version,
                Vault.copy_fee_bps,
                Vault.referrer,
                Vault.mark,
                Vault.invested,
            )
        )
        assert {each: tuple(rest) for each, *rest in vaults} == {
            each: (
                vault.status.label,
                vault.reason.snake if vault.reason else None,
                vault.revision,
                vault.position,
                vault.terms_version,
                vault.copy_fee_bps,
                vault.referrer,
                vault.mark,
                vault.invested,
            )
            for each, vault in hub.vaults.items()
        }


def pairs(rows: Iterable[Any]) -> dict[Any, Any]:
    """First column → second; of several rows the last counts."""
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("seed", range(40, 43))
def test_orders_listings_halts_and_appointments_are_those_of_the_hub_on_paper(
    engine: Engine, seed: int
) -> None:
    told, hub = tell(seed, 400)
    append(new_ledger(engine), in_blocks(told, random.Random(seed)), random.Random(seed))
    with engine.connect() as connection:
        fills = connection.execute(
            select(OrderFill.__table__).order_by(OrderFill.block_number, OrderFill.log_index)
        ).all()
        cancelled = connection.execute(
            select(OrderCancellation.leader, OrderCancellation.word, OrderCancellation.mask).order_by(
                OrderCancellation.block_number, OrderCancellation.log_index
            )
        ).all()
        listed = {
            *connection.scalars(select(Token.address).where(Token.vetoed_block.is_(None))),
            *connection.scalars(select(Pool.address).where(Pool.vetoed_block.is_(None))),
        }
        roles = pairs(
            connection.execute(
                select(Appointment.role, Appointment.address).order_by(
                    Appointment.block_number, Appointment.log_index
                )
            )
        )
        halted = pairs(
            connection.execute(
                select(Halt.strategy_id, Halt.halted).order_by(Halt.block_number, Halt.log_index)
            )
        )
    names = ("order_hash", "trade_id", "leader", "nonce", "filled", "complete", "keeper")
    assert [tuple(getattr(row, name) for name in names) for row in fills] == [
        astuple(fill) for fill in hub.fills
    ]
    for order_hash in {fill.order_hash for fill in hub.fills}:
        parts = [row.part for row in fills if row.order_hash == order_hash]
        assert parts == list(range(len(parts)))
    assert max(row.part for row in fills) > 0
    assert [tuple(row) for row in cancelled] == [astuple(each) for each in hub.cancelled]
    assert {NEW_TOKEN, NEW_POOL} & listed == {what for what, waits in hub.listed.items() if waits}
    assert roles == {**hub.roles, "treasury": hub.treasury}
    assert halted == hub.halted


def listing(table: type[Token] | type[Pool], engine: Engine) -> list[tuple[int, str | None, int | None]]:
    """Block, who vetoed it, and in which block, of every listing of what is new."""
    query = select(table.block_number, table.vetoed_by, table.vetoed_block)
    query = query.where(table.address.in_([NEW_TOKEN, NEW_POOL]))
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(table.block_number, table.log_index))
        return [(block, by, vetoed) for block, by, vetoed in rows]


@pytest.mark.parametrize("at_once", [True, False], ids=["one range", "a range for each block"])
def test_vetoed_listing_is_kept_as_history_and_comes_back_when_its_veto_is_rolled_back(
    engine: Engine, at_once: bool
) -> None:
    token, pool = (
        events.TokenListed(NEW_TOKEN, FUTURE),
        events.PoolListed(NEW_POOL, VENUE, USDC, WETH, FUTURE),
    )
    vetoes = [events.ListingVetoed(NEW_TOKEN, GUARDIAN), events.ListingVetoed(NEW_POOL, LEADER)]
    told: list[list[Event]] = [[token, pool], [*vetoes, token], [pool]]
    blocks = [block(at, [each]) for at, each in enumerate(told, 1)]
    ledger = new_ledger(engine)
    for each in [blocks] if at_once else [[one] for one in blocks]:
        write(ledger, each, TOKENS, blocks[-1].header)
    assert listing(Token, engine) == [(1, GUARDIAN, 2), (2, None, None)]
    assert listing(Pool, engine) == [(1, LEADER, 2), (3, None, None)]
    ledger.roll_back(checkpoint_at(blocks, 1))
    assert listing(Token, engine) == listing(Pool, engine) == [(1, None, None)]
    write(ledger, blocks[1:], TOKENS, blocks[-1].header)
    assert listing(Pool, engine) == [(1, LEADER, 2), (3, None, None)]


def test_address_that_waits_as_token_and_as_pool_is_vetoed_as_token_first(engine: Engine) -> None:
    token, pool = (
        events.TokenListed(NEW_TOKEN, FUTURE),
        events.PoolListed(NEW_TOKEN, VENUE, USDC, WETH, FUTURE),
    )
    veto = events.ListingVetoed(NEW_TOKEN, GUARDIAN)
    ledger = new_ledger(engine)
    write(ledger, [block(1, [[pool, token], [veto]])], TOKENS, header(1))
    assert listing(Token, engine) == [(1, GUARDIAN, 1)]
    assert listing(Pool, engine) == [(1, None, None)]
    write(ledger, [block(2, [[veto]])], TOKENS, header(2))
    assert listing(Pool, engine) == [(1, GUARDIAN, 2)]


@pytest.mark.parametrize("usable_from", [PAST, None], ids=["usable already", "never listed"])
def test_veto_of_what_does_not_wait_is_refused(engine: Engine, usable_from: int | None) -> None:
    listed: list[Event] = [] if usable_from is None else [events.TokenListed(NEW_TOKEN, usable_from)]
    told = [*listed, events.ListingVetoed(NEW_TOKEN, GUARDIAN)]
    with pytest.raises(InvariantError, match="no listing of it waits"):
        write(new_ledger(engine), [block(1, [told])], TOKENS, header(1))


def test_dust_of_a_partial_fill_is_the_treasurys_in_the_token_sold(engine: Engine) -> None:
    trade = 1 << 32 | 1
    treasury = address(0xC1)
    # Of ten units for sale, four and six, the swap takes three: ceil(4 * 3 / 10) + ceil(6 * 3 / 10) = 2 + 2.
    told: list[list[Event]] = [
        [
            events.TreasurySet(treasury),
            events.TokenListed(USDC, PAST),
            events.TokenListed(WETH, PAST),
            created(),
            events.Deposited(LEADER, USDC, 10, LEADER),
            events.Allocated(1, LEADER, USDC, 4),
            events.Allocated(2, LEADER, USDC, 6),
        ],
        [
            events.TradeOpened(trade, LEADER, LEADERS, VENUE, USDC, WETH, 10**18, 1, 0, 1, 99),
            events.BatchCleared(trade, VENUE, USDC, WETH, 1, 3 * 10**17, 3, 1, 30, 1, 0, 0, NOBODY, 30),
            events.TradeCopied(trade, 1, 0, 2, 0, 12, types.Reason.NONE),
            events.TradeCopied(trade, 2, 1, 2, 0, 17, types.Reason.NONE),
            events.OrderFilled("0x" + "ab" * 32, trade, LEADER, 9, 3 * 10**17, False, GUARDIAN),
        ],
    ]
    write(new_ledger(engine), [block(1, told)], TOKENS, header(1))
    assert held(engine) == {
        ("fee", treasury, USDC): 1,
        ("fee", treasury, WETH): 1,
        ("vault", "1", USDC): 2,
        ("vault", "2", USDC): 4,
        ("vault", "1", WETH): 12,
        ("vault", "2", WETH): 17,
    }
    with engine.connect() as connection:
        venue = connection.execute(
            select(Balance.token, Balance.amount).where(Balance.account_kind == "venue")
        )
        assert pairs(venue) == {USDC: 3, WETH: -30}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_entry_sums_to_zero_per_token_and_purpose(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'l.db'}")
    told, _ = tell(seed, 60)
    append(new_ledger(engine), in_blocks(told, random.Random(seed)), random.Random(seed))
    sums: defaultdict[tuple[int, int, str, str], int] = defaultdict(int)
    total: defaultdict[int, int] = defaultdict(int)
    with engine.connect() as connection:
        balances = {row.account_id: row for row in connection.execute(select(Balance.__table__))}
        entries = {tuple(row) for row in connection.execute(select(Entry.block_number, Entry.log_index))}
        for line in connection.execute(select(Posting.__table__)):
            assert line.amount != 0
            token = balances[line.account_id].token
            assert (line.block_number, line.entry_log_index) in entries
            sums[line.block_number, line.entry_log_index, token, line.purpose] += line.amount
            total[line.account_id] += line.amount
    engine.dispose()
    assert len(sums) > 10
    assert set(sums.values()) == {0}
    assert {account_id: row.amount for account_id, row in balances.items()} == total
    assert {entry[:2] for entry in sums} == entries


@pytest.mark.parametrize("seed", range(4))
def test_rollback_leaves_what_a_ledger_that_never_saw_the_fork_has(
    database_url: str, tmp_path: object, seed: int
) -> None:
    chance = random.Random(seed)
    told, _ = tell(seed, 60)
    blocks = in_blocks(told, chance)
    stop = chance.randint(1, len(blocks) - 1)
    rolled_back = open_engine(database_url)
    ledger = new_ledger(rolled_back)
    append(ledger, blocks, chance)
    ledger.roll_back(checkpoint_at(blocks, stop))
    clean = open_engine(f"sqlite:///{tmp_path}/clean.db")
    straight = new_ledger(clean)
    append(straight, blocks[:stop], chance)
    straight.note_head(blocks[-1].header)
    assert content(rolled_back) == content(clean)

    # And it goes on from there as if nothing had been.
    append(ledger, blocks[stop:], chance)
    append(straight, blocks[stop:], chance)
    assert content(rolled_back) == content(clean)
    rolled_back.dispose()
    clean.dispose()


def checkpoint_at(blocks: Sequence[BlockLogs], number: int) -> Checkpoint:
    at = blocks[number - 1].header
    return Checkpoint(at.number, at.hash, at.time)


def test_rollback_is_recorded_with_the_logs_it_removed(engine: Engine) -> None:
    told, _ = tell(1, 12)
    blocks = [block(at, [each]) for at, each in enumerate(told, 1)]
    ledger = new_ledger(engine)
    write(ledger, blocks, TOKENS, blocks[-1].header)
    ledger.roll_back(checkpoint_at(blocks, 9))
    removed = sum(len(each.logs) for each in blocks[9:])
    with engine.connect() as connection:
        reorg = connection.execute(select(Reorg.__table__)).one()
        orphans = connection.execute(select(OrphanedLog.__table__)).all()
        assert connection.scalar(select(func.max(RawLog.block_number))) == 9
    assert (reorg.ancestor_number, reorg.old_number, reorg.depth) == (9, 12, 3)
    assert reorg.logs_removed == len(orphans) == removed
    assert {each.block_number for each in orphans} == {10, 11, 12}


def test_failure_in_the_middle_of_a_range_writes_nothing(engine: Engine) -> None:
    told, _ = tell(2, 20)
    ledger = new_ledger(engine)
    write(ledger, [block(1, told[:10])], TOKENS, header(1))
    before = content(engine)
    beyond = events.Withdrawn(address(0x77), USDC, 1, address(0x78))
    with pytest.raises(InvariantError, match="would become -1"):
        write(ledger, [block(2, told[10:]), block(3, [[beyond]])], TOKENS, header(3))
    assert content(engine) == before
    assert ledger.checkpoint.number == 1


def first_batch(told: list[list[Event]]) -> tuple[int, int]:
    return next(
        (tx, at)
        for tx, transaction in enumerate(told)
        for at, event in enumerate(transaction)
        if isinstance(event, events.TradeCopied)
    )


def first_fill(told: list[list[Event]]) -> tuple[int, int, events.OrderFilled]:
    return next(
        (tx, at, event)
        for tx, transaction in enumerate(told)
        for at, event in enumerate(transaction)
        if isinstance(event, events.OrderFilled)
    )


def test_order_of_another_leader_than_the_trades_is_refused(engine: Engine) -> None:
    told, _ = tell(3, 80)
    tx, at, fill = first_fill(told)
    told[tx][at] = replace(fill, leader=GUARDIAN)
    with pytest.raises(InvariantError, match="another leader's order"):
        write(new_ledger(engine), [block(1, told)], TOKENS, header(1))


def test_second_order_filled_by_one_trade_is_refused(engine: Engine) -> None:
    told, _ = tell(3, 80)
    tx, _, fill = first_fill(told)
    other = replace(fill, order_hash="0x" + "cd" * 32)
    with pytest.raises(InvariantError, match="twice"):
        write(new_ledger(engine), [block(1, [*told[: tx + 1], [other]])], TOKENS, header(1))


@pytest.mark.parametrize("field", ["amount_in", "amount_out", "fee"])
def test_batch_whose_copies_do_not_add_up_is_refused(engine: Engine, field: str) -> None:
    told, _ = tell(3, 40)
    tx, at = first_batch(told)
    copy = told[tx][at]
    assert isinstance(copy, events.TradeCopied)
    told[tx][at] = replace(copy, **{field: getattr(copy, field) + 1})
    with pytest.raises(InvariantError, match="add up to"):
        write(new_ledger(engine), [block(1, told)], TOKENS, header(1))


def test_lost_copy_at_the_end_of_a_block_is_refused(engine: Engine) -> None:
    told, _ = tell(3, 40)
    tx, _ = first_batch(told)
    cut = [event for event in told[tx] if not isinstance(event, events.TradeCopied)]
    cut = [event for event in cut if not isinstance(event, events.TradeCompleted)]
    with pytest.raises(InvariantError, match=r"add up to -?[01] in"):
        write(new_ledger(engine), [block(1, [*told[:tx], cut])], TOKENS, header(1))


def test_copy_of_another_transaction_than_its_batch_is_refused(engine: Engine) -> None:
    told, _ = tell(3, 40)
    tx, at = first_batch(told)
    split = [*told[:tx], told[tx][:at], told[tx][at:]]
    with pytest.raises(InvariantError, match="another trade or transaction"):
        write(new_ledger(engine), [block(1, split)], TOKENS, header(1))


def test_second_copy_of_a_trade_into_a_vault_is_refused(engine: Engine) -> None:
    told, _ = tell(3, 40)
    tx, at = first_batch(told)
    copy = told[tx][at]
    assert isinstance(copy, events.TradeCopied)
    again = events.CopySkipped(copy.trade_id, copy.vault_id, copy.policy_revision, types.Reason.PAUSED)
    with pytest.raises(InvariantError, match="twice"):
        write(new_ledger(engine), [block(1, [*told[: tx + 1], [again]])], TOKENS, header(1))


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (events.PolicySet(99, 1, types.Policy()), "vault 99 changed before it was opened"),
        (events.TradeCompleted((7 << 32) | 3), "trade 7-3 went on before it was opened"),
        (
            events.OrderFilled("0x" + "00" * 32, (1 << 32) | 900, LEADER, 1, 1, True, LEADER),
            "trade 1-900 went on",
        ),
        (events.CopySkipped((1 << 32) | 900, 1, 1, types.Reason.PAUSED), "trade 1-900 went on"),
    ],
)
def test_event_without_its_beginning_is_refused(engine: Engine, event: Event, problem: str) -> None:
    told, _ = tell(4, 5)
    with pytest.raises(InvariantError, match=problem):
        write(new_ledger(engine), [block(1, [*told, [event]])], TOKENS, header(1))


def test_unknown_event_is_kept_raw_and_posts_nothing(engine: Engine) -> None:
    told, _ = tell(5, 3)
    known = block(1, told)
    log = msgspec.structs.replace(known.logs[-1], topics=(b"\x99" * 32,), log_index=len(known.logs))
    ledger = new_ledger(engine)
    write(ledger, [replace(known, logs=(*known.logs, log))], TOKENS, header(1))
    with engine.connect() as connection:
        raw = connection.execute(
            select(RawLog.event, RawLog.topics, RawLog.data).where(RawLog.event.is_(None))
        )
        assert [tuple(row) for row in raw] == [(None, log.topics[0], log.data)]


def test_change_of_owner_is_kept_by_name_and_posts_nothing(engine: Engine) -> None:
    told, _ = tell(5, 3)
    offered = events.OwnershipTransferStarted(HUB, USDC)
    taken = events.OwnershipTransferred(HUB, USDC)
    ledger = new_ledger(engine)
    write(ledger, [block(1, told)], TOKENS, header(1))
    before = content(engine)
    write(ledger, [block(2, [[offered], [taken]])], TOKENS, header(2))
    after = content(engine)
    added = [row["event"] for row in after.pop("raw_logs") if row["block_number"] == 2]
    assert added == ["OwnershipTransferStarted", "OwnershipTransferred"]
    for table in ("entries", "postings", "balances", "vaults", "appointments"):
        assert after[table] == before[table]


def test_second_writer_is_stopped_before_it_writes(engine: Engine) -> None:
    told, _ = tell(6, 6)
    first = new_ledger(engine)
    second = Ledger(engine, first.deployment_id)
    write(first, [block(1, told)], TOKENS, header(1))
    before = content(engine)
    with pytest.raises(ConcurrentWriterError, match="moved the checkpoint away from block 0"):
        write(second, [block(1, told)], TOKENS, header(1))
    with pytest.raises(ConcurrentWriterError):
        second.roll_back(Checkpoint(0, block_hash(0), 0))
    assert content(engine) == before


def test_writer_on_the_fork_that_another_has_left_is_stopped(engine: Engine) -> None:
    told, _ = tell(6, 6)
    first = new_ledger(engine)
    write(first, [block(1, told)], TOKENS, header(1))
    second = Ledger(engine, first.deployment_id)
    first.roll_back(Checkpoint(0, block_hash(0), 0))
    write(first, [block(1, told, fork="b", parent_fork="")], TOKENS, header(1))
    with pytest.raises(ConcurrentWriterError):
        write(second, [block(2, [])], TOKENS, header(2))


def test_block_that_does_not_follow_the_checkpoint_is_refused(engine: Engine) -> None:
    ledger = new_ledger(engine)
    for wrong in (block(2, []), block(1, [], parent_fork="b")):
        with pytest.raises(InvariantError, match="does not follow"):
            write(ledger, [wrong], TOKENS, wrong.header)


def test_database_of_another_hub_or_chain_is_refused(engine: Engine) -> None:
    new_ledger(engine)
    assert find_deployment(engine, CHAIN_ID, HUB) == 1
    for chain_id, hub in ((CHAIN_ID, address(5)), (1, HUB)):
        with pytest.raises(WrongDeploymentError, match=f"holds hub {HUB} on chain {CHAIN_ID}"):
            find_deployment(engine, chain_id, hub)


def test_hashes_of_empty_blocks_are_kept_for_the_window_only(engine: Engine) -> None:
    told, _ = tell(7, 2)
    ledger = new_ledger(engine, hash_window=8)
    for number in range(1, 41):
        one = block(number, told if number == 5 else [])
        write(ledger, [one], TOKENS, one.header)
    with engine.connect() as connection:
        numbers = connection.scalars(select(Block.number).order_by(Block.number)).all()
    assert numbers == [0, 5, *range(33, 41)]
    assert [each.number for each in ledger.known_blocks(41, 3)] == [40, 39, 38]


def test_rebuilt_balances_equal_the_kept_ones(engine: Engine) -> None:
    told, _ = tell(8, 50)
    append(ledger := new_ledger(engine), in_blocks(told, random.Random(8)), random.Random(8))
    before = content(engine)["balances"]
    with engine.begin() as connection:
        rebuild(connection, ledger.deployment_id)
    assert content(engine)["balances"] == before


def test_amounts_beyond_64_bits_add_up_exactly_in_the_database(engine: Engine) -> None:
    ledger = new_ledger(engine)
    big = 2**255 + 1
    told: list[list[Event]] = [
        [events.TreasurySet(address(1)), events.TokenListed(USDC, PAST), events.TokenListed(WETH, PAST)],
        [
            events.Deposited(address(2), USDC, big, address(3)),
            events.Deposited(address(2), USDC, 2, address(3)),
        ],
    ]
    write(ledger, [block(1, told)], TOKENS, header(1))
    with engine.connect() as connection:
        of = select(amount_sum(Posting.amount)).join(Balance, Balance.account_id == Posting.account_id)
        total = connection.scalar(of.where(Balance.account_kind == "account"))
        nothing = connection.scalar(of.where(Balance.token == WETH))
    assert total == big + 2
    assert nothing is None


def test_state_at_a_past_block_can_be_asked_for(engine: Engine) -> None:
    told, _ = tell(9, 60)
    blocks = [block(at, [each]) for at, each in enumerate(told, 1)]
    ledger = new_ledger(engine)
    write(ledger, blocks, TOKENS, blocks[-1].header)
    _, hub_then = tell(9, 30)
    latest = (
        select(
            VaultState.vault_id,
            VaultState.status,
            VaultState.position,
            func.row_number()
            .over(
                partition_by=VaultState.vault_id,
                order_by=(VaultState.block_number.desc(), VaultState.log_index.desc()),
            )
            .label("age"),
        )
        .where(VaultState.block_number <= 30)
        .subquery()
    )
    with engine.connect() as connection:
        states = connection.execute(select(latest).where(latest.c.age == 1)).all()
    assert {each.vault_id: (each.status, each.position) for each in states} == {
        each: (vault.status.label, vault.position) for each, vault in hub_then.vaults.items()
    }


def test_trade_that_waits_is_open_until_its_last_batch(engine: Engine) -> None:
    told, _ = tell(10, 80)
    blocks = [block(at, [each]) for at, each in enumerate(told, 1)]
    waits = next(
        at
        for at, each in enumerate(told)
        if any(isinstance(event, events.TradeOpened) and event.kind is LEADERS for event in each)
        and not any(isinstance(event, events.TradeCompleted) for event in each)
    )
    done = next(
        at
        for at, each in enumerate(told)
        if at > waits and any(isinstance(event, events.TradeCompleted) for event in each)
    )
    ledger = new_ledger(engine)
    write(ledger, blocks[: done + 1], TOKENS, header(done + 1))
    opened = next(event for event in told[waits] if isinstance(event, events.TradeOpened))
    completed = select(Trade.completed_block).where(Trade.trade_id == opened.trade_id)
    with engine.connect() as connection:
        assert connection.scalar(completed) == done + 1
        copied = connection.scalar(select(func.count()).where(Copy.trade_id == opened.trade_id))
    assert copied == opened.count + 1
    ledger.roll_back(checkpoint_at(blocks, done))
    with engine.connect() as connection:
        assert connection.scalar(completed) is None
