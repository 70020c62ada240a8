"""What the ledger must know from earlier blocks to post a range: kept in memory from range to range, for most
is needed again soon, and read where it is not there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from itertools import islice
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

MOST = 16_384
"""Vaults, strategies, trades and orders of each kind kept in memory: some ten megabytes."""

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
    """State at the end of the block before the range; kept up to date while the range is posted.

    `batches` and `parts` count a trade's clearings and an order's fills.
    """

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
_CLEARED = (
    select(func.count())
    .where(Clearing.deployment_id == Trade.deployment_id, Clearing.trade_id == Trade.trade_id)
    .correlate(Trade)
    .scalar_subquery()
)
_TRADES = _of(
    Trade.trade_id,
    Trade.strategy_id,
    Trade.token_in,
    Trade.token_out,
    Trade.block_number,
    _CLEARED,
    among=Trade.trade_id,
)
_PARTS = _of(OrderFill.order_hash, func.count(), among=OrderFill.order_hash).group_by(OrderFill.order_hash)
_TREASURY = (
    select(Appointment.address)
    .where(Appointment.deployment_id == bindparam("deployment"), Appointment.role == TREASURY)
    .order_by(Appointment.block_number.desc(), Appointment.log_index.desc())
    .limit(1)
)


class Known:
    """The vaults, strategies, trades and orders that ranges referred to last.

    What is kept is what the rows say, so it is forgotten after a rollback and a transaction that failed.
    """

    def __init__(self, deployment_id: int) -> None:
        self._id = deployment_id
        self.forget()

    def forget(self) -> None:
        """Read everything anew when it is needed next."""
        self._context = Context()
        self._treasury_known = False

    def before(self, reach: Callable[[], Connection], decoded: DecodedRange) -> Context:
        """The state before a range, as far as its events refer to it, and more; posting the range keeps it
        up to date. The transaction's connection is asked for only where something must be read.
        """
        self._trim()  # before, for a range may refer to more than is kept
        context = self._context
        opened_vaults = _values(decoded, (VaultOpened,), "vault_id")
        opened_trades = _values(decoded, (TradeOpened,), "trade_id")
        vault_ids = _values(decoded, _OF_VAULTS, "vault_id") - opened_vaults
        trade_ids = _values(decoded, _OF_TRADES, "trade_id")
        orders = _values(decoded, (OrderFilled,), "order_hash")

        def missing(statement: Any, wanted: set[Any], known: dict[Any, Any]) -> Iterator[Any]:
            for each in wanted & known.keys():
                known[each] = known.pop(each)  # the last to go
            asked = sorted(wanted - known.keys())
            for at in range(0, len(asked), _CHUNK):
                values = {"deployment": self._id, "values": asked[at : at + _CHUNK]}
                yield from reach().execute(statement, values)

        if not self._treasury_known:
            context.treasury = reach().scalar(_TREASURY, {"deployment": self._id})
            self._treasury_known = True
        for vault_id, *columns in missing(_VAULTS, vault_ids, context.vaults):
            context.vaults[vault_id] = VaultNow(*columns)
        strategy_ids = _values(decoded, (VaultOpened,), "strategy_id") | {each >> 32 for each in trade_ids}
        strategy_ids |= {context.vaults[each].strategy_id for each in vault_ids & context.vaults.keys()}
        for strategy_id, *columns in missing(_OFFERS, strategy_ids, context.offers):
            context.offers[strategy_id] = Offer(*columns)
        went_on = trade_ids - opened_trades
        context.batches |= dict.fromkeys(went_on - context.trades.keys(), 0)
        for trade_id, *columns, cleared in missing(_TRADES, went_on, context.trades):
            context.trades[trade_id] = TradeTerms(*columns)
            context.batches[trade_id] = cleared
        for order, filled in missing(_PARTS, orders, context.parts):
            context.parts[order] = filled
        return context

    def _trim(self) -> None:
        """Let go of what was not needed for the longest time."""
        context = self._context
        kept: tuple[dict[Any, Any], ...] = (context.offers, context.vaults, context.trades, context.parts)
        for known in kept:
            for key in list(islice(known, max(0, len(known) - MOST))):
                del known[key]
                if known is context.trades:
                    context.batches.pop(key, None)


def _values(decoded: DecodedRange, kinds: Iterable[type[Event]], field: str) -> set[Any]:
    return {value for kind in kinds for value in decoded.column(kind, field)}
