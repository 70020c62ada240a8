"""Answers about cases, and acts of staff."""

from collections.abc import Sequence

from access.audit import Actor
from api.access.door import Door
from api.admin.moderation import schemas
from api.paging import cut, decode_cursor
from api.reports.service import subject_of
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social
from api.social.present import hidden_of, state_of
from api.social.problems import refusals
from social import models
from social.book import Book
from social.moderation import ReportReason, SubjectKind

_NAME = "cases"


def list_cases(of: Social, snapshot: Snapshot, query: schemas.CasesQuery) -> schemas.ModerationCases:
    """Return a page of cases, the newest first."""
    after, book = decode_cursor(_NAME, 1, query.cursor), of.found(snapshot)
    if book is None:
        return schemas.ModerationCases(data=[], next_cursor=None)
    rows = book.moderation.cases(
        only_open=query.state == "open",
        before=None if after is None else after[0],
        limit=query.limit + 1,
    )
    page, cursor = cut(_NAME, query.limit, rows, lambda row: [row.id])
    return schemas.ModerationCases(data=_present(book, page), next_cursor=cursor)


def act(
    of: Social, snapshot: Snapshot, door: Door, body: schemas.ModerationOrder, by: Actor
) -> schemas.ModerationCase:
    """Do something about what somebody wrote."""
    book = of.made(snapshot)
    with refusals():
        subject = subject_of(book, body)
        book.moderation.act(subject, body.act, body.code, by=by, why=body.why, audit=door.desk.audit)
        return _present(book, [book.moderation.case(subject)])[0]


def _present(book: Book, cases: Sequence[models.Case]) -> list[schemas.ModerationCase]:
    """Cases as staff sees them; those of profiles that were taken off are left out."""
    profiles = book.profiles.among([row.subject_id for row in cases if _is_profile(row)])
    posts = book.moderation.posts([int(row.subject_id) for row in cases if not _is_profile(row)])
    reports = book.moderation.reports([row.id for row in cases])
    found = []
    for row in cases:
        if _is_profile(row):
            profile = profiles.get(row.subject_id)
            if profile is not None:
                found.append(_of_profile(row, profile, reports[row.id]))
        else:
            found.append(_of_post(row, posts[int(row.subject_id)], book, reports[row.id]))
    return found


def _of_profile(
    row: models.Case, profile: models.Profile, reports: Sequence[models.Report]
) -> schemas.ModerationCase:
    return _case(
        row,
        reports,
        id=profile.handle,
        strategy_id=None,
        text=f"{profile.about}\n{profile.links}".strip(),
        author=profile.address,
        state="shown" if profile.hidden_us is None else "hidden",
        hidden=hidden_of(profile),
    )


def _of_post(
    row: models.Case, post: models.Post, book: Book, reports: Sequence[models.Report]
) -> schemas.ModerationCase:
    return _case(
        row,
        reports,
        id=str(post.id),
        strategy_id=post.strategy_id,
        text=post.text or book.moderation.last_words(post.id),
        author=post.author,
        state=state_of(post),
        hidden=hidden_of(post),
    )


def _case(row: models.Case, reports: Sequence[models.Report], **facts: object) -> schemas.ModerationCase:
    times = [utc_of_microseconds(each.reported_us) for each in reports]
    told = {
        "number": row.id,
        "open": row.is_open,
        "subject": row.subject,
        "reports": [
            schemas.CaseReport(reason=ReportReason(each.reason), words=each.words, reported=at)
            for each, at in zip(reports, times, strict=True)
        ],
        "first_reported": times[0] if times else None,
        "last_reported": times[-1] if times else None,
    }
    return schemas.ModerationCase.model_validate(told | facts)


def _is_profile(row: models.Case) -> bool:
    return row.subject == SubjectKind.PROFILE
