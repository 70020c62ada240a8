"""Vaults with every state they were in, policies with every revision, and owners' caps."""

from sqlalchemy import BigInteger, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base, EventRow, LogRow


class VaultFacts:
    """Columns of what changes in a vault's life.

    `status` is a `VaultStatus`; `status_reason` the limit that brought it there, null where none did.
    `terms_version` is 0 for a leader's own vault. `mark` (the high-water mark) and `invested` are base token
    units.
    """

    status: Mapped[str] = mapped_column(String(16), sort_order=20)
    status_reason: Mapped[str | None] = mapped_column(String(32), sort_order=21)
    policy_revision: Mapped[int] = mapped_column(BigInteger, sort_order=22)
    position: Mapped[int] = mapped_column(BigInteger, sort_order=23)
    terms_version: Mapped[int] = mapped_column(Integer, sort_order=24)
    copy_fee_bps: Mapped[int] = mapped_column(Integer, sort_order=25)
    mark: Mapped[int] = mapped_column(Amount, sort_order=26)
    invested: Mapped[int] = mapped_column(Amount, sort_order=27)


class Vault(EventRow, VaultFacts, Base):
    """A vault as it is at the checkpoint: what changes repeats its last `VaultState`.

    `referrer` is null where there is none. The row's block and transaction are those that opened the vault.
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
    referrer: Mapped[str | None] = mapped_column(Address)


class VaultState(LogRow, VaultFacts, Base):
    """A vault from this event on, until its next row: append-only, so a state at any past block can be asked
    for.
    """

    __tablename__ = "vault_states"
    __table_args__ = (
        Index("ix_vault_states_vault", "deployment_id", "vault_id", "block_number", "log_index"),
    )

    vault_id: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str] = mapped_column(String(64))


class Policy(EventRow, Base):
    """One revision of a vault's rules; 0 means no limit.

    `sizing`, `on_breach` and `on_stop` are the contract's names in snake_case. `size` is by `sizing`;
    `cooldown` is seconds, `expiry` unix seconds; trades are base token units.
    """

    __tablename__ = "policies"

    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sizing: Mapped[str] = mapped_column(String(16))
    on_breach: Mapped[str] = mapped_column(String(16))
    on_stop: Mapped[str] = mapped_column(String(16))
    max_positions: Mapped[int] = mapped_column(Integer)
    excluded_tokens: Mapped[int] = mapped_column(Integer)
    max_slippage_bps: Mapped[int] = mapped_column(Integer)
    max_token_bps: Mapped[int] = mapped_column(Integer)
    max_exposure_bps: Mapped[int] = mapped_column(Integer)
    max_daily_loss_bps: Mapped[int] = mapped_column(Integer)
    max_drawdown_bps: Mapped[int] = mapped_column(Integer)
    stop_loss_bps: Mapped[int] = mapped_column(Integer)
    take_profit_bps: Mapped[int] = mapped_column(Integer)
    loss_budget_bps: Mapped[int] = mapped_column(Integer)
    cooldown: Mapped[int] = mapped_column(BigInteger)
    expiry: Mapped[int] = mapped_column(BigInteger)
    min_trade: Mapped[int] = mapped_column(Amount)
    max_trade: Mapped[int] = mapped_column(Amount)
    size: Mapped[int] = mapped_column(Amount)


class LeaderCap(LogRow, Base):
    """Largest share of an owner's money with one leader from this event on; the last row of an owner counts.

    0 stands for the hub's default.
    """

    __tablename__ = "leader_caps"
    __table_args__ = (Index("ix_leader_caps_owner", "deployment_id", "owner", "block_number", "log_index"),)

    owner: Mapped[str] = mapped_column(Address)
    cap_bps: Mapped[int] = mapped_column(Integer)
