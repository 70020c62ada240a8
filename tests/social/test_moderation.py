"""Reports come once from each, and what staff decides is in the audit log with what was before."""

import json

import pytest
from sqlalchemy import Engine

from access.audit import Actor, Audit
from social.book import Book
from social.errors import (
    AlreadyReportedError,
    ModerationRefusedError,
    TooManyPostsError,
    UnknownPostError,
)
from social.moderation import MOST_REPORTS_A_DAY, ModerationAct, ReportReason, Subject, SubjectKind
from tests.access.conftest import Moved
from tests.social.conftest import ANN, BEN, EVE
from tests.social.test_posts import comment

STAFF = Actor("0xstaff", "request-1")


@pytest.fixture
def audit(engine: Engine, clock: Moved) -> Audit:
    return Audit(engine, clock=clock)


def written(book: Book) -> Subject:
    return Subject(SubjectKind.COMMENT, str(comment(book).id))


def act(
    book: Book, subject: Subject, what: ModerationAct, audit: Audit, code: ReportReason | None = None
) -> None:
    book.moderation.act(subject, what, code, by=STAFF, why="because", audit=audit)


def test_report_is_made_once_by_each_and_never_of_ones_own(book: Book) -> None:
    subject = written(book)
    book.moderation.report(subject, BEN, ReportReason.SPAM, "Sells things.")
    with pytest.raises(AlreadyReportedError):
        book.moderation.report(subject, BEN, ReportReason.ABUSE, "")
    book.moderation.report(subject, EVE, ReportReason.ABUSE, "")
    with pytest.raises(UnknownPostError):
        book.moderation.report(subject, ANN, ReportReason.SPAM, "")
    for other in (Subject(SubjectKind.REVIEW, subject.id), Subject(SubjectKind.COMMENT, "999")):
        with pytest.raises(UnknownPostError):
            book.moderation.report(other, BEN, ReportReason.SPAM, "")
    [case] = book.moderation.cases(only_open=True, before=None, limit=9)
    told = book.moderation.reports([case.id])[case.id]
    assert [(each.reason, each.words) for each in told] == [("spam", "Sells things."), ("abuse", "")]


def test_nobody_floods_staff_with_reports(book: Book, clock: Moved) -> None:
    subjects = []
    for _ in range(MOST_REPORTS_A_DAY + 1):
        subjects.append(written(book))
        clock.pass_s(200)
    for subject in subjects[:-1]:
        book.moderation.report(subject, BEN, ReportReason.OTHER, "")
    with pytest.raises(TooManyPostsError):
        book.moderation.report(subjects[-1], BEN, ReportReason.OTHER, "")


def test_acts_end_reports_and_are_in_the_audit_log(book: Book, audit: Audit) -> None:
    subject = written(book)
    book.moderation.report(subject, BEN, ReportReason.SPAM, "")
    act(book, subject, ModerationAct.HIDE, audit, ReportReason.SCAM)
    assert book.moderation.cases(only_open=True, before=None, limit=9) == []
    hidden = book.comments.get(int(subject.id))
    assert (hidden.hidden_code, hidden.text) == ("scam", "Hm.")
    act(book, subject, ModerationAct.RESTORE, audit)
    assert book.comments.get(int(subject.id)).hidden_us is None
    book.moderation.report(subject, EVE, ReportReason.ABUSE, "")
    act(book, subject, ModerationAct.DISMISS, audit)
    assert book.comments.get(int(subject.id)).hidden_us is None
    log = [
        (row.act, row.subject, json.loads(row.before), json.loads(row.after), row.why)
        for row in reversed(audit.newest(limit=9))
    ]
    name = f"comment:{subject.id}"
    assert log == [
        ("post.hidden", name, {"hidden": None}, {"hidden": "scam"}, "because"),
        ("post.restored", name, {"hidden": "scam"}, {"hidden": None}, "because"),
        ("report.dismissed", name, {"hidden": None}, {"hidden": None}, "because"),
    ]
    assert audit.verify().broken is None


def test_what_cannot_be_done_changes_nothing(book: Book, audit: Audit) -> None:
    subject = written(book)
    for what, code in (
        (ModerationAct.HIDE, None),
        (ModerationAct.RESTORE, None),
        (ModerationAct.DISMISS, ReportReason.SPAM),
    ):
        with pytest.raises(ModerationRefusedError):
            act(book, subject, what, audit, code)
    act(book, subject, ModerationAct.HIDE, audit, ReportReason.SPAM)
    with pytest.raises(ModerationRefusedError, match="already"):
        act(book, subject, ModerationAct.HIDE, audit, ReportReason.SPAM)
    with pytest.raises(UnknownPostError):
        act(book, Subject(SubjectKind.ANNOTATION, subject.id), ModerationAct.DISMISS, audit)
    assert len(audit.newest(limit=9)) == 1


def test_nobody_decides_about_their_own(book: Book, audit: Audit) -> None:
    subject = written(book)
    own = Actor(ANN.lower(), "1")
    with pytest.raises(ModerationRefusedError, match="your own"):
        book.moderation.act(subject, ModerationAct.HIDE, ReportReason.SPAM, by=own, why="mine", audit=audit)
