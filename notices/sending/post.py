"""Posts to addresses that others gave us: public ones alone, and as little of us as can be."""

import time
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from notices.book.outbox import Outcome
from notices.sending.public import PrivateAddressError, PublicResolver, refuse_private

TIMEOUT_S = 15.0
_KEPT = 200
"""Characters of an answer that are kept."""


class Post:
    """A client of its own: no redirect is followed, no proxy asked, no cookie kept.

    `local` lets trials reach this machine.
    """

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

    async def send(
        self, address: str, body: bytes, headers: Mapping[str, str], *, gone: Collection[int]
    ) -> Outcome:
        """Post a body and say what came of it; statuses of `gone` close the channel."""
        began = time.monotonic()

        def outcome(answer: str, *, ok: bool = False, final: bool = False, closed: bool = False) -> Outcome:
            took = int((time.monotonic() - began) * 1_000_000)
            return Outcome(ok=ok, answer=answer, took_us=took, final=final, closed=closed)

        if self._session is None:
            raise RuntimeError("use the post as a context manager")
        try:
            refuse_private(URL(address).host or "", local=self._local)
            async with self._session.post(
                address,
                data=body,
                headers={"User-Agent": "Lockstep-Notices", **headers},
                allow_redirects=False,
            ) as answer:
                text = (await answer.content.read(_KEPT)).decode("utf-8", "replace")
                shown = f"{answer.status} {''.join(c if c.isprintable() else ' ' for c in text)}".strip()
                return outcome(shown, ok=200 <= answer.status < 300, closed=answer.status in gone)
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
