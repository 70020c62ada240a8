"""Keys for programs: read what their owner may read, within their scopes, and change nothing."""

from collections.abc import Collection, Sequence

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session as Reading

from access.errors import TooManyKeysError, UnknownKeyError
from access.models import Key
from access.roles import Scope
from access.secrets import KEY, Secret, hash_of, new_secret
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing

MOST_KEYS = 20
"""Keys of one address that are neither revoked nor expired."""
LONGEST_DAYS = 366
_DAY_US = 86_400_000_000
_USED_EVERY_US = 60_000_000


class Keys:
    """The keys of a database."""

    def __init__(self, engine: Engine, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, address: str, name: str, scopes: Collection[Scope], *, days: int) -> Secret:
        """Make a key that ends after `days`. Its text is told once. Raises `TooManyKeysError`."""
        now, secret = self._clock(), new_secret(KEY)
        alive = (Key.address == address, Key.revoked_us.is_(None), Key.expires_us > now)
        with writing(self._engine) as connection:
            if (connection.scalar(select(func.count()).where(*alive)) or 0) >= MOST_KEYS:
                raise TooManyKeysError(f"You have {MOST_KEYS} keys.", remedy="Revoke one that is not used.")
            insert_new(
                connection,
                Key,
                id=secret.id,
                token_hash=secret.hash,
                address=address,
                name=name,
                scopes=" ".join(sorted(scopes)),
                created_us=now,
                expires_us=now + days * _DAY_US,
                used_us=None,
                revoked_us=None,
            )
        return secret

    def find(self, token: str) -> Key | None:
        """The valid key of a text; None where there is none. Notes, now and then, that it was used."""
        now = self._clock()
        with Reading(self._engine, expire_on_commit=False) as reading:
            found = reading.scalars(select(Key).where(Key.token_hash == hash_of(token))).one_or_none()
        if found is None or found.revoked_us is not None or found.expires_us <= now:
            return None
        if found.used_us is None or found.used_us < now - _USED_EVERY_US:
            with writing(self._engine) as connection:
                connection.execute(update(Key).where(Key.id == found.id).values(used_us=now))
        return found

    def of(self, address: str) -> Sequence[Key]:
        """An address's newest keys, the revoked and expired ones too."""
        query = select(Key).where(Key.address == address).order_by(Key.created_us.desc(), Key.id)
        with Reading(self._engine, expire_on_commit=False) as reading:
            return reading.scalars(query.limit(100)).all()

    def revoke(self, address: str, key_id: str) -> None:
        """End a key of an address. Raises `UnknownKeyError`, also for somebody else's."""
        mine = (Key.address == address, Key.id == key_id, Key.revoked_us.is_(None))
        with writing(self._engine) as connection:
            done = connection.execute(update(Key).where(*mine).values(revoked_us=self._clock()))
        if done.rowcount != 1:
            raise UnknownKeyError(f"You have no key {key_id}.", remedy="List them with GET /v1/keys.")


def scopes_of(key: Key) -> frozenset[Scope]:
    """A key's scopes."""
    return frozenset(Scope(name) for name in key.scopes.split())
