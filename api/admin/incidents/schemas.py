"""What operators say of incidents."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from access.incidents import Severity

_Text = Annotated[str, Field(pattern=r"^[^\x00-\x09\x0b-\x1f]{3,1000}$")]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IncidentOpening(_Told):
    """An incident to be opened."""

    severity: Severity = Field(description="notice, degraded or outage.", examples=["degraded"])
    title: str = Field(
        pattern=r"^[^\x00-\x1f]{3,120}$", description="What it is.", examples=["Prices arrive late"]
    )
    banner: _Text = Field(
        description="What people should know and do.", examples=["Copies may be skipped. Exits work."]
    )


class IncidentNews(_Told):
    """What is told of an open incident from now on."""

    severity: Severity = Field(description="notice, degraded or outage.", examples=["notice"])
    banner: _Text = Field(description="What people should know and do.", examples=["Prices are back."])


class IncidentClosing(_Told):
    """How an incident ended."""

    outcome: _Text = Field(description="How it ended.", examples=["The feed is back; nobody lost anything."])
