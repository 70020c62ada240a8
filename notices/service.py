"""The process behind `lockstep notify`: tells what happens, and sends it, until it is asked to stop."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from yarl import URL

from access.sealing import Seal
from api.problems import LedgerNotReadyError
from api.snapshot import DeploymentKey, Snapshots
from notices.book.migrations import upgrade
from notices.book.outbox import Outbox
from notices.book.push_key import PushKey
from notices.sending.people import People
from notices.sending.post import Post
from notices.sending.push import Push
from notices.sending.sender import Sender
from notices.sending.webhooks import Webhooks
from notices.telling.staff import staff_of
from notices.telling.teller import Teller

TELL_EVERY_S = 0.2
SEND_EVERY_S = 0.5
_AWAY_S = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Settings:
    """How notices go out. `link` is the dApp's address, `smtp` an Apprise URL of the operator's mail server;
    `push_key` signs push messages, and `contact` is whom push services write to about them (`mailto:…`; else
    the link's host). `local` lets trials reach servers on this machine.
    """

    link: str
    smtp: str | None = None
    push_key: PushKey | None = None
    contact: str | None = None
    local: bool = False


async def run(
    engine: Engine, key: DeploymentKey | None, seal: Seal, settings: Settings, stop: asyncio.Event
) -> None:
    """Tell and send until `stop`. Any number may run on one database; nothing is told twice."""
    await asyncio.to_thread(upgrade, engine)
    teller = Teller(engine, Snapshots(engine, key), staff_of)
    people = People(smtp=settings.smtp, local=settings.local)
    contact = settings.contact or f"https://{URL(settings.link).host}"
    async with Post(local=settings.local) as post:
        push = Push(post, settings.push_key, contact=contact)
        sender = Sender(Outbox(engine), seal, Webhooks(post), push, people, link=settings.link)
        await asyncio.gather(_tell(teller, stop), _send(sender, stop))


async def _tell(teller: Teller, stop: asyncio.Event) -> None:
    while not stop.is_set():
        pause = TELL_EVERY_S
        try:
            if await asyncio.to_thread(teller.step):
                pause = 0
        except (SQLAlchemyError, LedgerNotReadyError) as error:
            log.warning("notices_wait", problem=str(error))
            pause = _AWAY_S
        await _rest(stop, pause)


async def _send(sender: Sender, stop: asyncio.Event) -> None:
    while not stop.is_set():
        pause = SEND_EVERY_S
        try:
            if await sender.step():
                pause = 0
        except SQLAlchemyError as error:
            log.warning("notices_wait", problem=str(error))
            pause = _AWAY_S
        await _rest(stop, pause)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
