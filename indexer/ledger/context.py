"""What the ledger must know from earlier blocks to post a range: loaded for that range only, so memory stays
flat.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

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

T = TypeVar("T")


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
    """A trade's fixed part."""

    strategy_id: int
    token_in: str
    token_out: str


@dataclass(slots=True)
class Context:
    """State at the end of the block before the range; kept up to date while the range is posted."""

    treasury: str | None = None
    offers: dict[int, Offer] = field(default_factory=dict)
    vaults: dict[int, VaultNow] = field(default_factory=dict)
    trades: dict[int, TradeTerms] = field(default_factory=dict)
    batches: dict[int, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


def load_context(connection: Connection, deployment_id: int, decoded: DecodedRange) -> Context:
    """Load the vaults, strategies, trades and orders that the range's events refer to."""
    vault_ids = _values(decoded, _OF_VAULTS, "vault_id")
    trade_ids = _values(decoded, _OF_TRADES, "trade_id")
    strategy_ids = _values(decoded, (VaultOpened,), "strategy_id")
    orders = _values(decoded, (OrderFilled,), "order_hash")
    context = Context(treasury=_treasury(connection, deployment_id))
    for ids in _chunks(sorted(vault_ids)):
        rows = connection.execute(
            select(Vault.vault_id, *_VAULT_COLUMNS).where(
                Vault.deployment_id == deployment_id, Vault.vault_id.in_(ids)
            )
        )
        context.vaults.update({vault_id: VaultNow(*columns) for vault_id, *columns in rows})
    for ids in _chunks(sorted(trade_ids)):
        _load_trades(connection, deployment_id, ids, context)
    strategy_ids |= {trade_id >> 32 for trade_id in trade_ids}
    strategy_ids |= {vault.strategy_id for vault in context.vaults.values()}
    for ids in _chunks(sorted(strategy_ids)):
        offers = connection.execute(
            select(Strategy.strategy_id, Strategy.leader, Strategy.protocol_bps).where(
                Strategy.deployment_id == deployment_id, Strategy.strategy_id.in_(ids)
            )
        )
        context.offers.update({row[0]: Offer(row[1], row[2]) for row in offers})
    for hashes in _chunks(sorted(orders)):
        _load_parts(connection, deployment_id, hashes, context)
    return context


def _values(decoded: DecodedRange, kinds: Iterable[type[Event]], field: str) -> set[Any]:
    return {value for kind in kinds for value in decoded.column(kind, field)}


def _treasury(connection: Connection, deployment_id: int) -> str | None:
    return connection.scalar(
        select(Appointment.address)
        .where(Appointment.deployment_id == deployment_id, Appointment.role == TREASURY)
        .order_by(Appointment.block_number.desc(), Appointment.log_index.desc())
        .limit(1)
    )


def _load_trades(connection: Connection, deployment_id: int, ids: Sequence[int], context: Context) -> None:
    trades = connection.execute(
        select(Trade.trade_id, Trade.strategy_id, Trade.token_in, Trade.token_out).where(
            Trade.deployment_id == deployment_id, Trade.trade_id.in_(ids)
        )
    )
    for row in trades:
        context.trades[row.trade_id] = TradeTerms(row.strategy_id, row.token_in, row.token_out)
    batches = connection.execute(
        select(Clearing.trade_id, func.count())
        .where(Clearing.deployment_id == deployment_id, Clearing.trade_id.in_(ids))
        .group_by(Clearing.trade_id)
    )
    context.batches.update({row[0]: row[1] for row in batches})


def _load_parts(connection: Connection, deployment_id: int, hashes: Sequence[str], context: Context) -> None:
    parts = connection.execute(
        select(OrderFill.order_hash, func.count())
        .where(OrderFill.deployment_id == deployment_id, OrderFill.order_hash.in_(hashes))
        .group_by(OrderFill.order_hash)
    )
    context.parts.update({row[0]: row[1] for row in parts})


def _chunks(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
