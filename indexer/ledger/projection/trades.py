"""Rows of trades: the instruction, its clearings, what it did in every vault, with the postings of each fill,
and the signed order that it came from.
"""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from indexer.chain.types import BlockRef, Header, Log
from indexer.decode.events import BatchCleared, OrderFilled, TradeCompleted, TradeOpened
from indexer.ledger import postings
from indexer.ledger.batch import OpenBatch
from indexer.ledger.context import Context, Offer, TradeTerms
from indexer.ledger.models import Clearing, Copy, OrderFill
from indexer.ledger.rows import Place, Rows, contradiction
from indexer.ledger.trade_ids import trade_label
from protocol.types import Reason, TradeKind

_NAMES = {reason: None if reason is Reason.NONE else reason.snake for reason in Reason}
_NOBODY = "0x" + "00" * 20

TradeEvent = TradeOpened | BatchCleared | TradeCompleted | OrderFilled


class TradeProjection:
    """Posts trades. Holds the batch whose copies come next."""

    def __init__(self, context: Context, rows: Rows) -> None:
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
            case TradeCompleted():
                self._complete(place, event)
            case OrderFilled():
                self._fill_order(place, event)

    def fill(self, header: Header | BlockRef, logs: Sequence[Log], columns: Sequence[list[Any]]) -> None:
        """Post the copies of a batch, which follow their clearing without another event between."""
        trade_ids, vault_ids, revisions, amounts_in, fees, amounts_out, reduced_by = columns
        self._require_opened(header, logs, trade_ids)
        batch = self._batch
        if batch is None:
            place = self._rows.place(header, logs[0])
            raise contradiction(place, f"vault {vault_ids[0]} was copied without a batch")
        tx_hashes = [log.tx_hash for log in logs]
        batch.require_own(trade_ids, vault_ids, tx_hashes)
        batch.close(amounts_in, amounts_out, fees)
        self._batch = None
        reasons = [_NAMES[reason] for reason in reduced_by]
        amounts = (amounts_in, fees, amounts_out)
        clearing_log = batch.place.log_index
        log_indexes = [log.log_index for log in logs]
        self._rows.new[Copy] += zip(
            repeat(self._rows.deployment_id, len(logs)),
            trade_ids,
            vault_ids,
            repeat(trade_ids[0] >> 32),
            revisions,
            repeat("filled"),
            repeat(None),
            reasons,
            *amounts,
            repeat(clearing_log),
            repeat(header.number),
            log_indexes,
            repeat(header.time),
            tx_hashes,
            strict=False,  # what all rows share repeats for ever
        )
        self._post_fills(batch, vault_ids, log_indexes, amounts)

    def skip(self, header: Header | BlockRef, logs: Sequence[Log], columns: Sequence[list[Any]]) -> None:
        """Post vaults that a trade was not copied into."""
        trade_ids, vault_ids, revisions, reasons = columns
        self._require_opened(header, logs, trade_ids)
        self._rows.new[Copy] += zip(
            repeat(self._rows.deployment_id, len(logs)),
            trade_ids,
            vault_ids,
            [trade_id >> 32 for trade_id in trade_ids],
            revisions,
            repeat("skipped"),
            [_NAMES[reason] for reason in reasons],
            repeat(None),
            repeat(0),
            repeat(0),
            repeat(0),
            repeat(None),
            repeat(header.number),
            [log.log_index for log in logs],
            repeat(header.time),
            [log.tx_hash for log in logs],
            strict=False,  # what all rows share repeats for ever
        )

    def close_batch(self) -> None:
        """End the batch that no copy followed, if any. Raises `InvariantError` unless it needed none."""
        if self._batch is not None:
            self._batch.close()
            self._batch = None

    def _post_fills(
        self,
        batch: OpenBatch,
        vault_ids: Sequence[int],
        log_indexes: Sequence[int],
        amounts: Sequence[Sequence[int]],
    ) -> None:
        """Each copy's lines: input from the vault, its fee to the leader, output to it. Lines of amount 0 are
        left out, and a new account counts from where its first line is.
        """
        books, said = self._rows.books, batch.clearing
        leader = self._offer(batch.place, self._terms(batch.place, said.trade_id)).leader
        sold, paid, bought = ([at for at, amount in enumerate(each) if amount] for each in amounts)
        amounts_in, fees, amounts_out = amounts
        payers, buyers = books.vaults(said.token_in), books.vaults(said.token_out)

        def lines(
            purpose: str, line: int, rows: Sequence[int], accounts: Sequence[int], column: list[int]
        ) -> None:
            books.post_column(
                purpose,
                line,
                entry_log_index=batch.place.log_index,
                log_indexes=[log_indexes[at] for at in rows],
                accounts=accounts,
                amounts=column,
            )

        from_vaults = [payers[vault_ids[at]] for at in sold]
        lines(postings.SOLD, 0, sold, from_vaults, [-amounts_in[at] for at in sold])
        first_paid = paid[0] if paid else len(vault_ids)
        to_vaults = [buyers[vault_ids[at]] for at in bought if at < first_paid]
        if paid:
            from_vaults = [payers[vault_ids[at]] for at in paid]
            lines(postings.COPY_FEE, 1, paid, from_vaults, [-fees[at] for at in paid])
            to_leader = [books.account(postings.FEE, leader, said.token_in)] * len(paid)
            lines(postings.COPY_FEE, 2, paid, to_leader, [fees[at] for at in paid])
        to_vaults += [buyers[vault_ids[at]] for at in bought if at >= first_paid]
        lines(postings.BOUGHT, 3, bought, to_vaults, [amounts_out[at] for at in bought])

    def _open(self, place: Place, event: TradeOpened) -> None:
        terms = TradeTerms(event.trade_id >> 32, event.token_in, event.token_out, place.block_number)
        if event.trade_id in self._rows.opened_trades:
            raise contradiction(place, f"trade {trade_label(event.trade_id)} was opened twice")
        self._context.trades[event.trade_id] = terms
        self._rows.opened_trades[event.trade_id] = place._asdict() | {
            "trade_id": event.trade_id,
            "strategy_id": terms.strategy_id,
            "sequence": event.trade_id & 0xFFFFFFFF,
            "kind": event.kind.snake,
            "by": event.by,
            "pool": event.pool,
            "token_in": event.token_in,
            "token_out": event.token_out,
            "portion": event.portion,
            "limit_price": event.limit_price,
            "start_position": event.start,
            "member_count": event.count,
            "copy_deadline": event.copy_deadline,
        }
        if event.kind is not TradeKind.LEADER:
            self._rows.completed[event.trade_id] = place  # it is one batch, and nobody waits for another

    def _clear(self, place: Place, event: BatchCleared) -> None:
        self.close_batch()
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

    def _require_opened(
        self, header: Header | BlockRef, logs: Sequence[Log], trade_ids: Sequence[int]
    ) -> None:
        """Raise `InvariantError` for the first event of a trade that nobody has opened."""
        unknown = set(trade_ids) - self._context.trades.keys()
        for log, trade_id in zip(logs, trade_ids, strict=True):
            if not unknown:
                return
            if trade_id in unknown:
                self._terms(self._rows.place(header, log), trade_id)

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
