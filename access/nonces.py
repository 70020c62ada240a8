"""Nonces of sign-ins: made by this server, used once, gone after ten minutes.

A nonce carries its time and this server's seal (HMAC), so that giving one out stores nothing and nobody can
fill the database or push out others' nonces. It is noted when a right signature over it has come.
"""

import hmac
import secrets
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete

from access.errors import SignInRefusedError
from access.keyring import shared_key
from access.models import SpentNonce
from inbox.clock import Clock, now_us
from inbox.writing import insert_new

LIFE_US = 600_000_000
_TIME, _RANDOM, _SEAL = 16, 16, 32
"""Hexadecimal digits of its three parts: a nonce is alphanumeric, as EIP-4361 has it."""


class Nonces:
    """Gives out nonces and takes each back once. Processes on one database know each other's."""

    def __init__(self, engine: Engine, *, clock: Clock = now_us) -> None:
        self._clock = clock
        self._key = shared_key(engine, "nonces")

    def issue(self) -> str:
        """A new nonce."""
        text = f"{self._clock():0{_TIME}x}{secrets.token_hex(_RANDOM // 2)}"
        return text + self._seal(text)

    def check(self, nonce: str) -> int:
        """Return when a nonce expires. Raises `SignInRefusedError` for one that is not ours or is too old."""
        text, seal = nonce[: _TIME + _RANDOM], nonce[_TIME + _RANDOM :]
        if not nonce.isascii() or not hmac.compare_digest(seal, self._seal(text)):
            raise SignInRefusedError("The nonce was not given out here.", remedy=_ANEW)
        expires = int(text[:_TIME], 16) + LIFE_US
        if expires < self._clock():
            raise SignInRefusedError("The nonce is more than ten minutes old.", remedy=_ANEW)
        return expires

    def spend(self, connection: Connection, nonce: str) -> None:
        """Use a nonce up. Raises `SignInRefusedError` for the second use."""
        expires = self.check(nonce)
        connection.execute(delete(SpentNonce).where(SpentNonce.expires_us < self._clock()))
        if not insert_new(connection, SpentNonce, nonce=nonce, expires_us=expires):
            raise SignInRefusedError("The nonce was used before.", remedy=_ANEW)

    def _seal(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:_SEAL]


_ANEW = "Ask for a new one with POST /v1/session/nonce and sign the message that comes with it."
