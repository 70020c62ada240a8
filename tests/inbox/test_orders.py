import threading

import pytest
from eth_account import Account
from sqlalchemy import Engine, text

from inbox import migrations
from inbox.errors import FloodError, UnknownOrderError
from inbox.lifecycle import Change, Place, Status
from inbox.orders import MAX_A_MINUTE, MAX_OPEN, Orders
from inbox.orders import signed as read_back
from inbox.stops import Scope, Stops, UnknownStopError
from indexer.ledger import migrations as ledger
from tests.inbox.people import CHAIN_ID, HUB, LEADER, signed

BIG = 2**256 - 1


def digest(of: object) -> str:
    return "0x" + of.digest.hex()  # type: ignore[attr-defined]


def test_order_comes_back_as_it_was_signed_numbers_of_256_bits_included(orders: Orders) -> None:
    sent = signed(BIG, limit_price=BIG)
    assert orders.receive(sent)
    found = orders.find(digest(sent))
    assert found is not None
    assert read_back(found) == sent
    assert (found.status, found.version, found.settled) == ("received", 1, False)


def test_same_order_twice_is_one_order_with_one_event(orders: Orders) -> None:
    sent = signed()
    assert [orders.receive(sent), orders.receive(sent)] == [True, False]
    [found] = orders.watched()
    assert len(orders.events(found.id)) == 1


def test_same_order_from_many_at_once_is_one_order(orders: Orders) -> None:
    sent, new = signed(), []
    threads = [threading.Thread(target=lambda: new.append(orders.receive(sent))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False] * 5 + [True]


def test_transition_and_its_event_are_one_and_the_second_of_two_writers_changes_nothing(
    orders: Orders,
) -> None:
    orders.receive(signed())
    [seen] = orders.watched()
    place = Place(7, "0x" + "07" * 32, 1_700, "0x" + "99" * 32, 3 << 32 | 1)
    assert orders.apply(seen, Change(Status.FILLED, None, 10**18, place), seen_us=5)
    assert not orders.apply(seen, Change(Status.EXPIRED, "late", 0, None), seen_us=6)
    events = orders.events(seen.id)
    assert [each.status for each in events] == ["received", "filled"]
    last = events[-1]
    assert (last.block_number, last.block_time, last.trade_id, last.seen_us) == (7, 1_700, 3 << 32 | 1, 5)
    assert last.processed_us > last.seen_us
    assert events[0].block_time is None


def test_leader_that_floods_is_refused_and_others_are_not(orders: Orders) -> None:
    for nonce in range(MAX_OPEN):
        orders.receive(signed(nonce))
    with pytest.raises(FloodError, match="50 open"):
        orders.receive(signed(MAX_OPEN))
    orders.receive(signed(0, leader=Account.from_key("0x" + "43" * 32)))
    # What is over makes room for others, but not at any speed.
    for row in orders.watched():
        orders.apply(row, Change(Status.EXPIRED, None, 0, None), seen_us=0)
    for nonce in range(MAX_OPEN, MAX_A_MINUTE):
        orders.receive(signed(nonce))
    with pytest.raises(FloodError, match="within a minute"):
        orders.receive(signed(MAX_A_MINUTE))


def test_withdrawn_order_is_marked_and_an_unknown_one_is_an_error(orders: Orders) -> None:
    orders.receive(signed())
    before = orders.newest()
    orders.withdraw(digest(signed()))
    assert orders.newest() != before
    assert orders.watched()[0].withdrawn
    with pytest.raises(UnknownOrderError):
        orders.withdraw("0x" + "00" * 32)


def test_another_hub_has_an_inbox_of_its_own(orders: Orders, store: Engine) -> None:
    orders.receive(signed())
    other = Orders(store, chain_id=CHAIN_ID + 1, hub=HUB, by="test")
    assert list(other.watched()) == []
    assert other.find(digest(signed())) is None


def test_stop_keeps_who_when_and_why_of_its_beginning_and_end(store: Engine) -> None:
    stops = Stops(store, chain_id=CHAIN_ID, hub=HUB)
    stops.set(Scope.LEADER, LEADER.address, who="ann", why="key stolen")
    stops.set(Scope.ENTRIES, "", who="ben", why="exchange is down")
    one, two = stops.all(lifted=False)
    stops.lift(one.id, who="cyd", why="new key")
    assert [each.id for each in stops.all(lifted=False)] == [two.id]
    kept = stops.all(lifted=True)[0]
    assert (kept.who, kept.why, kept.lifted_by, kept.lifted_why) == ("ann", "key stolen", "cyd", "new key")
    assert kept.lifted_us is not None
    assert kept.lifted_us >= kept.since_us
    with pytest.raises(UnknownStopError):
        stops.lift(one.id, who="cyd", why="again")


def test_tables_live_beside_a_ledger_and_neither_knows_of_the_other(store: Engine) -> None:
    ledger.upgrade(store)
    ledger.ensure_current(store)
    migrations.upgrade(store)
    with store.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM inbox_version")).scalar_one() == "0002"
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    ledger.downgrade(store, "base")
    assert list(Orders(store, chain_id=CHAIN_ID, hub=HUB, by="test").watched()) == []
