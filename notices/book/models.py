"""Tables of notices. Times `*_us` are unix microseconds. Addresses are EIP-55 text, lists JSON text.

What a channel leads to is sealed; nothing in the clear opens it.
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from indexer.ledger.models.base import Address, Hash

Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The metadata of notices."""


class Channel(Base):
    """A way to somebody. `sealed` is where it leads, with its secrets; `shown` what may be seen of that.

    `state`: pending until its code came back, confirmed, off (the other side wants no more), removed (then
    `sealed` is empty). `round` counts the codes that were asked for, `tries` wrong answers to the last one.
    Quiet hours are minutes of the day in `zone`, none where both are the same.
    """

    __tablename__ = "notice_channels"
    __table_args__ = (Index("ix_notice_channels_owner", "owner", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    owner: Mapped[str] = mapped_column(Address)
    kind: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[str] = mapped_column(Text)
    shown: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    round: Mapped[int] = mapped_column(Integer)
    tries: Mapped[int] = mapped_column(Integer)
    asked_us: Mapped[int] = mapped_column(BigInteger)
    created_us: Mapped[int] = mapped_column(BigInteger)
    confirmed_us: Mapped[int | None] = mapped_column(BigInteger)
    quiet_from: Mapped[int] = mapped_column(Integer)
    quiet_until: Mapped[int] = mapped_column(Integer)
    zone: Mapped[str] = mapped_column(String(64))


class Rule(Base):
    """What somebody wants to hear on a channel of theirs; its kinds are `RuleKind` rows.

    Empty lists of vaults and strategies mean all. Thresholds are basis points: of a limit that may be left
    before a stop is near, of the fall from the highest growth, and of the sync score.
    """

    __tablename__ = "notice_rules"
    __table_args__ = (
        Index("ix_notice_rules_owner", "owner", "id"),
        Index("ix_notice_rules_channel", "channel_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    owner: Mapped[str] = mapped_column(Address)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    vaults: Mapped[str] = mapped_column(Text)
    strategies: Mapped[str] = mapped_column(Text)
    stop_left_bps: Mapped[int] = mapped_column(Integer)
    drawdown_bps: Mapped[int] = mapped_column(Integer)
    sync_bps: Mapped[int] = mapped_column(Integer)
    created_us: Mapped[int] = mapped_column(BigInteger)


class RuleKind(Base):
    """A kind of notices that a rule asks for."""

    __tablename__ = "notice_rule_kinds"
    __table_args__ = (Index("ix_notice_rule_kinds_kind", "kind", "rule_id"),)

    rule_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)


class Notice(Base):
    """A fact that somebody wanted to hear of, told once: `key` is the fact's. Only `taken_back_us` changes.

    The block is the one that it follows from, none where no block did; `of` is the notice that this one
    takes back.
    """

    __tablename__ = "notice_notices"
    __table_args__ = (
        UniqueConstraint("chain_id", "hub", "key", name="uq_notice_notices_key"),
        Index("ix_notice_notices_block", "chain_id", "hub", "block_number"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    urgent: Mapped[bool] = mapped_column(Boolean)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(200))
    vault_id: Mapped[int | None] = mapped_column(BigInteger)
    strategy_id: Mapped[int | None] = mapped_column(BigInteger)
    block_number: Mapped[int | None] = mapped_column(BigInteger)
    block_hash: Mapped[str | None] = mapped_column(Hash)
    tx_hash: Mapped[str | None] = mapped_column(Hash)
    log_index: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[int] = mapped_column(BigInteger)
    made_us: Mapped[int] = mapped_column(BigInteger)
    taken_back_us: Mapped[int | None] = mapped_column(BigInteger)
    of: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(Base):
    """One notice on its way to one channel. `message` is the id by which the receiver drops doubles.

    `state`: waiting (until `next_us`), quiet (for the digest), digested (in the notice `digest`), sent,
    dead (given up), dropped (taken back before it was said, or its channel is gone).
    """

    __tablename__ = "notice_deliveries"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel_id", name="uq_notice_deliveries_once"),
        UniqueConstraint("message", name="uq_notice_deliveries_message"),
        Index("ix_notice_deliveries_due", "state", "next_us"),
        Index("ix_notice_deliveries_channel", "channel_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    notice_id: Mapped[int] = mapped_column(BigInteger)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)
    next_us: Mapped[int] = mapped_column(BigInteger)
    made_us: Mapped[int] = mapped_column(BigInteger)
    done_us: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[int | None] = mapped_column(BigInteger)


class DeliveryAttempt(Base):
    """One attempt of a delivery and what was answered; without an answer it may have arrived all the same."""

    __tablename__ = "notice_attempts"

    delivery_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at_us: Mapped[int] = mapped_column(BigInteger)
    took_us: Mapped[int | None] = mapped_column(BigInteger)
    ok: Mapped[bool | None] = mapped_column(Boolean)
    answer: Mapped[str | None] = mapped_column(String(300))


class Alarm(Base):
    """Something measured that is beyond its threshold, and was told; forgotten when it is well again.

    `block` is the one at which it was found; 0 for what does not come from the ledger.
    """

    __tablename__ = "notice_alarms"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)


class Cursor(Base):
    """Up to where ledger and inbox of a hub have been told. `version` counts the steps."""

    __tablename__ = "notice_cursors"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)
    log_index: Mapped[int] = mapped_column(BigInteger)
    reorg: Mapped[int] = mapped_column(BigInteger)
    news: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)
