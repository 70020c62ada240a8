"""How many requests a client may make: a bucket for each address, told in every answer.

Headers are those of the IETF draft "RateLimit header fields for HTTP". A process counts for itself.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from math import ceil
from time import monotonic

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ApiError, problem_response

WINDOW_S = 60
MOST_CLIENTS = 10_000
"""Addresses that are remembered; the one that was heard of longest ago is forgotten first."""


Named = Callable[[Scope], Awaitable[str | None]]
"""Under which name a request is counted; None for its address."""


class TooManyRequestsError(ApiError):
    """The client's bucket is empty."""

    status, slug, title = 429, "too-many-requests", "Too many requests"


class Buckets:
    """Gives each client ``most`` requests a minute, as they flow back evenly."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> tuple[bool, int, int]:
        """Return whether a request may go on, how many more may, and seconds until all may again."""
        now = self._clock()
        level, at = self._levels.pop(client, (float(self._most), now))
        level = min(float(self._most), level + (now - at) * self._most / WINDOW_S)
        granted = level >= 1
        level -= granted
        self._levels[client] = (level, now)
        if len(self._levels) > MOST_CLIENTS:
            self._levels.popitem(last=False)
        return granted, int(level), ceil((self._most - level) * WINDOW_S / self._most)


class RateLimits:
    """ASGI middleware that refuses clients whose bucket is empty. ``named`` knows some by name."""

    def __init__(self, app: ASGIApp, most: int, named: Named) -> None:
        self._app = app
        self._named = named
        self._most = most
        self._buckets = Buckets(most)

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
