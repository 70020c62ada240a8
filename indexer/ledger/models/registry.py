"""What the hub's owner listed: tokens, pools, and who gets the rounding dust since when."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Base, EventRow, LogRow


class Token(EventRow, Base):
    """A listed token; `symbol` and `decimals` are the token's own words at the block that listed it."""

    __tablename__ = "tokens"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    symbol: Mapped[str] = mapped_column(String(64))
    decimals: Mapped[int] = mapped_column(Integer)


class Pool(EventRow, Base):
    """A listed pool and the venue that vouches for it."""

    __tablename__ = "pools"

    address: Mapped[str] = mapped_column(Address, primary_key=True)
    venue: Mapped[str] = mapped_column(Address)
    token0: Mapped[str] = mapped_column(Address)
    token1: Mapped[str] = mapped_column(Address)


class Treasury(LogRow, Base):
    """Who gets the dust from this event on. The current treasury is the last row."""

    __tablename__ = "treasuries"

    address: Mapped[str] = mapped_column(Address)
