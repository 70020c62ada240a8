"""Asks a node whether a contract wallet signed: the only question about an order that needs a chain."""

import asyncio

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from inbox.errors import WalletAwayError
from indexer.chain.errors import ChainError, NodeRefusedError
from indexer.chain.rpc import RpcClient

_SELECTOR = keccak(text="isValidSignature(bytes32,bytes)")[:4]
_MAGIC = _SELECTOR.hex()


def is_valid_call(digest: bytes, signature: bytes) -> str:
    """The call that ERC-1271 answers with its own selector where the contract signed."""
    return "0x" + (_SELECTOR + encode(["bytes32", "bytes"], [digest, signature])).hex()


def says_yes(answer: str) -> bool:
    """Whether the call's answer is ERC-1271's yes: exactly one word, as the hub demands."""
    return len(answer) == 66 and answer[2:].startswith(_MAGIC) and set(answer[10:]) == {"0"}


class NodeWallets:
    """ERC-1271 through the node at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
        """Whether the contract says so now; False where it reverts. Raises `WalletAwayError`."""
        try:
            return asyncio.run(self._ask(wallet, is_valid_call(digest, signature)))
        except ChainError as error:
            raise WalletAwayError(
                f"Whether the wallet {wallet} signed cannot be asked now.", remedy="Try again in a minute."
            ) from error

    async def _ask(self, wallet: str, data: str) -> bool:
        async with RpcClient(self._url, timeout_s=5, attempts=2) as rpc:
            try:
                answer = await rpc.call("eth_call", [{"to": wallet, "data": data}, "latest"], str)
            except NodeRefusedError:
                return False
        return says_yes(answer)
