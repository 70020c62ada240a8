"""Rows of signed orders that no trade comes from: cancellations."""

from indexer.decode.events import OrdersCancelled
from indexer.ledger.models import OrderCancellation
from indexer.ledger.rows import Place, Rows


def cancel_orders(rows: Rows, place: Place, event: OrdersCancelled) -> None:
    """Post nonces that a leader closed. Anybody can close their own: whoever leads nothing closes nothing."""
    rows.add(OrderCancellation, place, leader=event.leader, word=event.word, mask=event.mask)
