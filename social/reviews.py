"""Reviews of strategies: one for each person, from one to five. Leaders do not review themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select

from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import writing
from social.errors import AlreadyWrittenError, OwnStrategyError
from social.models import Post, Revision
from social.posts import Kind, Posts, ShowAs, shown
from social.words import paragraphs

MOST_TEXT = 2_000
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a review says. ``with_badge``: its author wants it shown that they followed with money."""

    rating: int
    text: str
    with_badge: bool

    def columns(self) -> dict[str, int | bool]:
        """The review's own columns."""
        return {"rating": self.rating, "with_badge": self.with_badge}

    def words(self) -> str:
        """The text as it is kept. Raises `BadTextError`."""
        return paragraphs(self.text, least=0, most=MOST_TEXT)


class Reviews:
    """The reviews of one hub."""

    def __init__(self, engine: Engine, place: Place, *, clock: Clock = now_us) -> None:
        self._posts = Posts(engine, place, Kind.REVIEW, clock=clock)

    def add(self, author: str, strategy_id: int, said: Opinion, *, leader: str, show_as: ShowAs) -> Post:
        """Review a strategy, which ``leader`` leads.

        Raises `OwnStrategyError`, `AlreadyWrittenError`, `BadTextError` and `TooManyPostsError`.
        """
        if author == leader:
            raise OwnStrategyError(
                f"You lead strategy {strategy_id}.", remedy="Comment on it, or annotate its trades."
            )
        words = said.words()
        with writing(self._posts.engine) as connection:
            same = {"kind": Kind.REVIEW, "strategy_id": strategy_id, "author": author}
            found = connection.scalar(select(Post.id).filter_by(**self._posts.place, **same))
            if found is not None:
                raise AlreadyWrittenError(
                    f"Review {found} of it is yours.",
                    remedy=f"Write it anew with PUT /v1/reviews/{found}; what it said is kept.",
                )
            columns: dict[str, Any] = {**said.columns(), "show_as": show_as}
            number = self._posts.add(connection, author, strategy_id, words, **columns)
        return self._posts.get(number)

    def change(self, number: int, author: str, said: Opinion) -> Post:
        """Write a review anew. Raises `UnknownPostError` and what `add` raises."""
        return self._posts.change(number, author, said.words(), **said.columns())

    def withdraw(self, number: int, author: str) -> Post:
        """Take a review back: its rating counts no more. Raises `UnknownPostError`."""
        return self._posts.withdraw(number, author)

    def get(self, number: int) -> Post:
        """One review. Raises `UnknownPostError`."""
        return self._posts.get(number)

    def newest(self, strategy_id: int, *, before: int | None, limit: int) -> Sequence[Post]:
        """Reviews of a strategy but those that were withdrawn, the newest first."""
        left = (Post.strategy_id == strategy_id, Post.withdrawn_us.is_(None))
        return self._posts.newest(*left, limit=limit, before=before)

    def by(self, author: str, strategy_id: int) -> Post | None:
        """An author's own review of a strategy, in whichever state."""
        found = self._posts.newest(Post.strategy_id == strategy_id, Post.author == author, limit=1)
        return found[0] if found else None

    def ratings(self, strategy_id: int) -> list[int]:
        """How many gave each rating, from the lowest to the highest."""
        query = (
            select(Post.rating, func.count())
            .filter_by(**self._posts.place, kind=Kind.REVIEW)
            .where(*shown(strategy_id))
            .group_by(Post.rating)
        )
        with self._posts.engine.connect() as connection:
            found = {rating: number for rating, number in connection.execute(query)}  # noqa: C416 - rows are no pairs to `dict`
        return [found.get(rating, 0) for rating in range(LOWEST, HIGHEST + 1)]

    def with_badge(self, strategy_id: int, *, limit: int) -> Sequence[Post]:
        """The newest reviews whose authors want it shown that they followed."""
        return self._posts.newest(*shown(strategy_id), Post.with_badge.is_(True), limit=limit)

    def revisions(self, number: int) -> list[Revision]:
        """Everything that was written, the oldest first."""
        return self._posts.revisions([number])[number]
