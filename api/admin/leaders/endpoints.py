"""Paths of leaders, for operators."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import select

from access.leaders import LeaderAct
from api.access.caller import ByOperator, TheDoor
from api.addresses import Address
from api.admin.leaders.schemas import LeaderActBody
from api.leaders.schemas import Standing
from api.leaders.standing import standings
from api.problems import ApiError, InvalidRequestError, responses
from api.snapshot import OpenSnapshot
from indexer.ledger.models import Strategy

router = APIRouter(prefix="/v1/admin/leaders", tags=["staff"])


class LeaderNotFoundError(ApiError):
    """The address leads nothing."""

    status, slug, title = 404, "leader-not-found", "No such leader"


@router.post(
    "/{address}/acts",
    operation_id="actOnLeader",
    summary="Verify or suspend a leader",
    responses=responses(401, 403, 404),
)
def act_on_leader(
    by: ByOperator,
    door: TheDoor,
    snapshot: OpenSnapshot,
    address: Annotated[Address, Path(description="The leader's address.")],
    body: LeaderActBody,
) -> Standing:
    """Says that a leader is who they say they are, or takes them out of discovery; for operators.

    It is shown with every strategy of theirs, with the reason. The chain knows nothing of it: followers
    leave as ever, and whoever knows the leader may go on following.
    """
    if body.stop and body.act is not LeaderAct.SUSPEND:
        raise InvalidRequestError("Only who is suspended is stopped.", remedy="Leave `stop` out.")
    led = select(Strategy.strategy_id).filter_by(deployment_id=snapshot.deployment_id, leader=address)
    if snapshot.session.scalars(led.limit(1)).first() is None:
        raise LeaderNotFoundError(f"{address} leads no strategy.", remedy="List them with GET /v1/leaders.")
    door.office(snapshot).leaders.act(address, body.act, by=by, why=body.why, stop=body.stop)
    with door.again(snapshot) as after:
        return standings(after, [address])[address]
