import pytest
from eth_account import Account

from inbox.errors import BadOrderError, BadSignatureError
from inbox.intake import check
from orders.document import DocumentError, SignedOrder, from_json, loads, to_json
from orders.order import WAD, OrderKind, sign_withdrawal, signer_of, withdrawal_digest
from tests.inbox.people import CHAIN_ID, HUB, LEADER, signed


class Wallet:
    """A contract that says yes, or not."""

    def __init__(self, *, answer: bool) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
        self.asked.append(wallet)
        return self.answer


def take(text: SignedOrder, wallet: Wallet | None = None) -> None:
    check(text, chain_id=CHAIN_ID, hub=HUB, wallets=wallet)


def test_order_signed_by_its_leader_is_taken_and_no_contract_asked() -> None:
    wallet = Wallet(answer=False)
    take(signed(), wallet)
    assert wallet.asked == []


@pytest.mark.parametrize(
    "terms",
    [
        {"portion": 0},
        {"portion": WAD + 1},
        {"min_fill": 0},
        {"min_fill": WAD + 1},
        {"min_fill": WAD // 2},
        {"kind": OrderKind.LIMIT},
        {"kind": OrderKind.STOP_LIMIT, "trigger_price": 1},
        {"kind": OrderKind.STOP_LOSS},
        {"kind": OrderKind.MARKET, "trigger_price": 1},
        {"kind": OrderKind.LIMIT, "trigger_price": 1, "limit_price": 1},
    ],
)
def test_terms_that_the_hub_would_call_a_bad_order_are_refused_before_it(terms: dict[str, object]) -> None:
    with pytest.raises(BadOrderError) as refused:
        take(signed(**terms))
    assert refused.value.remedy


def test_another_key_another_hub_and_altered_terms_are_refused() -> None:
    text = signed()
    other = Account.from_key("0x" + "43" * 32)
    forged = SignedOrder(text.chain_id, text.hub, other.address, text.order, text.signature)
    altered = SignedOrder(text.chain_id, text.hub, text.leader, signed(2).order, text.signature)
    for bad in (forged, altered):
        with pytest.raises(BadSignatureError):
            take(bad)
    elsewhere = SignedOrder(1, text.hub, text.leader, text.order, text.signature)
    with pytest.raises(BadOrderError):
        take(elsewhere)


def test_contract_wallet_is_asked_where_no_key_signed_and_believed() -> None:
    text = signed()
    contract = SignedOrder(text.chain_id, text.hub, HUB, text.order, b"whatever it takes")
    wallet = Wallet(answer=True)
    take(contract, wallet)
    assert wallet.asked == [HUB]
    with pytest.raises(BadSignatureError):
        take(contract, Wallet(answer=False))
    with pytest.raises(BadSignatureError, match="not by the key"):
        take(contract, None)


def test_signature_in_a_form_that_the_hub_refuses_is_nobodys() -> None:
    text = signed()
    r, s, v = text.signature[:32], int.from_bytes(text.signature[32:64]), text.signature[64]
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = r + (order - s).to_bytes(32) + bytes([27 + 28 - v])
    assert signer_of(text.digest, text.signature) == LEADER.address
    for bad in (high, text.signature[:64] + bytes([v - 27]), text.signature + b"\0", b"", b"\0" * 65):
        assert signer_of(text.digest, bad) is None


def test_withdrawal_names_one_order_of_one_hub() -> None:
    digest = signed().digest
    signature = sign_withdrawal(digest, LEADER, chain_id=CHAIN_ID, hub=HUB)
    assert signer_of(withdrawal_digest(digest, chain_id=CHAIN_ID, hub=HUB), signature) == LEADER.address
    assert signer_of(withdrawal_digest(digest, chain_id=1, hub=HUB), signature) != LEADER.address
    assert signer_of(digest, signature) != LEADER.address


def test_document_comes_back_as_it_was_and_bad_ones_name_the_field() -> None:
    text = signed(2**256 - 1)
    document = to_json(text)
    assert from_json(document) == text
    bad = {
        "nonce": 1,
        "portion": "-1",
        "deadline": str(2**40),
        "pool": "0x12",
        "kind": "maybe",
        "signature": "0xzz",
        "leader": document["leader"].swapcase().replace("X", "x"),
    }
    for name, value in bad.items():
        with pytest.raises(DocumentError, match=name):
            from_json(document | {name: value})
        with pytest.raises(DocumentError, match=name):
            from_json({key: each for key, each in document.items() if key != name})
    for text_ in ("", "[]", "{", "null"):
        with pytest.raises(DocumentError):
            loads(text_)
