"""What the API says of what is said about a strategy as a whole."""

from typing import Annotated

from pydantic import Field

from api.profiles.schemas import Profile
from api.reviews.schemas import Review
from api.schemas import UINT32_MAX, Ratio, Schema
from api.social.schemas import Told

NEWEST_WITH_BADGE = 500
MOST_OWN = 100


class Ratings(Schema):
    """What a strategy's reviews come to."""

    count: int = Field(description="Reviews that are shown.", examples=[8])
    average: Ratio | None = Field(description="Their mean, to two places; null: none.", examples=["4.25"])
    by_rating: list[int] = Field(description="How many gave each, from 1 to 5.", examples=[[0, 1, 0, 3, 4]])
    verified_count: int = Field(
        description=f"Of the newest {NEWEST_WITH_BADGE} whose authors want their badge shown: those that "
        "have one.",
        examples=[3],
    )
    verified_average: Ratio | None = Field(
        description="The mean of these, to two places; null: none.", examples=["4.67"]
    )


class SocialSummary(Schema):
    """What people say about a strategy, in numbers."""

    strategy_id: int = Field(description="The strategy.", examples=[3])
    leader: Profile | None = Field(description="Its leader's profile; null: none.")
    watchers: int = Field(description="People who watch it without money.", examples=[21])
    comments: int = Field(description="Comments and replies that are shown.", examples=[14])
    annotations: int = Field(description="Annotations by its leader that are shown.", examples=[5])
    reviews: Ratings = Field(description="Its reviews.")


class OwnPostsQuery(Told):
    """Parameters of the caller's own."""

    strategy_id: Annotated[int, Field(ge=0, le=UINT32_MAX, description="The strategy.", examples=[3])]


class OwnPosts(Schema):
    """What of all that is said about a strategy is the caller's."""

    comments: list[int] = Field(
        description=f"Comments and replies, the newest first, {MOST_OWN} at most.", examples=[[12, 9]]
    )
    review: Review | None = Field(description="The review, in whichever state; null: none.")
