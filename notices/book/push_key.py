"""The key by which push services know this server (VAPID, RFC 8292): made once, kept in the environment.

Browsers subscribe to its public half, so with another key every subscription must be made anew.
"""

import base64
import binascii

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notices.book.errors import NoticesError

VARIABLE = "LOCKSTEP_PUSH_KEY"
_BYTES = 32


class BadPushKeyError(NoticesError):
    """The text is no key of P-256."""


class PushKey:
    """A private key of P-256, from its 32 bytes in base64url."""

    def __init__(self, text: str) -> None:
        try:
            raw = base64.urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
            if len(raw) != _BYTES:
                raise ValueError(f"{len(raw)} bytes")
            self.private = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
        except (ValueError, binascii.Error):
            raise BadPushKeyError(
                f"{VARIABLE} is no key.",
                remedy="`lockstep access new-push-key` makes one: 32 bytes, base64url.",
            ) from None

    @property
    def public(self) -> str:
        """What browsers subscribe to: the uncompressed point in base64url, without padding."""
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def new_push_key() -> str:
    """A text for `PushKey`."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(_BYTES, "big")).rstrip(b"=").decode()
