"""What staff sees at a glance."""

from datetime import datetime

from pydantic import Field

from api.incidents.schemas import Incident
from api.keepers.schemas import Keeper, Stop
from api.protocol.schemas import Protocol
from api.schemas import BlockRef, Schema


class Overview(Schema):
    """The state of the hub and of those who run it."""

    as_of_block: BlockRef = Field(description="Last block in the ledger.")
    lag_blocks: int | None = Field(
        description="Blocks behind the indexer's node; null before it told of one.", examples=[0]
    )
    head_seen: datetime | None = Field(
        description="When the indexer last heard of a new block, UTC.", examples=["2024-01-05T12:00:01Z"]
    )
    mismatches: int | None = Field(
        description="Balances that differed from the chain when last compared; null: never compared.",
        examples=[0],
    )
    protocol: Protocol = Field(description="Vaults, trades, copies and holdings, as at `/v1/protocol`.")
    users: int = Field(description="Addresses that ever signed in or were granted something.", examples=[112])
    open_sessions: int = Field(description="Sessions that are open now, on every hub.", examples=[9])
    staff: dict[str, int] = Field(
        description="Role → to how many it is granted.", examples=[{"admin": 2, "operator": 1}]
    )
    open_orders: int = Field(description="Signed orders in the inbox that may still fill.", examples=[4])
    keepers: list[Keeper] = Field(description="Every keeper that ever worked here.")
    stops: list[Stop] = Field(description="Operators' stops that hold.")
    incidents: list[Incident] = Field(description="Open incidents.")
    waiting_proposals: int = Field(
        description="Proposals of the newest hundred that wait for a second person.", examples=[1]
    )
