"""What the API says about itself."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas import BlockRef, Schema


class Health(Schema):
    """The process answers."""

    status: Literal["ok"] = Field(description="Always `ok`: a process that does not live does not answer.")


class ReconciliationReport(Schema):
    """The last comparison of the ledger with the chain."""

    block: int = Field(description="Block at which both were compared.", examples=[1040])
    checked: datetime = Field(description="When, UTC.", examples=["2024-01-05T12:00:03Z"])
    balances_checked: int = Field(description="Balances compared.", examples=[211])
    mismatches: int = Field(description="Balances that differed; anything but 0 is an alarm.", examples=[0])


class Readiness(Schema):
    """Whether what the API says is current and right."""

    as_of_block: BlockRef = Field(description="Last block in the ledger.")
    head_block: int | None = Field(
        description="Newest block that the indexer's node told of; null before it did.", examples=[1042]
    )
    lag_blocks: int | None = Field(description="Blocks behind it.", examples=[0])
    head_seen: datetime | None = Field(
        description="When the indexer last heard of a new block, UTC.", examples=["2024-01-05T12:00:01Z"]
    )
    reconciliation: ReconciliationReport | None = Field(
        description="The last comparison with the chain; null before the first."
    )
