"""Rows of trades: the instruction, its clearings, and what it did in every vault, with the postings of each
fill.
"""

from typing import Any

from indexer.decode.events import BatchCleared, CopySkipped, TradeCompleted, TradeCopied, TradeOpened
from indexer.decode.identity import copy_id
from indexer.ledger import postings
from indexer.ledger.batch import OpenBatch, trade_label
from indexer.ledger.context import Context, TradeTerms
from indexer.ledger.models import Clearing, Copy, Trade
from indexer.ledger.rows import Place, Rows, contradiction


class TradeProjection:
    """Posts trades. Holds the batch whose copies are being read."""

    def __init__(self, chain_id: int, hub: str, context: Context, rows: Rows) -> None:
        self._chain_id = chain_id
        self._hub = hub
        self._context = context
        self._rows = rows
        self._batch: OpenBatch | None = None

    def open(self, place: Place, event: TradeOpened) -> None:
        """Post a new trade."""
        terms = TradeTerms(event.trade_id >> 32, event.leader, event.token_in, event.token_out)
        self._context.trades[event.trade_id] = terms
        self._rows.add(
            Trade,
            place,
            trade_id=event.trade_id,
            strategy_id=terms.strategy_id,
            sequence=event.trade_id & 0xFFFFFFFF,
            leader=event.leader,
            pool=event.pool,
            token_in=event.token_in,
            token_out=event.token_out,
            portion=event.portion,
            limit_price=event.limit_price,
            start_position=event.start,
            member_count=event.count,
            copy_deadline=event.copy_deadline,
        )

    def clear(self, place: Place, event: BatchCleared) -> None:
        """Post a swap and its dust; its copies follow."""
        terms = self._terms(place, event.trade_id)
        if (event.token_in, event.token_out) != (terms.token_in, terms.token_out):
            raise contradiction(place, f"a batch of trade {trade_label(event.trade_id)} swapped other tokens")
        if self._context.treasury is None:
            raise contradiction(place, "a batch was cleared before a treasury was set")
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
            amount_in=event.amount_in,
            amount_out=event.amount_out,
            dust=event.dust,
            copy_fees=event.copy_fees,
            oracle_out=event.oracle_out,
        )
        lines = postings.dust(event, self._context.treasury)
        self._rows.enter(place, event, lines, trade_id=event.trade_id)

    def fill(self, place: Place, event: TradeCopied) -> None:
        """Post a vault's part in the open batch."""
        terms = self._terms(place, event.trade_id)
        if self._batch is None:
            raise contradiction(place, f"vault {event.vault_id} was copied without a batch")
        self._batch.add(event, place)
        self._copy(
            place,
            event,
            status="filled",
            reason=None,
            amount_in=event.amount_in,
            fee=event.fee,
            amount_out=event.amount_out,
            clearing_log_index=self._batch.place.log_index,
        )
        lines = postings.fill(event, self._batch.clearing, terms.leader)
        self._rows.enter(place, event, lines, trade_id=event.trade_id, vault_id=event.vault_id)

    def skip(self, place: Place, event: CopySkipped) -> None:
        """Post a vault that was not copied into, with the reason."""
        self._terms(place, event.trade_id)
        self._copy(
            place,
            event,
            status="skipped",
            reason=event.reason.label,
            amount_in=0,
            fee=0,
            amount_out=0,
            clearing_log_index=None,
        )

    def complete(self, place: Place, event: TradeCompleted) -> None:
        """Note that every position has been visited."""
        self._terms(place, event.trade_id)
        self._rows.completed[event.trade_id] = place

    def close_batch(self) -> None:
        """End the open batch, if any. Raises `InvariantError` unless its copies add up to it."""
        if self._batch is not None:
            self._batch.close()
            self._batch = None

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
