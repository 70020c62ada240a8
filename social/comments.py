"""Comments on strategies, in threads of one level."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Engine, func, select

from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import writing
from social.errors import TooManyPostsError, UnknownPostError
from social.models import Post, Revision
from social.posts import Kind, Posts, ShowAs
from social.words import paragraphs

MOST_TEXT = 2_000
MOST_REPLIES = 50


class Comments:
    """The comments of one hub."""

    def __init__(self, engine: Engine, place: Place, *, clock: Clock = now_us) -> None:
        self._posts = Posts(engine, place, Kind.COMMENT, clock=clock)

    def add(self, author: str, strategy_id: int, text: str, *, reply_to: int | None, show_as: ShowAs) -> Post:
        """Comment on a strategy, or reply to a comment on it that is no reply itself.

        Raises `UnknownPostError`, `BadTextError` and `TooManyPostsError`.
        """
        words = paragraphs(text, least=1, most=MOST_TEXT)
        if reply_to is not None:
            self._check_thread(reply_to, strategy_id)
        with writing(self._posts.engine) as connection:
            if reply_to is not None:
                replies = connection.scalar(select(func.count()).where(Post.reply_to == reply_to)) or 0
                if replies >= MOST_REPLIES:
                    raise TooManyPostsError(
                        f"The thread has {replies} replies.", remedy="Begin a new one with a comment."
                    )
            own: dict[str, Any] = {"reply_to": reply_to, "show_as": show_as}
            number = self._posts.add(connection, author, strategy_id, words, **own)
        return self._posts.get(number)

    def change(self, number: int, author: str, text: str) -> Post:
        """Write a comment anew. Raises `UnknownPostError` and what `add` raises."""
        return self._posts.change(number, author, paragraphs(text, least=1, most=MOST_TEXT))

    def withdraw(self, number: int, author: str) -> Post:
        """Take a comment back. Raises `UnknownPostError`."""
        return self._posts.withdraw(number, author)

    def get(self, number: int) -> Post:
        """One comment. Raises `UnknownPostError`."""
        return self._posts.get(number)

    def threads(self, strategy_id: int, *, before: int | None, limit: int) -> Sequence[Post]:
        """Comments that are no replies, the newest first."""
        roots = (Post.strategy_id == strategy_id, Post.reply_to.is_(None))
        return self._posts.newest(*roots, limit=limit, before=before)

    def replies(self, numbers: Collection[int]) -> Sequence[Post]:
        """Replies to comments, the oldest first."""
        return self._posts.among(Post.reply_to.in_(numbers)) if numbers else []

    def by(self, author: str, strategy_id: int, *, limit: int) -> Sequence[Post]:
        """An author's own, the newest first."""
        return self._posts.newest(Post.strategy_id == strategy_id, Post.author == author, limit=limit)

    def count(self, strategy_id: int) -> int:
        """How many of a strategy's are to be read."""
        return self._posts.count(strategy_id)

    def revisions(self, number: int) -> list[Revision]:
        """Everything that was written, the oldest first."""
        return self._posts.revisions([number])[number]

    def _check_thread(self, number: int, strategy_id: int) -> None:
        found = self._posts.get(number)
        if found.strategy_id != strategy_id or found.reply_to is not None:
            raise UnknownPostError(
                f"Comment {number} begins no thread about strategy {strategy_id}.",
                remedy="Reply to a comment that is no reply itself, of the same strategy.",
            )
