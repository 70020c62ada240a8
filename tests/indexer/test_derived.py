"""Read models are the same rows however they came about, and what the accounting of each vault says."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounting.position import FifoPosition, Lot
from indexer.decode.decoder import DecodedBlock
from indexer.derived import rebuild as rebuilding
from indexer.derived.rebuild import rebuild
from indexer.derived.state import StoredLots
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import Lot as LotRow
from indexer.ledger.models import VaultHour, VaultPosition
from tests.indexer.blocks import TOKENS
from tests.indexer.story import tell
from tests.indexer.tables import content
from tests.indexer.test_ledger import in_blocks, new_ledger

READ_MODELS = ("vault_hours", "vault_positions", "lots", "valued_flows", "price_hours")


def hourly(blocks: Sequence[DecodedBlock]) -> list[DecodedBlock]:
    """The same blocks, but up to three quarters of an hour apart, so that hours begin between and within."""
    chance = random.Random(len(blocks))
    time, slow = 1_700_000_000, []
    for each in blocks:
        time += chance.choice([12, 600, 2_700])
        slow.append(replace(each, header=replace(each.header, time=time)))
    return slow


def write(ledger: Ledger, blocks: Sequence[DecodedBlock], chance: random.Random) -> None:
    """In ranges of random lengths, some of which are taken back once and written again."""
    at = 0
    while at < len(blocks):
        take = chance.choice([1, 2, 5, 40])
        ledger.append(blocks[at : at + take], TOKENS, blocks[-1].header)
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
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, _ = tell(seed, 220)
    blocks = hourly(in_blocks(told, random.Random(seed)))
    ledger = new_ledger(engine)
    write(ledger, blocks, random.Random(seed))
    incremental = read_models(engine)
    assert all(incremental.values())
    monkeypatch.setattr(rebuilding, "_LOGS_AT_ONCE", random.Random(seed).choice([1, 30, 10**6]))
    with engine.begin() as connection:
        rebuild(connection, ledger.deployment_id)
    assert read_models(engine) == incremental


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
            if chance.random() < 0.5:
                again.offer(written[again.closed : again.closed + 3])
            stored = again
    assert asked
