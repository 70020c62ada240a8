"""What was read from the chain: the deployment and its checkpoint, block hashes, raw logs, and recorded
reorgs.
"""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, Hash


class Deployment(Base):
    """One hub on one chain. The checkpoint is the last block whose rows are in this database.

    The head is the newest block that the node told of: head minus checkpoint is the lag. The logs of the
    blocks after `unproven_from` up to `unproven_to` were taken on the node's word: no header has proven them
    complete yet; both are null when all are. `gas_number` is the last block up to which every transaction has
    been asked for its gas. `metrics_version` counts the times that leaders' metrics were made anew or taken
    away, and `metrics_taken` is its number when some were last taken away.
    """

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("chain_id", "hub"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    hub: Mapped[str] = mapped_column(Address)
    start_block: Mapped[int] = mapped_column(BigInteger)
    checkpoint_number: Mapped[int | None] = mapped_column(BigInteger)
    checkpoint_hash: Mapped[str | None] = mapped_column(Hash)
    checkpoint_time: Mapped[int | None] = mapped_column(BigInteger)
    head_number: Mapped[int | None] = mapped_column(BigInteger)
    head_time: Mapped[int | None] = mapped_column(BigInteger)
    head_seen_us: Mapped[int | None] = mapped_column(BigInteger)
    unproven_from: Mapped[int | None] = mapped_column(BigInteger)
    unproven_to: Mapped[int | None] = mapped_column(BigInteger)
    gas_number: Mapped[int | None] = mapped_column(BigInteger)
    metrics_version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    metrics_taken: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class Block(Base):
    """A block with events of the hub, or one recent enough to be needed for finding a common ancestor.
    Parents are compared when headers are read and not kept: logs do not tell them.

    The three clocks: `time` is the block's own, `seen_us` when its header arrived, `processed_us` when its
    rows were written.
    """

    __tablename__ = "blocks"
    __table_args__ = (Index("ix_blocks_time", "deployment_id", "time", "number"),)

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(Hash)
    time: Mapped[int] = mapped_column(BigInteger)
    log_count: Mapped[int] = mapped_column(Integer)
    seen_us: Mapped[int] = mapped_column(BigInteger)
    processed_us: Mapped[int] = mapped_column(BigInteger)


class RawLog(Base):
    """A log of the hub as the node gave it. `topics` is the 32-byte topics joined; `event` is null if
    unknown.

    A height has one block at a time (what a reorg removes goes to `orphaned_logs`), so the place is the key.
    """

    __tablename__ = "raw_logs"

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    block_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block_hash: Mapped[str] = mapped_column(Hash)
    tx_hash: Mapped[str] = mapped_column(Hash)
    tx_index: Mapped[int] = mapped_column(Integer)
    event: Mapped[str | None] = mapped_column(String(64))
    topics: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Transaction(Base):
    """A transaction with events of the hub: who sent it, and what the sender paid for it.

    Amounts are units of the chain's own coin (wei): `paid` = `gas_used` · `gas_price` + `data_fee`, the last
    what a rollup asks for its data, 0 elsewhere. Read from receipts after the block's rows, so the newest
    blocks' may not be here yet; a block's are all here or none.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        Index("ix_transactions_hash", "deployment_id", "tx_hash"),
        Index("ix_transactions_sender", "deployment_id", "sender", "block_number", "tx_index"),
    )

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    block_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tx_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block_time: Mapped[int] = mapped_column(BigInteger)
    tx_hash: Mapped[str] = mapped_column(Hash)
    sender: Mapped[str] = mapped_column(Address)
    gas_used: Mapped[int] = mapped_column(BigInteger)
    gas_price: Mapped[int] = mapped_column(Amount)
    data_fee: Mapped[int] = mapped_column(Amount)
    paid: Mapped[int] = mapped_column(Amount)


class Reorg(Base):
    """A rollback that happened: blocks above the ancestor were removed together with everything they had
    posted.
    """

    __tablename__ = "reorgs"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(Integer)
    detected_us: Mapped[int] = mapped_column(BigInteger)
    ancestor_number: Mapped[int] = mapped_column(BigInteger)
    ancestor_hash: Mapped[str | None] = mapped_column(Hash)
    old_number: Mapped[int] = mapped_column(BigInteger)
    old_hash: Mapped[str] = mapped_column(Hash)
    depth: Mapped[int] = mapped_column(BigInteger)
    logs_removed: Mapped[int] = mapped_column(Integer)


class OrphanedLog(Base):
    """A raw log that a reorg removed from the ledger, kept for audit."""

    __tablename__ = "orphaned_logs"

    reorg_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    block_hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block_number: Mapped[int] = mapped_column(BigInteger)
    tx_hash: Mapped[str] = mapped_column(Hash)
    tx_index: Mapped[int] = mapped_column(Integer)
    event: Mapped[str | None] = mapped_column(String(64))
    topics: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[bytes] = mapped_column(LargeBinary)
