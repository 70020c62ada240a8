"""New heads as they come: pushed by WebSocket, polled where that does not work."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import structlog

from indexer.chain.endpoint import shown
from indexer.chain.reader import ChainReader, now_us
from indexer.chain.types import Header
from indexer.chain.wire import Notice, decode, translate

log = structlog.get_logger()

_SUBSCRIBE = '{"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}'


class _PushLostError(Exception):
    """The node does not push heads, or no longer."""


def websocket_url(rpc_url: str) -> str:
    """The WebSocket URL beside an HTTP one, as most nodes have it: the same address, another scheme."""
    parts = urlsplit(rpc_url)
    return parts._replace(scheme="wss" if parts.scheme == "https" else "ws").geturl()


class Heads:
    """The newest head whenever it changes. Heads in between are left out when the reader is slower than the
    chain.

    `ws_urls` are tried in turn: the next when one is lost, polling for a while when all were. A push is a
    hint: where the reader has several endpoints, their majority is asked before a head is given out. Where
    nothing is pushed for `silence_s`, one poll tells a quiet chain from a subscription that died.
    """

    def __init__(
        self,
        reader: ChainReader,
        ws_urls: str | Sequence[str] | None,
        *,
        poll_s: float = 1.0,
        retry_ws_s: float = 30.0,
        silence_s: float = 15.0,
    ) -> None:
        self._reader = reader
        self._ws_urls = [ws_urls] if isinstance(ws_urls, str) else list(ws_urls or ())
        self._poll_s = poll_s
        self._retry_ws_s = retry_ws_s
        self._silence_s = silence_s

    async def follow(self) -> AsyncGenerator[Header]:
        """Yield the head now, then each new one, for ever. Errors of polling are the caller's."""
        newest: asyncio.Queue[Header | Exception] = asyncio.Queue(maxsize=1)
        source = asyncio.create_task(self._feed(newest))
        try:
            while True:
                head = await newest.get()
                if isinstance(head, Exception):
                    raise head
                yield head
        finally:
            source.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await source

    async def _feed(self, newest: asyncio.Queue[Header | Exception]) -> None:
        try:
            while True:
                _replace(newest, await self._reader.head())
                for url in self._ws_urls:
                    try:
                        await self._subscribe(url, newest)
                    except (aiohttp.ClientError, TimeoutError, OSError, _PushLostError) as error:
                        reason = (str(error) or type(error).__name__).replace(url, shown(url))
                        log.info("heads_polled", endpoint=shown(url), reason=reason)
                await self._poll(newest)
        except Exception as error:  # handed over to the consumer, who raises it
            _replace(newest, error)

    async def _subscribe(self, url: str, newest: asyncio.Queue[Header | Exception]) -> None:
        timeout = aiohttp.ClientTimeout(total=None, connect=10)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.ws_connect(url, heartbeat=20, max_msg_size=0) as socket,
        ):
            await socket.send_str(_SUBSCRIBE)
            last = 0
            while True:
                try:
                    message = await socket.receive(self._silence_s)
                except TimeoutError:
                    head = await self._reader.head()
                    if head.number > last:
                        _replace(newest, head)
                        raise _PushLostError("the node has a newer head than it pushed") from None
                    continue
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                notice = decode(message.data.encode(), Notice)
                if notice.error is not None:
                    raise _PushLostError(notice.error.message)
                if notice.params is None:
                    # Subscribed. What was mined since the head was asked for has not been pushed.
                    head = await self._reader.head()
                else:
                    pushed = notice.params.result
                    head = await self._reader.confirm(translate(partial(pushed.value, now_us())))
                last = max(last, head.number)
                _replace(newest, head)
        raise _PushLostError("the node closed the WebSocket")

    async def _poll(self, newest: asyncio.Queue[Header | Exception]) -> None:
        """Poll for a while, or for ever where there is no WebSocket to go back to."""
        last = ""
        rounds = int(self._retry_ws_s / self._poll_s) if self._ws_urls else -1
        while rounds != 0:
            head = await self._reader.head()
            if head.hash != last:
                last = head.hash
                _replace(newest, head)
            await asyncio.sleep(self._poll_s)
            rounds -= 1


def _replace(newest: asyncio.Queue[Header | Exception], head: Header | Exception) -> None:
    with contextlib.suppress(asyncio.QueueEmpty):
        newest.get_nowait()
    newest.put_nowait(head)
