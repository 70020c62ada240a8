"""Notices really go out: to a web server that checks the signature, to a mail server, and to a chat's."""

import asyncio
import json
import logging
import logging.config
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from access.sealing import Seal, new_key
from notices.book.codes import code_of
from notices.book.errors import UnknownDeliveryError
from notices.book.kinds import Kind
from notices.book.models import Channel, Delivery, DeliveryAttempt
from notices.book.outbox import DELAYS_S
from notices.book.targets import ChannelKind
from notices.sending.people import People
from notices.sending.post import Post
from notices.sending.push import Push
from notices.sending.sender import Sender
from notices.sending.webhooks import Webhooks
from notices.service import Settings, run
from tests.api.world import ALICE, BOB, Chain
from tests.notices.conftest import PUSH_KEY, SECRET, Mailbox, Office, Receiver
from tests.notices.test_telling import a_trade


def send(office: Office, *, smtp: str | None = None, local: bool = True, seal: Seal | None = None) -> None:
    """Send what is due."""

    async def once() -> None:
        async with Post(local=local) as post:
            push = Push(post, PUSH_KEY, contact="mailto:post@lockstep.example")
            ways = (Webhooks(post), push, People(smtp=smtp, local=local))
            link = "https://lockstep.example/"
            while await Sender(office.outbox, seal or office.seal, *ways, link=link).step():
                pass

    asyncio.run(once())


def deliveries(office: Office) -> list[Any]:
    with office.engine.connect() as connection:
        return list(connection.execute(select(Delivery.__table__).order_by(Delivery.id)).mappings())


def answers(office: Office, delivery: int) -> list[str | None]:
    query = select(DeliveryAttempt.answer).where(DeliveryAttempt.delivery_id == delivery)
    with office.engine.connect() as connection:
        return list(connection.scalars(query.order_by(DeliveryAttempt.number)))


def told(office: Office, chain: Chain, receiver: Receiver) -> int:
    """One notice is due for a webhook; its delivery."""
    office.wish(office.confirmed(address=receiver.url), Kind.TRADE_COPIED)
    chain.mine(a_trade())
    office.tell()
    return int(deliveries(office)[-1]["id"])


def test_webhook_is_signed_as_standard_webhooks_says_and_tells_the_fact_with_its_place(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    told(office, chain, receiver)
    send(office)
    [(headers, body)] = receiver.got
    document = Webhook(SECRET).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace("100", "900"), headers)
    assert headers["webhook-id"] == deliveries(office)[-1]["message"]
    assert (document["type"], document["timestamp"][-1]) == ("trade_copied", "Z")
    data = document["data"]
    assert (data["vault_id"], data["link"]) == (2, "https://lockstep.example/vaults/2")
    assert data["block"]["number"] == chain.number
    assert data["transaction"].startswith("0x")
    assert (data["facts"]["type"], data["facts"]["sold"]["units"]) == ("copy", "100000000")
    assert deliveries(office)[-1]["state"] == "sent"
    assert answers(office, deliveries(office)[-1]["id"]) == ["200 thanks"]


def test_code_goes_out_by_the_channel_and_confirms_it(office: Office, receiver: Receiver) -> None:
    channel = office.channels.add(BOB, ChannelKind.WEBHOOK, receiver.url, label="x", secret=SECRET)
    send(office)
    [document] = receiver.documents
    code = document["data"]["facts"]["code"]
    assert code in document["data"]["text"]
    assert office.channels.confirm(BOB, channel.id, code).state == "confirmed"


def test_what_fails_is_tried_again_later_with_the_same_id_and_given_up_in_the_end(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    number = told(office, chain, receiver)
    receiver.answers = [500] * (len(DELAYS_S) + 1)
    for delay in (*DELAYS_S, 0):
        send(office)
        before = len(receiver.got)
        office.clock.pass_s(delay * 0.7)
        send(office)
        assert len(receiver.got) == before
        office.clock.pass_s(delay * 0.6)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert answers(office, number) == ["500 thanks"] * (len(DELAYS_S) + 1)
    assert deliveries(office)[-1]["state"] == "dead"
    with pytest.raises(UnknownDeliveryError):
        office.outbox.retry(BOB, number)
    office.outbox.retry(ALICE, number)
    send(office)
    assert deliveries(office)[-1]["state"] == "sent"


def test_after_a_crash_what_was_claimed_is_sent_again_under_its_id(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    told(office, chain, receiver)
    [lost] = office.outbox.claim(9)  # and the process dies
    send(office)
    assert receiver.got == []
    office.clock.pass_s(121)
    send(office)
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [lost.delivery.message]
    assert answers(office, lost.delivery.id) == [None, "200 thanks"]
    # What the dead one would have noted no longer counts.
    assert deliveries(office)[-1]["attempts"] == 2


def test_receiver_that_is_gone_gets_nothing_more(office: Office, chain: Chain, receiver: Receiver) -> None:
    told(office, chain, receiver)
    receiver.answers = [410]
    send(office)
    chain.mine(a_trade(5))
    office.tell()
    send(office)
    assert len(receiver.got) == 1
    with office.engine.connect() as connection:
        assert connection.scalar(select(Channel.state)) == "off"


def test_no_redirect_is_followed(office: Office, chain: Chain, receiver: Receiver) -> None:
    number = told(office, chain, receiver)
    receiver.answers = [307]
    send(office)
    assert len(receiver.got) == 1
    assert answers(office, number) == ["307 thanks"]
    assert deliveries(office)[-1]["state"] == "waiting"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_private_addresses_are_never_reached_however_they_are_spelled(
    office: Office, chain: Chain, receiver: Receiver, host: str
) -> None:
    receiver.url = receiver.url.replace("127.0.0.1", host)
    number = told(office, chain, receiver)
    send(office, local=False)
    assert receiver.got == []
    [answer] = answers(office, number)
    assert answer is not None
    assert answer.startswith(("refused: the address is not public", "not reached"))
    if host in {"127.0.0.1", "localhost", "[::1]"}:
        assert deliveries(office)[-1]["state"] == "dead"


def test_mail_goes_through_the_operators_server_alone(office: Office, chain: Chain, mailbox: Mailbox) -> None:
    channel = office.confirmed(address="ann@example.org", kind=ChannelKind.EMAIL)
    office.wish(channel, Kind.TRADE_COPIED)
    chain.mine(a_trade())
    office.tell()
    send(office, smtp=mailbox.url)
    [envelope] = mailbox.got
    assert envelope.rcpt_tos == ["ann@example.org"]
    assert envelope.mail_from == "lockstep@example.org"
    text = envelope.content.decode()
    assert "Lockstep: Trade 1-4 was copied into vault 2" in text.replace("=20", " ").replace("_", " ")
    assert deliveries(office)[-1]["state"] == "sent"
    chain.mine(a_trade(5))
    office.tell()
    send(office, smtp=None)
    assert deliveries(office)[-1]["state"] == "dead"
    assert answers(office, deliveries(office)[-1]["id"]) == ["this server sends no such notices"]


def test_chat_goes_through_apprise_and_its_errors_are_tried_again(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    channel = office.confirmed(address=receiver.url.replace("http", "json"), kind=ChannelKind.CHAT)
    office.wish(channel, Kind.TRADE_COPIED)
    chain.mine(a_trade())
    office.tell()
    receiver.answers = [500]
    send(office)
    assert deliveries(office)[-1]["state"] == "waiting"
    office.clock.pass_s(10)
    send(office)
    assert receiver.documents[-1]["title"] == "Lockstep: Trade 1-4 was copied into vault 2"
    assert deliveries(office)[-1]["state"] == "sent"
    chain.mine(a_trade(5))
    office.tell()
    send(office, local=False)
    assert deliveries(office)[-1]["state"] == "dead"
    assert len(receiver.got) == 2


def test_no_secret_is_logged(
    office: Office,
    chain: Chain,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    # As a server in the same process does: it enables again whatever was disabled before.
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    told(office, chain, receiver)
    channel = office.confirmed(address=receiver.url.replace("http", "json"), kind=ChannelKind.CHAT)
    office.wish(channel, Kind.TRADE_COPIED)
    chain.mine(a_trade(5))
    office.tell()
    send(office, seal=Seal(new_key()))
    office.clock.pass_s(60)
    receiver.answers = [500, 500]
    send(office)
    # The receiver is ours, too, and logs what it was asked for.
    own = [each.getMessage() for each in caplog.records if each.name != "aiohttp.access"]
    written = "\n".join(own) + "".join(capsys.readouterr())
    assert "notice_attempted" in written
    for secret in (SECRET, "/hook", code_of(office.channels.target(channel).salt, 1)):
        assert secret not in written


async def test_the_process_tells_and_sends_until_it_is_asked_to_stop(
    office: Office, chain: Chain, receiver: Receiver
) -> None:
    office.wish(office.confirmed(address=receiver.url), Kind.TRADE_COPIED)
    stop = asyncio.Event()
    settings = Settings("http://127.0.0.1:8000", local=True)
    running = [asyncio.create_task(run(office.engine, None, office.seal, settings, stop)) for _ in range(2)]
    await asyncio.to_thread(chain.mine, a_trade())
    async with asyncio.timeout(20):
        while not receiver.got:  # noqa: ASYNC110 - the server is another thread's
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    stop.set()
    await asyncio.gather(*running)
    assert [each["type"] for each in receiver.documents] == ["trade_copied"]
    assert json.loads(receiver.got[0][1])["data"]["block"]["number"] == chain.number
