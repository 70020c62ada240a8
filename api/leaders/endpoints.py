"""Paths of leaders."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from accounting.windows import WindowName
from api.leaders import profile, query, service
from api.leaders.boards import Boards
from api.leaders.schemas import Leader, LeaderProfile
from api.problems import responses
from api.schemas import Answer, Page
from api.snapshot import OpenSnapshot
from api.strategies.endpoints import StrategyId
from api.written import written

if TYPE_CHECKING:
    from api.leaders.query import LeadersFilter as LeadersQuery
else:
    LeadersQuery = query.LeadersQuery

router = APIRouter(prefix="/v1/leaders", tags=["leaders"])


class ProfileQuery(BaseModel):
    """Parameters of a profile."""

    model_config = ConfigDict(extra="forbid")

    window: Annotated[WindowName, Field(description="Over which the curve goes.")] = "90d"


def _boards(request: Request) -> Boards:
    found: Boards = request.app.state.boards
    return found


TheBoards = Annotated[Boards, Depends(_boards)]


@router.get(
    "",
    operation_id="listLeaders",
    summary="Leaders by metrics",
    response_model=Page[Leader],
    responses=responses(),
)
@written
def list_leaders(snapshot: OpenSnapshot, boards: TheBoards, query: Annotated[LeadersQuery, Query()]) -> bytes:
    """Every strategy by any metric over a window, within the bounds given; closed ones are there, and say so.

    Figures are as of each row's own block: made anew when a block touches the strategy, and every hour.
    Amounts of different base tokens do not compare: give `base_token` to sort by them.
    """
    return service.list_leaders(snapshot, boards, query)


@router.get(
    "/{strategy_id}", operation_id="getLeader", summary="A leader's profile", responses=responses(404)
)
@written
def get_leader(
    snapshot: OpenSnapshot, strategy_id: StrategyId, query: Annotated[ProfileQuery, Query()]
) -> Answer[LeaderProfile]:
    """One leader: metrics of every window, months, curve, market mix, and every version of the fee terms.

    What followers really got is beside what the leader's own vault made.
    """
    return profile.get_leader(snapshot, strategy_id, query.window)
