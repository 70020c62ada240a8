"""Path of correlations."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.correlations import service
from api.correlations.schemas import Correlation
from api.problems import responses
from api.schemas import UINT32_MAX, Answer
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/correlations", tags=["leaders"])

MOST_STRATEGIES = 20


class CorrelationsQuery(BaseModel):
    """Parameters of correlations."""

    model_config = ConfigDict(extra="forbid")

    strategy_id: Annotated[
        list[Annotated[int, Field(ge=0, le=UINT32_MAX)]],
        Field(
            min_length=2,
            max_length=MOST_STRATEGIES,
            description="Two to twenty strategies: repeat the parameter.",
            examples=[[1, 2]],
        ),
    ]
    window: Annotated[Literal["30d", "90d", "365d", "all"], Field(description="Over which whole days.")] = (
        "90d"
    )


@router.get(
    "", operation_id="listCorrelations", summary="How alike leaders' results are", responses=responses(404)
)
def list_correlations(
    snapshot: OpenSnapshot, query: Annotated[CorrelationsQuery, Query()]
) -> Answer[list[Correlation]]:
    """The correlation of daily returns of every pair of strategies, of the leaders' own vaults.

    Two leaders who do the same have 1, whatever each earns; to spread risk, look for pairs near 0 or below.
    """
    return service.list_correlations(snapshot, query.strategy_id, query.window)
