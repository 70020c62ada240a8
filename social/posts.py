"""What annotations, comments and reviews share: written, changed, withdrawn, with every revision kept.

A text that staff has hidden stays as it is until it is restored. How often somebody may write is counted by
revisions, so that changing a text is no way around it.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update
from sqlalchemy.orm import Session

from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import writing
from social.errors import HiddenPostError, TooManyPostsError, UnknownPostError
from social.models import Post, Revision


class Kind(StrEnum):
    """What a post is."""

    ANNOTATION = "annotation"
    COMMENT = "comment"
    REVIEW = "review"


class ShowAs(StrEnum):
    """Under which name an author wants to be seen: their handle, part of their address, or neither."""

    HANDLE = "handle"
    SHORTENED = "shortened"
    PSEUDONYM = "pseudonym"


MOST_AN_HOUR = {Kind.ANNOTATION: 60, Kind.COMMENT: 20, Kind.REVIEW: 10}
MOST_A_DAY = {Kind.ANNOTATION: 200, Kind.COMMENT: 60, Kind.REVIEW: 20}
_HOUR_US = 3_600_000_000


class Posts:
    """The posts of one kind on one hub."""

    def __init__(self, engine: Engine, place: Place, kind: Kind, *, clock: Clock = now_us) -> None:
        self.engine = engine
        self.kind = kind
        self.place: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._clock = clock

    def add(
        self,
        connection: Connection,
        author: str,
        strategy_id: int,
        text: str,
        *,
        chain_s: int | None = None,
        **own: Any,
    ) -> int:
        """Write a post within a transaction; its number. ``own`` are the kind's own columns.

        Raises `TooManyPostsError`.
        """
        now = self._clock()
        self._refuse_many(connection, author, now)
        values = self.place | {"kind": self.kind, "author": author, "strategy_id": strategy_id}
        values |= {"text": text, "written_us": now, "changed_us": now, **own}
        made = connection.execute(insert(Post).values(**values).returning(Post.id))
        number = int(made.scalar_one())
        told = {"text": text, "rating": own.get("rating"), "chain_s": chain_s}
        _keep(connection, number, now, told)
        return number

    def change(self, number: int, author: str, text: str, *, chain_s: int | None = None, **own: Any) -> Post:
        """Write a post of an author's anew; one that was withdrawn is there again.

        Raises `UnknownPostError`, `HiddenPostError` and `TooManyPostsError`.
        """
        told = {"text": text, "rating": own.get("rating"), "chain_s": chain_s}
        return self._revise(number, author, told, {"text": text, "withdrawn_us": None, **own})

    def withdraw(self, number: int, author: str, *, chain_s: int | None = None) -> Post:
        """Take a post of an author's back, however often they wrote; what is withdrawn already stays so.

        Raises `UnknownPostError` and `HiddenPostError`.
        """
        found = self.get(number)
        if found.author == author and found.withdrawn_us is not None:
            return found
        told = {"text": None, "rating": None, "chain_s": chain_s}
        return self._revise(number, author, told, {"text": "", "withdrawn_us": self._clock()})

    def get(self, number: int) -> Post:
        """One post, in whichever state. Raises `UnknownPostError`."""
        with Session(self.engine, expire_on_commit=False) as session:
            found = session.scalars(select(Post).where(Post.id == number, *self._mine)).one_or_none()
        if found is None:
            raise self._unknown(number)
        return found

    def newest(self, *where: ColumnElement[bool], limit: int, before: int | None = None) -> Sequence[Post]:
        """Posts that fit, the newest first, those below a number, if one is given."""
        query = select(Post).where(*self._mine, *where)
        if before is not None:
            query = query.where(Post.id < before)
        with Session(self.engine, expire_on_commit=False) as session:
            return session.scalars(query.order_by(Post.id.desc()).limit(limit)).all()

    def among(self, *where: ColumnElement[bool]) -> Sequence[Post]:
        """All posts that fit, the oldest first: for conditions that bound their number."""
        with Session(self.engine, expire_on_commit=False) as session:
            return session.scalars(select(Post).where(*self._mine, *where).order_by(Post.id)).all()

    def count(self, strategy_id: int) -> int:
        """How many of a strategy's are to be read."""
        query = select(func.count()).select_from(Post).where(*self._mine, *shown(strategy_id))
        with self.engine.connect() as connection:
            return connection.scalar(query) or 0

    def revisions(self, numbers: Collection[int]) -> dict[int, list[Revision]]:
        """Post → everything that was written, the oldest first."""
        found: dict[int, list[Revision]] = {number: [] for number in numbers}
        query = select(Revision).where(Revision.post_id.in_(found)).order_by(Revision.number)
        with Session(self.engine, expire_on_commit=False) as session:
            for row in session.scalars(query):
                found[row.post_id].append(row)
        return found

    def _revise(self, number: int, author: str, told: dict[str, Any], values: dict[str, Any]) -> Post:
        now = self._clock()
        with writing(self.engine) as connection:
            mine = (Post.id == number, Post.author == author, *self._mine)
            row = connection.execute(select(Post.__table__).where(*mine)).mappings().first()
            if row is None:
                raise self._unknown(number)
            if row["hidden_us"] is not None:
                raise HiddenPostError(
                    f"Staff has hidden {self.kind} {number}.", remedy="Ask support why; write nothing new."
                )
            if told["text"] is not None:
                self._refuse_many(connection, author, now)
            connection.execute(update(Post).where(Post.id == number).values(**values, changed_us=now))
            _keep(connection, number, now, told)
        return self.get(number)

    def _refuse_many(self, connection: Connection, author: str, now: int) -> None:
        query = (
            select(func.count())
            .select_from(Revision)
            .join(Post, Post.id == Revision.post_id)
            .where(Post.author == author, Post.kind == self.kind)
        )
        for most, span in ((MOST_AN_HOUR, _HOUR_US), (MOST_A_DAY, 24 * _HOUR_US)):
            written = connection.scalar(query.where(Revision.written_us > now - span)) or 0
            if written >= most[self.kind]:
                raise TooManyPostsError(
                    f"You wrote {written} {self.kind}s lately.",
                    remedy=f"At most {MOST_AN_HOUR[self.kind]} an hour and {MOST_A_DAY[self.kind]} a day.",
                )

    @property
    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        chain_id, hub = self.place["chain_id"], self.place["hub"]
        return Post.chain_id == chain_id, Post.hub == hub, Post.kind == self.kind

    def _unknown(self, number: int) -> UnknownPostError:
        return UnknownPostError(
            f"There is no {self.kind} {number} that is yours or to be read.",
            remedy=f"List them with GET /v1/{self.kind}s.",
        )


def shown(strategy_id: int) -> tuple[ColumnElement[bool], ...]:
    """Posts about a strategy that are neither withdrawn nor hidden."""
    return Post.strategy_id == strategy_id, Post.withdrawn_us.is_(None), Post.hidden_us.is_(None)


def _keep(connection: Connection, number: int, now: int, told: dict[str, Any]) -> None:
    kept = select(func.count()).where(Revision.post_id == number).scalar_subquery()
    values = {"post_id": number, "number": kept, "written_us": now, **told}
    connection.execute(insert(Revision).values(**values))
