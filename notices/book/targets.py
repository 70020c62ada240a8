"""Where a channel may lead: the form of it, and what of it may be shown. Nobody is asked here.

Webhooks go to https addresses; whether these are public is looked at when something is sent, since names
can change. Chats are an allowlist of services whose host is fixed, so that no address of ours can be named.
"""

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from pydantic_core import Url

from notices.book.errors import BadTargetError

CHATS = frozenset({"discord", "gchat", "pover", "slack", "tgram"})
"""Apprise's schemas of Discord, Google Chat, Pushover, Slack and Telegram."""
LOCAL_CHATS = frozenset({"json"})
"""For local trials alone."""
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}")
_CHAT = re.compile(r"[a-z]{2,10}://[A-Za-z0-9._~:/@%#+=-]{3,400}")
_WEB = re.compile(r"https?://[^/?#@\\\s]+([/?].*)?")
_SECRET = "whsec_"  # noqa: S105 - a prefix


class ChannelKind(StrEnum):
    """How a channel is reached."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel leads, all of it secret.

    `secret` signs webhooks (`whsec_` and base64), `salt` makes codes.
    """

    kind: ChannelKind
    address: str
    secret: str | None
    salt: str

    def document(self) -> str:
        """Return it as the text that is sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Target":
        """Return what `document` wrote."""
        found = json.loads(text)
        return cls(ChannelKind(found["kind"]), found["address"], found["secret"], found["salt"])

    @property
    def shown(self) -> str:
        """What may be seen of it: enough to tell it from others, nothing that opens it."""
        if self.kind is ChannelKind.EMAIL:
            name, _, host = self.address.partition("@")
            return f"{name[0]}…@{host}"
        if self.kind is ChannelKind.CHAT:
            return self.address.partition("://")[0]
        url = Url(self.address)
        return f"{url.scheme}://{url.host}/…"[:120]


def check(target: Target, *, local: bool) -> None:
    """Refuse what nothing may be sent to. `local` is for trials: http, and a chat that is any JSON server.

    Raises `BadTargetError`.
    """
    if target.kind is ChannelKind.WEBHOOK:
        _check_webhook(target, local=local)
    elif target.secret is not None:
        raise BadTargetError("Only webhooks are signed.", remedy="Leave the secret out.")
    elif target.kind is ChannelKind.EMAIL:
        if not _MAIL.fullmatch(target.address):
            raise BadTargetError("This is no e-mail address.", remedy="Give one as name@example.org.")
    else:
        scheme = target.address.partition("://")[0]
        allowed = CHATS | LOCAL_CHATS if local else CHATS
        if scheme not in allowed or not _CHAT.fullmatch(target.address):
            raise BadTargetError(
                "No such chat service is known here.",
                remedy=f"Give an Apprise URL of {', '.join(sorted(CHATS))}, without a query.",
            )


def _check_webhook(target: Target, *, local: bool) -> None:
    try:
        url = Url(target.address)
    except ValueError:
        url = Url("none:")
    schemes = {"https", "http"} if local else {"https"}
    plain = (
        _WEB.fullmatch(target.address)
        and target.address.isascii()
        and target.address.isprintable()
        and " " not in target.address
    )
    if (
        url.scheme not in schemes
        or not url.host
        or url.username is not None
        or url.fragment
        or not plain
        or len(target.address) > 500
    ):
        raise BadTargetError(
            "This is no address for a webhook.",
            remedy="Give an https URL, at most 500 characters, without user and fragment.",
        )
    try:
        given = target.secret or ""
        key = base64.b64decode(given.removeprefix(_SECRET), validate=True)
        fits = given.startswith(_SECRET) and 24 <= len(key) <= 64
    except binascii.Error:
        fits = False
    if not fits:
        raise BadTargetError(
            "The secret does not sign webhooks.",
            remedy="Give whsec_ and the base64 of 24 to 64 random bytes, and keep them to check signatures.",
        )
