"""Parameters of the list of leaders: a range for every metric, beside window, sort and search."""

from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, create_model

from accounting.windows import WindowName
from api.addresses import Address
from api.leaders.schemas import MetricName
from api.paging import PageQuery

METRIC_NAMES: tuple[MetricName, ...] = get_args(MetricName)


class LeadersFilter(PageQuery):
    """What is not of one metric, and the bounds of all."""

    window: Annotated[WindowName, Field(description="Metrics over this window.")] = "30d"
    sort: Annotated[MetricName, Field(description="By this metric; without a value comes last.")] = (
        "rank_score"
    )
    order: Annotated[Literal["desc", "asc"], Field(description="Highest first, or lowest.")] = "desc"
    min_history_days: Annotated[
        int | None, Field(ge=0, le=36_500, description="Only leaders of so many days.", examples=[30])
    ] = None
    base_token: Annotated[Address | None, Field(description="Only strategies counted in this token.")] = None
    closed: Annotated[bool | None, Field(description="Only closed strategies, or only open ones.")] = None
    suspended: Annotated[
        bool, Field(description="Those whom the operator has suspended, too; they say so.")
    ] = False
    search: Annotated[
        str | None,
        Field(
            pattern=r"^[^\x00-\x1f]{1,64}$",
            description="Part of the name in any case, or how the leader's address begins.",
            examples=["momentum"],
        ),
    ] = None

    def bounds(self) -> list[tuple[MetricName, bool, Decimal]]:
        """Return each bound: metric, whether it is the lower one, value."""
        return [
            (name, side == "min", Decimal(text))
            for name in METRIC_NAMES
            for side in ("min", "max")
            if (text := getattr(self, f"{side}_{name}")) is not None
        ]


_RANGES: dict[str, Any] = {
    f"{side}_{name}": (
        Annotated[
            str | None,
            Field(
                pattern=r"^-?[0-9]{1,78}(\.[0-9]{1,18})?$",
                description=f"{words} {name}; amounts in smallest units.",
                examples=["0.5"],
            ),
        ],
        None,
    )
    for name in METRIC_NAMES
    for side, words in (("min", "Smallest"), ("max", "Largest"))
}

LeadersQuery = create_model("LeadersQuery", __base__=LeadersFilter, **_RANGES)
"""`LeadersFilter` with `min_…` and `max_…` of every metric: decimal numbers as text, so none is rounded."""
