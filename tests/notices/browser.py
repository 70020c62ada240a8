"""A browser's end of push messages: its keys, and reading what was encrypted for them."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notices.book.targets import Receiver


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Subscriber:
    """One subscription of a browser."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = bytes(range(16))

    @property
    def receiver(self) -> Receiver:
        form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return Receiver(base64url(self.private.public_key().public_bytes(*form)), base64url(self.auth))

    def read(self, body: bytes) -> Any:
        """What a message says. Raises `http_ece.ECEException` where it is for another."""
        return json.loads(self.opened(body))

    def opened(self, body: bytes) -> bytes:
        plain: bytes = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        return plain
