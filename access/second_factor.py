"""The second factor: time-based codes (RFC 6238, by `pyotp`), and recovery codes for a lost device."""

import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import Connection, Engine, delete, select, update

from access.audit import Actor, Audit
from access.errors import NoSecretKeyError, SecondFactorError, SecondFactorLockedError
from access.models import RecoveryCode, SecondFactor
from access.sealing import VARIABLE, Seal
from access.secrets import hash_of
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing

ISSUER = "Lockstep"
MOST_FAILURES = 5
LOCK_US = 900_000_000
RECOVERY_CODES = 10
_STEP_S = 30
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is set up with; told once, before the first code."""

    secret: str
    uri: str


class SecondFactors:
    """The second factors of a database. Without a seal there are none."""

    def __init__(self, engine: Engine, audit: Audit, seal: Seal | None, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._audit = audit
        self._seal = seal
        self._clock = clock

    def confirmed(self, address: str) -> bool:
        """Whether an address has one."""
        query = select(SecondFactor.confirmed_us).where(SecondFactor.address == address)
        with self._engine.connect() as connection:
            return connection.scalar(query) is not None

    def enrol(self, address: str) -> Enrolment:
        """Begin a second factor, which counts from its first right code on. The one before counts till then.

        Raises `NoSecretKeyError`, and `SecondFactorError` where there is a confirmed one: remove it first.
        """
        seal, secret = self._require_seal(), pyotp.random_base32()
        with writing(self._engine) as connection:
            mine = SecondFactor.address == address
            if connection.scalar(select(SecondFactor.confirmed_us).where(mine)) is not None:
                raise SecondFactorError(
                    "You have a second factor already.",
                    remedy="Take it off first with DELETE /v1/session/second-factor and a code.",
                )
            failures = connection.execute(
                select(SecondFactor.failures, SecondFactor.locked_until_us).where(mine)
            ).first()
            connection.execute(delete(SecondFactor).where(mine))
            insert_new(
                connection,
                SecondFactor,
                address=address,
                sealed=seal.seal(secret),
                confirmed_us=None,
                last_step=0,
                failures=0 if failures is None else failures[0],
                locked_until_us=0 if failures is None else failures[1],
            )
        uri = pyotp.TOTP(secret).provisioning_uri(name=address, issuer_name=ISSUER)
        return Enrolment(secret, uri)

    def give(self, address: str, code: str, *, by: Actor) -> list[str]:
        """Take a code of an authenticator, or a recovery code; the first one confirms the second factor.

        Returns the recovery codes that the confirmation made, else nothing. A code counts once. Raises
        `SecondFactorError`, and after five wrong ones `SecondFactorLockedError` for a quarter of an hour.
        """
        with writing(self._engine) as connection:
            row = self._row(connection, address)
            right = self._is_right(connection, row, code)
            first = right and row.confirmed_us is None
            codes = self._confirm(connection, address, by) if first else []
            if not right:
                self._count_failure(connection, row)
        if not right:
            raise SecondFactorError(
                "The code is wrong, or was used before.",
                remedy="Wait for the next code of the authenticator.",
            )
        return codes

    def remove(self, address: str, *, by: Actor, why: str = "") -> None:
        """Take a second factor off, with its recovery codes."""
        with writing(self._engine) as connection:
            mine = SecondFactor.address == address
            confirmed = connection.scalar(select(SecondFactor.confirmed_us).where(mine)) is not None
            connection.execute(delete(SecondFactor).where(mine))
            connection.execute(delete(RecoveryCode).where(RecoveryCode.address == address))
            if confirmed:
                self._note(connection, by, "second_factor.removed", address, after=False, why=why)

    def _row(self, connection: Connection, address: str) -> SecondFactor:
        table = SecondFactor.__table__
        found = connection.execute(select(table).where(SecondFactor.address == address)).mappings().first()
        if found is None:
            raise SecondFactorError(
                "You have no second factor.", remedy="Begin one with POST /v1/session/second-factor."
            )
        row = SecondFactor(**found)
        if row.locked_until_us > self._clock():
            raise SecondFactorLockedError(
                f"{MOST_FAILURES} wrong codes came in a row.", remedy="Try again in a quarter of an hour."
            )
        return row

    def _is_right(self, connection: Connection, row: SecondFactor, code: str) -> bool:
        mine = SecondFactor.address == row.address
        totp, now_s = pyotp.TOTP(self._require_seal().open(row.sealed)), self._clock() // 1_000_000
        # The step before and the one after count, for clocks that differ; one that was used never again.
        for step in range(now_s // _STEP_S - 1, now_s // _STEP_S + 2):
            if step > row.last_step and secrets.compare_digest(
                totp.at(step * _STEP_S).encode(), _plain(code).encode()
            ):
                used = {"last_step": step, "failures": 0, "locked_until_us": 0}
                connection.execute(update(SecondFactor).where(mine).values(**used))
                return True
        if row.confirmed_us is None:
            return False
        spare = (RecoveryCode.address == row.address, RecoveryCode.code_hash == hash_of(_plain(code)))
        done = connection.execute(
            update(RecoveryCode).where(*spare, RecoveryCode.used_us.is_(None)).values(used_us=self._clock())
        )
        return done.rowcount == 1

    def _confirm(self, connection: Connection, address: str, by: Actor) -> list[str]:
        now = self._clock()
        connection.execute(
            update(SecondFactor).where(SecondFactor.address == address).values(confirmed_us=now)
        )
        codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
        for code in codes:
            row = {"address": address, "code_hash": hash_of(code), "used_us": None}
            insert_new(connection, RecoveryCode, **row)
        self._note(connection, by, "second_factor.confirmed", address, after=True)
        return codes

    def _count_failure(self, connection: Connection, row: SecondFactor) -> None:
        failures = row.failures + 1
        locked = self._clock() + LOCK_US if failures >= MOST_FAILURES else 0
        counted = {"failures": failures % MOST_FAILURES, "locked_until_us": locked}
        mine = SecondFactor.address == row.address
        connection.execute(update(SecondFactor).where(mine).values(**counted))

    def _note(
        self, connection: Connection, by: Actor, act: str, address: str, *, after: bool, why: str = ""
    ) -> None:
        before_state, after_state = {"second_factor": not after}, {"second_factor": after}
        self._audit.append(connection, by, act, address, before=before_state, after=after_state, why=why)

    def _require_seal(self) -> Seal:
        if self._seal is None:
            raise NoSecretKeyError(
                "This server keeps no second factors.",
                remedy=f"Its operator sets {VARIABLE}: `lockstep access new-key` makes one.",
            )
        return self._seal


def _plain(code: str) -> str:
    """A code as people type it, without spaces and dashes."""
    return code.replace(" ", "").replace("-", "").lower()
