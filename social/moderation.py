"""Reports of what people wrote, and what staff does about it: hide, restore, or leave it as it is.

Every act is in the audit log with what was before and after, and shown with its code where the text was.
Nobody acts on what they wrote themselves. That leaders cannot act on what is said of them follows from
roles: staff roles sleep at an address with a vault or strategy on the hub.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.orm import Session

from access.audit import Actor, Audit
from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing
from social.errors import (
    AlreadyReportedError,
    ModerationRefusedError,
    TooManyPostsError,
    UnknownPostError,
)
from social.models import Case, Post, Profile, Report, Revision
from social.words import paragraphs

MOST_WORDS = 500
MOST_REPORTS_A_DAY = 20
_DAY_US = 86_400_000_000


class ReportReason(StrEnum):
    """What is wrong with a text: in reports, and where one was hidden."""

    SPAM = "spam"
    ABUSE = "abuse"
    SCAM = "scam"
    IMPERSONATION = "impersonation"
    PRIVATE_DATA = "private_data"
    OTHER = "other"


class ModerationAct(StrEnum):
    """What staff does."""

    HIDE = "hide"
    RESTORE = "restore"
    DISMISS = "dismiss"


_TOLD = {
    ModerationAct.HIDE: "post.hidden",
    ModerationAct.RESTORE: "post.restored",
    ModerationAct.DISMISS: "report.dismissed",
}
"""What the audit log calls an act."""


class SubjectKind(StrEnum):
    """What a report is about."""

    ANNOTATION = "annotation"
    COMMENT = "comment"
    REVIEW = "review"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: ``id`` is a post's number, or a profile's address."""

    kind: SubjectKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class Moderation:
    """The reports of one hub. A profile that is hidden here is hidden on every hub of the database."""

    def __init__(self, engine: Engine, place: Place, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._place: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._clock = clock

    def report(self, subject: Subject, reporter: str, reason: ReportReason, words: str) -> None:
        """Say what is wrong with something.

        Raises `UnknownPostError`, `AlreadyReportedError`, `BadTextError` and `TooManyPostsError`.
        """
        now, said = self._clock(), paragraphs(words, least=0, most=MOST_WORDS)
        with writing(self._engine) as connection:
            found = self._find(connection, subject)
            if found is None or found.author == reporter:
                raise _unknown(subject)
            lately = (Report.reporter == reporter, Report.reported_us > now - _DAY_US)
            reports = connection.scalar(select(func.count()).select_from(Report).where(*lately)) or 0
            if reports >= MOST_REPORTS_A_DAY:
                raise TooManyPostsError(
                    f"You made {reports} reports within a day.", remedy="Wait; staff reads those first."
                )
            case = self._case(connection, subject)
            told = {"reporter": reporter, "reason": reason, "words": said, "reported_us": now}
            if not insert_new(connection, Report, case_id=case, **told):
                raise AlreadyReportedError(f"You have reported {subject}.", remedy="Staff will look at it.")
            connection.execute(update(Case).where(Case.id == case).values(is_open=True))

    def act(
        self,
        subject: Subject,
        what: ModerationAct,
        code: ReportReason | None,
        *,
        by: Actor,
        why: str,
        audit: Audit,
    ) -> None:
        """Hide, restore, or leave something as it is, which ends its reports.

        Raises `UnknownPostError` and `ModerationRefusedError`.
        """
        with writing(self._engine) as connection:
            found = self._find(connection, subject)
            if found is None:
                raise _unknown(subject)
            _check(subject, found, what, code, by)
            now = found.hidden if what is ModerationAct.DISMISS else code
            if what is not ModerationAct.DISMISS:
                since = None if code is None else self._clock()
                changed = update(_table(subject)).values(hidden_us=since, hidden_code=code)
                connection.execute(_row(subject, changed))
            case = self._case(connection, subject)
            connection.execute(update(Case).where(Case.id == case).values(is_open=False))
            before, after = {"hidden": found.hidden}, {"hidden": now}
            audit.append(connection, by, _TOLD[what], str(subject), before=before, after=after, why=why)

    def cases(self, *, only_open: bool, before: int | None, limit: int) -> Sequence[Case]:
        """What was reported or looked at, the newest first."""
        query = select(Case).filter_by(**self._place)
        if only_open:
            query = query.where(Case.is_open.is_(True))
        if before is not None:
            query = query.where(Case.id < before)
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(query.order_by(Case.id.desc()).limit(limit)).all()

    def case(self, subject: Subject) -> Case:
        """The case of a subject. Raises `UnknownPostError`."""
        own = select(Case).filter_by(**self._place, subject=subject.kind, subject_id=subject.id)
        with Session(self._engine, expire_on_commit=False) as session:
            found = session.scalars(own).one_or_none()
        if found is None:
            raise _unknown(subject)
        return found

    def reports(self, cases: Collection[int]) -> dict[int, list[Report]]:
        """Case → its reports, the oldest first."""
        found: dict[int, list[Report]] = {case: [] for case in cases}
        query = select(Report).where(Report.case_id.in_(found)).order_by(Report.reported_us)
        with Session(self._engine, expire_on_commit=False) as session:
            for row in session.scalars(query):
                found[row.case_id].append(row)
        return found

    def posts(self, numbers: Collection[int]) -> dict[int, Post]:
        """Posts by number, of every kind and in every state, for staff."""
        query = select(Post).filter_by(**self._place).where(Post.id.in_(numbers))
        with Session(self._engine, expire_on_commit=False) as session:
            return {row.id: row for row in session.scalars(query)}

    def last_words(self, number: int) -> str:
        """What a post that was withdrawn said last."""
        told = select(Revision.text).where(Revision.post_id == number, Revision.text.is_not(None))
        with self._engine.connect() as connection:
            return connection.scalar(told.order_by(Revision.number.desc()).limit(1)) or ""

    def _find(self, connection: Connection, subject: Subject) -> "_Found | None":
        table = _table(subject)
        author = Profile.address if subject.kind is SubjectKind.PROFILE else Post.author
        query = _row(subject, select(author, table.hidden_code))
        if subject.kind is not SubjectKind.PROFILE:
            query = query.filter_by(**self._place)
        row = connection.execute(query).first()
        return None if row is None else _Found(row[0], row[1])

    def _case(self, connection: Connection, subject: Subject) -> int:
        own = {"subject": subject.kind, "subject_id": subject.id}
        found = connection.scalar(select(Case.id).filter_by(**self._place, **own))
        if found is not None:
            return found
        values = {**self._place, **own, "is_open": False}
        return int(connection.execute(insert(Case).values(**values).returning(Case.id)).scalar_one())


@dataclass(frozen=True, slots=True)
class _Found:
    author: str
    hidden: str | None


def _check(
    subject: Subject, found: _Found, what: ModerationAct, code: ReportReason | None, by: Actor
) -> None:
    if found.author.lower() == by.name:
        raise ModerationRefusedError(f"{subject} is your own.", remedy="Somebody else must look at it.")
    if (what is ModerationAct.HIDE) != (code is not None):
        raise ModerationRefusedError("Hiding needs a code, and nothing else has one.", remedy="Mend `code`.")
    if what is ModerationAct.RESTORE and found.hidden is None:
        raise ModerationRefusedError(f"{subject} is not hidden.", remedy="Dismiss its reports instead.")
    if what is ModerationAct.HIDE and found.hidden == code:
        raise ModerationRefusedError(f"{subject} is hidden as {code} already.", remedy="Nothing is to do.")


def _table(subject: Subject) -> Any:
    return Profile if subject.kind is SubjectKind.PROFILE else Post


def _row(subject: Subject, statement: Any) -> Any:
    """A statement about the subject's own row."""
    if subject.kind is SubjectKind.PROFILE:
        return statement.where(Profile.address == subject.id, Profile.removed_us.is_(None))
    return statement.where(Post.id == int(subject.id), Post.kind == subject.kind)


def _unknown(subject: Subject) -> UnknownPostError:
    return UnknownPostError(
        f"There is no {subject} to act on.", remedy="Name one that is shown, not your own."
    )
