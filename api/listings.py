"""What every listing shows: since when it is listed, and from when on it may be used."""

from datetime import datetime

from pydantic import Field

from api.events import event_of
from api.schemas import EventRef, Schema, utc_or_none
from indexer.ledger import models


class Listing(Schema):
    """Something that the hub's owner listed; until it may be used it can be vetoed, and vanishes then."""

    usable_from: datetime | None = Field(
        description="From then on it may be used, UTC; null where that is beyond the year 9999.",
        examples=["2024-01-03T09:00:00Z"],
    )
    listed: EventRef = Field(description="When it was listed.")


def listing_of(row: models.Listing) -> Listing:
    """Return a row's listing."""
    return Listing(usable_from=utc_or_none(row.usable_from), listed=event_of(row))
