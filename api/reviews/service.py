"""Answers about reviews."""

from collections.abc import Sequence

from api.access.caller import Caller
from api.paging import cut, decode_cursor
from api.reviews import schemas
from api.reviews.badges import badges_of
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.present import authors_of, check_name, hidden_of, state_of
from api.social.problems import PostNotFoundError, refusals
from api.strategies.existence import require_strategy
from indexer.ledger.models import Strategy
from social.book import Book
from social.models import Post
from social.posts import ShowAs
from social.reviews import Opinion

_NAME = "reviews"


def list_reviews(of: Social, snapshot: Snapshot, query: schemas.ReviewsQuery) -> schemas.Reviews:
    """Return a page of reviews, the newest first. Raises `StrategyNotFoundError`."""
    strategy = require_strategy(snapshot, query.strategy_id)
    after, book = decode_cursor(_NAME, 1, query.cursor), of.found(snapshot)
    if book is None:
        return schemas.Reviews(data=[], next_cursor=None)
    before = None if after is None else after[0]
    rows = book.reviews.newest(query.strategy_id, before=before, limit=query.limit + 1)
    page, cursor = cut(_NAME, query.limit, rows, lambda row: [row.id])
    return schemas.Reviews(data=present(book, snapshot, strategy, page), next_cursor=cursor)


def get_review(of: Social, snapshot: Snapshot, number: int) -> schemas.ReviewHistory:
    """Return a review with all that it said."""
    book = of.found(snapshot)
    if book is None:
        raise PostNotFoundError(f"There is no review {number}.", remedy="List them with GET /v1/reviews.")
    with refusals():
        row = book.reviews.get(number)
    revisions = book.reviews.revisions(number) if state_of(row) == "shown" else []
    return schemas.ReviewHistory(
        review=_one(book, snapshot, row),
        revisions=[
            schemas.ReviewRevision(
                written=utc_of_microseconds(each.written_us), rating=each.rating, text=each.text
            )
            for each in revisions
        ],
    )


def add(of: Social, snapshot: Snapshot, caller: Caller, body: schemas.ReviewOrder) -> schemas.Review:
    """Review a strategy as the caller. Raises `StrategyNotFoundError`."""
    leader = require_strategy(snapshot, body.strategy_id).leader
    book, address, said = of.made(snapshot), address_of(caller), _opinion(body)
    show_as = ShowAs(body.show_as)
    with refusals():
        check_name(book, address, show_as)
        made = book.reviews.add(address, body.strategy_id, said, leader=leader, show_as=show_as)
    return _one(book, snapshot, made)


def change(
    of: Social, snapshot: Snapshot, caller: Caller, number: int, body: schemas.ReviewText
) -> schemas.Review:
    """Write one of the caller's reviews anew."""
    book = of.made(snapshot)
    with refusals():
        return _one(book, snapshot, book.reviews.change(number, address_of(caller), _opinion(body)))


def withdraw(of: Social, snapshot: Snapshot, caller: Caller, number: int) -> schemas.Review:
    """Take one of the caller's reviews back."""
    book = of.made(snapshot)
    with refusals():
        return _one(book, snapshot, book.reviews.withdraw(number, address_of(caller)))


def present(book: Book, snapshot: Snapshot, strategy: Strategy, rows: Sequence[Post]) -> list[schemas.Review]:
    """Return reviews of a strategy as they are shown."""
    authors = authors_of(book, rows, {strategy.strategy_id: strategy.leader})
    asked = {row.author for row in rows if row.with_badge and state_of(row) == "shown"}
    held = badges_of(snapshot, strategy, asked)
    found = []
    for row in rows:
        state = state_of(row)
        shown = state == "shown"
        word = held.get(row.author) if shown and row.with_badge else None
        found.append(
            schemas.Review(
                id=row.id,
                strategy_id=row.strategy_id,
                author=authors[row.id],
                rating=row.rating if shown else None,
                text=row.text if shown else None,
                written=utc_of_microseconds(row.written_us),
                edited=None if row.changed_us == row.written_us else utc_of_microseconds(row.changed_us),
                state=state,
                hidden=hidden_of(row),
                badge=None if word is None else schemas.Badge(held=word),
            )
        )
    return found


def _one(book: Book, snapshot: Snapshot, row: Post) -> schemas.Review:
    """A review; its strategy may be gone by a reorg. Raises `StrategyNotFoundError`."""
    return present(book, snapshot, require_strategy(snapshot, row.strategy_id), [row])[0]


def _opinion(body: schemas.ReviewText) -> Opinion:
    return Opinion(body.rating, body.text, body.with_badge)
