"""Tables of access. Times `*_us` are unix microseconds, addresses lower-case 0x text.

Of every secret (session, key, recovery code) only the SHA-256 is stored: they are random and long, so no
slower hash is needed. Rows of the audit log are never changed or removed: the database itself refuses.
"""

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from indexer.ledger.models.base import Address

Id = BigInteger().with_variant(Integer, "sqlite")
Digest = String(64)


class Base(DeclarativeBase):
    """Access's metadata."""


class Keyring(Base):
    """A random key that all processes on this database share."""

    __tablename__ = "access_keyring"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    secret: Mapped[str] = mapped_column(Digest)


class SpentNonce(Base):
    """A nonce that somebody has signed in with; it may be forgotten once it has expired."""

    __tablename__ = "access_nonces"
    __table_args__ = (Index("ix_access_nonces_expires", "expires_us"),)

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_us: Mapped[int] = mapped_column(BigInteger)


class User(Base):
    """Somebody who has signed in, was granted something, or is shut out."""

    __tablename__ = "access_users"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    first_us: Mapped[int] = mapped_column(BigInteger)
    seen_us: Mapped[int | None] = mapped_column(BigInteger)
    blocked_us: Mapped[int | None] = mapped_column(BigInteger)
    blocked_why: Mapped[str | None] = mapped_column(Text)


class Grant(Base):
    """A role that somebody has now."""

    __tablename__ = "access_grants"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    by: Mapped[str] = mapped_column(Text)
    since_us: Mapped[int] = mapped_column(BigInteger)


class Allowed(Base):
    """An address that may have a role which needs a second factor."""

    __tablename__ = "access_allowed"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    by: Mapped[str] = mapped_column(Text)
    since_us: Mapped[int] = mapped_column(BigInteger)


class Session(Base):
    """A session on one hub. `second_factor_us`: when a code was last given in it."""

    __tablename__ = "access_sessions"
    __table_args__ = (
        Index("ix_access_sessions_token", "token_hash", unique=True),
        Index("ix_access_sessions_address", "address", "expires_us"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    token_hash: Mapped[str] = mapped_column(Digest)
    address: Mapped[str] = mapped_column(Address)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    agent: Mapped[str] = mapped_column(String(200))
    opened_us: Mapped[int] = mapped_column(BigInteger)
    seen_us: Mapped[int] = mapped_column(BigInteger)
    expires_us: Mapped[int] = mapped_column(BigInteger)
    revoked_us: Mapped[int | None] = mapped_column(BigInteger)
    second_factor_us: Mapped[int | None] = mapped_column(BigInteger)


class Key(Base):
    """A key for programs. `scopes` are joined by spaces."""

    __tablename__ = "access_keys"
    __table_args__ = (
        Index("ix_access_keys_token", "token_hash", unique=True),
        Index("ix_access_keys_address", "address"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    token_hash: Mapped[str] = mapped_column(Digest)
    address: Mapped[str] = mapped_column(Address)
    name: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(64))
    created_us: Mapped[int] = mapped_column(BigInteger)
    expires_us: Mapped[int] = mapped_column(BigInteger)
    used_us: Mapped[int | None] = mapped_column(BigInteger)
    revoked_us: Mapped[int | None] = mapped_column(BigInteger)


class SecondFactor(Base):
    """A TOTP secret, sealed. `last_step`: the time step of the last code taken; none before it counts."""

    __tablename__ = "access_second_factors"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    confirmed_us: Mapped[int | None] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(Integer)
    locked_until_us: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that stands in for one of the second factor, once."""

    __tablename__ = "access_recovery_codes"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    code_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    used_us: Mapped[int | None] = mapped_column(BigInteger)


class AuditEntry(Base):
    """An administrative act. `before` and `after` are JSON; `hash` covers the row and the hash before it."""

    __tablename__ = "access_audit"
    __table_args__ = (Index("ix_access_audit_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at_us: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(128))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(Digest)


class LeaderStanding(Base):
    """What the operator says of a leader on one hub: verified, suspended, or both not."""

    __tablename__ = "access_leaders"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    address: Mapped[str] = mapped_column(Address, primary_key=True)
    verified_us: Mapped[int | None] = mapped_column(BigInteger)
    verified_why: Mapped[str | None] = mapped_column(Text)
    suspended_us: Mapped[int | None] = mapped_column(BigInteger)
    suspended_why: Mapped[str | None] = mapped_column(Text)


class Incident(Base):
    """Something that is wrong, told to everybody until it is over. `severity`: notice, degraded, outage."""

    __tablename__ = "access_incidents"
    __table_args__ = (Index("ix_access_incidents_open", "chain_id", "hub", "closed_us"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    severity: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    banner: Mapped[str] = mapped_column(Text)
    opened_us: Mapped[int] = mapped_column(BigInteger)
    changed_us: Mapped[int] = mapped_column(BigInteger)
    closed_us: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None] = mapped_column(Text)


class Proposal(Base):
    """A call of the hub's owner or guardian that one proposed; ready when another has confirmed it.

    `data` is the call of `target`, through `timelock`, or of owner or guardian themselves where that is null.
    """

    __tablename__ = "access_proposals"
    __table_args__ = (Index("ix_access_proposals_hub", "chain_id", "hub", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    act: Mapped[str] = mapped_column(String(32))
    arguments: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Address)
    data: Mapped[str] = mapped_column(Text)
    timelock: Mapped[str | None] = mapped_column(Address)
    delay_s: Mapped[int] = mapped_column(BigInteger)
    salt: Mapped[str] = mapped_column(String(66))
    why: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Address)
    proposed_us: Mapped[int] = mapped_column(BigInteger)
    confirmed_by: Mapped[str | None] = mapped_column(Address)
    confirmed_us: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_by: Mapped[str | None] = mapped_column(Address)
    withdrawn_us: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_why: Mapped[str | None] = mapped_column(Text)
