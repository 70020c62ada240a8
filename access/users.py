"""People by address: what is granted to them, who is on the allowlist, and who is shut out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from access.audit import Actor, Audit
from access.errors import RoleRefusedError
from access.models import Allowed, Grant, Key, User
from access.models import Session as OpenSession
from access.roles import NEEDS_SECOND_FACTOR, STAFF, Role
from inbox.clock import Clock, now_us
from inbox.writing import insert_new, writing


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of an address; times of one that never signed in are None."""

    address: str
    granted: frozenset[Role]
    allowed: bool
    first_us: int | None = None
    seen_us: int | None = None
    blocked_us: int | None = None
    blocked_why: str | None = None

    @property
    def effective(self) -> frozenset[Role]:
        """Granted roles that count: those with a second factor only while the address is on the allowlist."""
        return self.granted if self.allowed else self.granted - NEEDS_SECOND_FACTOR


class Users:
    """The people of a database. Every administrative change is written with its row in the audit log."""

    def __init__(self, engine: Engine, audit: Audit, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._audit = audit
        self._clock = clock

    def find(self, address: str) -> Person:
        """What is known of an address."""
        with self._engine.connect() as connection:
            return _person(connection, address)

    def list(self, *, limit: int, after: str = "", staff: bool = False) -> Sequence[Person]:
        """People by address, after one; with `staff` those alone who were granted something."""
        query = select(User.address).where(User.address > after).order_by(User.address).limit(limit)
        if staff:
            query = query.where(User.address.in_(select(Grant.address)))
        with self._engine.connect() as connection:
            return [_person(connection, address) for address in connection.scalars(query)]

    def count(self) -> int:
        """How many addresses are known."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(User)) or 0

    def seen(self, connection: Connection, address: str) -> None:
        """Note a sign-in, inside a `writing` transaction."""
        self._know(connection, address)
        connection.execute(update(User).where(User.address == address).values(seen_us=self._clock()))

    def allow(self, address: str, *, by: Actor, why: str = "") -> None:
        """Put an address on the allowlist."""
        with writing(self._engine) as connection:
            self._know(connection, address)
            row = {"address": address, "by": by.name, "since_us": self._clock()}
            if insert_new(connection, Allowed, **row):
                self._note(connection, by, "address.allowed", address, before=False, after=True, why=why)

    def disallow(self, address: str, *, by: Actor, why: str) -> None:
        """Take an address off the allowlist: its roles with a second factor count no more, at once."""
        with writing(self._engine) as connection:
            if connection.execute(delete(Allowed).where(Allowed.address == address)).rowcount:
                self._note(connection, by, "address.disallowed", address, before=True, after=False, why=why)

    def grant(self, address: str, role: Role, *, by: Actor, why: str = "") -> None:
        """Grant a role. Raises `RoleRefusedError`.

        Two people are needed to make somebody operator or admin: whoever put the address on the allowlist
        cannot grant the role as well, and nobody grants anything to themselves.
        """
        self._check_grantable(role, address, by)
        with writing(self._engine) as connection:
            if role in NEEDS_SECOND_FACTOR:
                allowed_by = connection.scalar(select(Allowed.by).where(Allowed.address == address))
                if allowed_by is None:
                    raise RoleRefusedError(
                        f"{address} is not on the allowlist.",
                        remedy="Another administrator puts it there first, or `lockstep access allow`.",
                    )
                if allowed_by == by.name and not by.name.startswith(SHELL):
                    raise RoleRefusedError(
                        f"You have put {address} on the allowlist yourself.",
                        remedy="Another administrator must grant the role.",
                    )
            self._know(connection, address)
            row = {"address": address, "role": role, "by": by.name, "since_us": self._clock()}
            before = sorted(_roles(connection, address))
            if insert_new(connection, Grant, **row):
                after = sorted({*before, role})
                self._note(connection, by, "role.granted", address, before=before, after=after, why=why)

    def take(self, address: str, role: Role, *, by: Actor, why: str) -> None:
        """Take a role away. Raises `RoleRefusedError` for the last administrator's."""
        with writing(self._engine) as connection:
            before = _roles(connection, address)
            if role not in before:
                return
            admins = connection.scalar(select(func.count()).where(Grant.role == Role.ADMIN)) or 0
            if role is Role.ADMIN and admins == 1:
                raise RoleRefusedError(
                    f"{address} is the last administrator.", remedy="Make somebody else one first."
                )
            connection.execute(delete(Grant).where(Grant.address == address, Grant.role == role))
            old, new = sorted(before), sorted(before - {role})
            self._note(connection, by, "role.taken", address, before=old, after=new, why=why)

    def block(self, address: str, *, by: Actor, why: str) -> None:
        """Shut an address out: its sessions and keys end, and it cannot sign in. The chain is not asked."""
        now = self._clock()
        if address == by.name:
            raise RoleRefusedError("You cannot shut yourself out.", remedy="Ask another administrator.")
        with writing(self._engine) as connection:
            self._know(connection, address)
            mine = (User.address == address, User.blocked_us.is_(None))
            done = connection.execute(update(User).where(*mine).values(blocked_us=now, blocked_why=why))
            if done.rowcount:
                for table in (OpenSession, Key):
                    held = (table.address == address, table.revoked_us.is_(None))
                    connection.execute(update(table).where(*held).values(revoked_us=now))
                self._note(connection, by, "user.blocked", address, before=False, after=True, why=why)

    def unblock(self, address: str, *, by: Actor, why: str) -> None:
        """Let an address sign in again."""
        with writing(self._engine) as connection:
            mine = (User.address == address, User.blocked_us.is_not(None))
            done = connection.execute(update(User).where(*mine).values(blocked_us=None, blocked_why=None))
            if done.rowcount:
                self._note(connection, by, "user.unblocked", address, before=True, after=False, why=why)

    def _know(self, connection: Connection, address: str) -> None:
        row: Mapping[str, Any] = {"seen_us": None, "blocked_us": None, "blocked_why": None}
        insert_new(connection, User, address=address, first_us=self._clock(), **row)

    def _note(
        self, connection: Connection, by: Actor, act: str, subject: str, *, before: Any, after: Any, why: str
    ) -> None:
        name = act.split(".", maxsplit=1)[0]
        key = {"role": "roles", "address": "allowed", "user": "blocked"}[name]
        self._audit.append(connection, by, act, subject, before={key: before}, after={key: after}, why=why)

    @staticmethod
    def _check_grantable(role: Role, address: str, by: Actor) -> None:
        if role not in STAFF:
            raise RoleRefusedError(
                f"Nobody can be made {role}.", remedy="Followers and leaders are what the chain says."
            )
        if address == by.name:
            raise RoleRefusedError("Nobody grants roles to themselves.", remedy="Ask another administrator.")


SHELL = "shell:"
"""How the name of an actor at the server's shell begins."""


def _roles(connection: Connection, address: str) -> frozenset[Role]:
    query = select(Grant.role).where(Grant.address == address)
    return frozenset(Role(name) for name in connection.scalars(query))


def _person(connection: Connection, address: str) -> Person:
    user = connection.execute(select(User.__table__).where(User.address == address)).mappings().first()
    allowed = connection.scalar(select(Allowed.address).where(Allowed.address == address)) is not None
    known = {} if user is None else {name: user[name] for name in _KNOWN}
    return Person(address, _roles(connection, address), allowed, **known)


_KNOWN = ("first_us", "seen_us", "blocked_us", "blocked_why")
