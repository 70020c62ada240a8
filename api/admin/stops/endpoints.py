"""Paths of stops, for operators."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.access.caller import ByOperator, TheDoor
from api.admin.reasons import Reasoned
from api.admin.stops.schemas import StopBody
from api.keepers.endpoints import list_keepers
from api.keepers.schemas import Keepers
from api.problems import ApiError, responses
from api.snapshot import OpenSnapshot
from inbox.stops import Scope, UnknownStopError

router = APIRouter(prefix="/v1/admin/stops", tags=["staff"])


class StopNotFoundError(ApiError):
    """No such stop holds."""

    status, slug, title = 404, "stop-not-found", "No such stop"


@router.post("", operation_id="setStop", summary="Stop something", responses=responses(401, 403))
def set_stop(by: ByOperator, door: TheDoor, snapshot: OpenSnapshot, body: StopBody) -> Keepers:
    """Lets keepers carry nothing of a leader, nothing of a strategy, or nobody's entries; for operators.

    Exits, and closes of vaults, always go on. Keepers obey at their next look. It is public with its reason.
    """
    door.office(snapshot).stops.set(Scope(body.scope), body.subject, by=by, why=body.why)
    with door.again(snapshot) as after:
        return list_keepers(after)


@router.post(
    "/{number}/lifting", operation_id="liftStop", summary="Lift a stop", responses=responses(401, 403, 404)
)
def lift_stop(
    by: ByOperator,
    door: TheDoor,
    snapshot: OpenSnapshot,
    number: Annotated[int, Path(ge=1, lt=2**63, description="The stop's number.", examples=[4])],
    body: Reasoned,
) -> Keepers:
    """Ends a stop; for operators. Who lifted it and why is kept."""
    try:
        door.office(snapshot).stops.lift(number, by=by, why=body.why)
    except UnknownStopError as error:
        raise StopNotFoundError(str(error), remedy="GET /v1/keepers lists those that hold.") from error
    with door.again(snapshot) as after:
        return list_keepers(after)
