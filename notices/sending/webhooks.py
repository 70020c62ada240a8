"""Webhooks as Standard Webhooks describes them: signed, with an id that stays, to public https addresses."""

import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from standardwebhooks.webhooks import Webhook
from yarl import URL

from notices.book.outbox import Outcome
from notices.book.targets import Target
from notices.sending.message import Message
from notices.sending.public import PrivateAddressError, PublicResolver, refuse_private

TIMEOUT_S = 15.0
_GONE = 410
_KEPT = 200
"""Characters of an answer that are kept."""


class Webhooks:
    """Posts messages. No redirect is followed, no proxy asked, no cookie kept."""

    def __init__(self, *, local: bool = False) -> None:
        self._local = local
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = TCPConnector(resolver=PublicResolver(local=self._local), use_dns_cache=False, limit=32)
        self._session = ClientSession(
            connector=connector,
            timeout=ClientTimeout(total=TIMEOUT_S),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, target: Target, message: Message) -> Outcome:
        """Post a message and say what came of it."""
        began = time.monotonic()

        def outcome(answer: str, *, ok: bool = False, final: bool = False, closed: bool = False) -> Outcome:
            took = int((time.monotonic() - began) * 1_000_000)
            return Outcome(ok=ok, answer=answer, took_us=took, final=final, closed=closed)

        if self._session is None:
            raise RuntimeError("use the webhooks as a context manager")
        try:
            refuse_private(URL(target.address).host or "", local=self._local)
            async with self._session.post(
                target.address,
                data=message.document.encode(),
                headers=_headers(target, message),
                allow_redirects=False,
            ) as answer:
                text = (await answer.content.read(_KEPT)).decode("utf-8", "replace")
                shown = f"{answer.status} {''.join(c if c.isprintable() else ' ' for c in text)}".strip()
                ok, closed = 200 <= answer.status < 300, answer.status == _GONE
                return outcome(shown, ok=ok, closed=closed)
        except PrivateAddressError:
            return outcome("refused: the address is not public", final=True)
        except TimeoutError:
            return outcome(f"no answer within {TIMEOUT_S:.0f} s")
        except (ClientError, OSError, ValueError) as error:
            # The words of some errors have the whole URL in them, which is the channel's secret.
            private = isinstance(error.__cause__, PrivateAddressError)
            shown = (
                "refused: the address is not public" if private else f"not reached: {type(error).__name__}"
            )
            return outcome(shown, final=private)


def _headers(target: Target, message: Message) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Lockstep-Notices",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(target.secret or "").sign(message.id, now, message.document),
    }
