"""Strategies with tokens and pools, vaults with every state they were in, policies with every revision."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, EventRow, LogRow


class Strategy(EventRow, Base):
    """A leader's offer. `_bps` are basis points, `copy_window` seconds, `min_deposit` base token units."""

    __tablename__ = "strategies"
    __table_args__ = (Index("ix_strategies_leader", "deployment_id", "leader"),)

    strategy_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leader: Mapped[str] = mapped_column(Address)
    leader_vault_id: Mapped[int] = mapped_column(BigInteger)
    base_token: Mapped[str] = mapped_column(Address)
    copy_fee_bps: Mapped[int] = mapped_column(Integer)
    max_slippage_bps: Mapped[int] = mapped_column(Integer)
    max_drift_bps: Mapped[int] = mapped_column(Integer)
    copy_window: Mapped[int] = mapped_column(BigInteger)
    min_deposit: Mapped[int] = mapped_column(Amount)
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


class Vault(EventRow, Base):
    """A vault as it is at the checkpoint. `status`, `policy_revision` and `position` repeat its last
    `VaultState`.

    `status` is Active, Paused or Left. The row's block and transaction are those that opened the vault.
    """

    __tablename__ = "vaults"
    __table_args__ = (
        Index("ix_vaults_owner", "deployment_id", "owner"),
        Index("ix_vaults_strategy", "deployment_id", "strategy_id"),
    )

    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    strategy_id: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str] = mapped_column(Address)
    is_leader: Mapped[bool] = mapped_column(Boolean)
    copy_fee_bps: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(16))
    policy_revision: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)


class VaultState(LogRow, Base):
    """A vault from this event on, until its next row: append-only, so a state at any past block can be asked
    for.
    """

    __tablename__ = "vault_states"
    __table_args__ = (
        Index("ix_vault_states_vault", "deployment_id", "vault_id", "block_number", "log_index"),
    )

    vault_id: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    policy_revision: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)


class Policy(EventRow, Base):
    """One revision of a vault's rules, in base token units; 0 means no limit."""

    __tablename__ = "policies"

    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    min_trade: Mapped[int] = mapped_column(Amount)
    max_trade: Mapped[int] = mapped_column(Amount)
