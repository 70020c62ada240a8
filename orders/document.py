"""A signed order as a file or a request carries it: JSON, with every integer as decimal text.

Numbers above 2^53 do not survive many JSON readers; text does.
"""

import json
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import is_address, is_checksum_address, to_checksum_address

from orders.order import Order, OrderKind, Trade, digest

_KINDS = {kind.name.lower(): kind for kind in OrderKind}


class DocumentError(ValueError):
    """The document is no signed order; the text says which field and what was expected."""


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order, for one hub on one chain, with the signature of `leader`."""

    chain_id: int
    hub: ChecksumAddress
    leader: ChecksumAddress
    order: Order
    signature: bytes

    @property
    def digest(self) -> bytes:
        """What was signed, and the order's name everywhere."""
        return digest(self.order, chain_id=self.chain_id, hub=self.hub)


def to_json(signed: SignedOrder) -> dict[str, Any]:
    """The order's document."""
    order, trade = signed.order, signed.order.trade
    return {
        "chain_id": str(signed.chain_id),
        "hub": signed.hub,
        "leader": signed.leader,
        "strategy_id": str(trade.strategy_id),
        "pool": trade.pool,
        "token_in": trade.token_in,
        "token_out": trade.token_out,
        "portion": str(trade.portion),
        "limit_price": str(trade.limit_price),
        "deadline": str(trade.deadline),
        "kind": order.kind.name.lower(),
        "min_fill": str(order.min_fill),
        "trigger_price": str(order.trigger_price),
        "nonce": str(order.nonce),
        "signature": "0x" + signed.signature.hex(),
    }


def from_json(document: object) -> SignedOrder:
    """Read a document. Raises `DocumentError`."""
    if not isinstance(document, dict):
        raise DocumentError("a signed order is a JSON object")
    trade = Trade(
        _integer(document, "strategy_id", 32),
        _address(document, "pool"),
        _address(document, "token_in"),
        _address(document, "token_out"),
        _integer(document, "portion", 64),
        _integer(document, "limit_price", 256),
        _integer(document, "deadline", 40),
    )
    kind = _KINDS.get(str(document.get("kind")))
    if kind is None:
        raise DocumentError(f"kind must be one of {', '.join(_KINDS)}")
    order = Order(
        trade,
        _integer(document, "nonce", 256),
        kind,
        _integer(document, "min_fill", 64),
        _integer(document, "trigger_price", 256),
    )
    return SignedOrder(
        _integer(document, "chain_id", 64),
        _address(document, "hub"),
        _address(document, "leader"),
        order,
        _bytes(document, "signature"),
    )


def loads(text: str | bytes) -> SignedOrder:
    """Read a file's or a request's text. Raises `DocumentError`."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DocumentError(f"not JSON: {error}") from error
    return from_json(document)


def _integer(document: dict[str, Any], name: str, bits: int) -> int:
    value = document.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > 78:
        raise DocumentError(f'{name} must be a whole number as text, for instance "{name}": "1"')
    if int(value) >= 1 << bits:
        raise DocumentError(f"{name} must be below 2^{bits}")
    return int(value)


def _address(document: dict[str, Any], name: str) -> ChecksumAddress:
    value = document.get(name)
    if not isinstance(value, str) or not value.startswith("0x") or not _is_right(value):
        raise DocumentError(f"{name} must be an address: 0x and 40 hexadecimal digits, with a right checksum")
    return to_checksum_address(value)


def _is_right(text: str) -> bool:
    return is_address(text) and (text == text.lower() or is_checksum_address(text))


def _bytes(document: dict[str, Any], name: str) -> bytes:
    value = document.get(name)
    try:
        if isinstance(value, str) and value.startswith("0x"):
            return bytes.fromhex(value[2:])
    except ValueError:
        pass
    raise DocumentError(f"{name} must be 0x and hexadecimal digits")
