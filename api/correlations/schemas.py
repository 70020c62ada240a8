"""What the API says of two leaders' likeness."""

from datetime import date

from pydantic import Field

from accounting.catalogue import BY_ID
from api.schemas import Ratio, Schema

_METRIC = BY_ID["correlation"]


class Correlation(Schema):
    """Two strategies, the one with the lower id first."""

    first_id: int = Field(description="A strategy.", examples=[1])
    second_id: int = Field(description="The other one.", examples=[2])
    correlation: Ratio | None = Field(
        description=f"{_METRIC.formula} ({_METRIC.unit}, version {_METRIC.version}).", examples=["0.42"]
    )
    days: int = Field(description="Days that both have a return of.", examples=[88])
    since: date | None = Field(
        description="First of these days; null: there is none.", examples=["2024-01-05"]
    )
    until: date | None = Field(
        description="Last of these days; null: there is none.", examples=["2024-04-01"]
    )
