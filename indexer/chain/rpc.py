"""JSON-RPC over HTTP to one or several nodes of one chain: single and batched calls, patient with a node that
is briefly away, and on to the next where one fails.

One endpoint, the healthiest, is asked everything until it fails, lags or is distrusted: answers that are used
together come from one node's view of the chain.
"""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import msgspec
import structlog

from indexer.chain.endpoint import FIX_URL, Endpoint
from indexer.chain.errors import (
    BusyNodeError,
    ChainError,
    NodeRefusedError,
    NodeUnreachableError,
    NotANodeError,
    WrongChainError,
)
from indexer.chain.wire import ErrorBody, Params, require_shape, responses

T = TypeVar("T")

log = structlog.get_logger()

LONGEST_LOGS = 8 << 20
"""Bytes of an answer about the logs of several blocks: some ten thousand logs. Four of these are read at the
same time, so that this is what bounds the memory of a backfill.
"""

LONGEST_ANSWER = 256 << 20
"""Bytes of any other answer: more than the logs of one block can come to."""

_REVERTED = 3
_THROTTLED = re.compile(r"rate.?limit|too many requests|throttl|compute units|capacity", re.IGNORECASE)
_KEPT_UNLESS_WORSE = 0.2
"""By how much another's score must be better before calls move to it."""


class RpcClient:
    """A client of the nodes at `urls`. `attempts` counts the rounds of a request over all of them, with
    growing pauses between rounds.
    """

    def __init__(
        self,
        *urls: str,
        timeout_s: float = 30,
        attempts: int = 4,
        pause_s: float = 0.25,
        batch_size: int = 100,
        connections: int = 4,
        longest_logs: int = LONGEST_LOGS,
    ) -> None:
        self.endpoints = tuple(Endpoint(url) for url in dict.fromkeys(urls))
        if not self.endpoints:
            raise NodeUnreachableError("No RPC URL is given.", remedy=FIX_URL)
        self._attempts = attempts
        self._pause_s = pause_s
        self._batch_size = batch_size
        self._longest_logs = longest_logs
        self._slots = asyncio.Semaphore(connections)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None
        self._chain_id: int | None = None
        self._first = self.endpoints[0]
        self._needed_height = 0

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def url(self) -> str:
        """The endpoint that is asked now, without secrets, as errors name it."""
        return self._first.name

    @property
    def healthy(self) -> list[Endpoint]:
        """Endpoints that do not rest; all of them where every one does."""
        return [each for each in self.endpoints if not each.health.resting] or list(self.endpoints)

    async def require_chain(self, chain_id: int) -> None:
        """Raise `WrongChainError` if an endpoint is of another chain, `NodeUnreachableError` if none answers.

        An endpoint that is away now is asked for its chain before its first answer is used.
        """
        self._chain_id = chain_id
        found = await asyncio.gather(*(self._admit(each) for each in self.endpoints), return_exceptions=True)
        failures = [each for each in found if isinstance(each, BaseException)]
        for failure in failures:
            if not isinstance(failure, NodeUnreachableError | NotANodeError | NodeRefusedError):
                raise failure
        if len(failures) == len(self.endpoints):
            # Once more with patience: none answered at once.
            await self.call("eth_chainId", [], str)

    def distrust(self, reason: str) -> None:
        """Note that the endpoint asked now contradicted itself or another; the next is asked from now on."""
        self._first.health.bad()
        others = [each for each in self.healthy if each is not self._first]
        if others:
            before, self._first = self._first, max(others, key=lambda each: each.health.score)
            log.warning("endpoint_distrusted", endpoint=before.name, next=self._first.name, reason=reason)

    def need_height(self, number: int) -> None:
        """Prefer endpoints that have the block at this height."""
        self._needed_height = number

    async def rounds(self) -> AsyncIterator[int]:
        """Count the tries that a question gets, and pause before each but the first, longer every time."""
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(min(4.0, self._pause_s * 2**attempt) * random.uniform(0.5, 1))  # noqa: S311 (jitter)
            yield attempt

    async def call(self, method: str, params: Params, shape: type[T]) -> T:
        """Call one method. Raises `NodeRefusedError` for the node's own errors."""
        return (await self.batch(method, [params], shape))[0]

    async def batch(self, method: str, params: Sequence[Params], shape: type[T]) -> list[T]:
        """Call one method with many parameters, some at a time in one request, and answer in their order."""
        chunks = [params[at : at + self._batch_size] for at in range(0, len(params), self._batch_size)]
        answers = await asyncio.gather(*(self._chunk(method, chunk, shape) for chunk in chunks))
        return [answer for chunk in answers for answer in chunk]

    async def outcomes(
        self, method: str, params: Sequence[Params], shape: type[T]
    ) -> list[T | NodeRefusedError]:
        """As `batch`, where one call may be refused and the others answered: a refusal takes its place."""
        chunks = [params[at : at + self._batch_size] for at in range(0, len(params), self._batch_size)]
        answers = await asyncio.gather(*(self._chunk_outcomes(method, chunk, shape) for chunk in chunks))
        return [answer for chunk in answers for answer in chunk]

    async def ask(self, endpoint: Endpoint, method: str, params: Sequence[Params], shape: type[T]) -> list[T]:
        """Call one method at one endpoint, once, and note how well it answered."""
        return [_required(each) for each in await self._noted(endpoint, method, params, shape, _required)]

    async def _noted(
        self,
        endpoint: Endpoint,
        method: str,
        params: Sequence[Params],
        shape: type[T],
        check: Callable[[T | NodeRefusedError], object],
    ) -> list[T | NodeRefusedError]:
        begun = time.monotonic()
        try:
            await self._admit(endpoint)
            found = await self._ask(endpoint, method, params, shape)
            for each in found:
                check(each)
        except NodeRefusedError as error:
            if _THROTTLED.search(str(error)):
                endpoint.health.bad()
            else:
                endpoint.health.good(time.monotonic() - begun)
            raise
        except ChainError:
            endpoint.health.bad()
            raise
        endpoint.health.good(time.monotonic() - begun)
        return found

    async def _chunk(self, method: str, params: Sequence[Params], shape: type[T]) -> list[T]:
        return await self._somewhere(method, lambda endpoint: self.ask(endpoint, method, params, shape))

    async def _chunk_outcomes(
        self, method: str, params: Sequence[Params], shape: type[T]
    ) -> list[T | NodeRefusedError]:
        return await self._somewhere(
            method, lambda endpoint: self._noted(endpoint, method, params, shape, _not_throttled)
        )

    async def _somewhere(self, method: str, ask: Callable[[Endpoint], Awaitable[list[T]]]) -> list[T]:
        """Ask one endpoint after the other, and all of them again, until one answers."""
        failures: dict[Endpoint, ChainError] = {}
        given_up: set[Endpoint] = set()
        async for attempt in self.rounds():
            for endpoint in self._order():
                if endpoint in given_up:
                    continue
                try:
                    found = await ask(endpoint)
                except ChainError as error:
                    if isinstance(error, NodeRefusedError) and _is_final(method, error):
                        raise
                    failures[endpoint] = error
                    if not isinstance(error, BusyNodeError):
                        given_up.add(endpoint)
                    log.debug("rpc_retry", endpoint=endpoint.name, attempt=attempt + 1, reason=str(error))
                else:
                    self._move_to(endpoint, failures)
                    return found
            if len(given_up) == len(self.endpoints):
                break
        raise _all_failed(list(failures.values()))

    def _order(self) -> list[Endpoint]:
        """The endpoint asked so far first, unless it rests, lacks the head, or another is clearly better."""

        def preference(each: Endpoint) -> tuple[bool, bool, float, float]:
            health, kept = each.health, _KEPT_UNLESS_WORSE if each is self._first else 0.0
            behind = bool(health.height) and health.height < self._needed_height
            return health.resting, behind, -health.score - kept, health.latency_s

        return sorted(self.endpoints, key=preference)

    def _move_to(self, endpoint: Endpoint, failures: dict[Endpoint, ChainError]) -> None:
        before, error = self._first, failures.get(self._first)
        # A refusal says nothing against the endpoint for other questions.
        if endpoint is before or isinstance(error, NodeRefusedError):
            return
        self._first = endpoint
        reason = str(error) if error else "another is healthier"
        log.warning("endpoint_changed", endpoint=before.name, next=endpoint.name, reason=reason)

    def _longest(self, method: str, params: Sequence[Params]) -> int:
        """How many bytes of an answer are read: fewer of a range's logs, which can be asked for in parts."""
        in_parts = method == "eth_getLogs" and any(
            each[0].get("fromBlock") != each[0].get("toBlock") for each in params
        )
        return self._longest_logs if in_parts else LONGEST_ANSWER

    async def _admit(self, endpoint: Endpoint) -> None:
        """Raise unless the endpoint is on the chain that is required; ask it only once."""
        if self._chain_id is None or endpoint.admitted:
            return
        [answer] = await self._ask(endpoint, "eth_chainId", [[]], str)
        found = int(_required(answer), 16)
        if found != self._chain_id:
            raise WrongChainError(
                f"The node at {endpoint.name} is on chain {found}, not on {self._chain_id}.",
                remedy=f"Give the URL of a node of chain {self._chain_id}, or the deployment file of chain "
                f"{found}.",
            )
        endpoint.admitted = True

    async def _ask(
        self, endpoint: Endpoint, method: str, params: Sequence[Params], shape: type[T]
    ) -> list[T | NodeRefusedError]:
        if self._session is None:
            raise RuntimeError("use the client as a context manager")
        calls = [
            {"jsonrpc": "2.0", "id": at, "method": method, "params": each} for at, each in enumerate(params)
        ]
        # A lone call goes unbatched: some nodes do not know batches.
        async with self._slots:
            body = await endpoint.post(
                self._session,
                msgspec.json.encode(calls if len(calls) > 1 else calls[0]),
                longest=self._longest(method, params),
            )
        answers = responses(body, shape)
        by_id = {response.id: response for response in answers}
        if len(answers) != len(calls) or by_id.keys() != set(range(len(calls))):
            # What a node has against the whole request it says in one answer without an id.
            for response in answers:
                if response.error is not None:
                    raise _refusal(endpoint, method, response.error)
            raise NotANodeError(
                f"The node at {endpoint.name} answered {len(answers)} of {len(calls)} batched calls of "
                f"{method}.",
                remedy="Use a node that supports JSON-RPC batches.",
            )
        in_order = [by_id[at] for at in range(len(calls))]
        return [
            _refusal(endpoint, method, each.error) if each.error else require_shape(each.result, shape)
            for each in in_order
        ]


def _required(answer: T | NodeRefusedError) -> T:
    if isinstance(answer, NodeRefusedError):
        raise answer
    return answer


def _not_throttled(answer: object) -> None:
    """A node that is asked too much says so instead of an answer; that is no outcome of the call."""
    if isinstance(answer, NodeRefusedError) and _THROTTLED.search(str(answer)):
        raise answer


def _refusal(endpoint: Endpoint, method: str, error: ErrorBody) -> NodeRefusedError:
    return NodeRefusedError(
        f"The node at {endpoint.name} refused {method}: {error.message} (code {error.code}).",
        remedy="Check that the node serves this method and still has the blocks asked for.",
        code=error.code,
        data=_reverted_with(error.data),
    )


def _reverted_with(data: object) -> bytes | None:
    """Nodes give a revert's data as hex text, or inside an object of their own."""
    if isinstance(data, dict):
        data = data.get("data")
    if isinstance(data, str) and data.startswith("0x"):
        try:
            return bytes.fromhex(data[2:])
        except ValueError:
            return None
    return None


def _is_final(method: str, error: NodeRefusedError) -> bool:
    """Whether another endpoint would refuse as well, or the caller wants to ask for less instead."""
    if _THROTTLED.search(str(error)):
        return False
    return method == "eth_getLogs" or error.code == _REVERTED or "revert" in str(error).lower()


def _all_failed(failures: Sequence[ChainError]) -> ChainError:
    if len(failures) == 1:
        return failures[0]
    told = " ".join(str(each) for each in failures)
    if all(isinstance(each, NodeUnreachableError) for each in failures):
        return NodeUnreachableError(f"None of {len(failures)} nodes answers. {told}", remedy=FIX_URL)
    # A refusal or a wrong chain says more than a silence.
    return next(each for each in failures if not isinstance(each, NodeUnreachableError))
