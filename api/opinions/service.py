"""Answers about what people say of a strategy as a whole."""

from decimal import ROUND_HALF_EVEN, Decimal

from api.access.caller import Caller
from api.opinions import schemas
from api.profiles.service import present as present_profile
from api.reviews.badges import badges_of
from api.reviews.service import present as present_reviews
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.strategies.existence import require_strategy
from indexer.ledger.models import Strategy
from social.book import Book

_CENT = Decimal("0.01")


def summary(of: Social, snapshot: Snapshot, strategy_id: int) -> schemas.SocialSummary:
    """Return what people say of a strategy, in numbers. Raises `StrategyNotFoundError`."""
    strategy, book = require_strategy(snapshot, strategy_id), of.found(snapshot)
    if book is None:
        nothing = schemas.Ratings(
            count=0, average=None, by_rating=[0] * 5, verified_count=0, verified_average=None
        )
        return schemas.SocialSummary(
            strategy_id=strategy_id, leader=None, watchers=0, comments=0, annotations=0, reviews=nothing
        )
    leader = book.profiles.of(strategy.leader)
    return schemas.SocialSummary(
        strategy_id=strategy_id,
        leader=None if leader is None else present_profile(leader),
        watchers=book.follows.count(strategy_id),
        comments=book.comments.count(strategy_id),
        annotations=book.annotations.count(strategy_id),
        reviews=_ratings(book, snapshot, strategy),
    )


def own_posts(of: Social, snapshot: Snapshot, caller: Caller, strategy_id: int) -> schemas.OwnPosts:
    """Return what of it is the caller's. Raises `StrategyNotFoundError`."""
    strategy, book = require_strategy(snapshot, strategy_id), of.found(snapshot)
    if book is None:
        return schemas.OwnPosts(comments=[], review=None)
    address = address_of(caller)
    comments = book.comments.by(address, strategy_id, limit=schemas.MOST_OWN)
    review = book.reviews.by(address, strategy_id)
    return schemas.OwnPosts(
        comments=[row.id for row in comments],
        review=None if review is None else present_reviews(book, snapshot, strategy, [review])[0],
    )


def _ratings(book: Book, snapshot: Snapshot, strategy: Strategy) -> schemas.Ratings:
    by_rating = book.reviews.ratings(strategy.strategy_id)
    marked = book.reviews.with_badge(strategy.strategy_id, limit=schemas.NEWEST_WITH_BADGE)
    held = badges_of(snapshot, strategy, {row.author for row in marked})
    verified = [row.rating or 0 for row in marked if row.author in held]
    total = sum(rating * number for rating, number in enumerate(by_rating, 1))
    return schemas.Ratings(
        count=sum(by_rating),
        average=_mean(total, sum(by_rating)),
        by_rating=by_rating,
        verified_count=len(verified),
        verified_average=_mean(sum(verified), len(verified)),
    )


def _mean(total: int, number: int) -> Decimal | None:
    return None if number == 0 else (Decimal(total) / number).quantize(_CENT, ROUND_HALF_EVEN)
