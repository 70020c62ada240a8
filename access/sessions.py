"""Sessions: opened by a sign-in, found by their token, listed and ended by whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update
from sqlalchemy.orm import Session as Reading

from access.errors import UnknownSessionError
from access.models import Session
from access.secrets import SESSION, Secret, hash_of, new_secret
from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing

LIFE_US = 7 * 86_400_000_000
STAFF_LIFE_US = 12 * 3_600_000_000
SECOND_FACTOR_US = 8 * 3_600_000_000
"""How long a code counts in a session."""
MOST_OPEN = 20
"""Open sessions of one address; the oldest ends when another is opened."""
_SEEN_EVERY_US = 60_000_000
_FORGET_AFTER_US = 30 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its secret is told once."""

    secret: Secret
    expires_us: int


class Sessions:
    """The sessions of a database."""

    def __init__(self, engine: Engine, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._clock = clock

    def open(
        self, connection: Connection, address: str, place: Place, *, agent: str, until_us: int
    ) -> Opened:
        """Open a session, inside a `writing` transaction, and forget those that ended long ago."""
        now, secret = self._clock(), new_secret(SESSION)
        connection.execute(delete(Session).where(Session.expires_us < now - _FORGET_AFTER_US))
        mine = select(Session.id).where(*self._open(address)).order_by(Session.opened_us.desc(), Session.id)
        surplus = connection.scalars(mine.offset(MOST_OPEN - 1)).all()
        connection.execute(update(Session).where(Session.id.in_(surplus)).values(revoked_us=now))
        insert_new(
            connection,
            Session,
            id=secret.id,
            token_hash=secret.hash,
            address=address,
            chain_id=place.chain_id,
            hub=place.hub,
            agent=agent[:200],
            opened_us=now,
            seen_us=now,
            expires_us=until_us,
            revoked_us=None,
            second_factor_us=None,
        )
        return Opened(secret, until_us)

    def find(self, token: str) -> Session | None:
        """The open session of a token; None where there is none. Notes, now and then, that it was used."""
        now = self._clock()
        with Reading(self._engine, expire_on_commit=False) as reading:
            found = reading.scalars(select(Session).where(Session.token_hash == hash_of(token))).one_or_none()
        if found is None or found.revoked_us is not None or found.expires_us <= now:
            return None
        if found.seen_us < now - _SEEN_EVERY_US:
            with writing(self._engine) as connection:
                connection.execute(update(Session).where(Session.id == found.id).values(seen_us=now))
        return found

    def has_second_factor(self, session: Session) -> bool:
        """Whether a code was given in it, lately enough."""
        at = session.second_factor_us
        return at is not None and at > self._clock() - SECOND_FACTOR_US

    def raise_to_second_factor(self, session_id: str) -> None:
        """Note that a right code was given in a session."""
        with writing(self._engine) as connection:
            given = {"second_factor_us": self._clock()}
            connection.execute(update(Session).where(Session.id == session_id).values(**given))

    def of(self, address: str) -> Sequence[Session]:
        """The open sessions of an address, the newest first."""
        query = select(Session).where(*self._open(address)).order_by(Session.opened_us.desc(), Session.id)
        with Reading(self._engine, expire_on_commit=False) as reading:
            return reading.scalars(query.limit(MOST_OPEN)).all()

    def revoke(self, address: str, session_id: str) -> None:
        """End one session of an address. Raises `UnknownSessionError`, also for somebody else's."""
        with writing(self._engine) as connection:
            done = connection.execute(
                update(Session)
                .where(*self._open(address), Session.id == session_id)
                .values(revoked_us=self._clock())
            )
        if done.rowcount != 1:
            raise UnknownSessionError(
                f"You have no open session {session_id}.", remedy="List them with GET /v1/sessions."
            )

    def revoke_all(self, connection: Connection, address: str) -> int:
        """End every session of an address, inside a `writing` transaction; how many there were."""
        ended = update(Session).where(*self._open(address)).values(revoked_us=self._clock())
        return connection.execute(ended).rowcount

    def count_open(self) -> int:
        """How many sessions are open."""
        now = self._clock()
        query = select(func.count()).where(Session.revoked_us.is_(None), Session.expires_us > now)
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def _open(self, address: str) -> tuple[ColumnElement[bool], ...]:
        return (Session.address == address, Session.revoked_us.is_(None), Session.expires_us > self._clock())
