"""Under whose name a request is counted: a key with the scope `public:read` has an allowance of its own."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import Scope as Asked

from access.keys import scopes_of
from access.roles import Scope
from access.secrets import KEY, hash_of
from api.access.door import Door

REMEMBERED_S = 60
"""How long a key is taken for what it was when it was last looked up."""
_MOST = 10_000
_PREFIX = f"bearer {KEY}_"


class Names:
    """Names the requests that come with a good key; all others go by their address."""

    def __init__(self, door: Door, clock: Callable[[], float] = monotonic) -> None:
        self._door = door
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()

    async def __call__(self, asked: Asked) -> str | None:
        """Return the key's name; None without a good key."""
        given = Headers(scope=asked).get("authorization", "")
        if not given.lower().startswith(_PREFIX):
            return None
        token = given.partition(" ")[2].strip()
        digest, now = hash_of(token), self._clock()
        name, until = self._known.get(digest, (None, 0.0))
        if until > now:
            return name
        name = await run_in_threadpool(self._look_up, token)
        if name is not None:
            self._known[digest] = (name, now + REMEMBERED_S)
            self._known.move_to_end(digest)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return name

    def _look_up(self, token: str) -> str | None:
        try:
            key = self._door.desk.keys.find(token)
        except SQLAlchemyError:  # whoever answers the request says so
            return None
        return None if key is None or Scope.PUBLIC not in scopes_of(key) else f"key {key.id}"
