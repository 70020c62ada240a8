"""Tables of the inbox. Times `*_us` are unix microseconds, `*_time` unix seconds of a block.

Addresses are EIP-55 text, hashes lower-case 0x text, amounts integers. An event is written once and never
changed; the other rows are the present.
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Hash

Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """The inbox's metadata."""


class InboxOrder(Base):
    """A signed order as its leader sent it, and where it is now. `version` counts its events.

    `settled`: its end is so deep in the chain that nobody watches it any more.
    """

    __tablename__ = "inbox_orders"
    __table_args__ = (
        UniqueConstraint("chain_id", "hub", "digest", name="uq_inbox_orders_digest"),
        Index("ix_inbox_orders_settled", "chain_id", "hub", "settled"),
        Index("ix_inbox_orders_leader", "chain_id", "hub", "leader", "received_us"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    digest: Mapped[str] = mapped_column(Hash)
    leader: Mapped[str] = mapped_column(Address)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    pool: Mapped[str] = mapped_column(Address)
    token_in: Mapped[str] = mapped_column(Address)
    token_out: Mapped[str] = mapped_column(Address)
    portion: Mapped[int] = mapped_column(BigInteger)
    limit_price: Mapped[int] = mapped_column(Amount)
    deadline: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[int] = mapped_column(Integer)
    min_fill: Mapped[int] = mapped_column(BigInteger)
    trigger_price: Mapped[int] = mapped_column(Amount)
    nonce: Mapped[int] = mapped_column(Amount)
    signature: Mapped[str] = mapped_column(Text)
    received_us: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(Text)
    filled: Mapped[int] = mapped_column(BigInteger)
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    settled: Mapped[bool] = mapped_column(Boolean)
    changed_block: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)


class OrderEvent(Base):
    """One transition of an order. The block is the one that caused it; none where no block did."""

    __tablename__ = "inbox_order_events"

    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(Text)
    filled: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[str] = mapped_column(String(64))
    tx_hash: Mapped[str | None] = mapped_column(Hash)
    trade_id: Mapped[int | None] = mapped_column(BigInteger)
    block_number: Mapped[int | None] = mapped_column(BigInteger)
    block_hash: Mapped[str | None] = mapped_column(Hash)
    block_time: Mapped[int | None] = mapped_column(BigInteger)
    seen_us: Mapped[int] = mapped_column(BigInteger)
    processed_us: Mapped[int] = mapped_column(BigInteger)


class ScanCursor(Base):
    """Up to which block orders' fills have been read from the chain."""

    __tablename__ = "inbox_cursors"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)


class Stop(Base):
    """An operator's stop: who, when, why; and the same of its end. `scope`: leader, strategy or entries."""

    __tablename__ = "inbox_stops"
    __table_args__ = (Index("ix_inbox_stops_lifted", "chain_id", "hub", "lifted_us"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    scope: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    since_us: Mapped[int] = mapped_column(BigInteger)
    lifted_us: Mapped[int | None] = mapped_column(BigInteger)
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_why: Mapped[str | None] = mapped_column(Text)


class News(Base):
    """What was written, in the order in which it was committed: ids only grow, under the lock of `writing`.

    `kind`: an order's transition (`subject` is the order's id, `sequence` the event's), a stop or its
    lifting (`subject` is the stop's id).
    """

    __tablename__ = "inbox_news"
    __table_args__ = (Index("ix_inbox_news_hub", "chain_id", "hub", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[int] = mapped_column(BigInteger)
    sequence: Mapped[int] = mapped_column(Integer)


class Keeper(Base):
    """A keeper's last sign of life. `carries` is the last urgency it carries now, -1 for nothing."""

    __tablename__ = "inbox_keepers"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    sender: Mapped[str] = mapped_column(Address)
    started_us: Mapped[int] = mapped_column(BigInteger)
    seen_us: Mapped[int] = mapped_column(BigInteger)
    head_number: Mapped[int | None] = mapped_column(BigInteger)
    head_time: Mapped[int | None] = mapped_column(BigInteger)
    carries: Mapped[int] = mapped_column(Integer)
    breakers: Mapped[str] = mapped_column(Text)
    in_flight: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer)


class SenderNonce(Base):
    """The next nonce of a keeper's key that nobody has leased."""

    __tablename__ = "inbox_nonces"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(Address, primary_key=True)
    next: Mapped[int] = mapped_column(BigInteger)


class Claim(Base):
    """One keeper works on one thing until then; others leave it alone so long. Nobody is elected."""

    __tablename__ = "inbox_claims"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hub: Mapped[str] = mapped_column(Address, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    keeper: Mapped[str] = mapped_column(String(64))
    until_us: Mapped[int] = mapped_column(BigInteger)


class Transaction(Base):
    """A leased nonce and what it is for. `state`: leased, sent, mined, final, void."""

    __tablename__ = "inbox_transactions"
    __table_args__ = (
        UniqueConstraint("chain_id", "sender", "nonce", name="uq_inbox_transactions_nonce"),
        Index("ix_inbox_transactions_state", "chain_id", "hub", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    keeper: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(Address)
    nonce: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(String(200))
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    urgency: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str | None] = mapped_column(Hash)
    data: Mapped[str] = mapped_column(Text)
    gas: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    leased_us: Mapped[int] = mapped_column(BigInteger)
    succeeded: Mapped[bool | None] = mapped_column(Boolean)
    block_number: Mapped[int | None] = mapped_column(BigInteger)
    block_hash: Mapped[str | None] = mapped_column(Hash)


class Attempt(Base):
    """One signed form of a transaction, kept before it is sent. `clears`: it only uses the nonce up."""

    __tablename__ = "inbox_attempts"

    transaction_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(Hash)
    raw: Mapped[str] = mapped_column(Text)
    max_fee: Mapped[int] = mapped_column(Amount)
    tip: Mapped[int] = mapped_column(Amount)
    relay: Mapped[str] = mapped_column(String(16))
    clears: Mapped[bool] = mapped_column(Boolean)
    at_block: Mapped[int] = mapped_column(BigInteger)
    signed_us: Mapped[int] = mapped_column(BigInteger)
    sent_us: Mapped[int | None] = mapped_column(BigInteger)
