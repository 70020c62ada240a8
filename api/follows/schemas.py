"""What the API says of follows."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, UINT32_MAX, Schema
from api.social.schemas import WRITTEN_EXAMPLE, Told


class FollowOrder(Told):
    """A strategy to be watched."""

    strategy_id: Annotated[int, Field(strict=True, ge=0, le=UINT32_MAX)] = Field(
        description="Which.", examples=[3]
    )


class Follow(Schema):
    """A strategy that the caller watches."""

    strategy_id: int = Field(description="Which.", examples=[3])
    name: str = Field(description="The strategy's name.", examples=["Momentum"])
    leader: str = Field(description="Its leader, EIP-55.", examples=[ADDRESS_EXAMPLE])
    since: datetime = Field(description="Since when, UTC.", examples=[WRITTEN_EXAMPLE])
    told_by: list[int] = Field(
        description="Channels of the caller that are told of its trades, by a rule of `leader_traded`.",
        examples=[[1]],
    )


class Follows(Schema):
    """What the caller watches. Nobody else sees it."""

    follows: list[Follow] = Field(description="The newest first.")
