"""What the ledger must know from earlier blocks to post a range: loaded for that range only, so memory stays
flat.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, func, select

from indexer.decode.decoder import DecodedBlock
from indexer.decode.events import (
    BatchCleared,
    CopySkipped,
    Event,
    MemberMoved,
    OrderFilled,
    PolicySet,
    TradeCompleted,
    TradeCopied,
    VaultStatusSet,
)
from indexer.ledger.models import TREASURY, Appointment, Clearing, OrderFill, Trade, Vault

_CHUNK = 500

T = TypeVar("T")


@dataclass(slots=True)
class VaultNow:
    """A vault's changing part, as of the event being posted."""

    status: str
    policy_revision: int
    position: int


@dataclass(frozen=True, slots=True)
class TradeTerms:
    """A trade's fixed part."""

    strategy_id: int
    leader: str
    token_in: str
    token_out: str


@dataclass(slots=True)
class Context:
    """State at the end of the block before the range; kept up to date while the range is posted."""

    treasury: str | None = None
    vaults: dict[int, VaultNow] = field(default_factory=dict)
    trades: dict[int, TradeTerms] = field(default_factory=dict)
    batches: dict[int, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)


def load_context(connection: Connection, deployment_id: int, blocks: Iterable[DecodedBlock]) -> Context:
    """Load the vaults, trades and orders that the events of `blocks` refer to."""
    vault_ids: set[int] = set()
    trade_ids: set[int] = set()
    orders: set[str] = set()
    for block in blocks:
        for _, event in block.logs:
            _collect(event, vault_ids, trade_ids, orders)
    context = Context(treasury=_treasury(connection, deployment_id))
    for ids in _chunks(sorted(vault_ids)):
        rows = connection.execute(
            select(Vault.vault_id, Vault.status, Vault.policy_revision, Vault.position).where(
                Vault.deployment_id == deployment_id, Vault.vault_id.in_(ids)
            )
        )
        context.vaults.update(
            {row.vault_id: VaultNow(row.status, row.policy_revision, row.position) for row in rows}
        )
    for ids in _chunks(sorted(trade_ids)):
        _load_trades(connection, deployment_id, ids, context)
    for hashes in _chunks(sorted(orders)):
        _load_parts(connection, deployment_id, hashes, context)
    return context


def _collect(event: Event | None, vault_ids: set[int], trade_ids: set[int], orders: set[str]) -> None:
    match event:
        case PolicySet() | VaultStatusSet() | MemberMoved():
            vault_ids.add(event.vault_id)
        case BatchCleared() | TradeCopied() | CopySkipped() | TradeCompleted():
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
        select(Trade.trade_id, Trade.strategy_id, Trade.leader, Trade.token_in, Trade.token_out).where(
            Trade.deployment_id == deployment_id, Trade.trade_id.in_(ids)
        )
    )
    for row in trades:
        context.trades[row.trade_id] = TradeTerms(row.strategy_id, row.leader, row.token_in, row.token_out)
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
