"""Paths of the deployment as a whole."""

from fastapi import APIRouter

from api.problems import responses
from api.protocol import service
from api.protocol.schemas import Protocol
from api.schemas import Answer
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/protocol", tags=["protocol"])


@router.get("", operation_id="getProtocol", summary="The deployment at a glance", responses=responses())
def get_protocol(snapshot: OpenSnapshot) -> Answer[Protocol]:
    """Which hub on which chain this API speaks for, what it holds for whom, and what has been copied."""
    return service.get_protocol(snapshot)
