"""Read models, derived from the ledger's rows: what vaults held, what it cost, what it was worth, by hour.

A vault has a row for each hour in which something happened to it, as of its last event in that hour; the row
of its latest hour is its present. Everything here can be computed anew from the other tables, and then is the
same to the bit (`indexer.derived.rebuild`). Amounts are base token units unless a name says otherwise; hours
are the unix second at which they begin.
"""

from sqlalchemy import BigInteger, Boolean, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from indexer.ledger.models.base import Address, Amount, Base

Statistic = String(80)
"""A `Decimal` of 60 significant digits as text, so that it comes back as it was."""


class VaultHour(Base):
    """A vault as of its last event in an hour.

    `cash` is base token held. By each cost method: what was withdrawn, and the costs paid by kind. `equity`
    is null when a token held had no recorded price. `growth` is of one unit of money since the vault opened,
    `invested` what the next growth is measured against; they mean nothing where `returns_defined` is false
    (money moved while the vault's worth was unknown). `sync_score` is scaled by 1e18, null for leaders and
    where one of the two was worth nothing or unknown. The vaults on paper (`accounting.tracking`) hold
    `*_cash` and have given up `*_withdrawn`; a leader has none.

    `filled` trades so far had a part in the vault. They were `against_leader` and `against_oracle` better
    than those prices, but for `filled_left_out` of them (`accounting.execution.Executed`). `skipped` has how
    many were skipped for each reason, sorted: `below_minimum_trade:1,paused:3`. Of the leader's trades alone
    `copied` were filled, and `missed` skipped for another reason than a choice of the owner's.
    """

    __tablename__ = "vault_hours"

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_block: Mapped[int] = mapped_column(BigInteger)
    last_log_index: Mapped[int] = mapped_column(Integer)
    last_time: Mapped[int] = mapped_column(BigInteger)
    cash: Mapped[int] = mapped_column(Amount)
    deposited: Mapped[int] = mapped_column(Amount)
    equity: Mapped[int | None] = mapped_column(Amount)
    average_withdrawn: Mapped[int] = mapped_column(Amount)
    average_copy: Mapped[int] = mapped_column(Amount)
    average_keeper: Mapped[int] = mapped_column(Amount)
    average_performance: Mapped[int] = mapped_column(Amount)
    average_management: Mapped[int] = mapped_column(Amount)
    average_subscription: Mapped[int] = mapped_column(Amount)
    average_withdrawal: Mapped[int] = mapped_column(Amount)
    fifo_withdrawn: Mapped[int] = mapped_column(Amount)
    fifo_copy: Mapped[int] = mapped_column(Amount)
    fifo_keeper: Mapped[int] = mapped_column(Amount)
    fifo_performance: Mapped[int] = mapped_column(Amount)
    fifo_management: Mapped[int] = mapped_column(Amount)
    fifo_subscription: Mapped[int] = mapped_column(Amount)
    fifo_withdrawal: Mapped[int] = mapped_column(Amount)
    returns_defined: Mapped[bool] = mapped_column(Boolean)
    begun: Mapped[bool] = mapped_column(Boolean)
    growth: Mapped[str] = mapped_column(Statistic)
    growth_peak: Mapped[str] = mapped_column(Statistic)
    drawdown: Mapped[str] = mapped_column(Statistic)
    invested: Mapped[int] = mapped_column(Amount)
    sync_score: Mapped[int | None] = mapped_column(BigInteger)
    tracking_defined: Mapped[bool] = mapped_column(Boolean)
    ideal_cash: Mapped[int] = mapped_column(Amount)
    chosen_cash: Mapped[int] = mapped_column(Amount)
    sized_cash: Mapped[int] = mapped_column(Amount)
    timed_cash: Mapped[int] = mapped_column(Amount)
    priced_cash: Mapped[int] = mapped_column(Amount)
    ideal_withdrawn: Mapped[int] = mapped_column(Amount)
    chosen_withdrawn: Mapped[int] = mapped_column(Amount)
    sized_withdrawn: Mapped[int] = mapped_column(Amount)
    timed_withdrawn: Mapped[int] = mapped_column(Amount)
    priced_withdrawn: Mapped[int] = mapped_column(Amount)
    filled: Mapped[int] = mapped_column(BigInteger)
    filled_left_out: Mapped[int] = mapped_column(BigInteger)
    against_leader: Mapped[int] = mapped_column(Amount)
    against_oracle: Mapped[int] = mapped_column(Amount)
    skipped: Mapped[str] = mapped_column(Text)
    copied: Mapped[int] = mapped_column(BigInteger)
    missed: Mapped[int] = mapped_column(BigInteger)


class VaultPosition(Base):
    """What a vault held of a token other than its base at the end of one of its hours, zeros included.

    `bought` is how much base token was ever put into it. `quantity` and the paper vaults' holdings are token
    units. By each cost method: what the holding cost, and
    the result realised with the token so far. By FIFO, lots from number `lots_closed` on are open, and of the
    oldest of them `taken_quantity` units with `taken_cost` are gone.
    """

    __tablename__ = "vault_positions"

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(Address, primary_key=True)
    quantity: Mapped[int] = mapped_column(Amount)
    average_cost: Mapped[int] = mapped_column(Amount)
    average_realized: Mapped[int] = mapped_column(Amount)
    fifo_cost: Mapped[int] = mapped_column(Amount)
    fifo_realized: Mapped[int] = mapped_column(Amount)
    lots_opened: Mapped[int] = mapped_column(Integer)
    lots_closed: Mapped[int] = mapped_column(Integer)
    taken_quantity: Mapped[int] = mapped_column(Amount)
    taken_cost: Mapped[int] = mapped_column(Amount)
    ideal: Mapped[int] = mapped_column(Amount)
    chosen: Mapped[int] = mapped_column(Amount)
    sized: Mapped[int] = mapped_column(Amount)
    timed: Mapped[int] = mapped_column(Amount)
    priced: Mapped[int] = mapped_column(Amount)
    bought: Mapped[int] = mapped_column(Amount)


class Lot(Base):
    """Units of a token that a vault bought together, as bought; `number` counts a vault's lots of a token."""

    __tablename__ = "lots"

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(Address, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block_number: Mapped[int] = mapped_column(BigInteger)
    log_index: Mapped[int] = mapped_column(Integer)
    block_time: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Amount)
    cost: Mapped[int] = mapped_column(Amount)


class ValuedFlow(Base):
    """Money that an owner put into a vault, or took out when negative.

    `amount` is units of `token`, `value` base token units at the recorded price of that moment, null without
    one; `equity` is what the vault was worth just before, null where that was unknown. `purpose` is the
    posting's.
    """

    __tablename__ = "valued_flows"

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vault_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    block_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    block_time: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(Address)
    amount: Mapped[int] = mapped_column(Amount)
    value: Mapped[int | None] = mapped_column(Amount)
    equity: Mapped[int | None] = mapped_column(Amount)


class PriceHour(Base):
    """The last record of a pair's price in an hour: `amount_a` of `token_a` were worth `amount_b` of
    `token_b`, which comes later in the alphabet.
    """

    __tablename__ = "price_hours"

    deployment_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_a: Mapped[str] = mapped_column(Address, primary_key=True)
    token_b: Mapped[str] = mapped_column(Address, primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    recorded_block: Mapped[int] = mapped_column(BigInteger)
    recorded_time: Mapped[int] = mapped_column(BigInteger)
    amount_a: Mapped[int] = mapped_column(Amount)
    amount_b: Mapped[int] = mapped_column(Amount)
