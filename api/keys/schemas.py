"""What the API says about keys, and what it is told to make."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from access.keys import LONGEST_DAYS
from access.roles import Scope
from api.schemas import Schema

_KEY_EXAMPLE = "9b2d4c1f6a3e"
KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=[_KEY_EXAMPLE])]


class KeyOrder(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[^\x00-\x1f]{1,64}$", description="What you call it.", examples=["notebook"])
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=len(Scope),
        description="What it opens. private:read: what you alone may read. public:read: requests for what "
        "is public have an allowance of their own. Nothing changes anything.",
        examples=[["private:read"]],
    )
    days: Annotated[int, Field(strict=True)] = Field(
        default=90, ge=1, le=LONGEST_DAYS, description="How long it is good.", examples=[90]
    )


class Key(Schema):
    """A key, without what opens."""

    id: str = Field(description="Its name in the key's own text: `lsk_{id}_…`.", examples=[_KEY_EXAMPLE])
    name: str = Field(description="What you call it.", examples=["notebook"])
    scopes: list[Scope] = Field(description="What it opens.", examples=[["private:read"]])
    created: datetime = Field(description="When, UTC.", examples=["2024-01-05T12:00:00Z"])
    expires: datetime = Field(description="Until when, UTC.", examples=["2024-04-04T12:00:00Z"])
    used: datetime | None = Field(
        description="When it was last used, to the minute, UTC.", examples=["2024-01-05T12:05:00Z"]
    )
    revoked: datetime | None = Field(
        description="When it was revoked, UTC; null where it was not.", examples=["2024-02-01T09:00:00Z"]
    )


class NewKey(Key):
    """A key that was made."""

    token: str = Field(
        description="Send it as `Authorization: Bearer …`. Told once.", examples=["lsk_9b2d4c1f6a3e_…"]
    )


class Keys(Schema):
    """The caller's keys, the newest first: a hundred at most."""

    data: list[Key] = Field(description="The keys, the revoked and expired ones too.")
