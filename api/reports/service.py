"""Takes reports."""

from api.access.caller import Caller
from api.notifications.schemas import Done
from api.reports.schemas import ReportOrder, SubjectNamed
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.problems import PostNotFoundError, refusals
from social.book import Book
from social.moderation import Subject, SubjectKind


def report(of: Social, snapshot: Snapshot, caller: Caller, body: ReportOrder) -> Done:
    """Keep what the caller says is wrong with something."""
    book = of.made(snapshot)
    with refusals():
        book.moderation.report(subject_of(book, body), address_of(caller), body.reason, body.words)
    return Done()


def subject_of(book: Book, named: SubjectNamed) -> Subject:
    """Return what is meant; a profile is known by its address. Raises `PostNotFoundError`."""
    if named.subject is not SubjectKind.PROFILE:
        if named.id.isdecimal():
            return Subject(named.subject, named.id)
    elif (found := book.profiles.by_handle(named.id)) is not None:
        return Subject(named.subject, found.address)
    raise PostNotFoundError(
        f"There is no {named.subject} {named.id}.", remedy="Give a number; of a profile, its handle."
    )
