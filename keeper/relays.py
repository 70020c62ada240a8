"""Two ways to block builders: the node's public pool, and a private relay that shows nobody what waits."""

from collections.abc import Callable
from typing import Any, Protocol

import aiohttp
import msgspec
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from indexer.chain.endpoint import shown
from indexer.chain.errors import NodeRefusedError, NodeUnreachableError
from indexer.chain.rpc import RpcClient
from indexer.chain.wire import Response, decode

_KNOWN = ("already known", "already imported", "known transaction", "alreadyknown")
_TIMEOUT = aiohttp.ClientTimeout(total=5)


class Relay(Protocol):
    """Takes a signed transaction towards a block."""

    name: str

    async def submit(self, raw: bytes, *, until_block: int) -> None:
        """Hand it over; no error if it has it already. Raises `ChainError` where it does not take it."""


class PublicRelay:
    """The node's own pool, which everybody sees."""

    name = "public"

    def __init__(self, rpc: RpcClient) -> None:
        self._rpc = rpc

    async def submit(self, raw: bytes, *, until_block: int) -> None:
        """`eth_sendRawTransaction`."""
        del until_block  # the pool keeps it until it is mined or replaced
        try:
            await self._rpc.call("eth_sendRawTransaction", ["0x" + raw.hex()], str)
        except NodeRefusedError as error:
            if not any(word in str(error).lower() for word in _KNOWN):
                raise


class PrivateRelay:
    """A relay with `eth_sendPrivateTransaction`, as Flashbots Protect and others offer it.

    `identity` signs the requests, as such relays ask for reputation's sake; it needs no ether and is not the
    keeper's key.
    """

    name = "private"

    def __init__(
        self,
        url: str,
        *,
        identity: LocalAccount | None = None,
        make: Callable[[], LocalAccount] = Account.create,
    ) -> None:
        self._url = url
        self._identity = identity or make()

    async def submit(self, raw: bytes, *, until_block: int) -> None:
        """`eth_sendPrivateTransaction`, given up by the relay after a block."""
        params = [{"tx": "0x" + raw.hex(), "maxBlockNumber": hex(until_block)}]
        request = {"jsonrpc": "2.0", "id": 1, "method": "eth_sendPrivateTransaction", "params": params}
        body = msgspec.json.encode(request)
        message = encode_defunct(text="0x" + keccak(body).hex())
        signature = self._identity.sign_message(message).signature.to_0x_hex()
        headers = {
            "Content-Type": "application/json",
            "X-Flashbots-Signature": f"{self._identity.address}:{signature}",
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.post(self._url, data=body, headers=headers) as answer,
            ):
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NodeUnreachableError(
                f"The private relay at {shown(self._url)} does not answer: {error or type(error).__name__}.",
                remedy="Check --private-relay; until it answers, transactions go to the public pool.",
            ) from error
        response: Response[Any] = decode(content, Response[Any])
        if response.error is not None and not any(w in response.error.message.lower() for w in _KNOWN):
            raise NodeRefusedError(
                f"The private relay refused: {response.error.message}.",
                remedy="Until it takes transactions, they go to the public pool.",
                code=response.error.code,
            )
