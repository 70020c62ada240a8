"""Trades, the swaps that cleared them, and what each did in every vault."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, EventRow, Hash, LogRow


class Trade(EventRow, Base):
    """One instruction. `trade_id` is `strategy_id << 32 | sequence`; bit 31 of a `sequence` is set unless the
    leader gave it.

    `kind` is leader, close (of vaults that stop or exit, together) or manual (an owner alone), and `by` who
    began it: the leader, a keeper, or the owner. A close or a manual trade has one batch and is complete at
    once. `portion` of the holding is for sale, scaled by 1e18; what was sold of it, its clearings say.
    `limit_price` is `token_out` units per `token_in` unit, scaled by 1e36; the `completed_*` columns are null
    while positions wait for a later batch.
    """

    __tablename__ = "trades"
    __table_args__ = (
        Index("ix_trades_block", "deployment_id", "block_number", "log_index"),
        Index("ix_trades_strategy", "deployment_id", "strategy_id", "block_number", "log_index"),
    )

    trade_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    sequence: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(Address)
    pool: Mapped[str] = mapped_column(Address)
    token_in: Mapped[str] = mapped_column(Address)
    token_out: Mapped[str] = mapped_column(Address)
    portion: Mapped[int] = mapped_column(BigInteger)
    limit_price: Mapped[int] = mapped_column(Amount)
    start_position: Mapped[int] = mapped_column(BigInteger)
    member_count: Mapped[int] = mapped_column(BigInteger)
    copy_deadline: Mapped[int] = mapped_column(BigInteger)
    completed_block: Mapped[int | None] = mapped_column(BigInteger)
    completed_time: Mapped[int | None] = mapped_column(BigInteger)
    completed_tx_hash: Mapped[str | None] = mapped_column(Hash)


class Clearing(LogRow, Base):
    """One swap for a batch of vaults; `batch` counts a trade's clearings from 0, and batch 0 of a leader's
    trade holds the leader's fill.

    `portion` of each holding was sold. Σ copies' `amount_in` = `amount_in` + `dust_in`; `amount_out` = Σ
    copies' `amount_out` + `dust`. `keeper_fee` of the token bought paid `keeper` (null: nobody was to be
    paid) and is not in `amount_out`. `protocol_fees` of the `copy_fees` are the protocol's. `oracle_out` is
    what the oracle said `amount_in` was worth in `token_out`, 0 where it was not asked.
    """

    __tablename__ = "clearings"
    __table_args__ = (Index("ix_clearings_trade", "deployment_id", "trade_id", "batch"),)

    trade_id: Mapped[int] = mapped_column(BigInteger)
    batch: Mapped[int] = mapped_column(Integer)
    venue: Mapped[str] = mapped_column(Address)
    token_in: Mapped[str] = mapped_column(Address)
    token_out: Mapped[str] = mapped_column(Address)
    cursor: Mapped[int] = mapped_column(BigInteger)
    portion: Mapped[int] = mapped_column(BigInteger)
    amount_in: Mapped[int] = mapped_column(Amount)
    dust_in: Mapped[int] = mapped_column(Amount)
    amount_out: Mapped[int] = mapped_column(Amount)
    dust: Mapped[int] = mapped_column(Amount)
    copy_fees: Mapped[int] = mapped_column(Amount)
    protocol_fees: Mapped[int] = mapped_column(Amount)
    keeper_fee: Mapped[int] = mapped_column(Amount)
    keeper: Mapped[str | None] = mapped_column(Address)
    oracle_out: Mapped[int] = mapped_column(Amount)


class Copy(EventRow, Base):
    """What a trade did in one vault, the leader's own included: at most one row a trade and vault.

    `status` is filled or skipped; `reason` is the contract's `Reason` in snake_case, null when filled, and
    `reduced_by` what made a fill smaller than its sizing says, null where nothing did. The vault paid
    `amount_in + fee` of the trade's `token_in` and got `amount_out` of its `token_out`; all are 0 when
    skipped. The clearing of a fill is (`block_number`, `clearing_log_index`). Its id is computed where it is
    shown (`protocol.identity.copy_id`).
    """

    __tablename__ = "copies"
    __table_args__ = (
        Index("ix_copies_block", "deployment_id", "block_number", "log_index"),
        Index("ix_copies_vault", "deployment_id", "vault_id", "block_number", "log_index"),
    )

    trade_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    policy_revision: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    reduced_by: Mapped[str | None] = mapped_column(String(32))
    amount_in: Mapped[int] = mapped_column(Amount)
    fee: Mapped[int] = mapped_column(Amount)
    amount_out: Mapped[int] = mapped_column(Amount)
    clearing_log_index: Mapped[int | None] = mapped_column(Integer)
