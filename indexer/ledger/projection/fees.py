"""Rows and entries of what vaults pay, of what is held back of them until there is a price, and of the
protocol's share.
"""

from indexer.decode.events import EscrowSettled, FeeCharged, FeeEscrowed, ProtocolShareSet
from indexer.ledger import postings
from indexer.ledger.context import Context
from indexer.ledger.models import Escrow, Fee, ProtocolShare
from indexer.ledger.postings import Recipients
from indexer.ledger.rows import Place, Rows, contradiction

FeeEvent = FeeCharged | FeeEscrowed | EscrowSettled | ProtocolShareSet


def post_fee(rows: Rows, context: Context, place: Place, event: FeeEvent) -> None:
    """Post a fee, something that was held back or settled, or a new share of the protocol."""
    match event:
        case FeeCharged():
            _charge(rows, context, place, event)
        case FeeEscrowed():
            columns = {"outflow": event.outflow, "held": event.held, "to_fees": 0, "to_owner": 0}
            rows.add(
                Escrow, place, vault_id=event.vault_id, token=event.token, event="FeeEscrowed", **columns
            )
            rows.enter(place, event, postings.holding(event), vault_id=event.vault_id)
        case EscrowSettled():
            columns = {"outflow": 0, "held": 0, "to_fees": event.to_fees, "to_owner": event.to_owner}
            rows.add(
                Escrow, place, vault_id=event.vault_id, token=event.token, event="EscrowSettled", **columns
            )
            lines = postings.settlement(event)
            rows.enter(place, event, lines, vault_id=event.vault_id, owner=event.owner)
        case ProtocolShareSet():
            rows.add(ProtocolShare, place, protocol_bps=event.protocol_bps)


def _charge(rows: Rows, context: Context, place: Place, event: FeeCharged) -> None:
    vault = context.vaults.get(event.vault_id)
    if vault is None:
        raise contradiction(place, f"vault {event.vault_id} paid a fee before it was opened")
    offer = context.offers.get(vault.strategy_id)
    if offer is None or context.treasury is None:
        raise contradiction(place, f"vault {event.vault_id} paid a fee to a leader or treasury nobody named")
    to_leader = event.amount - event.to_protocol - event.to_referrer
    if to_leader < 0 or (event.to_referrer and vault.referrer is None):
        raise contradiction(place, f"the parts of a fee of vault {event.vault_id} are not its own")
    to = Recipients(offer.leader, context.treasury, vault.referrer)
    rows.add(
        Fee,
        place,
        vault_id=event.vault_id,
        strategy_id=vault.strategy_id,
        token=event.token,
        kind=event.kind.snake,
        amount=event.amount,
        to_leader=to_leader,
        to_protocol=event.to_protocol,
        to_referrer=event.to_referrer,
        leader=to.leader,
        treasury=to.treasury,
        referrer=to.referrer,
    )
    rows.enter(place, event, postings.fee(event, to), vault_id=event.vault_id)
