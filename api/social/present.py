"""How texts and their authors are shown."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from api.social.schemas import Author, Hidden, PostState
from indexer.ledger.models import Strategy
from social.authors import shortened
from social.book import Book
from social.models import Post, Profile
from social.moderation import ReportReason
from social.posts import ShowAs


def state_of(post: Post) -> PostState:
    """Return a post's state: hidden goes before withdrawn."""
    if post.hidden_us is not None:
        return "hidden"
    return "shown" if post.withdrawn_us is None else "withdrawn"


def hidden_of(row: Post | Profile) -> Hidden | None:
    """Return that staff hid something; None where it did not."""
    if row.hidden_us is None:
        return None
    return Hidden(
        code=ReportReason(row.hidden_code or ReportReason.OTHER), since=utc_of_microseconds(row.hidden_us)
    )


def authors_of(book: Book, posts: Iterable[Post], leaders: Mapping[int, str]) -> dict[int, Author]:
    """Return post → author. ``leaders`` are those of the posts' strategies."""
    wanted = list(posts)
    named = {post.author for post in wanted if post.show_as == ShowAs.HANDLE}
    profiles = book.profiles.among(named) if named else {}
    return {
        post.id: _author(book, post, profiles.get(post.author), leaders.get(post.strategy_id))
        for post in wanted
    }


def check_name(book: Book, address: str, show_as: ShowAs) -> None:
    """Refuse who wants to be seen by a handle and has none. Raises `NoProfileError`."""
    if show_as is ShowAs.HANDLE:
        book.profiles.require(address)


def leaders_of(snapshot: Snapshot, rows: Sequence[Post]) -> dict[int, str]:
    """Return strategy → leader, of the strategies that posts are about."""
    query = select(Strategy.strategy_id, Strategy.leader).where(
        Strategy.deployment_id == snapshot.deployment_id,
        Strategy.strategy_id.in_({row.strategy_id for row in rows}),
    )
    return {strategy_id: leader for strategy_id, leader in snapshot.session.execute(query)}  # noqa: C416 - rows are no pairs to `dict`


def _author(book: Book, post: Post, profile: Profile | None, leader: str | None) -> Author:
    """Whoever took their profile off, or had it hidden, is shown by none of it."""
    is_leader = post.author == leader
    if profile is not None and profile.hidden_us is None:
        return Author(shown=profile.handle, kind="handle", is_leader=is_leader)
    if is_leader or post.show_as == ShowAs.SHORTENED:
        return Author(shown=shortened(post.author), kind="shortened", is_leader=is_leader)
    name = book.pseudonym(post.strategy_id, post.author)
    return Author(shown=name, kind="pseudonym", is_leader=False)
