"""What was listed and vetoed, who was appointed to what, and what was halted: one row an event, all kept."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Base, Hash, LogRow

TREASURY = "treasury"
GUARDIAN = "guardian"
GATE = "gate"


class Listing(LogRow):
    """Columns of a listing: usable from `usable_from` on, in unix seconds, unless it was vetoed before.

    A vetoed listing stays as a row, with its `vetoed_*` columns set; listed anew it is another row.
    """

    usable_from: Mapped[int] = mapped_column(BigInteger, sort_order=20)
    vetoed_by: Mapped[str | None] = mapped_column(Address, sort_order=21)
    vetoed_block: Mapped[int | None] = mapped_column(BigInteger, sort_order=22)
    vetoed_time: Mapped[int | None] = mapped_column(BigInteger, sort_order=23)
    vetoed_tx_hash: Mapped[str | None] = mapped_column(Hash, sort_order=24)


class Token(Listing, Base):
    """A listed token; `symbol` and `decimals` are the token's own words at the block that listed it."""

    __tablename__ = "tokens"
    __table_args__ = (Index("ix_tokens_address", "deployment_id", "address"),)

    address: Mapped[str] = mapped_column(Address)
    symbol: Mapped[str] = mapped_column(String(64))
    decimals: Mapped[int] = mapped_column(Integer)


class Pool(Listing, Base):
    """A listed pool and the venue that vouches for it."""

    __tablename__ = "pools"
    __table_args__ = (Index("ix_pools_address", "deployment_id", "address"),)

    address: Mapped[str] = mapped_column(Address)
    venue: Mapped[str] = mapped_column(Address)
    token0: Mapped[str] = mapped_column(Address)
    token1: Mapped[str] = mapped_column(Address)


class Appointment(LogRow, Base):
    """Who has a role from this event on; the last row of a role counts. The zero address: nobody.

    Roles: treasury gets the rounding dust, guardian may veto and halt, gate is asked who may enter.
    """

    __tablename__ = "appointments"
    __table_args__ = (Index("ix_appointments_role", "deployment_id", "role", "block_number", "log_index"),)

    role: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(Address)


class Halt(LogRow, Base):
    """Whether entries and trades of a strategy are halted from this event on; the last row of one counts.

    Strategy 0 stands for all. `by` is who halted, null where trading was resumed.
    """

    __tablename__ = "halts"
    __table_args__ = (
        Index("ix_halts_strategy", "deployment_id", "strategy_id", "block_number", "log_index"),
    )

    strategy_id: Mapped[int] = mapped_column(BigInteger)
    halted: Mapped[bool] = mapped_column(Boolean)
    by: Mapped[str | None] = mapped_column(Address)
