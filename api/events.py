"""Presents where on chain a row of the ledger comes from."""

from typing import Protocol

from api.schemas import EventRef, utc
from indexer.ledger.models import EventRow, LogRow


class Placed(Protocol):
    """Columns of an event's row that were read without the others."""

    @property
    def block_number(self) -> int: ...  # noqa: D102 (as in the table)
    @property
    def block_time(self) -> int: ...  # noqa: D102
    @property
    def tx_hash(self) -> str: ...  # noqa: D102
    @property
    def log_index(self) -> int: ...  # noqa: D102


def event_of(row: EventRow | LogRow | Placed) -> EventRef:
    """Return the event that made a row."""
    return EventRef(
        block=row.block_number, time=utc(row.block_time), transaction=row.tx_hash, log_index=row.log_index
    )
