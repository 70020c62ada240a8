from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from inbox.lifecycle import OPEN, Change, Facts, Place, Status, change

HEAD = Place(50, "0x50", 1_000)
FILL = Place(49, "0x49", 990, "0xaa", 3 << 32 | 1)
QUIET = Facts(HEAD, False, 0, None, None, False, False)
PORTION = 10**18


def becomes(
    status: Status, facts: Facts, *, filled: int = 0, withdrawn: bool = False, deadline: int = 1_000
) -> Change | None:
    return change(status, portion=PORTION, filled=filled, deadline=deadline, withdrawn=withdrawn, facts=facts)


def test_nothing_new_changes_nothing() -> None:
    assert becomes(Status.ACCEPTED, QUIET) is None
    assert becomes(Status.PARTIALLY_FILLED, replace(QUIET, filled=5), filled=5) is None


def test_order_on_its_way_is_working_and_a_fill_ends_it_with_the_block_of_the_fill() -> None:
    flying = replace(QUIET, in_flight=True)
    assert becomes(Status.ACCEPTED, flying) == Change(Status.WORKING, None, 0, None)
    full = replace(flying, closed=True, completed=FILL, last_fill=FILL)
    assert becomes(Status.WORKING, full) == Change(Status.FILLED, None, PORTION, FILL)


def test_part_that_is_filled_counts_and_the_next_part_too() -> None:
    part = replace(QUIET, filled=5, last_fill=FILL)
    assert becomes(Status.WORKING, part) == Change(Status.PARTIALLY_FILLED, None, 5, FILL)
    more = replace(part, filled=7)
    assert becomes(Status.PARTIALLY_FILLED, more, filled=5) == Change(Status.PARTIALLY_FILLED, None, 7, FILL)


def test_closed_nonce_without_own_fill_is_cancelled_or_replaced() -> None:
    found = becomes(Status.ACCEPTED, replace(QUIET, closed=True))
    assert found is not None
    assert (found.status, found.why) == (Status.CANCELLED, "its leader closed its nonce")
    found = becomes(Status.ACCEPTED, replace(QUIET, closed=True, replaced=True))
    assert found is not None
    assert found.why == "another order with its nonce was completed"


def test_deadline_expires_an_order_only_when_it_has_passed_and_nothing_is_on_its_way() -> None:
    late = replace(QUIET, head=replace(HEAD, time=1_001))
    found = becomes(Status.ACCEPTED, late)
    assert found is not None
    assert found.status is Status.EXPIRED
    assert becomes(Status.ACCEPTED, QUIET) is None
    assert becomes(Status.WORKING, replace(late, in_flight=True)) is None


def test_withdrawn_order_that_was_filled_all_the_same_is_filled() -> None:
    full = replace(QUIET, closed=True, completed=FILL)
    found = becomes(Status.WORKING, full, withdrawn=True)
    assert found is not None
    assert found.status is Status.FILLED
    found = becomes(Status.ACCEPTED, QUIET, withdrawn=True)
    assert found is not None
    assert found.status is Status.CANCELLED


def test_what_a_reorg_undid_is_open_again_and_says_so() -> None:
    found = becomes(Status.FILLED, QUIET, filled=PORTION)
    assert found == Change(Status.ACCEPTED, "the chain took back what had made it filled", 0, None)


@given(
    status=st.sampled_from([each for each in Status if each not in {Status.RECEIVED, Status.REJECTED}]),
    filled=st.integers(0, 10),
    closed=st.booleans(),
    complete=st.booleans(),
    flying=st.booleans(),
    late=st.booleans(),
    withdrawn=st.booleans(),
)
def test_a_change_is_never_undone_by_the_same_facts(
    *, status: Status, filled: int, closed: bool, complete: bool, flying: bool, late: bool, withdrawn: bool
) -> None:
    head = replace(HEAD, time=1_001 if late else 1_000)
    end = FILL if complete and closed else None
    facts = Facts(head, closed, filled, end, FILL if filled else None, False, flying)
    found = becomes(status, facts, withdrawn=withdrawn)
    if found is None:
        return
    again = becomes(found.status, facts, filled=found.filled, withdrawn=withdrawn)
    assert again is None
    if closed:
        assert found.status not in OPEN
