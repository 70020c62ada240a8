"""What the ledger must know from earlier blocks to post a range: loaded for that range only, so memory stays
flat.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from indexer.decode.events import (
    BatchCleared,
    CopySkipped,
    Event,
    FeeCharged,
    MemberMoved,
    OrderFilled,
    PolicySet,
    TermsAccepted,
    TradeCompleted,
    TradeCopied,
    TradeOpened,
    VaultMarked,
    VaultOpened,
    VaultStatusSet,
)
from indexer.decode.ranges import DecodedRange
from indexer.ledger.models import TREASURY, Appointment, Clearing, OrderFill, Strategy, Trade, Vault

_CHUNK = 500

_OF_VAULTS = (PolicySet, VaultStatusSet, MemberMoved, TermsAccepted, VaultMarked, FeeCharged)
_OF_TRADES = (TradeOpened, BatchCleared, TradeCopied, CopySkipped, TradeCompleted, OrderFilled)


@dataclass(slots=True)
class VaultNow:
    """A vault as of the event being posted; names are those of the table's columns."""

    strategy_id: int
    owner: str
    referrer: str | None
    status: str
    status_reason: str | None
    policy_revision: int
    position: int
    terms_version: int
    copy_fee_bps: int
    mark: int
    invested: int

    def changing(self) -> tuple[Any, ...]:
        """What each of the vault's states repeats: the columns of `VaultFacts`, in order."""
        return (
            self.status,
            self.status_reason,
            self.policy_revision,
            self.position,
            self.terms_version,
            self.copy_fee_bps,
            self.mark,
            self.invested,
        )


_VAULT_COLUMNS = [getattr(Vault, each.name) for each in fields(VaultNow)]


@dataclass(frozen=True, slots=True)
class Offer:
    """A strategy's fixed part."""

    leader: str
    protocol_bps: int


@dataclass(frozen=True, slots=True)
class TradeTerms:
    """A trade's fixed part; `opened` is its block."""

    strategy_id: int
    token_in: str
    token_out: str
    opened: int


@dataclass(slots=True)
class Context:
    """State at the end of the block before the range; kept up to date while the range is posted."""

    treasury: str | None = None
    offers: dict[int, Offer] = field(default_factory=dict)
    vaults: dict[int, VaultNow] = field(default_factory=dict)
    trades: dict[int, TradeTerms] = field(default_factory=dict)
    batches: dict[int, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


def _of(*columns: Any, among: Any) -> Any:
    """A deployment's rows with one of some values of a column."""
    table = among.class_
    return select(*columns).where(
        table.deployment_id == bindparam("deployment"), among.in_(bindparam("values", expanding=True))
    )


# Statements are made once: to make one takes longer than to run it for a block.
_VAULTS = _of(Vault.vault_id, *_VAULT_COLUMNS, among=Vault.vault_id)
_OFFERS = _of(Strategy.strategy_id, Strategy.leader, Strategy.protocol_bps, among=Strategy.strategy_id)
_TRADES = _of(
    Trade.trade_id,
    Trade.strategy_id,
    Trade.token_in,
    Trade.token_out,
    Trade.block_number,
    among=Trade.trade_id,
)
_BATCHES = _of(Clearing.trade_id, func.count(), among=Clearing.trade_id).group_by(Clearing.trade_id)
_PARTS = _of(OrderFill.order_hash, func.count(), among=OrderFill.order_hash).group_by(OrderFill.order_hash)
_TREASURY = (
    select(Appointment.address)
    .where(Appointment.deployment_id == bindparam("deployment"), Appointment.role == TREASURY)
    .order_by(Appointment.block_number.desc(), Appointment.log_index.desc())
    .limit(1)
)


def load_context(connection: Connection, deployment_id: int, decoded: DecodedRange) -> Context:
    """Load the vaults, strategies, trades and orders that the range's events refer to."""
    vault_ids = _values(decoded, _OF_VAULTS, "vault_id")
    trade_ids = _values(decoded, _OF_TRADES, "trade_id")
    strategy_ids = _values(decoded, (VaultOpened,), "strategy_id") | {each >> 32 for each in trade_ids}
    orders = _values(decoded, (OrderFilled,), "order_hash")

    def rows(statement: Any, values: set[Any]) -> Iterator[Any]:
        wanted = sorted(values)
        for at in range(0, len(wanted), _CHUNK):
            known = {"deployment": deployment_id, "values": wanted[at : at + _CHUNK]}
            yield from connection.execute(statement, known)

    context = Context(treasury=connection.scalar(_TREASURY, {"deployment": deployment_id}))
    context.vaults = {vault_id: VaultNow(*columns) for vault_id, *columns in rows(_VAULTS, vault_ids)}
    strategy_ids |= {vault.strategy_id for vault in context.vaults.values()}
    context.offers = {each: Offer(*columns) for each, *columns in rows(_OFFERS, strategy_ids)}
    context.trades = {trade_id: TradeTerms(*columns) for trade_id, *columns in rows(_TRADES, trade_ids)}
    context.batches = {trade_id: cleared for trade_id, cleared in rows(_BATCHES, trade_ids)}  # noqa: C416 (rows)
    context.parts = {order: filled for order, filled in rows(_PARTS, orders)}  # noqa: C416 (rows)
    return context


def _values(decoded: DecodedRange, kinds: Iterable[type[Event]], field: str) -> set[Any]:
    return {value for kind in kinds for value in decoded.column(kind, field)}
