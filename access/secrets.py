"""Opaque random secrets: what the bearer gets, and the hash that is stored of it."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

SESSION = "lss"
KEY = "lsk"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret under a public id: `text` is told once and never stored."""

    id: str
    text: str

    @property
    def hash(self) -> str:
        """What is stored of it."""
        return hash_of(self.text)


def new_secret(kind: str) -> Secret:
    """A new session's or key's secret, which begins with its kind and its id."""
    name = secrets.token_hex(6)
    return Secret(name, f"{kind}_{name}_{secrets.token_urlsafe(_BYTES)}")


def hash_of(text: str) -> str:
    """SHA-256 of a secret."""
    return sha256(text.encode()).hexdigest()
