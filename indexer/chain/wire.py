"""The JSON shapes that a node sends, and their translation to values. Everything unknown is skipped by the
decoder.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from indexer.chain.errors import NotANodeError
from indexer.chain.types import Header, Log

T = TypeVar("T")


class ErrorBody(msgspec.Struct):
    """A JSON-RPC error; `data` is what a call that reverted said, in whatever form the node gives it."""

    code: int = 0
    message: str = ""
    data: Any = None


class Response(msgspec.Struct):
    """A JSON-RPC response; `result` stays undecoded until its shape is known."""

    id: int | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: ErrorBody | None = None


class WireHeader(msgspec.Struct, rename="camel"):
    """A block as `eth_getBlockByNumber` and `newHeads` give it."""

    number: str
    hash: str
    parent_hash: str
    timestamp: str
    logs_bloom: str

    def value(self, seen_us: int) -> Header:
        """Translate."""
        return Header(
            number=int(self.number, 16),
            hash=self.hash.lower(),
            parent_hash=self.parent_hash.lower(),
            time=int(self.timestamp, 16),
            logs_bloom=int(self.logs_bloom, 16),
            seen_us=seen_us,
        )


class WireLog(msgspec.Struct, rename="camel"):
    """A log as `eth_getLogs` gives it."""

    address: str
    block_number: str
    block_hash: str
    transaction_hash: str
    transaction_index: str
    log_index: str
    topics: list[str]
    data: str

    def value(self) -> Log:
        """Translate."""
        return Log(
            address=bytes.fromhex(self.address[2:]),
            block_number=int(self.block_number, 16),
            block_hash=self.block_hash.lower(),
            tx_hash=self.transaction_hash.lower(),
            tx_index=int(self.transaction_index, 16),
            log_index=int(self.log_index, 16),
            topics=tuple(bytes.fromhex(topic[2:]) for topic in self.topics),
            data=bytes.fromhex(self.data[2:]),
        )


class HeadNotice(msgspec.Struct):
    """The parameters of an `eth_subscription` notice about a new head."""

    result: WireHeader


class Notice(msgspec.Struct):
    """A message on the WebSocket: a notice if it has `params`, else the answer to the subscription."""

    params: HeadNotice | None = None
    error: ErrorBody | None = None


def decode(body: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Decode JSON of a known shape. Raises `NotANodeError` if it has another."""
    return translate(lambda: msgspec.json.decode(body, type=shape))


def translate(read: Callable[[], T]) -> T:
    """Run a decoding step; what it cannot read is not a node's answer."""
    try:
        return read()
    except (msgspec.DecodeError, ValueError) as error:
        raise NotANodeError(
            f"The node's answer cannot be read ({error}).",
            remedy="Check that the RPC URL is the JSON-RPC endpoint of an EVM node.",
        ) from error


Params = list[Any]
