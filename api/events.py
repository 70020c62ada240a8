"""Presents where on chain a row of the ledger comes from."""

from api.schemas import EventRef, utc
from indexer.ledger.models import EventRow, LogRow


def event_of(row: EventRow | LogRow) -> EventRef:
    """Return the event that made a row."""
    return EventRef(
        block=row.block_number, time=utc(row.block_time), transaction=row.tx_hash, log_index=row.log_index
    )
