"""Under which name an author is seen. A pseudonym is one person on one strategy, and joins with nothing."""

import hmac
from hashlib import sha256

from access.sign_in import Place

_DIGITS = 8


def shortened(address: str) -> str:
    """Return what is shown of an address: who has the chain can find the rest."""
    return f"{address[:6]}…{address[-4:]}"


def pseudonym(secret: bytes, place: Place, strategy_id: int, address: str) -> str:
    """Return the name of who wants none: the same on one strategy, another on every other."""
    said = f"{place.resource} {strategy_id} {address.lower()}".encode()
    return f"reader-{hmac.new(secret, said, sha256).hexdigest()[:_DIGITS]}"
