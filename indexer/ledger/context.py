"""What the ledger must know from earlier blocks to post a range: loaded for that range only, so memory stays
flat.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select

from indexer.decode.decoder import DecodedBlock
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
from indexer.ledger.models import TREASURY, Appointment, Clearing, OrderFill, Strategy, Trade, Vault

_CHUNK = 500

T = TypeVar("T")


_FIXED = ("strategy_id", "owner", "referrer")


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

    def changing(self) -> dict[str, Any]:
        """What each of the vault's states repeats."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _FIXED}


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


def load_context(connection: Connection, deployment_id: int, blocks: Iterable[DecodedBlock]) -> Context:
    """Load the vaults, strategies, trades and orders that the events of `blocks` refer to."""
    vault_ids: set[int] = set()
    trade_ids: set[int] = set()
    strategy_ids: set[int] = set()
    orders: set[str] = set()
    for block in blocks:
        for _, event in block.logs:
            _collect(event, vault_ids, trade_ids, orders)
            if isinstance(event, VaultOpened):
                strategy_ids.add(event.strategy_id)
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


def _collect(event: Event | None, vault_ids: set[int], trade_ids: set[int], orders: set[str]) -> None:
    match event:
        case PolicySet() | VaultStatusSet() | MemberMoved() | TermsAccepted() | VaultMarked() | FeeCharged():
            vault_ids.add(event.vault_id)
        case TradeOpened() | BatchCleared() | TradeCopied() | CopySkipped() | TradeCompleted():
            trade_ids.add(event.trade_id)
        case OrderFilled():
            trade_ids.add(event.trade_id)
            orders.add(event.order_hash)


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
