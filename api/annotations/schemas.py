"""What the API says of annotations, and what it is told about them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.paging import PageQuery
from api.schemas import UINT32_MAX, Schema
from api.social.schemas import STATE, WRITTEN_EXAMPLE, Hidden, PostState, Told
from social.annotations import MOST_TEXT

_AFTER = (
    "Seconds between the trade's block and the ledger's last block when it was written: what the leader "
    "could have known by then."
)
TRADE_ID = r"^([0-9]{1,20}|[0-9]{1,10}-s?[0-9]{1,10})$"


class AnnotationText(Told):
    """What is written."""

    text: str = Field(
        min_length=1, max_length=MOST_TEXT, description="In words.", examples=["Funding has turned."]
    )


class AnnotationOrder(AnnotationText):
    """What is written about a trade."""

    trade_id: str = Field(pattern=TRADE_ID, description="One of your own trades.", examples=["3-17"])


class AnnotationRevision(Schema):
    """What it said once."""

    written: datetime = Field(description="When, UTC.", examples=[WRITTEN_EXAMPLE])
    after_trade_s: int = Field(description=_AFTER, examples=[10_800])
    text: str | None = Field(
        description="What it said; null: it was taken back then.", examples=["Funding has turned."]
    )


class Annotation(Schema):
    """What a leader wrote about a trade."""

    id: int = Field(description="Its number.", examples=[12])
    trade_id: str = Field(description="The trade.", examples=["3-17"])
    strategy_id: int = Field(description="The strategy.", examples=[3])
    traded: datetime = Field(description="The time of the trade's block, UTC.", examples=[WRITTEN_EXAMPLE])
    written: datetime = Field(description="When it was first written, UTC.", examples=[WRITTEN_EXAMPLE])
    after_trade_s: int = Field(description=_AFTER, examples=[10_800])
    text: str | None = Field(description="What it says now.", examples=["Funding has turned."])
    state: PostState = Field(description=STATE, examples=["shown"])
    hidden: Hidden | None = Field(description="Why staff hid it; null: it did not.")
    revisions: list[AnnotationRevision] = Field(
        description="Everything that was ever written, the oldest first, what it says now included. Empty "
        "where staff hid it."
    )


class AnnotationsQuery(PageQuery):
    """Parameters of the list of annotations: one of the two is needed."""

    strategy_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only of this strategy's trades.", examples=[3])
    ] = None
    trade_id: Annotated[
        str | None, Field(pattern=TRADE_ID, description="Only of this trade.", examples=["3-17"])
    ] = None
