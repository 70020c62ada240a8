"""A campaign gets a vault by its owner's word alone, and only where the word fits the chain."""

from dataclasses import replace

import pytest

from social.book import Book
from social.campaigns import OpenedVault, Wish, state_of
from social.errors import (
    BadNameError,
    CampaignRefusedError,
    NameTakenError,
    NoteRefusedError,
    UnknownCampaignError,
)
from tests.access.conftest import Moved
from tests.social.conftest import ANN, BEN

WINTER = Wish("winter24", "Winter", None, None, None)


def vault(clock: Moved, **changes: object) -> OpenedVault:
    made = OpenedVault(7, 1, ANN, "0x" + "77" * 32, clock() // 1_000_000)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_code_stands_for_who_made_it_and_for_nobody_else_ever(book: Book, clock: Moved) -> None:
    made = book.campaigns.add(ANN, WINTER)
    assert (made.referrer, state_of(made, clock())) == (ANN, "open")
    assert book.campaigns.get("WINTER24").referrer == ANN
    for code in ("winter24", "Winter_24", "w1nter24"):
        with pytest.raises(NameTakenError):
            book.campaigns.add(BEN, replace(WINTER, code=code))
    with pytest.raises(BadNameError):
        book.campaigns.add(BEN, replace(WINTER, code="lockstep"))
    for act in (
        lambda: book.campaigns.end(BEN, "winter24"),
        lambda: book.campaigns.change(BEN, "winter24", "x", None),
    ):
        with pytest.raises(UnknownCampaignError):
            act()
    ended = book.campaigns.end(ANN, "winter24")
    assert state_of(ended, clock()) == "ended"
    with pytest.raises(NameTakenError):
        book.campaigns.add(BEN, WINTER)
    with pytest.raises(CampaignRefusedError):
        book.campaigns.change(ANN, "winter24", "Again", None)


def test_campaign_begins_before_it_ends_and_never_in_the_past(book: Book, clock: Moved) -> None:
    with pytest.raises(CampaignRefusedError):
        book.campaigns.add(ANN, replace(WINTER, ends_us=clock() - 1))
    made = book.campaigns.add(ANN, replace(WINTER, starts_us=1))
    assert made.starts_us == clock()
    later = book.campaigns.add(
        ANN, replace(WINTER, code="later", starts_us=clock() + 9, ends_us=clock() + 99)
    )
    assert state_of(later, clock()) == "upcoming"
    with pytest.raises(CampaignRefusedError):
        book.campaigns.change(ANN, "later", "Later", clock() + 5)
    assert book.campaigns.change(ANN, "later", "Later", None).ends_us is None
    assert [each.code for each in book.campaigns.of(ANN)] == ["later", "winter24"]


def test_note_must_fit_the_chain(book: Book, clock: Moved) -> None:
    ends = clock() + 20 * 86_400_000_000
    book.campaigns.add(ANN, replace(WINTER, strategy_id=1, ends_us=ends))
    now = clock() // 1_000_000
    for wrong, words in (
        ({"referrer": BEN}, "referrer"),
        ({"referrer": None}, "referrer"),
        ({"strategy_id": 2}, "strategy 1 alone"),
        ({"time": now - 1}, "while winter24 ran"),
    ):
        with pytest.raises(NoteRefusedError, match=words):
            book.campaigns.note("winter24", vault(clock, **wrong))
    with pytest.raises(UnknownCampaignError):
        book.campaigns.note("summer", vault(clock))
    opened = vault(clock)
    clock.pass_s(7 * 86_400 + 1)
    with pytest.raises(NoteRefusedError, match="week"):
        book.campaigns.note("winter24", opened)
    clock.pass_s(14 * 86_400)
    with pytest.raises(NoteRefusedError, match="while winter24 ran"):
        book.campaigns.note("winter24", vault(clock))


def test_first_word_stands_where_several_campaigns_run(book: Book, clock: Moved) -> None:
    book.campaigns.add(ANN, WINTER)
    book.campaigns.add(ANN, replace(WINTER, code="summer"))
    book.campaigns.note("winter24", vault(clock))
    with pytest.raises(NoteRefusedError, match="before"):
        book.campaigns.note("summer", vault(clock))
    book.campaigns.note("summer", vault(clock, tx_hash="0x" + "88" * 32))
