"""Paths of incidents."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.incidents import service
from api.incidents.schemas import Incidents
from api.paging import PageQuery
from api.problems import responses
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/incidents", tags=["operations"])


@router.get("", operation_id="listIncidents", summary="What is or was wrong", responses=responses())
def list_incidents(snapshot: OpenSnapshot, query: Annotated[PageQuery, Query()]) -> Incidents:
    """What operators told of this hub and server, the newest first. Those open are in `/v1/protocol`, too."""
    return service.list_incidents(snapshot, query)
