"""Rows of trades: the instruction, its clearings, what it did in every vault, with the postings of each fill,
and the signed order that it came from.
"""

from typing import Any

from indexer.decode.events import (
    BatchCleared,
    CopySkipped,
    OrderFilled,
    TradeCompleted,
    TradeCopied,
    TradeOpened,
)
from indexer.decode.identity import copy_id
from indexer.ledger import postings
from indexer.ledger.batch import OpenBatch
from indexer.ledger.context import Context, Offer, TradeTerms
from indexer.ledger.models import Clearing, Copy, OrderFill, Trade
from indexer.ledger.rows import Place, Rows, contradiction
from indexer.ledger.trade_ids import trade_label
from protocol.types import Reason, TradeKind

_NOBODY = "0x" + "00" * 20

TradeEvent = TradeOpened | BatchCleared | TradeCopied | CopySkipped | TradeCompleted | OrderFilled


class TradeProjection:
    """Posts trades. Holds the batch whose copies are being read."""

    def __init__(self, chain_id: int, hub: str, context: Context, rows: Rows) -> None:
        self._chain_id = chain_id
        self._hub = hub
        self._context = context
        self._rows = rows
        self._batch: OpenBatch | None = None

    def post(self, place: Place, event: TradeEvent) -> None:
        """Post one event of a trade. Raises `InvariantError` when it cannot follow the ones before it."""
        match event:
            case TradeOpened():
                self._open(place, event)
            case BatchCleared():
                self._clear(place, event)
            case TradeCopied():
                self._fill(place, event)
            case CopySkipped():
                self._skip(place, event)
            case TradeCompleted():
                self._complete(place, event)
            case OrderFilled():
                self._fill_order(place, event)

    def close_batch(self) -> None:
        """End the open batch, if any. Raises `InvariantError` unless its copies add up to it."""
        if self._batch is not None:
            self._batch.close()
            self._batch = None

    def _open(self, place: Place, event: TradeOpened) -> None:
        terms = TradeTerms(event.trade_id >> 32, event.token_in, event.token_out)
        self._context.trades[event.trade_id] = terms
        self._rows.add(
            Trade,
            place,
            trade_id=event.trade_id,
            strategy_id=terms.strategy_id,
            sequence=event.trade_id & 0xFFFFFFFF,
            kind=event.kind.snake,
            by=event.by,
            pool=event.pool,
            token_in=event.token_in,
            token_out=event.token_out,
            portion=event.portion,
            limit_price=event.limit_price,
            start_position=event.start,
            member_count=event.count,
            copy_deadline=event.copy_deadline,
        )
        if event.kind is not TradeKind.LEADER:
            self._rows.completed[event.trade_id] = place  # it is one batch, and nobody waits for another

    def _clear(self, place: Place, event: BatchCleared) -> None:
        terms = self._terms(place, event.trade_id)
        if (event.token_in, event.token_out) != (terms.token_in, terms.token_out):
            raise contradiction(place, f"a batch of trade {trade_label(event.trade_id)} swapped other tokens")
        if self._context.treasury is None:
            raise contradiction(place, "a batch was cleared before a treasury was set")
        offer = self._offer(place, terms)
        batch = self._context.batches.get(event.trade_id, 0)
        self._context.batches[event.trade_id] = batch + 1
        self._batch = OpenBatch(event, place)
        self._rows.add(
            Clearing,
            place,
            trade_id=event.trade_id,
            batch=batch,
            venue=event.venue,
            token_in=event.token_in,
            token_out=event.token_out,
            cursor=event.cursor,
            portion=event.portion,
            amount_in=event.amount_in,
            dust_in=event.dust_in,
            amount_out=event.amount_out,
            dust=event.dust,
            copy_fees=event.copy_fees,
            protocol_fees=postings.protocol_part(event, offer.protocol_bps),
            keeper_fee=event.keeper_fee,
            keeper=None if event.keeper == _NOBODY else event.keeper,
            oracle_out=event.oracle_out,
        )
        lines = postings.clearing(event, offer.leader, self._context.treasury, offer.protocol_bps)
        self._rows.enter(place, event, lines, trade_id=event.trade_id)

    def _fill(self, place: Place, event: TradeCopied) -> None:
        terms = self._terms(place, event.trade_id)
        if self._batch is None:
            raise contradiction(place, f"vault {event.vault_id} was copied without a batch")
        self._batch.add(event, place)
        self._copy(
            place,
            event,
            status="filled",
            reason=None,
            reduced_by=_named(event.reduced_by),
            amount_in=event.amount_in,
            fee=event.fee,
            amount_out=event.amount_out,
            clearing_log_index=self._batch.place.log_index,
        )
        lines = postings.fill(event, self._batch.clearing, self._offer(place, terms).leader)
        self._rows.enter(place, event, lines, trade_id=event.trade_id, vault_id=event.vault_id)

    def _skip(self, place: Place, event: CopySkipped) -> None:
        self._terms(place, event.trade_id)
        self._copy(
            place,
            event,
            status="skipped",
            reason=_named(event.reason),
            reduced_by=None,
            amount_in=0,
            fee=0,
            amount_out=0,
            clearing_log_index=None,
        )

    def _complete(self, place: Place, event: TradeCompleted) -> None:
        self._terms(place, event.trade_id)
        self._rows.completed[event.trade_id] = place

    def _fill_order(self, place: Place, event: OrderFilled) -> None:
        terms = self._terms(place, event.trade_id)
        if event.leader != self._offer(place, terms).leader:
            raise contradiction(place, f"trade {trade_label(event.trade_id)} filled another leader's order")
        part = self._context.parts.get(event.order_hash, 0)
        self._context.parts[event.order_hash] = part + 1
        self._rows.add(
            OrderFill,
            place,
            trade_id=event.trade_id,
            order_hash=event.order_hash,
            part=part,
            strategy_id=terms.strategy_id,
            leader=event.leader,
            nonce=event.nonce,
            filled=event.filled,
            complete=event.complete,
            keeper=event.keeper,
        )

    def _copy(self, place: Place, event: TradeCopied | CopySkipped, **outcome: Any) -> None:
        revision = event.policy_revision
        self._rows.add(
            Copy,
            place,
            trade_id=event.trade_id,
            vault_id=event.vault_id,
            strategy_id=event.trade_id >> 32,
            policy_revision=revision,
            copy_id=copy_id(self._chain_id, self._hub, event.trade_id, event.vault_id, revision),
            **outcome,
        )

    def _terms(self, place: Place, trade_id: int) -> TradeTerms:
        terms = self._context.trades.get(trade_id)
        if terms is None:
            raise contradiction(place, f"trade {trade_label(trade_id)} went on before it was opened")
        return terms

    def _offer(self, place: Place, terms: TradeTerms) -> Offer:
        offer = self._context.offers.get(terms.strategy_id)
        if offer is None:
            raise contradiction(place, f"strategy {terms.strategy_id} traded before it was created")
        return offer


def _named(reason: Reason) -> str | None:
    return None if reason is Reason.NONE else reason.snake
