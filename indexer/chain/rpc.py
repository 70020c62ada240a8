"""JSON-RPC over HTTP: single and batched calls, patient with a node that is briefly away."""

import asyncio
import random
from collections.abc import Sequence
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import msgspec
import structlog

from indexer.chain.errors import NodeRefusedError, NodeUnreachableError, NotANodeError
from indexer.chain.wire import ErrorBody, Params, Response, decode

T = TypeVar("T")

log = structlog.get_logger()

_FIX_URL = "Check that the node runs and that the RPC URL is right (--rpc-url or LOCKSTEP_RPC_URL)."
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class RpcClient:
    """A client of one node. `attempts` counts the tries of a request, with growing pauses between them."""

    def __init__(
        self,
        url: str,
        *,
        timeout_s: float = 30,
        attempts: int = 4,
        batch_size: int = 100,
        connections: int = 4,
    ) -> None:
        self.url = url
        self._attempts = attempts
        self._batch_size = batch_size
        self._slots = asyncio.Semaphore(connections)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

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
        answers = await asyncio.gather(*(self._ask(method, chunk) for chunk in chunks))
        return [
            _refusal(method, answer.error) if answer.error is not None else decode(answer.result, shape)
            for chunk in answers
            for answer in chunk
        ]

    async def _chunk(self, method: str, params: Sequence[Params], shape: type[T]) -> list[T]:
        responses = await self._ask(method, params)
        for response in responses:
            if response.error is not None:
                raise _refusal(method, response.error)
        return [decode(response.result, shape) for response in responses]

    async def _ask(self, method: str, params: Sequence[Params]) -> list[Response]:
        calls = [
            {"jsonrpc": "2.0", "id": at, "method": method, "params": each} for at, each in enumerate(params)
        ]
        # A lone call goes unbatched: some nodes do not know batches.
        body = await self._post(msgspec.json.encode(calls if len(calls) > 1 else calls[0]))
        batched = body.lstrip()[:1] == b"["
        responses = decode(body, list[Response]) if batched else [decode(body, Response)]
        by_id = {response.id: response for response in responses}
        if len(responses) != len(calls) or by_id.keys() != set(range(len(calls))):
            # What a node has against the whole request it says in one answer without an id.
            for response in responses:
                if response.error is not None:
                    raise _refusal(method, response.error)
            raise NotANodeError(
                f"The node answered {len(responses)} of {len(calls)} batched calls of {method}.",
                remedy="Use a node that supports JSON-RPC batches.",
            )
        return [by_id[at] for at in range(len(calls))]

    async def _post(self, body: bytes) -> bytes:
        if self._session is None:
            raise RuntimeError("use the client as a context manager")
        reason = ""
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(min(4.0, 0.25 * 2**attempt) * random.uniform(0.5, 1))  # noqa: S311 (jitter)
            try:
                async with (
                    self._slots,
                    self._session.post(
                        self.url, data=body, headers={"Content-Type": "application/json"}
                    ) as answer,
                ):
                    content = await answer.read()
                    # Some nodes send their JSON-RPC errors with status 400.
                    if answer.ok or (answer.status == 400 and content.lstrip()[:1] in {b"{", b"["}):
                        return content
                    reason = f"HTTP status {answer.status}"
                    if answer.status not in _TRY_AGAIN:
                        break
            except aiohttp.InvalidURL as error:
                raise NodeUnreachableError(f"'{self.url}' is not a URL.", remedy=_FIX_URL) from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                reason = str(error) or type(error).__name__
            log.debug("rpc_retry", url=self.url, attempt=attempt + 1, reason=reason)
        raise NodeUnreachableError(f"The node at {self.url} does not answer: {reason}.", remedy=_FIX_URL)


def _refusal(method: str, error: ErrorBody) -> NodeRefusedError:
    return NodeRefusedError(
        f"The node refused {method}: {error.message} (code {error.code}).",
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
