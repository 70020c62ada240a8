"""Push messages to browsers: encrypted for the one that subscribed (RFC 8291), signed as ours (RFC 8292).

The push service sees who gets something and how urgent it is, and nothing of what.
"""

import asyncio
import time

import http_ece  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException  # type: ignore[import-untyped]
from yarl import URL

from notices.book.outbox import Outcome
from notices.book.push_key import PushKey
from notices.book.targets import Receiver, Target
from notices.sending.message import Message
from notices.sending.post import Post

_GONE = frozenset({404, 410})
_KEPT_S = 86_400
"""How long a push service keeps a message for a browser that is away."""
_SIGNED_S = 12 * 3_600


class Push:
    """Sends messages to browsers by `post`; without a key there are none.

    `contact` is whom a push service may write to about this server: `mailto:…` or `https://…`.
    """

    def __init__(self, post: Post, key: PushKey | None, *, contact: str) -> None:
        self._post = post
        self._key = key
        self._contact = contact

    async def send(self, target: Target, message: Message) -> Outcome:
        """Post a message and say what came of it."""
        if self._key is None or target.receiver is None:
            return Outcome(ok=False, answer="this server sends no such notices", took_us=0, final=True)
        try:
            headers = {
                "Authorization": self._authorization(self._key, target.address),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(_KEPT_S),
                "Urgency": "high" if message.urgent else "normal",
            }
        except VapidException:
            return Outcome(ok=False, answer="refused: no address of a push service", took_us=0, final=True)
        body = await asyncio.to_thread(encrypt, message.pushed.encode(), target.receiver)
        return await self._post.send(target.address, body, headers, gone=_GONE)

    def _authorization(self, key: PushKey, address: str) -> str:
        claims = {
            "aud": str(URL(address).origin()),
            "exp": int(time.time()) + _SIGNED_S,
            "sub": self._contact,
        }
        signed: str = Vapid02(key.private).sign(claims)["Authorization"]
        return signed


def encrypt(plain: bytes, receiver: Receiver) -> bytes:
    """Return what only the receiver can read; each time with a key of its own."""
    sealed: bytes = http_ece.encrypt(
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=receiver.point,
        auth_secret=receiver.secret,
        version="aes128gcm",
    )
    return sealed
