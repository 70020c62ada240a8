"""What every text of people has: its state, and who is seen as its author."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Schema
from social.moderation import ReportReason

SeenAs = Literal["handle", "shortened", "pseudonym"]
PostState = Literal["shown", "withdrawn", "hidden"]
PostNumber = Annotated[int, Path(ge=1, lt=2**63, description="Its number.", examples=[12])]
STATE = "`withdrawn`: its author took it back. `hidden`: staff hid it, and `hidden` says why."
WRITTEN_EXAMPLE = "2024-01-05T12:00:00Z"


class Told(BaseModel):
    """Base of what people send."""

    model_config = ConfigDict(extra="forbid")


class Hidden(Schema):
    """That staff hid a text."""

    code: ReportReason = Field(description="What is wrong with it.", examples=["spam"])
    since: datetime = Field(description="Since when, UTC.", examples=[WRITTEN_EXAMPLE])


class Author(Schema):
    """Who is seen as the author of a text."""

    shown: str = Field(
        description="A handle; or `0x` and some digits of the address; or a pseudonym, which is the same for "
        "one person on one strategy and joins with nothing else.",
        examples=["reader-3f9a21c0"],
    )
    kind: SeenAs = Field(description="Which of these.", examples=["pseudonym"])
    is_leader: bool = Field(
        description="Whether they lead the strategy. Leaders use no pseudonym there.", examples=[False]
    )
