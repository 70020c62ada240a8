"""Sends what is due, some at a time, and notes what came of each."""

import asyncio

import structlog

from access.errors import AccessError
from access.sealing import Seal
from notices.book.outbox import Claimed, Outbox, Outcome
from notices.book.targets import ChannelKind, Target
from notices.sending.message import compose
from notices.sending.people import People
from notices.sending.push import Push
from notices.sending.webhooks import Webhooks

AT_ONCE = 16

log = structlog.get_logger()


class Sender:
    """Empties an outbox, each delivery by the way of its kind. `link` is where the dApp is."""

    def __init__(
        self, outbox: Outbox, seal: Seal, webhooks: Webhooks, push: Push, people: People, *, link: str
    ) -> None:
        self._outbox = outbox
        self._seal = seal
        self._ways = {ChannelKind.WEBHOOK: webhooks.send, ChannelKind.PUSH: push.send}
        self._people = people
        self._link = link

    async def step(self) -> int:
        """Make digests and attempt what is due; how many attempts that were."""
        await asyncio.to_thread(self._outbox.digest)
        claimed = await asyncio.to_thread(self._outbox.claim, AT_ONCE)
        await asyncio.gather(*(self._attempt(each) for each in claimed))
        return len(claimed)

    async def _attempt(self, claimed: Claimed) -> None:
        outcome = await self._send(claimed)
        state = await asyncio.to_thread(self._outbox.note, claimed, outcome)
        log.info(
            "notice_attempted",
            delivery=claimed.delivery.id,
            kind=claimed.notice.kind,
            channel=claimed.channel.id,
            attempt=claimed.delivery.attempts,
            state=state,
        )

    async def _send(self, claimed: Claimed) -> Outcome:
        if claimed.channel.state in {"off", "removed"}:
            return Outcome(ok=False, answer="the channel is gone", took_us=0, final=True)
        try:
            target = Target.read(self._seal.open(claimed.channel.sealed))
        except AccessError as error:
            log.error("notice_channel_sealed", channel=claimed.channel.id, remedy=error.remedy)
            return Outcome(ok=False, answer="this server cannot open the channel now", took_us=0)
        message = compose(claimed, target, self._link)
        return await self._ways.get(target.kind, self._people.send)(target, message)
