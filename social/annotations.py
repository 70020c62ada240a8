"""What leaders write about their own trades. Nothing that was said can be made unsaid: it can be taken back.

Whether a trade is the author's own is the ledger's to say, and looked at by whoever calls.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import writing
from social.errors import AlreadyWrittenError
from social.models import Post, Revision
from social.posts import Kind, Posts
from social.words import paragraphs

MOST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class OwnTrade:
    """A trade of the author's: its id, and the transaction that opened it."""

    trade_id: int
    tx_hash: str
    strategy_id: int


class Annotations:
    """The annotations of one hub."""

    def __init__(self, engine: Engine, place: Place, *, clock: Clock = now_us) -> None:
        self._posts = Posts(engine, place, Kind.ANNOTATION, clock=clock)

    def add(self, author: str, trade: OwnTrade, text: str, *, chain_s: int) -> Post:
        """Annotate a trade. ``chain_s`` is the time of the ledger's last block, in unix seconds.

        Raises `AlreadyWrittenError`, `BadTextError` and `TooManyPostsError`.
        """
        words = paragraphs(text, least=1, most=MOST_TEXT)
        own = {"trade_id": trade.trade_id, "trade_tx": trade.tx_hash}
        with writing(self._posts.engine) as connection:
            same = select(Post.id).filter_by(**self._posts.place, kind=Kind.ANNOTATION, author=author, **own)
            found = connection.scalar(same)
            if found is not None:
                raise AlreadyWrittenError(
                    f"Annotation {found} is about the trade.",
                    remedy=f"Write it anew with PUT /v1/annotations/{found}; what it said is kept.",
                )
            number = self._posts.add(connection, author, trade.strategy_id, words, chain_s=chain_s, **own)
        return self._posts.get(number)

    def change(self, number: int, author: str, text: str, *, chain_s: int) -> Post:
        """Write an annotation anew. Raises `UnknownPostError` and what `add` raises."""
        words = paragraphs(text, least=1, most=MOST_TEXT)
        return self._posts.change(number, author, words, chain_s=chain_s)

    def withdraw(self, number: int, author: str, *, chain_s: int) -> Post:
        """Take an annotation back; what was said stays to be read. Raises `UnknownPostError`."""
        return self._posts.withdraw(number, author, chain_s=chain_s)

    def get(self, number: int) -> Post:
        """One annotation. Raises `UnknownPostError`."""
        return self._posts.get(number)

    def newest(
        self, *, strategy_id: int | None, trade_id: int | None, before: int | None, limit: int
    ) -> Sequence[Post]:
        """Annotations of a strategy, or of a trade, the newest first."""
        wanted = ((Post.strategy_id, strategy_id), (Post.trade_id, trade_id))
        where = [column == value for column, value in wanted if value is not None]
        return self._posts.newest(*where, limit=limit, before=before)

    def count(self, strategy_id: int) -> int:
        """How many of a strategy's are to be read."""
        return self._posts.count(strategy_id)

    def revisions(self, numbers: Collection[int]) -> dict[int, list[Revision]]:
        """Annotation → everything that was written, the oldest first."""
        return self._posts.revisions(numbers)
