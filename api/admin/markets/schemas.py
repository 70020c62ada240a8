"""What staff sees of what is listed."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, EventRef, Schema, Token

State = Literal["waiting", "usable", "vetoed"]


class Market(Schema):
    """A listing of a token or a pool, a vetoed one too."""

    kind: Literal["token", "pool"] = Field(description="What was listed.", examples=["pool"])
    address: str = Field(description="Its address, EIP-55.", examples=[ADDRESS_EXAMPLE])
    tokens: list[Token] = Field(description="The token, or the pool's two.")
    venue: str | None = Field(description="A pool's exchange; null for a token.", examples=[ADDRESS_EXAMPLE])
    state: State = Field(description="waiting can still be vetoed, usable is for good.", examples=["usable"])
    usable_from: datetime | None = Field(
        description="When it is usable, UTC; null beyond the year 9999.", examples=["2024-01-03T09:00:00Z"]
    )
    listed: EventRef = Field(description="When it was listed.")
    vetoed_by: str | None = Field(description="Who vetoed it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    strategies: int = Field(description="Strategies that may use it.", examples=[3])
    priced: datetime | None = Field(
        description="When the oracle last valued the token in a trade, UTC; null for pools, or never.",
        examples=["2024-01-05T11:59:00Z"],
    )
