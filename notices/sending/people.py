"""E-mail and chat services, through Apprise.

It is mute, and so is what it sends with: what they log may have a channel's secret in it.
"""

import asyncio
import logging
import time
from urllib.parse import quote

from apprise import Apprise, NotifyFormat

from notices.book.outbox import Outcome
from notices.book.targets import CHATS, LOCAL_CHATS, ChannelKind, Target
from notices.sending.message import Message

TIMEOUT_S = 40.0
for _name in ("apprise", "urllib3.connectionpool"):
    # A filter, because `disabled` is set back by whoever configures logging later, as uvicorn does.
    logging.getLogger(_name).addFilter(lambda _: False)


class People:
    """Sends to people. `smtp` is the operator's mail server as an Apprise URL; without it no mail goes."""

    def __init__(self, *, smtp: str | None, local: bool = False) -> None:
        self._smtp = smtp
        self._chats = CHATS | LOCAL_CHATS if local else CHATS

    async def send(self, target: Target, message: Message) -> Outcome:
        """Send a message and say what came of it."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                ok, answer, final = await asyncio.to_thread(self._notify, target, message)
        except TimeoutError:
            ok, answer, final = False, f"no answer within {TIMEOUT_S:.0f} s", False
        took = int((time.monotonic() - began) * 1_000_000)
        return Outcome(ok=ok, answer=answer, took_us=took, final=final)

    def _notify(self, target: Target, message: Message) -> tuple[bool, str, bool]:
        url = self._url(target)
        if url is None:
            return False, "this server sends no such notices", True
        service = Apprise.instantiate(url)
        if service is None:
            return False, "the service does not know such an address", True
        done = bool(service.notify(body=message.text, title=message.title, body_format=NotifyFormat.TEXT))
        return done, "taken" if done else "the service refused it or was not reached", False

    def _url(self, target: Target) -> str | None:
        if target.kind is ChannelKind.EMAIL:
            if self._smtp is None:
                return None
            between = "&" if "?" in self._smtp else "?"
            return f"{self._smtp}{between}to={quote(target.address, safe='@')}"
        scheme = target.address.partition("://")[0]
        # Looked at again here: it is what keeps file and program plug-ins out.
        return target.address if scheme in self._chats else None
