"""Codes that confirm a channel: made from its sealed salt, so that they are stored nowhere."""

import hashlib
import hmac

DIGITS = 8


def code_of(salt: str, round_: int) -> str:
    """Return the code of a round: the same for each attempt to send it."""
    found = hmac.new(salt.encode(), f"confirm {round_}".encode(), hashlib.sha256).digest()
    return str(int.from_bytes(found[:8], "big") % 10**DIGITS).zfill(DIGITS)


def matches(salt: str, round_: int, given: str) -> bool:
    """Whether somebody has seen the code of a round."""
    return hmac.compare_digest(code_of(salt, round_).encode(), given.encode())
