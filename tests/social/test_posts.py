"""What was written is kept, belongs to its author, and comes no faster than it may."""

import pytest
from sqlalchemy import Engine

from access.audit import Actor, Audit
from access.sign_in import Place
from social.annotations import OwnTrade
from social.authors import pseudonym, shortened
from social.book import Book
from social.errors import (
    AlreadyWrittenError,
    HiddenPostError,
    OwnStrategyError,
    TooManyPostsError,
    UnknownFollowError,
    UnknownPostError,
)
from social.models import Post
from social.moderation import ModerationAct, ReportReason, Subject, SubjectKind
from social.posts import MOST_A_DAY, MOST_AN_HOUR, Kind, ShowAs
from social.reviews import Opinion
from tests.access.conftest import PLACE, Moved
from tests.social.conftest import ANN, BEN, LEADER

TRADE = OwnTrade(2**32 + 1, "0x" + "77" * 32, 1)
GOOD = Opinion(4, "Calm.", with_badge=True)


def comment(book: Book, text: str = "Hm.", author: str = ANN, reply_to: int | None = None) -> Post:
    return book.comments.add(author, 1, text, reply_to=reply_to, show_as=ShowAs.PSEUDONYM)


def review(book: Book, author: str = ANN, said: Opinion = GOOD) -> Post:
    return book.reviews.add(author, 1, said, leader=LEADER, show_as=ShowAs.PSEUDONYM)


def test_every_revision_of_an_annotation_is_kept_with_the_chains_time(book: Book, clock: Moved) -> None:
    first = book.annotations.add(LEADER, TRADE, "Up.", chain_s=100)
    clock.pass_s(60)
    book.annotations.change(first.id, LEADER, "Down.", chain_s=160)
    gone = book.annotations.withdraw(first.id, LEADER, chain_s=170)
    assert (gone.text, gone.withdrawn_us) == ("", clock())
    again = book.annotations.withdraw(first.id, LEADER, chain_s=999)
    assert again.changed_us == gone.changed_us
    told = book.annotations.revisions([first.id])[first.id]
    assert [(each.number, each.text, each.chain_s) for each in told] == [
        (0, "Up.", 100),
        (1, "Down.", 160),
        (2, None, 170),
    ]


def test_a_trade_has_one_annotation_and_another_in_its_place_another(book: Book) -> None:
    book.annotations.add(LEADER, TRADE, "Up.", chain_s=1)
    with pytest.raises(AlreadyWrittenError, match="about the trade"):
        book.annotations.add(LEADER, TRADE, "Up again.", chain_s=1)
    other = OwnTrade(TRADE.trade_id, "0x" + "88" * 32, 1)
    book.annotations.add(LEADER, other, "After a reorg.", chain_s=1)
    found = book.annotations.newest(strategy_id=None, trade_id=TRADE.trade_id, before=None, limit=9)
    assert [each.text for each in found] == ["After a reorg.", "Up."]


def test_nobody_changes_what_others_wrote(book: Book) -> None:
    said, rated = comment(book), review(book)
    with pytest.raises(UnknownPostError):
        book.comments.change(said.id, BEN, "Mine.")
    with pytest.raises(UnknownPostError):
        book.comments.withdraw(said.id, BEN)
    with pytest.raises(UnknownPostError):
        book.reviews.change(rated.id, BEN, GOOD)
    with pytest.raises(UnknownPostError):
        book.reviews.change(said.id, ANN, GOOD)
    assert book.comments.get(said.id).text == "Hm."


def test_threads_have_one_level_and_stay_with_their_strategy(book: Book) -> None:
    root = comment(book)
    reply = comment(book, "Indeed.", BEN, root.id)
    with pytest.raises(UnknownPostError):
        comment(book, "Deeper.", ANN, reply.id)
    with pytest.raises(UnknownPostError):
        book.comments.add(ANN, 2, "Elsewhere.", reply_to=root.id, show_as=ShowAs.PSEUDONYM)
    with pytest.raises(UnknownPostError):
        comment(book, "To nobody.", ANN, 999)
    assert [each.id for each in book.comments.threads(1, before=None, limit=9)] == [root.id]
    assert [each.id for each in book.comments.replies([root.id])] == [reply.id]
    assert book.comments.count(1) == 2
    book.comments.withdraw(reply.id, BEN)
    assert book.comments.count(1) == 1


def test_one_review_for_each_person_and_none_by_the_leader(book: Book) -> None:
    first = review(book)
    with pytest.raises(AlreadyWrittenError):
        review(book)
    with pytest.raises(OwnStrategyError):
        review(book, LEADER)
    review(book, BEN, Opinion(1, "", with_badge=False))
    assert book.reviews.ratings(1) == [1, 0, 0, 1, 0]
    book.reviews.withdraw(first.id, ANN)
    assert book.reviews.ratings(1) == [1, 0, 0, 0, 0]
    book.reviews.change(first.id, ANN, Opinion(5, "Better.", with_badge=True))
    assert book.reviews.ratings(1) == [1, 0, 0, 0, 1]
    told = [(each.rating, each.text) for each in book.reviews.revisions(first.id)]
    assert told == [(4, "Calm."), (None, None), (5, "Better.")]


def test_nobody_writes_faster_than_they_may_not_even_by_changing(book: Book, clock: Moved) -> None:
    first = comment(book)
    for _ in range(MOST_AN_HOUR[Kind.COMMENT] - 1):
        book.comments.change(first.id, ANN, "Again.")
    with pytest.raises(TooManyPostsError):
        comment(book)
    with pytest.raises(TooManyPostsError):
        book.comments.change(first.id, ANN, "Again.")
    comment(book, author=BEN)
    review(book)
    clock.pass_s(3_600)
    written = MOST_AN_HOUR[Kind.COMMENT]
    while written < MOST_A_DAY[Kind.COMMENT]:
        clock.pass_s(600)
        comment(book)
        written += 1
    with pytest.raises(TooManyPostsError, match="60 comments"):
        comment(book)
    book.comments.withdraw(first.id, ANN)
    clock.pass_s(86_400)
    comment(book)


def test_what_is_hidden_its_author_cannot_change(book: Book, engine: Engine) -> None:
    said = comment(book)
    subject = Subject(SubjectKind.COMMENT, str(said.id))
    act = book.moderation.act
    staff, audit = Actor("0xstaff", "1"), Audit(engine)
    act(subject, ModerationAct.HIDE, ReportReason.SPAM, by=staff, why="spam", audit=audit)
    with pytest.raises(HiddenPostError):
        book.comments.change(said.id, ANN, "Sorry.")
    act(subject, ModerationAct.RESTORE, None, by=staff, why="mistake", audit=audit)
    assert book.comments.change(said.id, ANN, "Thanks.").text == "Thanks."


def test_pseudonym_is_one_person_on_one_strategy_and_joins_with_nothing(book: Book) -> None:
    name = book.pseudonym(1, ANN)
    assert name == book.pseudonym(1, ANN.upper().replace("X", "x"))
    others = {book.pseudonym(2, ANN), book.pseudonym(1, BEN), pseudonym(b"other", PLACE, 1, ANN)}
    assert len({name, *others}) == 4
    assert ANN[2:6] not in name
    assert shortened("0x70997970C51812dc3A010C7d01b50e0d17dc79C8") == "0x7099…79C8"


def test_follows_are_counted_and_end(book: Book, clock: Moved) -> None:
    book.follows.add(ANN, 1)
    clock.pass_s(1)
    book.follows.add(ANN, 2)
    book.follows.add(ANN, 1)
    book.follows.add(BEN, 1)
    assert [each.strategy_id for each in book.follows.of(ANN)] == [2, 1]
    assert book.follows.count(1) == 2
    book.follows.remove(ANN, 1)
    with pytest.raises(UnknownFollowError):
        book.follows.remove(ANN, 1)
    assert book.follows.count(1) == 1


def test_each_hub_has_its_own_and_profiles_are_of_all(book: Book, engine: Engine, clock: Moved) -> None:
    other = Book.of(engine, Place(8453, PLACE.hub), b"secret", chain_clock=clock, clock=clock)
    said = comment(book)
    review(book)
    book.follows.add(ANN, 1)
    assert other.comments.threads(1, before=None, limit=9) == []
    assert other.reviews.ratings(1) == [0] * 5
    assert other.reviews.by(ANN, 1) is None
    assert other.follows.count(1) == 0
    with pytest.raises(UnknownPostError):
        other.comments.get(said.id)
    with pytest.raises(UnknownPostError):
        other.comments.change(said.id, ANN, "Elsewhere.")
    with pytest.raises(UnknownPostError):
        other.moderation.report(Subject(SubjectKind.COMMENT, str(said.id)), BEN, ReportReason.SPAM, "")
    assert other.pseudonym(1, ANN) != book.pseudonym(1, ANN)
    review(other)
