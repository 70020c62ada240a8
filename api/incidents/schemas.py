"""What the API says of incidents."""

from datetime import datetime

from pydantic import Field

from access.incidents import Severity
from api.schemas import Schema

_TIME = "2024-01-05T11:59:00Z"


class Incident(Schema):
    """Something that is or was wrong. No chain data."""

    id: int = Field(description="Its number.", examples=[4])
    severity: Severity = Field(description="notice, degraded or outage.", examples=["degraded"])
    title: str = Field(description="What it is.", examples=["Prices arrive late"])
    banner: str = Field(
        description="What people should know and do.", examples=["Copies may be skipped. Exits work."]
    )
    opened: datetime = Field(description="Since when, UTC.", examples=[_TIME])
    changed: datetime = Field(description="When it was last told anew, UTC.", examples=[_TIME])
    closed: datetime | None = Field(description="When it was over, UTC; null: it is not.", examples=[_TIME])
    outcome: str | None = Field(description="How it ended.", examples=["The feed is back."])


class Incidents(Schema):
    """Part of the incidents, the newest first."""

    data: list[Incident] = Field(description="The incidents.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page.", examples=["WyJpbmNpZGVudHMiLDRd"]
    )
