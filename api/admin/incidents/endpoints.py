"""Paths of incidents, for operators. What they say is public at once."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.access.caller import ByOperator, TheDoor
from api.access.door import Door
from api.access.problems import refusals
from api.admin.incidents.schemas import IncidentClosing, IncidentNews, IncidentOpening
from api.incidents.schemas import Incident
from api.incidents.service import present
from api.problems import responses
from api.snapshot import OpenSnapshot, Snapshot

router = APIRouter(prefix="/v1/admin/incidents", tags=["staff"])
_Number = Annotated[int, Path(ge=1, lt=2**63, description="The incident's number.", examples=[4])]


@router.post("", operation_id="openIncident", summary="Open an incident", responses=responses(401, 403))
def open_incident(by: ByOperator, door: TheDoor, snapshot: OpenSnapshot, body: IncidentOpening) -> Incident:
    """Tells everybody, by `/v1/incidents` and `/v1/protocol`, that something is wrong; for operators."""
    number = door.office(snapshot).incidents.open(body.severity, body.title, body.banner, by=by)
    return _shown(door, snapshot, number)


@router.post(
    "/{number}/news",
    operation_id="tellIncident",
    summary="Tell an incident anew",
    responses=responses(401, 403, 404),
)
def tell_incident(
    by: ByOperator, door: TheDoor, snapshot: OpenSnapshot, number: _Number, body: IncidentNews
) -> Incident:
    """Changes severity and banner of an open incident; what was told before is in the audit log."""
    with refusals():
        door.office(snapshot).incidents.tell(number, body.severity, body.banner, by=by)
    return _shown(door, snapshot, number)


@router.post(
    "/{number}/closing",
    operation_id="closeIncident",
    summary="Close an incident",
    responses=responses(401, 403, 404),
)
def close_incident(
    by: ByOperator, door: TheDoor, snapshot: OpenSnapshot, number: _Number, body: IncidentClosing
) -> Incident:
    """Says that it is over and how it ended; for operators. It stays in the list."""
    with refusals():
        door.office(snapshot).incidents.close(number, body.outcome, by=by)
    return _shown(door, snapshot, number)


def _shown(door: Door, snapshot: Snapshot, number: int) -> Incident:
    return present(door.office(snapshot).incidents.find(number))
