"""Fees that left vaults with what each was divided into, and what is held back until a gain can be valued.

Copy fees are with the copies, keepers' with the clearings.
"""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, LogRow


class Fee(LogRow, Base):
    """A fee in units of `token`: `to_leader` + `to_protocol` + `to_referrer` = `amount`.

    `kind` is performance, management, subscription or withdrawal. `leader`, `treasury` and `referrer` are who
    had these parts at that moment; `referrer` is null where the vault has none.
    """

    __tablename__ = "fees"
    __table_args__ = (Index("ix_fees_vault", "deployment_id", "vault_id", "block_number", "log_index"),)

    vault_id: Mapped[int] = mapped_column(BigInteger)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    token: Mapped[str] = mapped_column(Address)
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int] = mapped_column(Amount)
    to_leader: Mapped[int] = mapped_column(Amount)
    to_protocol: Mapped[int] = mapped_column(Amount)
    to_referrer: Mapped[int] = mapped_column(Amount)
    leader: Mapped[str] = mapped_column(Address)
    treasury: Mapped[str] = mapped_column(Address)
    referrer: Mapped[str | None] = mapped_column(Address)


class Escrow(LogRow, Base):
    """What left a vault without a price, or the settlement of all that had left, in units of `token`.

    Where something left, `outflow` is the gross of it and `held` what stayed with the hub; where it was
    settled, `held` is 0 and `to_fees` + `to_owner` is all that was held.
    """

    __tablename__ = "escrows"
    __table_args__ = (Index("ix_escrows_vault", "deployment_id", "vault_id", "block_number", "log_index"),)

    vault_id: Mapped[int] = mapped_column(BigInteger)
    token: Mapped[str] = mapped_column(Address)
    event: Mapped[str] = mapped_column(String(16))
    outflow: Mapped[int] = mapped_column(Amount)
    held: Mapped[int] = mapped_column(Amount)
    to_fees: Mapped[int] = mapped_column(Amount)
    to_owner: Mapped[int] = mapped_column(Amount)


class ProtocolShare(LogRow, Base):
    """The protocol's share of every fee of strategies created from this event on; the last row counts."""

    __tablename__ = "protocol_shares"

    protocol_bps: Mapped[int] = mapped_column(Integer)
