"""A database with the API's small world in it, channels on it, and servers that notices really go to."""

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from access.sealing import Seal, new_key
from api.snapshot import Snapshots
from inbox import migrations as inbox
from notices.book import targets
from notices.book.channels import Channels
from notices.book.codes import code_of
from notices.book.kinds import Kind
from notices.book.migrations import upgrade
from notices.book.models import Channel
from notices.book.outbox import Outbox, Outcome
from notices.book.push_key import PushKey, new_push_key
from notices.book.quiet import NEVER, QuietHours
from notices.book.rules import Rules, Standing, Wish
from notices.book.targets import ChannelKind
from notices.telling.teller import Teller
from tests.api.world import ALICE, CHAIN_ID, HUB, LEADER, Chain, fill_world, world_in
from tests.databases import holds

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
STAFF = LEADER
NOON_US = 1_704_456_000_000_000
PUSH_KEY = PushKey(new_push_key())
OK = Outcome(ok=True, answer="200", took_us=1)


@dataclass
class Clock:
    now_us: int = NOON_US

    def __call__(self) -> int:
        return self.now_us

    def pass_s(self, seconds: float) -> None:
        self.now_us += int(seconds * 1_000_000)


@dataclass
class Office:
    """Everything of notices on one database."""

    engine: Engine
    seal: Seal
    clock: Clock
    channels: Channels
    rules: Rules
    outbox: Outbox
    teller: Teller

    def confirmed(
        self,
        owner: str = ALICE,
        address: str = "https://example.org/hook",
        *,
        kind: ChannelKind = ChannelKind.WEBHOOK,
        receiver: targets.Receiver | None = None,
        quiet: QuietHours = NEVER,
    ) -> Channel:
        """A channel that its owner has confirmed; its code is taken off the outbox."""
        terms = {"label": "mine", "secret": SECRET if kind is ChannelKind.WEBHOOK else None}
        added = self.channels.add(owner, kind, address, receiver=receiver, quiet=quiet, **terms)
        code = code_of(self.channels.target(added).salt, 1)
        confirmed = self.channels.confirm(owner, added.id, code)
        for each in self.outbox.claim(100):
            self.outbox.note(each, OK)
        return confirmed

    def wish(self, channel: Channel, *kinds: Kind, **terms: Any) -> Standing:
        return self.rules.add(channel.owner, Wish(channel.id, frozenset(kinds), **terms), staff=True)

    def tell(self) -> None:
        """Until nothing is left to tell; what is measured is measured again."""
        self.clock.pass_s(61)
        while self.teller.step():
            pass

    def due(self) -> list[tuple[str, str]]:
        """Take what is due, as if it were sent: kinds and titles."""
        claimed = self.outbox.claim(100)
        for each in claimed:
            self.outbox.note(each, OK)
        return [(each.notice.kind, each.notice.title) for each in claimed]


def _all_tables(engine: Engine) -> None:
    fill_world(engine)
    inbox.upgrade(engine)
    upgrade(engine)


@pytest.fixture
def chain(engine: Engine) -> Chain:
    holds(engine, "the API's world, with tables of the inbox and of notices", _all_tables)
    return world_in(engine)


@pytest.fixture
def office(engine: Engine, chain: Chain) -> Office:
    del chain
    clock, seal = Clock(), Seal(new_key())
    teller = Teller(engine, Snapshots(engine, None), lambda _: frozenset({STAFF}), clock=clock)
    teller.step()
    return Office(
        engine,
        seal,
        clock,
        Channels(engine, seal, local=True, clock=clock),
        Rules(engine, chain_id=CHAIN_ID, hub=HUB, clock=clock),
        Outbox(engine, clock=clock),
        teller,
    )


@dataclass
class Receiver:
    """A web server that takes what is posted; `answers` says with which statuses, 200 once they are used up.

    `bodies` is what came, `got` the same as text, with the headers.
    """

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        self.got.append((dict(request.headers), self.bodies[-1].decode(errors="replace")))
        status = self.answers.pop(0) if self.answers else 200
        headers = {"Location": self.url} if status in {301, 302, 307, 308} else {}
        return web.Response(status=status, text="thanks", headers=headers)

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    loop, found = asyncio.new_event_loop(), Receiver()
    app = web.Application()
    app.router.add_post("/hook", found.take)
    runner = web.AppRunner(app)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"

    loop.run_until_complete(start())
    running = threading.Thread(target=loop.run_forever)
    running.start()
    yield found
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    running.join(10)
    loop.close()


@dataclass
class Mailbox:
    """A mail server's post."""

    url: str = ""
    got: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        del server, session
        self.got.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    found = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    found.url = f"mailto://127.0.0.1:{port}?from=lockstep@example.org"
    yield found
    controller.stop()
