"""The books: entries, the postings that sum to zero per token in each, and the accounts they add up in."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, LogRow


class Entry(LogRow, Base):
    """One event that moved money; `kind` is the event's name. A clearing's entry has its copies' lines, too.

    `counterparty` is who paid a deposit or received a withdrawal; `owner` whose account it touched.
    """

    __tablename__ = "entries"
    __table_args__ = (Index("ix_entries_vault", "deployment_id", "vault_id", "block_number", "log_index"),)

    kind: Mapped[str] = mapped_column(String(32))
    trade_id: Mapped[int | None] = mapped_column(BigInteger)
    vault_id: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[str | None] = mapped_column(Address)
    counterparty: Mapped[str | None] = mapped_column(Address)


class Posting(Base):
    """One line of an entry: `amount` is added to the account (negative: taken from it).

    The line's own event is at (`block_number`, `log_index`), its entry at (`block_number`,
    `entry_log_index`): another log only for what a clearing did in a vault, which is told by a `TradeCopied`
    of its own. `account_id` is a `Balance`. `purpose` names the flow, as the table in docs/accounting.md
    does; the lines of one entry, purpose and token sum to zero.
    """

    __tablename__ = "postings"
    __table_args__ = (
        Index("ix_postings_account", "deployment_id", "account_id", "block_number", "log_index"),
    )

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    block_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_log_index: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(Amount)
    purpose: Mapped[str] = mapped_column(String(16))


class Balance(Base):
    """An account in one token, and what it holds at the checkpoint: the sum of its postings. Derived.

    Account kinds and their `account`: vault and escrow (vault id as decimal text), account (owner's address),
    fee (recipient's address), venue (venue's address), outside (empty text). Accounts count from 1, in the
    order in which they were first posted to, which was in block `block_number`. An account stays when it is
    empty.
    """

    __tablename__ = "balances"
    __table_args__ = (
        Index("ix_balances_account", "deployment_id", "account_kind", "account", "token", unique=True),
    )

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account_kind: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(Address)
    token: Mapped[str] = mapped_column(Address)
    amount: Mapped[int] = mapped_column(Amount)
    block_number: Mapped[int] = mapped_column(BigInteger)
