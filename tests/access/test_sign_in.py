"""A signed message opens a session once, here, now, and for who signed it."""

from collections.abc import Callable

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from sqlalchemy import Engine

from access.desk import Desk
from access.errors import NodeAwayError, SignInRefusedError
from access.sign_in import Place
from inbox.wallets import NodeWallets
from tests.access.conftest import PLACE, SITE, Moved

ALICE = Account.from_key("0x" + "a1" * 32)
MALLORY = Account.from_key("0x" + "66" * 32)
OTHER_HUB = Place(PLACE.chain_id, "0x71C7656EC7ab88b098defB751B7401B5f6d8976F")


def signed(message: str, who: object = ALICE) -> bytes:
    return bytes(who.sign_message(encode_defunct(text=message)).signature)  # type: ignore[attr-defined]


def message(desk: Desk, host: str = "lockstep.example") -> str:
    return desk.message(ALICE.address, PLACE, host=host)


def refused(desk: Desk, text: str, signature: bytes | None = None, place: Place = PLACE) -> str:
    with pytest.raises(SignInRefusedError) as found:
        desk.sign_in(text, signed(text) if signature is None else signature, place, agent="test")
    assert found.value.remedy
    return str(found.value)


def test_message_is_signed_once_and_opens_a_session_for_its_signer(desk: Desk) -> None:
    text = message(desk)
    assert text.startswith(
        f"lockstep.example wants you to sign in with your Ethereum account:\n{ALICE.address}"
    )
    assert f"\n- eip155:{PLACE.chain_id}:{PLACE.hub}" in text
    who, opened = desk.sign_in(text, signed(text), PLACE, agent="test")
    assert who.address == ALICE.address.lower()
    held = desk.holder(opened.secret.text, PLACE)
    assert held is not None
    assert held[0].address == held[1].address == ALICE.address.lower()
    assert "used before" in refused(desk, text)


def test_each_domain_of_the_site_gets_its_own_message_and_a_strange_one_the_first(desk: Desk) -> None:
    for host, domain in (("127.0.0.1:8000", "127.0.0.1:8000"), ("evil.example", "lockstep.example")):
        text = message(desk, host)
        assert text.startswith(f"{domain} wants")
        desk.sign_in(text, signed(text), PLACE, agent="test")


ALTERED: list[tuple[str, Callable[[str], str], str]] = [
    ("another domain", lambda text: text.replace("lockstep.example wants", "evil.example wants"), "domain"),
    ("another page", lambda text: text.replace("URI: http://lockstep", "URI: http://evil"), "is for http"),
    ("a page beneath", lambda text: text.replace(".example\nVersion", ".example/x\nVersion"), "is for http"),
    ("another chain", lambda text: text.replace("Chain ID: 31337", "Chain ID: 1"), "chain 1"),
    ("another hub", lambda text: text.replace(PLACE.hub, OTHER_HUB.hub), "does not name"),
    ("no hub", lambda text: text.split("\nResources")[0], "does not name"),
    ("another nonce", lambda text: text.replace("Nonce: 0", "Nonce: 1"), "not given out here"),
    ("a nonce of letters", lambda text: text.replace("Nonce: 0", "Nonce: z"), "not given out here"),
    ("another time", lambda text: text.replace("Issued At: 2026", "Issued At: 2025"), "is of 2025"),
    ("no time at all", lambda text: text.replace("Issued At: 2026-05", "Issued At: 2026-15"), "form"),
    ("no EIP-55", lambda text: text.replace(ALICE.address, ALICE.address.lower()), "form"),
    ("another version", lambda text: text.replace("Version: 1", "Version: 2"), "form"),
    ("a line more", lambda text: text + "\nand all my money", "form"),
    ("a very long text", lambda text: text.replace("costs nothing", "costs nothing" * 200), "longer"),
    ("expired", lambda text: _with(text, "Expiration Time: 2026-01-01T00:00:00Z"), "expired"),
    ("not yet", lambda text: _with(text, "Not Before: 2036-01-01T00:00:00Z"), "holds from"),
]


def _with(text: str, line: str) -> str:
    return text.replace("\nResources", f"\n{line}\nResources")


@pytest.mark.parametrize(("alter", "why"), [row[1:] for row in ALTERED], ids=[row[0] for row in ALTERED])
def test_message_that_says_something_else_is_refused_though_signed(
    desk: Desk, alter: Callable[[str], str], why: str
) -> None:
    text = message(desk)
    other = alter(text)
    assert other != text
    assert why in refused(desk, other)


def test_only_the_signature_of_the_address_counts(desk: Desk) -> None:
    text = message(desk)
    assert "not by the key" in refused(desk, text, signed(text, MALLORY))
    assert "not by the key" in refused(desk, text, b"")
    assert "not by the key" in refused(desk, text, signed(text)[:-1] + b"\x1d")
    # Nothing of that used the nonce up; and a wallet may end its signature in 0 or 1.
    good = signed(text)
    desk.sign_in(text, good[:64] + bytes([good[64] - 27]), PLACE, agent="test")


def test_nonce_lives_ten_minutes(desk: Desk, clock: Moved) -> None:
    first, second = message(desk), message(desk)
    clock.pass_s(599)
    desk.sign_in(first, signed(first), PLACE, agent="test")
    clock.pass_s(2)
    assert "is of" in refused(desk, second)
    fresh = second.replace("Issued At: 2026-05-28T20:26:40Z", "Issued At: 2026-05-28T20:36:40Z")
    assert fresh != second
    assert "ten minutes old" in refused(desk, fresh)


def test_nonce_of_one_process_is_good_at_another_and_on_another_database_never(
    desk: Desk, engine: Engine, clock: Moved, tmp_path: object
) -> None:
    text = message(desk)
    beside = Desk(engine, SITE, clock=clock)
    beside.sign_in(text, signed(text), PLACE, agent="test")
    assert "used before" in refused(desk, text)


def test_session_ends_when_the_message_says(desk: Desk, clock: Moved) -> None:
    text = _with(message(desk), "Expiration Time: 2026-05-28T20:27:40Z")
    _, opened = desk.sign_in(text, signed(text), PLACE, agent="test")
    assert opened.expires_us == clock.now + 60_000_000
    clock.pass_s(59)
    assert desk.holder(opened.secret.text, PLACE)
    clock.pass_s(1)
    assert desk.holder(opened.secret.text, PLACE) is None


def test_session_of_one_hub_is_none_of_another(desk: Desk) -> None:
    text = message(desk)
    assert "does not name" in refused(desk, text, place=OTHER_HUB)
    assert "chain 31337" in refused(desk, text, place=Place(1, PLACE.hub))
    _, opened = desk.sign_in(text, signed(text), PLACE, agent="test")
    assert desk.holder(opened.secret.text, OTHER_HUB) is None
    assert desk.holder(opened.secret.text, Place(1, PLACE.hub)) is None


def test_contract_wallet_signs_in_where_the_operator_has_given_a_node(engine: Engine, clock: Moved) -> None:
    class Wallets:
        def signed(self, wallet: str, digest: bytes, signature: bytes) -> bool:
            return wallet == ALICE.address and len(digest) == 32 and signature == b"\x01"

    asks = Desk(engine, SITE, wallets=Wallets(), clock=clock)
    text = message(asks)
    assert "nor a contract" in refused(asks, text, b"\x02")
    who, _ = asks.sign_in(text, b"\x01", PLACE, agent="test")
    assert who.address == ALICE.address.lower()


def test_contract_wallet_that_nobody_can_ask_uses_no_nonce_up(engine: Engine, clock: Moved) -> None:
    away = Desk(engine, SITE, wallets=NodeWallets("http://127.0.0.1:9"), clock=clock)
    text = message(away)
    with pytest.raises(NodeAwayError):
        away.sign_in(text, b"\x01", PLACE, agent="test")
    away.sign_in(text, signed(text), PLACE, agent="test")


def test_nonsense_costs_no_time_to_read(desk: Desk) -> None:
    for text in ("x" * 1_200, "ws://" * 240, "", "\n" * 1_200, "\x00"):
        assert "domain" in refused(desk, text, b"")
