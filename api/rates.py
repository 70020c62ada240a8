"""How many requests a client may make: a bucket for each address or name, told in every answer.

Headers are those of the IETF draft "RateLimit header fields for HTTP".
"""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from math import ceil, inf
from mmap import mmap
from multiprocessing import get_context
from struct import Struct
from time import monotonic

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ApiError, problem_response

WINDOW_S = 60
_PLACE = Struct("=Qdd")
_GROUPS, _WAYS = 2_048, 8
MOST_CLIENTS = _GROUPS * _WAYS
"""Clients that are remembered at most."""

Named = Callable[[Scope], Awaitable[str | None]]
"""Under which name a request is counted; None for its address."""


class TooManyRequestsError(ApiError):
    """The client's bucket is empty."""

    status, slug, title = 429, "too-many-requests", "Too many requests"


class Buckets:
    """Gives each client ``most`` requests a minute, as they flow back evenly.

    Processes that are forked after it was made share it. A client is known by a hash in one of a few places;
    were all of them taken, the one that was heard of longest ago is forgotten.
    """

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self.most = most
        self._clock = clock
        self._lock = get_context("fork").Lock()
        self._places = mmap(-1, _GROUPS * _WAYS * _PLACE.size)

    def take(self, client: str) -> tuple[bool, int, int]:
        """Return whether a request may go on, how many more may, and seconds until all may again."""
        name = int.from_bytes(blake2b(client.encode(), digest_size=8).digest()) | 1
        with self._lock:
            now = self._clock()
            place, level, at = self._find(name, now)
            level = min(float(self.most), level + (now - at) * self.most / WINDOW_S)
            granted = level >= 1
            level -= granted
            _PLACE.pack_into(self._places, place, name, level, now)
        return granted, int(level), ceil((self.most - level) * WINDOW_S / self.most)

    def _find(self, name: int, now: float) -> tuple[int, float, float]:
        """A client's place with its level and when that was; a full bucket for one that is not known."""
        first = (name >> 1) % _GROUPS * _WAYS * _PLACE.size
        oldest, since = first, inf
        for place in range(first, first + _WAYS * _PLACE.size, _PLACE.size):
            found, level, at = _PLACE.unpack_from(self._places, place)
            if found == name:
                return place, level, at
            if not found:
                return place, float(self.most), now
            if at < since:
                oldest, since = place, at
        return oldest, float(self.most), now


class RateLimits:
    """ASGI middleware that refuses clients whose bucket is empty. ``named`` knows some by name."""

    def __init__(self, app: ASGIApp, buckets: Buckets, named: Named) -> None:
        self._app = app
        self._named = named
        self._most = buckets.most
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request, and pass it on or refuse it."""
        if scope["type"] not in {"http", "websocket"} or not scope.get("client"):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # Closed before it is accepted, the server answers 403.
            if self._buckets.take(scope["client"][0])[0]:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        client = await self._named(scope) or scope["client"][0]
        granted, left, reset = self._buckets.take(client)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"default";q={self._most};w={WINDOW_S}'
                headers["RateLimit"] = f'"default";r={left};t={reset}'
                if not granted:
                    headers["Retry-After"] = str(ceil(WINDOW_S / self._most))
            await send(message)

        if granted:
            await self._app(scope, receive, told)
            return
        error = TooManyRequestsError(
            f"More than {self._most} requests a minute came from this address, or with this key.",
            remedy="Wait as long as `Retry-After` says; send `If-None-Match`, and listen to /v1/events.",
        )
        await problem_response(error, Request(scope))(scope, receive, told)
