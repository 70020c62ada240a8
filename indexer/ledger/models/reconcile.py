"""Stored reports of comparing the ledger with the chain at one block."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, Hash


class Reconciliation(Base):
    """One comparison of every balance with the hub's own books; 0 `mismatches`: equal to the wei."""

    __tablename__ = "reconciliations"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    deployment_id: Mapped[int] = mapped_column(Integer)
    checked_us: Mapped[int] = mapped_column(BigInteger)
    block_number: Mapped[int] = mapped_column(BigInteger)
    block_hash: Mapped[str] = mapped_column(Hash)
    balances_checked: Mapped[int] = mapped_column(Integer)
    mismatches: Mapped[int] = mapped_column(Integer)


class ReconciliationDifference(Base):
    """A balance that differed. `account_kind` hub compares Σ of the ledger with the tokens the hub really
    holds.
    """

    __tablename__ = "reconciliation_differences"

    reconciliation_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    account: Mapped[str] = mapped_column(Address, primary_key=True)
    token: Mapped[str] = mapped_column(Address, primary_key=True)
    ledger_amount: Mapped[int] = mapped_column(Amount)
    chain_amount: Mapped[int] = mapped_column(Amount)
