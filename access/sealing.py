"""Keeps secrets unreadable in the database, with a key that is only in the process's environment."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from access.errors import NoSecretKeyError

VARIABLE = "LOCKSTEP_SECRET_KEY"


def new_key() -> str:
    """A key for `Seal`."""
    return Fernet.generate_key().decode()


class Seal:
    """Seals and opens texts (Fernet: AES-128-CBC with HMAC-SHA256).

    `keys` are separated by commas, the newest first: it seals, all of them open.
    """

    def __init__(self, keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError:
            raise NoSecretKeyError(
                f"{VARIABLE} is no key.", remedy="`lockstep access new-key` makes one: 32 bytes in base64url."
            ) from None

    def seal(self, text: str) -> str:
        """Return what may be stored."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises `NoSecretKeyError` where it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise NoSecretKeyError(
                f"It was sealed with a key that is not in {VARIABLE}.",
                remedy="Put the old key behind the new one, with a comma between.",
            ) from None
