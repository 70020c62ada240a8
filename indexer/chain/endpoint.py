"""One node's HTTP endpoint: how it is asked, how well it answers, and how it is named for people."""

import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp

from indexer.chain.errors import BusyNodeError, NodeRefusedError, NodeUnreachableError

FIX_URL = "Check that the node runs and that the RPC URL is right (--rpc-url or LOCKSTEP_RPC_URL)."

_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOO_LONG = -32005
"""What nodes themselves say where a result is too large for them (EIP-1474, limit exceeded)."""

_SECRET_LENGTH = 16
"""A part of a path this long is taken for a provider's key."""

_MEMORY = 0.8
"""How much of the score each answer leaves: five answers in a row outweigh what was before."""
_REST_AFTER = 3
_FIRST_REST_S = 5.0
_LONGEST_REST_S = 120.0


def shown(url: str) -> str:
    """The URL as logs and errors may show it: without password, and without what may be a provider's key."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url
    if not parts.hostname:
        return url
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    user = "***@" if parts.username or parts.password else ""
    path = "/".join(
        each if len(each) < _SECRET_LENGTH else f"{each[:3]}***" for each in parts.path.split("/")
    )
    query = urlencode({name: "***" for name, _ in parse_qsl(parts.query)}, safe="*")
    return parts._replace(netloc=f"{user}{host}{port}", path=path, query=query).geturl()


@dataclass(slots=True)
class Health:
    """How well an endpoint answers. `score` is from 0 to 1, `latency_s` a moving average, `height` the newest
    block it told of.

    After three failures in a row it rests, twice as long each time, and is asked only where no other is left.
    """

    score: float = 1.0
    latency_s: float = 0.0
    height: int = 0
    asked: int = 0
    failed: int = 0
    in_a_row: int = 0
    resting_until: float = 0.0

    @property
    def resting(self) -> bool:
        """Whether it failed so often just now that it is not asked."""
        return time.monotonic() < self.resting_until

    def good(self, seconds: float) -> None:
        """Note an answer."""
        self.asked += 1
        self.in_a_row, self.resting_until = 0, 0.0
        self.score = self.score * _MEMORY + (1 - _MEMORY)
        self.latency_s = seconds if self.asked == 1 else self.latency_s * _MEMORY + seconds * (1 - _MEMORY)

    def bad(self) -> None:
        """Note a failure, or an answer that another contradicts."""
        self.asked += 1
        self.failed += 1
        self.in_a_row += 1
        self.score *= _MEMORY
        if self.in_a_row >= _REST_AFTER:
            rest = min(_LONGEST_REST_S, _FIRST_REST_S * 2.0 ** (self.in_a_row - _REST_AFTER))
            self.resting_until = time.monotonic() + rest


class Endpoint:
    """One node. `name` is its URL without secrets; `admitted` says that it was found on the right chain."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = shown(url)
        self.health = Health()
        self.admitted = False

    async def post(self, session: aiohttp.ClientSession, body: bytes, *, longest: int) -> bytes:
        """Send one request. Raises `BusyNodeError` if asking again may help, else `NodeUnreachableError`,
        and `NodeRefusedError` for an answer of more than `longest` bytes, of which no more is read.
        """
        try:
            async with session.post(
                self.url, data=body, headers={"Content-Type": "application/json"}
            ) as answer:
                content = await self._read(answer, longest)
                # Some nodes send their JSON-RPC errors with status 400.
                if answer.ok or (answer.status == 400 and content.lstrip()[:1] in {b"{", b"["}):
                    return content
                raise self._unreachable(f"HTTP status {answer.status}", passing=answer.status in _TRY_AGAIN)
        except aiohttp.InvalidURL as error:
            raise NodeUnreachableError(f"'{self.name}' is not a URL.", remedy=FIX_URL) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(str(error) or type(error).__name__, passing=True) from error

    def _unreachable(self, reason: str, *, passing: bool) -> NodeUnreachableError:
        kind = BusyNodeError if passing else NodeUnreachableError
        # aiohttp's own messages may repeat the URL.
        reason = reason.replace(self.url, self.name)
        return kind(f"The node at {self.name} does not answer: {reason}.", remedy=FIX_URL)

    async def _read(self, answer: aiohttp.ClientResponse, longest: int) -> bytes:
        """An answer's body, which aiohttp itself would read whatever its length."""
        body = bytearray()
        if (answer.content_length or 0) <= longest:
            async for part in answer.content.iter_any():
                body += part
                if len(body) > longest:
                    break
            else:
                return bytes(body)
        raise NodeRefusedError(
            f"The node at {self.name} sends more than {longest >> 20} MB at once.",
            remedy="Use another RPC endpoint; nothing of it was believed.",
            code=_TOO_LONG,
        )
