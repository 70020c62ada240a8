"""A leader's order, its EIP-712 typed data and its signature.

Prices are units bought per unit sold, scaled by 1e36; portions are scaled by 1e18, times are unix
seconds. Field for field the contracts' `Order` and `TradeParams`.
"""

from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.exceptions import BadSignature
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

WAD = 10**18
_HALF_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 // 2


class OrderKind(IntEnum):
    """When an order may be filled. The last three wait until the oracle's price reaches the trigger."""

    MARKET = 0
    LIMIT = 1
    STOP_LIMIT = 2
    STOP_LOSS = 3
    TAKE_PROFIT = 4


@dataclass(frozen=True, slots=True)
class Trade:
    """What to trade: sell `portion` of the leader's holding of `token_in`, and of each follower's."""

    strategy_id: int
    pool: ChecksumAddress
    token_in: ChecksumAddress
    token_out: ChecksumAddress
    portion: int
    limit_price: int
    deadline: int


@dataclass(frozen=True, slots=True)
class Order:
    """A trade with the terms on which anybody may carry it to the hub.

    `min_fill` is the least part of what is left that a fill must reach; 1e18 is all or nothing.
    `trigger_price` is 0 for kinds that wait for nothing. Orders with one `nonce` replace each other.
    """

    trade: Trade
    nonce: int
    kind: OrderKind = OrderKind.MARKET
    min_fill: int = WAD
    trigger_price: int = 0

    def struct(self) -> tuple[object, ...]:
        """The order as the hub's ABI takes it."""
        return (
            tuple(asdict(self.trade).values()),
            int(self.kind),
            self.min_fill,
            self.trigger_price,
            self.nonce,
        )


_TYPES = {
    "EIP712Domain": [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ],
    "Order": [
        {"name": "trade", "type": "TradeParams"},
        {"name": "kind", "type": "uint8"},
        {"name": "minFill", "type": "uint64"},
        {"name": "triggerPrice", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
    ],
    "TradeParams": [
        {"name": "strategyId", "type": "uint32"},
        {"name": "pool", "type": "address"},
        {"name": "tokenIn", "type": "address"},
        {"name": "tokenOut", "type": "address"},
        {"name": "portion", "type": "uint64"},
        {"name": "limitPrice", "type": "uint256"},
        {"name": "deadline", "type": "uint40"},
    ],
}


def typed_data(order: Order, *, chain_id: int, hub: ChecksumAddress) -> dict[str, Any]:
    """The EIP-712 document that a wallet shows and signs (`eth_signTypedData_v4`)."""
    names = [field["name"] for field in _TYPES["TradeParams"]]
    return {
        "types": _TYPES,
        "primaryType": "Order",
        "domain": {"name": "Lockstep", "version": "1", "chainId": chain_id, "verifyingContract": hub},
        "message": {
            "trade": dict(zip(names, asdict(order.trade).values(), strict=True)),
            "kind": int(order.kind),
            "minFill": order.min_fill,
            "triggerPrice": order.trigger_price,
            "nonce": order.nonce,
        },
    }


def digest(order: Order, *, chain_id: int, hub: ChecksumAddress) -> bytes:
    """What is signed: equals the hub's `orderDigest`."""
    return _digest(typed_data(order, chain_id=chain_id, hub=hub))


def _digest(document: dict[str, Any]) -> bytes:
    message = encode_typed_data(full_message=document)
    return bytes(keccak(b"\x19" + message.version + message.header + message.body))


def withdrawal(order_digest: bytes, *, chain_id: int, hub: ChecksumAddress) -> dict[str, Any]:
    """The EIP-712 document by which a leader takes an order out of an inbox. The chain never sees it."""
    return {
        "types": {
            "EIP712Domain": _TYPES["EIP712Domain"],
            "Withdrawal": [{"name": "order", "type": "bytes32"}],
        },
        "primaryType": "Withdrawal",
        "domain": {"name": "Lockstep", "version": "1", "chainId": chain_id, "verifyingContract": hub},
        "message": {"order": order_digest},
    }


def withdrawal_digest(order_digest: bytes, *, chain_id: int, hub: ChecksumAddress) -> bytes:
    """What is signed to withdraw an order."""
    return _digest(withdrawal(order_digest, chain_id=chain_id, hub=hub))


def sign_withdrawal(
    order_digest: bytes, leader: LocalAccount, *, chain_id: int, hub: ChecksumAddress
) -> bytes:
    """The leader's 65-byte signature of a withdrawal."""
    document = withdrawal(order_digest, chain_id=chain_id, hub=hub)
    return bytes(leader.sign_message(encode_typed_data(full_message=document)).signature)


def signer_of(digest_: bytes, signature: bytes) -> ChecksumAddress | None:
    """Whose key made the signature of the digest; None where it is no key's signature."""
    # As the hub's ECDSA library: 65 bytes, and of two equivalent values of s only the lower.
    if len(signature) != 65 or int.from_bytes(signature[32:64]) > _HALF_ORDER:
        return None
    if signature[64] not in {27, 28}:
        return None
    try:
        return to_checksum_address(Account._recover_hash(digest_, signature=signature))
    except (BadSignature, ValidationError, ValueError):
        return None


def sign(order: Order, leader: LocalAccount, *, chain_id: int, hub: ChecksumAddress) -> bytes:
    """The leader's 65-byte signature of the order."""
    message = encode_typed_data(full_message=typed_data(order, chain_id=chain_id, hub=hub))
    return bytes(leader.sign_message(message).signature)
