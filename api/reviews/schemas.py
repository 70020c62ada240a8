"""What the API says of reviews, and what it is told about them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.paging import PageQuery
from api.schemas import UINT32_MAX, Schema
from api.social.schemas import STATE, WRITTEN_EXAMPLE, Author, Hidden, PostState, SeenAs, Told
from social.badges import Held
from social.reviews import HIGHEST, LOWEST, MOST_TEXT

_Rating = Annotated[int, Field(strict=True, ge=LOWEST, le=HIGHEST)]


class ReviewText(Told):
    """What is written."""

    rating: _Rating = Field(description="From 1, the worst, to 5.", examples=[4])
    text: str = Field(
        max_length=MOST_TEXT,
        description="Plain text; may be empty.",
        examples=["Calm, and says what it does."],
    )
    with_badge: Annotated[bool, Field(strict=True)] = Field(
        description="Show that you followed with money, and roughly how long, if you did. The fewer follow "
        "the strategy, the more that tells of you.",
        examples=[True],
    )


class ReviewOrder(ReviewText):
    """A review to be written."""

    strategy_id: Annotated[int, Field(strict=True, ge=0, le=UINT32_MAX)] = Field(
        description="Of which strategy.", examples=[3]
    )
    show_as: SeenAs = Field(
        default="pseudonym",
        description="Under which name you are seen. Who has the chain can find an address from a part of it.",
        examples=["pseudonym"],
    )


class Badge(Schema):
    """That the author followed the strategy with money, by the ledger's rows as of now."""

    kind: Literal["verified_follower"] = Field(
        default="verified_follower",
        description="Money of theirs, at least the strategy's least deposit, was in it.",
        examples=["verified_follower"],
    )
    held: Held = Field(description="For at least so long.", examples=["a_month"])


class Review(Schema):
    """A review, as it is shown."""

    id: int = Field(description="Its number.", examples=[12])
    strategy_id: int = Field(description="The strategy.", examples=[3])
    author: Author = Field(description="Who is seen as its author.")
    rating: int | None = Field(description="From 1 to 5; null where it is not shown.", examples=[4])
    text: str | None = Field(
        description="Plain text; null where it is not shown.", examples=["Calm, and says what it does."]
    )
    written: datetime = Field(description="When it was written, UTC.", examples=[WRITTEN_EXAMPLE])
    edited: datetime | None = Field(
        description="When it was last changed, UTC; null: never.", examples=[WRITTEN_EXAMPLE]
    )
    state: PostState = Field(description=STATE, examples=["shown"])
    hidden: Hidden | None = Field(description="Why staff hid it; null: it did not.")
    badge: Badge | None = Field(
        description="That its author followed with money; null: not long enough, or not to be shown."
    )


class Reviews(Schema):
    """Part of the reviews of a strategy."""

    data: list[Review] = Field(description="The newest first; those that were withdrawn are left out.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.",
        examples=["WyJyZXZpZXdzIiwxMl0"],
    )


class ReviewRevision(Schema):
    """What a review said once."""

    written: datetime = Field(description="When, UTC.", examples=[WRITTEN_EXAMPLE])
    rating: int | None = Field(description="The rating; null: it was withdrawn then.", examples=[4])
    text: str | None = Field(description="The text; null: it was withdrawn then.", examples=["Calm."])


class ReviewHistory(Schema):
    """A review with all that it said."""

    review: Review = Field(description="As it is now.")
    revisions: list[ReviewRevision] = Field(description="The oldest first; empty where it is not shown now.")


class ReviewsQuery(PageQuery):
    """Parameters of the list of reviews."""

    strategy_id: Annotated[int, Field(ge=0, le=UINT32_MAX, description="The strategy.", examples=[3])]
