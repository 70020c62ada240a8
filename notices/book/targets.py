"""Where a channel may lead: the form of it, and what of it may be shown. Nobody is asked here.

Webhooks and push messages go to https addresses; whether these are public is looked at when something is
sent, since names can change: so any browser's push service will do, and none of our own network. Chats are
an allowlist of services whose host is fixed, so that no address of ours can be named.
"""

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic_core import Url

from notices.book.errors import BadTargetError

CHATS = frozenset({"discord", "gchat", "pover", "slack", "tgram"})
"""Apprise's schemas of Discord, Google Chat, Pushover, Slack and Telegram."""
LOCAL_CHATS = frozenset({"json"})
"""For local trials alone."""
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}")
_CHAT = re.compile(r"[a-z]{2,10}://[A-Za-z0-9._~:/@%#+=-]{3,400}")
_WEB = re.compile(r"https?://[^/?#@\\\s]+([/?].*)?")
MOST_WEBHOOK, MOST_PUSH = 500, 1_000
"""Characters of an address."""
_SECRET = "whsec_"  # noqa: S105 - a prefix


class ChannelKind(StrEnum):
    """How a channel is reached."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    CHAT = "chat"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A browser's keys for what is pushed to it (RFC 8291), base64url as the browser tells them.

    `p256dh` is a public point of P-256, `auth` 16 secret bytes.
    """

    p256dh: str
    auth: str

    @property
    def point(self) -> bytes:
        """The public point, uncompressed. Raises `ValueError`."""
        return _unpadded(self.p256dh)

    @property
    def secret(self) -> bytes:
        """The secret bytes. Raises `ValueError`."""
        return _unpadded(self.auth)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel leads, all of it secret.

    `secret` signs webhooks (`whsec_` and base64), `salt` makes codes, `receiver` reads what is pushed.
    """

    kind: ChannelKind
    address: str
    secret: str | None
    salt: str
    receiver: Receiver | None = None

    def document(self) -> str:
        """Return it as the text that is sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Target":
        """Return what `document` wrote."""
        found = json.loads(text)
        keys = found.get("receiver")  # channels of before push messages have none
        receiver = None if keys is None else Receiver(keys["p256dh"], keys["auth"])
        return cls(ChannelKind(found["kind"]), found["address"], found["secret"], found["salt"], receiver)

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
    if target.secret is not None and target.kind is not ChannelKind.WEBHOOK:
        raise BadTargetError("Only webhooks are signed.", remedy="Leave the secret out.")
    if target.receiver is not None and target.kind is not ChannelKind.PUSH:
        raise BadTargetError("Only push messages are encrypted.", remedy="Leave the keys out.")
    if target.kind is ChannelKind.WEBHOOK:
        _check_address(target.address, "webhook", MOST_WEBHOOK, local=local)
        _check_secret(target.secret or "")
    elif target.kind is ChannelKind.PUSH:
        _check_address(target.address, "push service", MOST_PUSH, local=local)
        _check_receiver(target.receiver)
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


def _check_address(address: str, what: str, most: int, *, local: bool) -> None:
    try:
        url = Url(address)
    except ValueError:
        url = Url("none:")
    schemes = {"https", "http"} if local else {"https"}
    plain = _WEB.fullmatch(address) and address.isascii() and address.isprintable() and " " not in address
    if (
        url.scheme not in schemes
        or not url.host
        or url.username is not None
        or url.fragment
        or not plain
        or len(address) > most
    ):
        raise BadTargetError(
            f"This is no address for a {what}.",
            remedy=f"Give an https URL, at most {most} characters, without user and fragment.",
        )


def _check_secret(given: str) -> None:
    try:
        key = base64.b64decode(given.removeprefix(_SECRET), validate=True)
        fits = given.startswith(_SECRET) and 24 <= len(key) <= 64
    except binascii.Error:
        fits = False
    if not fits:
        raise BadTargetError(
            "The secret does not sign webhooks.",
            remedy="Give whsec_ and the base64 of 24 to 64 random bytes, and keep them to check signatures.",
        )


def _check_receiver(receiver: Receiver | None) -> None:
    try:
        fits = receiver is not None and len(receiver.secret) == 16
        if receiver is not None:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), receiver.point)
    except ValueError:
        fits = False
    if not fits:
        raise BadTargetError(
            "Nothing can be encrypted for these keys.",
            remedy="Give `p256dh` and `auth` as the browser's PushSubscription has them.",
        )


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
