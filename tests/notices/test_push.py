"""Push messages really go out: to a push service that sees nothing, and a browser that reads them."""

import base64
import json
import time

import http_ece
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from notices.book.kinds import Kind
from notices.book.push_key import BadPushKeyError, PushKey, new_push_key
from notices.book.targets import ChannelKind
from notices.sending.message import compose
from notices.sending.post import Post
from notices.sending.push import Push, encrypt
from tests.api.world import ALICE, BOB, Chain
from tests.notices.browser import Subscriber
from tests.notices.conftest import PUSH_KEY, Office, Receiver
from tests.notices.test_sending import answers, deliveries, send
from tests.notices.test_telling import a_trade

_MOST = 4_096
"""Bytes that any push service takes (RFC 8030, 7.2)."""


def told(office: Office, chain: Chain, receiver: Receiver, browser: Subscriber) -> int:
    """One notice is due for a browser; its delivery."""
    channel = office.confirmed(address=receiver.url, kind=ChannelKind.PUSH, receiver=browser.receiver)
    office.wish(channel, Kind.TRADE_COPIED)
    chain.mine(a_trade())
    office.tell()
    return int(deliveries(office)[-1]["id"])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_message_is_read_by_its_browser_and_by_no_push_service(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    browser = Subscriber()
    told(office, chain, receiver, browser)
    send(office)
    [(headers, _)], [body] = receiver.got, receiver.bodies
    said = browser.read(body)
    assert said["title"] == "Trade 1-4 was copied into vault 2"
    assert (said["page"], said["urgent"]) == ("/vaults/2", False)
    assert said["id"] == deliveries(office)[-1]["message"]
    assert b"vault" not in body
    with pytest.raises(http_ece.ECEException):
        Subscriber().read(body)
    assert headers["Content-Encoding"] == "aes128gcm"
    assert (headers["Urgency"], int(headers["TTL"]) > 0) == ("normal", True)
    assert deliveries(office)[-1]["state"] == "sent"


def test_the_push_service_can_check_whose_message_it_is(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    told(office, chain, receiver, Subscriber())
    send(office)
    scheme, _, parts = receiver.got[0][0]["Authorization"].partition(" ")
    found = dict(part.strip().split("=", 1) for part in parts.split(","))
    assert (scheme, found["k"]) == ("vapid", PUSH_KEY.public)
    signed, _, signature = found["t"].rpartition(".")
    raw = decoded(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(PUSH_KEY.public))
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    point.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(decoded(signed.partition(".")[2]))
    assert claims["aud"] == receiver.url.removesuffix("/hook")
    assert claims["sub"] == "mailto:post@lockstep.example"
    assert time.time() < claims["exp"] <= time.time() + 86_400


def test_the_code_comes_by_push_and_confirms(office: Office, receiver: Receiver) -> None:
    browser = Subscriber()
    channel = office.channels.add(
        BOB, ChannelKind.PUSH, receiver.url, label="phone", receiver=browser.receiver
    )
    send(office)
    confirms = browser.read(receiver.bodies[0])["confirms"]
    assert confirms["channel"] == channel.id
    assert office.channels.confirm(BOB, channel.id, confirms["code"]).state == "confirmed"
    assert receiver.got[0][0]["Urgency"] == "high"


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_ends_the_channel(
    office: Office, chain: Chain, receiver: Receiver, status: int
) -> None:
    told(office, chain, receiver, Subscriber())
    receiver.answers = [status]
    send(office)
    chain.mine(a_trade(5))
    office.tell()
    send(office)
    assert len(receiver.got) == 1
    assert [each.state for each in office.channels.all(ALICE)] == ["off"]


@pytest.mark.parametrize("status", [403, 429, 500])
def test_what_a_push_service_refuses_for_now_is_tried_again(
    office: Office, chain: Chain, receiver: Receiver, status: int
) -> None:
    browser = Subscriber()
    told(office, chain, receiver, browser)
    receiver.answers = [status]
    send(office)
    assert deliveries(office)[-1]["state"] == "waiting"
    office.clock.pass_s(10)
    send(office)
    assert deliveries(office)[-1]["state"] == "sent"
    first, second = receiver.bodies
    assert first != second  # encrypted anew
    assert browser.read(first) == browser.read(second)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_push_service_in_a_private_network_is_never_reached(
    office: Office, chain: Chain, receiver: Receiver, host: str
) -> None:
    receiver.url = receiver.url.replace("127.0.0.1", host)
    number = told(office, chain, receiver, Subscriber())
    send(office, local=False)
    assert receiver.got == []
    [answer] = answers(office, number)
    assert answer is not None
    assert answer.startswith("refused")
    assert deliveries(office)[-1]["state"] == "dead"


async def test_without_a_key_nothing_is_pushed(office: Office, chain: Chain, receiver: Receiver) -> None:
    told(office, chain, receiver, Subscriber())
    [claimed] = office.outbox.claim(1)
    target = office.channels.target(claimed.channel)
    async with Post(local=True) as post:
        push = Push(post, None, contact="mailto:post@lockstep.example")
        outcome = await push.send(target, compose(claimed, target, "https://lockstep.example"))
    assert (outcome.ok, outcome.final) == (False, True)
    assert receiver.got == []


def test_the_longest_notice_fits_any_push_service(office: Office, chain: Chain, receiver: Receiver) -> None:
    told(office, chain, receiver, Subscriber())
    [claimed] = office.outbox.claim(1)
    claimed.notice.title = claimed.notice.text = "\U0001d50f" * 5_000  # four bytes each
    message = compose(claimed, office.channels.target(claimed.channel), "https://lockstep.example")
    assert len(encrypt(message.pushed.encode(), Subscriber().receiver)) <= _MOST
    assert json.loads(message.pushed)["text"].endswith("…")


def test_a_key_is_made_read_and_refused() -> None:
    text = new_push_key()
    assert PushKey(text).public == PushKey(f" {text}= ").public
    assert PushKey(new_push_key()).public != PushKey(text).public
    assert len(decoded(PushKey(text).public)) == 65
    for bad in ("", "short", "A" * 44, "é", "A" * 43):  # the last is the number 0
        with pytest.raises(BadPushKeyError, match="LOCKSTEP_PUSH_KEY"):
            PushKey(bad)
