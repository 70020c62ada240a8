"""Answers about comments."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from api.access.caller import Caller
from api.comments import schemas
from api.paging import cut, decode_cursor
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.present import authors_of, check_name, hidden_of, leaders_of, state_of
from api.social.problems import PostNotFoundError, refusals
from api.strategies.existence import require_strategy
from social.book import Book
from social.models import Post
from social.posts import ShowAs

_NAME = "comments"


def list_comments(of: Social, snapshot: Snapshot, query: schemas.CommentsQuery) -> schemas.Comments:
    """Return a page of threads, the newest first. Raises `StrategyNotFoundError`."""
    require_strategy(snapshot, query.strategy_id)
    after, book = decode_cursor(_NAME, 1, query.cursor), of.found(snapshot)
    if book is None:
        return schemas.Comments(data=[], next_cursor=None)
    before = None if after is None else after[0]
    rows = book.comments.threads(query.strategy_id, before=before, limit=query.limit + 1)
    page, cursor = cut(_NAME, query.limit, rows, lambda row: [row.id])
    return schemas.Comments(data=_present(book, snapshot, page), next_cursor=cursor)


def get_comment(of: Social, snapshot: Snapshot, number: int) -> schemas.CommentHistory:
    """Return a comment with all that it said."""
    book = of.found(snapshot)
    if book is None:
        raise PostNotFoundError(f"There is no comment {number}.", remedy="List them with GET /v1/comments.")
    with refusals():
        row = book.comments.get(number)
    revisions = book.comments.revisions(number) if state_of(row) == "shown" else []
    return schemas.CommentHistory(
        comment=_one(book, snapshot, row),
        revisions=[
            schemas.CommentRevision(written=utc_of_microseconds(each.written_us), text=each.text)
            for each in revisions
        ],
    )


def add(of: Social, snapshot: Snapshot, caller: Caller, body: schemas.CommentOrder) -> schemas.Comment:
    """Comment on a strategy as the caller. Raises `StrategyNotFoundError`."""
    require_strategy(snapshot, body.strategy_id)
    book, address, show_as = of.made(snapshot), address_of(caller), ShowAs(body.show_as)
    with refusals():
        check_name(book, address, show_as)
        made = book.comments.add(
            address, body.strategy_id, body.text, reply_to=body.reply_to, show_as=show_as
        )
    return _one(book, snapshot, made)


def change(
    of: Social, snapshot: Snapshot, caller: Caller, number: int, body: schemas.CommentText
) -> schemas.Comment:
    """Write one of the caller's comments anew."""
    book = of.made(snapshot)
    with refusals():
        return _one(book, snapshot, book.comments.change(number, address_of(caller), body.text))


def withdraw(of: Social, snapshot: Snapshot, caller: Caller, number: int) -> schemas.Comment:
    """Take one of the caller's comments back."""
    book = of.made(snapshot)
    with refusals():
        return _one(book, snapshot, book.comments.withdraw(number, address_of(caller)))


def _one(book: Book, snapshot: Snapshot, row: Post) -> schemas.Comment:
    return _present(book, snapshot, [row])[0]


def _present(book: Book, snapshot: Snapshot, rows: Sequence[Post]) -> list[schemas.Comment]:
    replied = book.comments.replies([row.id for row in rows])
    authors = authors_of(book, [*rows, *replied], leaders_of(snapshot, rows))
    threads: defaultdict[int, list[schemas.Reply]] = defaultdict(list)
    for row in replied:
        threads[row.reply_to or 0].append(schemas.Reply(**_facts(row), author=authors[row.id]))
    return [schemas.Comment(**_facts(row), author=authors[row.id], replies=threads[row.id]) for row in rows]


def _facts(row: Post) -> dict[str, Any]:
    state = state_of(row)
    changed = row.changed_us != row.written_us
    return {
        "id": row.id,
        "strategy_id": row.strategy_id,
        "reply_to": row.reply_to,
        "written": utc_of_microseconds(row.written_us),
        "edited": utc_of_microseconds(row.changed_us) if changed else None,
        "text": row.text if state == "shown" else None,
        "state": state,
        "hidden": hidden_of(row),
    }
