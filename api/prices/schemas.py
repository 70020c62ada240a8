"""What the API says about prices over time."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas import Ratio, Schema

Step = Literal["1h", "4h", "1d"]


class Candle(Schema):
    """The oracle's price of a token over one step, in whole base tokens for one whole token."""

    start: datetime = Field(description="When the step begins, UTC.", examples=["2024-01-05T12:00:00Z"])
    open: Ratio = Field(
        description="The last price before the step; the first ever has its own.", examples=["2239.5"]
    )
    high: Ratio = Field(
        description="Highest of the open and the last price of each hour.", examples=["2247.12"]
    )
    low: Ratio = Field(description="Lowest of the same.", examples=["2231"])
    close: Ratio = Field(description="The last price of the step.", examples=["2240.75"])
    hours: int = Field(description="Hours of the step in which a price was recorded.", examples=[3])
    block: int = Field(description="Where the close was recorded.", examples=[1017])
