"""Leases and claims, on both databases, with the clock in the test's hand."""

import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from inbox.journal import Journal, Purpose
from inbox.models import Attempt, Transaction
from tests.inbox.people import CHAIN_ID, HUB

ONE, TWO = "0x" + "01" * 20, "0x" + "02" * 20


@dataclass
class Clock:
    now: int = 1_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def journal(store: Engine, clock: Clock, keeper: str = "one", sender: str = ONE) -> Journal:
    return Journal(store, chain_id=CHAIN_ID, hub=HUB, keeper=keeper, sender=sender, lease_s=60, clock=clock)


def purpose(key: str) -> Purpose:
    return Purpose(key, 1, 2, None, "0x", 100_000)


def attempt(of: Transaction, number: int = 0) -> Attempt:
    return Attempt(
        transaction_id=of.id,
        number=number,
        hash=f"0x{of.nonce:062x}{number:02x}",
        raw="0x02",
        max_fee=10**10,
        tip=10**9,
        relay="public",
        clears=False,
        at_block=5,
        signed_us=1,
        sent_us=None,
    )


def sign_of_life(of: Journal) -> None:
    of.alive(started_us=0, head=(5, 60), carries=3, breakers="{}", in_flight=0, held=0)


def test_nonces_are_leased_in_a_row_from_the_chains_on(store: Engine, clock: Clock) -> None:
    mine = journal(store, clock)
    leased = [mine.lease(purpose(f"k{at}"), chain_nonce=7) for at in range(3)]
    assert [each.nonce for each in leased if each] == [7, 8, 9]
    # The key was used elsewhere: what the chain counts is gone.
    later = mine.lease(purpose("k9"), chain_nonce=20)
    assert later is not None
    assert later.nonce == 20


def test_two_processes_with_one_key_never_lease_one_nonce_twice(store: Engine, clock: Clock) -> None:
    found: list[int] = []

    def lease(keeper: str) -> None:
        mine = journal(store, clock, keeper)
        for at in range(10):
            leased = mine.lease(purpose(f"{keeper} {at}"), chain_nonce=0)
            assert leased is not None
            found.append(leased.nonce)

    threads = [threading.Thread(target=lease, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(30))


def test_what_one_has_claimed_another_leaves_alone_until_the_lease_is_over(
    store: Engine, clock: Clock
) -> None:
    one, two = journal(store, clock), journal(store, clock, "two", TWO)
    assert one.lease(purpose("k"), chain_nonce=0) is not None
    assert two.lease(purpose("k"), chain_nonce=0) is None
    clock.now += 50_000_000
    sign_of_life(one)  # keeps what is on its way
    clock.now += 50_000_000
    assert two.lease(purpose("k"), chain_nonce=0) is None
    assert {each.key for each in two.in_flight()} == {"k"}
    clock.now += 11_000_000
    assert two.in_flight() == []
    assert two.lease(purpose("k"), chain_nonce=0) is not None


def test_mined_well_frees_the_claim_at_once_and_reverted_after_a_while(store: Engine, clock: Clock) -> None:
    mine = journal(store, clock)
    for succeeded, waits in ((True, False), (False, True)):
        leased = mine.lease(purpose("k"), chain_nonce=0)
        assert leased is not None
        mine.mined(leased, succeeded=succeeded, block_number=9, block_hash="0x9", final=False)
        assert ("k" in mine.claimed()) is waits
        clock.now += 16_000_000
        assert "k" not in mine.claimed()


def test_last_nonce_can_be_given_back_while_nothing_was_signed(store: Engine, clock: Clock) -> None:
    mine = journal(store, clock)
    first, second = (mine.lease(purpose(key), chain_nonce=0) for key in ("a", "b"))
    assert first is not None
    assert second is not None
    assert not mine.give_back(first)
    assert mine.give_back(second)
    again = mine.lease(purpose("b"), chain_nonce=0)
    assert again is not None
    assert again.nonce == 1
    assert mine.attempt(attempt(again))
    assert not mine.attempt(attempt(again)), "another process has noted one in its place"
    assert not mine.give_back(again)


def test_abandoned_transactions_of_a_key_are_followed_by_the_next_process_with_it(
    store: Engine, clock: Clock
) -> None:
    dead, heir = journal(store, clock, "dead"), journal(store, clock, "heir")
    stranger = journal(store, clock, "stranger", TWO)
    leased = dead.lease(purpose("k"), chain_nonce=0)
    assert leased is not None
    assert list(heir.live()) == []
    clock.now += 61_000_000
    assert [each.id for each in heir.live()] == [leased.id]
    assert list(stranger.live()) == []


def test_transaction_that_a_reorg_takes_is_on_its_way_again(store: Engine, clock: Clock) -> None:
    mine = journal(store, clock)
    leased = mine.lease(purpose("k"), chain_nonce=0)
    assert leased is not None
    mine.mined(leased, succeeded=True, block_number=9, block_hash="0x9", final=False)
    [seen] = mine.live()
    mine.unmined(seen)
    [again] = mine.live()
    assert (again.state, again.block_number, again.succeeded) == ("sent", None, None)
    mine.mined(again, succeeded=True, block_number=10, block_hash="0xa", final=True)
    assert list(mine.live()) == []
