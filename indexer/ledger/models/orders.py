"""What the chain tells of signed orders: each part that was filled, and which nonces were cancelled.

An order is known from its first fill on; its other terms are in the signed text only.
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, EventRow, Hash, LogRow


class OrderFill(EventRow, Base):
    """A signed order filled, in whole or in part, by a trade; `part` counts the order's fills from 0.

    `filled` is the part of the leader's first holding that orders with this nonce have sold so far, scaled by
    1e18; `complete` says that nothing of the order is left. `keeper` carried it to the hub.
    """

    __tablename__ = "order_fills"
    __table_args__ = (
        Index("ix_order_fills_order", "deployment_id", "order_hash", "part", unique=True),
        Index("ix_order_fills_nonce", "deployment_id", "leader", "nonce"),
        Index("ix_order_fills_block", "deployment_id", "part", "block_number", "log_index"),
    )

    trade_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    order_hash: Mapped[str] = mapped_column(Hash)
    part: Mapped[int] = mapped_column(Integer)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    leader: Mapped[str] = mapped_column(Address)
    nonce: Mapped[int] = mapped_column(Amount)
    filled: Mapped[int] = mapped_column(BigInteger)
    complete: Mapped[bool] = mapped_column(Boolean)
    keeper: Mapped[str] = mapped_column(Address)


class OrderCancellation(LogRow, Base):
    """Nonces that a leader closed: `word * 256 + bit` for each bit set in `mask`, used before or not."""

    __tablename__ = "order_cancellations"
    __table_args__ = (Index("ix_order_cancellations_word", "deployment_id", "leader", "word"),)

    leader: Mapped[str] = mapped_column(Address)
    word: Mapped[int] = mapped_column(Amount)
    mask: Mapped[int] = mapped_column(Amount)
