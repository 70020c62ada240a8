"""Strategies with tokens, pools, limits and terms. `_bps` are basis points, periods seconds, amounts base
token units.
"""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, EventRow, LogRow


class Strategy(EventRow, Base):
    """A leader's offer. `protocol_bps` of every fee of it are the protocol's, for good."""

    __tablename__ = "strategies"
    __table_args__ = (Index("ix_strategies_leader", "deployment_id", "leader"),)

    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leader: Mapped[str] = mapped_column(Address)
    leader_vault_id: Mapped[int] = mapped_column(BigInteger)
    base_token: Mapped[str] = mapped_column(Address)
    max_slippage_bps: Mapped[int] = mapped_column(Integer)
    max_drift_bps: Mapped[int] = mapped_column(Integer)
    copy_window: Mapped[int] = mapped_column(BigInteger)
    min_deposit: Mapped[int] = mapped_column(Amount)
    protocol_bps: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(256))


class StrategyToken(EventRow, Base):
    """A token that a strategy may hold; index 0 is its base token."""

    __tablename__ = "strategy_tokens"

    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    token_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(Address)


class StrategyPool(EventRow, Base):
    """A pool that a strategy may trade in."""

    __tablename__ = "strategy_pools"

    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    pool: Mapped[str] = mapped_column(Address, primary_key=True)


class StrategyLimits(EventRow, Base):
    """What binds a strategy's leader, for good. `max_round_trips` is a day, `stop_bps` 0 where none is
    declared.
    """

    __tablename__ = "strategy_limits"

    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    loss_budget_bps: Mapped[int] = mapped_column(Integer)
    max_drawdown_bps: Mapped[int] = mapped_column(Integer)
    max_token_bps: Mapped[int] = mapped_column(Integer)
    max_exposure_bps: Mapped[int] = mapped_column(Integer)
    max_impact_bps: Mapped[int] = mapped_column(Integer)
    stop_bps: Mapped[int] = mapped_column(Integer)
    min_interval: Mapped[int] = mapped_column(BigInteger)
    max_round_trips: Mapped[int] = mapped_column(Integer)
    min_stake: Mapped[int] = mapped_column(Amount)


class FeeTerms:
    """Columns of what a leader asks of followers; `subscription` is for one full `subscription_period`."""

    copy_bps: Mapped[int] = mapped_column(Integer, sort_order=20)
    performance_bps: Mapped[int] = mapped_column(Integer, sort_order=21)
    management_bps: Mapped[int] = mapped_column(Integer, sort_order=22)
    withdrawal_bps: Mapped[int] = mapped_column(Integer, sort_order=23)
    referrer_bps: Mapped[int] = mapped_column(Integer, sort_order=24)
    performance_period: Mapped[int] = mapped_column(BigInteger, sort_order=25)
    subscription_period: Mapped[int] = mapped_column(BigInteger, sort_order=26)
    subscription: Mapped[int] = mapped_column(Amount, sort_order=27)


class Terms(EventRow, FeeTerms, Base):
    """A version of a strategy's terms; the highest is what new vaults join with. A vault keeps its own."""

    __tablename__ = "terms"

    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class TermsProposal(LogRow, FeeTerms, Base):
    """Dearer terms that wait until `usable_from`. Pending is the last one of a strategy while no version came
    after.
    """

    __tablename__ = "terms_proposals"
    __table_args__ = (
        Index("ix_terms_proposals_strategy", "deployment_id", "strategy_id", "block_number", "log_index"),
    )

    strategy_id: Mapped[int] = mapped_column(BigInteger)
    usable_from: Mapped[int] = mapped_column(BigInteger)
