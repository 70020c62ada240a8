"""The JSON shapes that a node sends, and their translation to values. Everything unknown is skipped by the
decoder.
"""

from binascii import unhexlify
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from eth_utils.address import to_checksum_address

from indexer.chain.errors import NotANodeError
from indexer.chain.types import GasOfBlock, Header, Log, Receipt

T = TypeVar("T")


class ErrorBody(msgspec.Struct):
    """A JSON-RPC error; `data` is what a call that reverted said, in whatever form the node gives it."""

    code: int = 0
    message: str = ""
    data: Any = None


class Response(msgspec.Struct, Generic[T]):
    """A JSON-RPC response with a result of a known shape; some nodes send `null` beside an error."""

    id: int | None = None
    result: T | None = None
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


class WireLog(msgspec.Struct, rename="camel", gc=False):
    """A log as `eth_getLogs` gives it. Not every node sends `blockTimestamp`."""

    address: str
    block_number: str
    block_hash: str
    transaction_hash: str
    transaction_index: str
    log_index: str
    topics: tuple[str, ...]
    data: str
    block_timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class BlockRun:
    """Logs that follow each other in an answer and name the same block. `time` is None where it is not
    told.
    """

    number: int
    hash: str
    time: int | None
    logs: tuple[Log, ...]


def block_runs(found: list[WireLog]) -> list[BlockRun]:
    """Translate an answer of `eth_getLogs`, in its order.

    What logs of one block or transaction share is translated once.
    """
    runs: list[BlockRun] = []
    logs: list[Log] = []
    named: tuple[str, str, str | None] | None = None
    block_hash = tx = tx_hash = sender = ""
    number = tx_index = 0
    time: int | None = None
    address = b""
    for each in found:
        names = (each.block_hash, each.block_number, each.block_timestamp)
        if names != named:
            if logs:
                runs.append(BlockRun(number, block_hash, time, tuple(logs)))
                logs = []
            named, tx = names, ""
            block_hash, number = each.block_hash.lower(), int(each.block_number, 16)
            time = None if each.block_timestamp is None else int(each.block_timestamp, 16)
        if each.transaction_hash != tx:
            tx, tx_hash = each.transaction_hash, each.transaction_hash.lower()
            tx_index = int(each.transaction_index, 16)
        if each.address != sender:
            sender, address = each.address, bytes.fromhex(each.address[2:])
        logs.append(
            Log(
                address,
                number,
                block_hash,
                tx_hash,
                tx_index,
                int(each.log_index, 16),
                tuple([unhexlify(topic[2:]) for topic in each.topics]),
                unhexlify(each.data[2:]),
            )
        )
    if logs:
        runs.append(BlockRun(number, block_hash, time, tuple(logs)))
    return runs


_DEPOSITED = 0x7E
"""Source: the OP Stack's specification, deposited transaction type."""


class WireGas(msgspec.Struct, rename="camel"):
    """A block as `eth_getBlockByHash` gives it, for what it says of gas; before EIP-1559 no price."""

    number: str
    hash: str
    gas_used: str
    base_fee_per_gas: str | None = None

    def value(self) -> GasOfBlock:
        """Translate."""
        price = int(self.base_fee_per_gas or "0x0", 16)
        return GasOfBlock(int(self.number, 16), self.hash.lower(), int(self.gas_used, 16), price)


class WireReceipt(msgspec.Struct, rename="camel"):
    """A receipt as `eth_getTransactionReceipt` gives it. `l1_fee` is a rollup's of the OP Stack, which
    has a type of its own, too, for what the chain below sent without paying.
    """

    transaction_hash: str
    transaction_index: str
    block_hash: str
    gas_used: str
    cumulative_gas_used: str
    effective_gas_price: str
    logs: list[WireLog]
    sender: str = msgspec.field(name="from")
    l1_fee: str | None = msgspec.field(name="l1Fee", default=None)
    type: str | None = None

    def value(self) -> Receipt:
        """Translate. Raises `ValueError` for what is no receipt."""
        return Receipt(
            block_hash=self.block_hash.lower(),
            tx_hash=self.transaction_hash.lower(),
            tx_index=int(self.transaction_index, 16),
            sender=str(to_checksum_address(self.sender)),
            gas_used=int(self.gas_used, 16),
            gas_until=int(self.cumulative_gas_used, 16),
            gas_price=int(self.effective_gas_price, 16),
            data_fee=int(self.l1_fee or "0x0", 16),
            free=int(self.type or "0x0", 16) == _DEPOSITED,
            logs=tuple(log for run in block_runs(self.logs) for log in run.logs),
        )


class HeadNotice(msgspec.Struct):
    """The parameters of an `eth_subscription` notice about a new head."""

    result: WireHeader


class Notice(msgspec.Struct):
    """A message on the WebSocket: a notice if it has `params`, else the answer to the subscription."""

    params: HeadNotice | None = None
    error: ErrorBody | None = None


def decode(body: bytes, shape: type[T]) -> T:
    """Decode JSON of a known shape. Raises `NotANodeError` if it has another."""
    known: Any = shape  # a type can be a key, which mypy does not see of a type variable
    decoder: msgspec.json.Decoder[T] = _decoder(known)
    return translate(lambda: decoder.decode(body))


def responses(body: bytes, shape: type[T]) -> list[Response[T]]:
    """Decode the answer to one call, or to a batch of them, each result in the same shape."""
    batched = body.lstrip()[:1] == b"["
    one: Any = Response[shape]  # type: ignore[valid-type] # made at run time
    found: Any = decode(body, list[one] if batched else one)
    return found if batched else [found]


def require_shape(result: T | None, shape: type[T]) -> T:
    """Return a result, which may be null only where its shape has null. Raises `NotANodeError`."""
    return decode(b"null", shape) if result is None else result


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


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
