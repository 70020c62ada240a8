"""A leader who signs, for no chain in particular."""

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from orders.document import SignedOrder
from orders.order import WAD, Order, OrderKind, Trade, sign

CHAIN_ID = 31_337
HUB = to_checksum_address("0x" + "ab" * 20)
POOL, USDC, WETH = (to_checksum_address("0x" + digit * 40) for digit in "123")
LEADER: LocalAccount = Account.from_key("0x" + "42" * 32)


def order(nonce: int = 1, **terms: object) -> Order:
    wanted: dict[str, object] = {
        "portion": WAD,
        "limit_price": 0,
        "deadline": 2_000_000_000,
        "kind": OrderKind.MARKET,
        "min_fill": WAD,
        "trigger_price": 0,
    } | terms
    trade = Trade(3, POOL, USDC, WETH, wanted["portion"], wanted["limit_price"], wanted["deadline"])  # type: ignore[arg-type]
    return Order(trade, nonce, wanted["kind"], wanted["min_fill"], wanted["trigger_price"])  # type: ignore[arg-type]


def signed(nonce: int = 1, *, leader: LocalAccount = LEADER, **terms: object) -> SignedOrder:
    text = order(nonce, **terms)
    signature = sign(text, leader, chain_id=CHAIN_ID, hub=HUB)
    return SignedOrder(CHAIN_ID, HUB, leader.address, text, signature)
