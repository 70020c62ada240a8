"""A leader's order is the same to us and to an independent wallet client."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

from eth_account import Account
from eth_utils.address import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.order import WAD, Order, OrderKind, Trade, digest, sign, typed_data

CHAIN_ID = 31_337
HUB = to_checksum_address("0x" + "a1" * 20)
LEADER = Account.from_key("0x" + "42" * 32)
VIEM = Path(__file__).with_name("viem_digest.mjs")

PLAIN = Order(
    Trade(
        strategy_id=7,
        pool=to_checksum_address("0x" + "01" * 20),
        token_in=to_checksum_address("0x" + "02" * 20),
        token_out=to_checksum_address("0x" + "03" * 20),
        portion=WAD // 3,
        limit_price=4 * 10**44,
        deadline=1_767_225_600,
    ),
    nonce=1,
)
FULLEST = Order(
    replace(
        PLAIN.trade, strategy_id=2**32 - 1, portion=2**64 - 1, limit_price=2**256 - 1, deadline=2**40 - 1
    ),
    nonce=2**256 - 1,
    kind=OrderKind.TAKE_PROFIT,
    min_fill=2**64 - 1,
    trigger_price=2**256 - 1,
)
EVERY_KIND = [
    replace(PLAIN, kind=kind, min_fill=1 + kind, trigger_price=kind * 10**36, nonce=2**128 + kind)
    for kind in OrderKind
]


def test_viem_signs_the_very_same_digests() -> None:
    orders = [PLAIN, FULLEST, *EVERY_KIND]
    documents = [typed_data(order, chain_id=CHAIN_ID, hub=HUB) for order in orders]
    # Numbers beyond 2^53 are strings in a wallet's JSON, as in `eth_signTypedData_v4`.
    lines = "\n".join(json.dumps(_as_wallets_do(document)) for document in documents)
    done = subprocess.run(
        ["node", VIEM, LEADER.key.to_0x_hex()],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["digest"] for answer in answers] == [
        "0x" + digest(order, chain_id=CHAIN_ID, hub=HUB).hex() for order in orders
    ]
    assert [answer["signature"] for answer in answers] == [
        "0x" + sign(order, LEADER, chain_id=CHAIN_ID, hub=HUB).hex() for order in orders
    ]


@settings(max_examples=50)
@given(
    st.sampled_from(["strategy_id", "portion", "limit_price", "deadline"]),
    st.integers(min_value=1, max_value=2**30),
)
def test_no_field_of_the_trade_can_be_altered_under_a_signature(field: str, more: int) -> None:
    altered = replace(PLAIN, trade=replace(PLAIN.trade, **{field: getattr(PLAIN.trade, field) + more}))
    assert digest(altered, chain_id=CHAIN_ID, hub=HUB) != digest(PLAIN, chain_id=CHAIN_ID, hub=HUB)


def test_an_order_is_for_one_chain_and_one_hub() -> None:
    other_hub = to_checksum_address("0x" + "a2" * 20)
    digests = {
        digest(PLAIN, chain_id=CHAIN_ID, hub=HUB),
        digest(PLAIN, chain_id=1, hub=HUB),
        digest(PLAIN, chain_id=CHAIN_ID, hub=other_hub),
    }
    assert len(digests) == 3


def _as_wallets_do(value: object) -> object:
    if isinstance(value, dict):
        return {key: _as_wallets_do(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_as_wallets_do(part) for part in value]
    return str(value) if isinstance(value, int) and value >= 2**53 else value
