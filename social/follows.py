"""Who watches which strategy without money. The list is its owner's alone; others see a number."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing
from social.errors import TooManyPostsError, UnknownFollowError
from social.models import Follow

MOST = 200


class Follows:
    """The follows of one hub."""

    def __init__(self, engine: Engine, place: Place, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._place: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._clock = clock

    def add(self, address: str, strategy_id: int) -> Follow:
        """Follow a strategy; who follows it already goes on. Raises `TooManyPostsError`."""
        own = self._place | {"address": address}
        with writing(self._engine) as connection:
            others = select(func.count()).select_from(Follow).filter_by(**own)
            followed = connection.scalar(others.where(Follow.strategy_id != strategy_id)) or 0
            if followed >= MOST:
                raise TooManyPostsError(f"You follow {followed} strategies.", remedy="Leave one first.")
            insert_new(connection, Follow, **own, strategy_id=strategy_id, since_us=self._clock())
        return next(each for each in self.of(address) if each.strategy_id == strategy_id)

    def remove(self, address: str, strategy_id: int) -> None:
        """Follow a strategy no more. Raises `UnknownFollowError`."""
        own = self._place | {"address": address, "strategy_id": strategy_id}
        with writing(self._engine) as connection:
            if connection.execute(delete(Follow).filter_by(**own)).rowcount != 1:
                raise UnknownFollowError(
                    f"You do not follow strategy {strategy_id}.", remedy="List yours with GET /v1/follows."
                )

    def of(self, address: str) -> Sequence[Follow]:
        """What an address follows, the newest first."""
        own = select(Follow).filter_by(**self._place, address=address)
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(own.order_by(Follow.since_us.desc(), Follow.strategy_id)).all()

    def count(self, strategy_id: int) -> int:
        """How many follow a strategy."""
        query = select(func.count()).select_from(Follow)
        with self._engine.connect() as connection:
            return connection.scalar(query.filter_by(**self._place, strategy_id=strategy_id)) or 0
