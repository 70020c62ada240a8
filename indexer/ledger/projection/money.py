"""Entries of money that moves between owners, vaults, fee balances and the outside world."""

from indexer.decode.events import Allocated, Deallocated, Deposited, FeesClaimed, Withdrawn
from indexer.ledger import postings
from indexer.ledger.rows import Place, Rows


def post_money(
    rows: Rows, place: Place, event: Deposited | Withdrawn | Allocated | Deallocated | FeesClaimed
) -> None:
    """Book the event's entry."""
    match event:
        case Deposited():
            lines = postings.deposit(event)
            rows.enter(place, event, lines, owner=event.owner, counterparty=event.payer)
        case Withdrawn():
            lines = postings.withdrawal(event)
            rows.enter(place, event, lines, owner=event.owner, counterparty=event.to)
        case Allocated():
            lines = postings.allocation(event)
            rows.enter(place, event, lines, owner=event.owner, vault_id=event.vault_id)
        case Deallocated():
            lines = postings.deallocation(event)
            rows.enter(place, event, lines, owner=event.owner, vault_id=event.vault_id)
        case FeesClaimed():
            rows.enter(place, event, postings.fee_claim(event), owner=event.recipient)
