"""What the API says of campaigns, and what it is told about them."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from api.schemas import ADDRESS_EXAMPLE, UINT32_MAX, Schema
from api.social.schemas import WRITTEN_EXAMPLE, Told
from social.campaigns import MOST_TITLE
from social.names import FORM, MOST

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")


def _written_out(value: Any) -> Any:
    """Take a time as the description has it, and no number for one."""
    if not (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        raise ValueError("a time is written as 2024-03-01T00:00:00Z")
    return value


_Time = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(9998, 12, 31, tzinfo=UTC)),
    BeforeValidator(_written_out),
]
_StrategyId = Annotated[int, Field(strict=True, ge=0, le=UINT32_MAX)]
_ENDS = "What opens after it is not counted, UTC; null: no end."


class CampaignWords(Told):
    """What of a campaign can be changed."""

    title: str = Field(
        min_length=1, max_length=MOST_TITLE, description="What you call it.", examples=["Winter newsletter"]
    )
    ends: _Time | None = Field(default=None, description=_ENDS, examples=["2024-03-01T00:00:00Z"])


class CampaignOrder(CampaignWords):
    """A campaign to be made."""

    code: str = Field(
        min_length=3,
        max_length=MOST,
        pattern=FORM,
        description="Its code, as handles are formed. What looks like another's is theirs.",
        examples=["winter24"],
    )
    strategy_id: _StrategyId | None = Field(
        default=None, description="Only for vaults under this strategy; null: for all.", examples=[3]
    )
    starts: _Time | None = Field(
        default=None,
        description="From when on vaults count, UTC; null: from now on.",
        examples=[WRITTEN_EXAMPLE],
    )


class Campaign(Schema):
    """A code that stands for a referrer. Its times are the chain's: those of blocks."""

    code: str = Field(description="The code.", examples=["winter24"])
    title: str = Field(description="What its referrer calls it.", examples=["Winter newsletter"])
    referrer: str = Field(
        description="Whom a vault that it brings names as referrer, EIP-55.", examples=[ADDRESS_EXAMPLE]
    )
    strategy_id: int | None = Field(description="Only for vaults under it; null: for all.", examples=[3])
    starts: datetime = Field(description="From when on vaults count, UTC.", examples=[WRITTEN_EXAMPLE])
    ends: datetime | None = Field(description=_ENDS, examples=["2024-03-01T00:00:00Z"])
    created: datetime = Field(description="When it was made, UTC.", examples=[WRITTEN_EXAMPLE])
    state: Literal["upcoming", "open", "ended"] = Field(
        description="Where it stands at the last block.", examples=["open"]
    )


class Campaigns(Schema):
    """The caller's campaigns."""

    campaigns: list[Campaign] = Field(description="The newest first; those that ended, too.")


class CampaignNoteOrder(Told):
    """That a campaign brought a vault's owner."""

    code: str = Field(
        min_length=3, max_length=MOST, pattern=FORM, description="The campaign.", examples=["winter24"]
    )
    vault_id: Annotated[int, Field(strict=True, ge=0, le=UINT32_MAX)] = Field(
        description="A vault of yours.", examples=[42]
    )
