"""Path of the list of deployments."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session

from api.deployments import service
from api.deployments.schemas import Deployments
from api.problems import responses

router = APIRouter(prefix="/v1/deployments", tags=["operations"])


def _session(request: Request) -> Iterator[Session]:
    with request.app.state.snapshots.session() as session:
        yield session


@router.get("", operation_id="listDeployments", summary="The hubs in this database", responses=responses())
def list_deployments(session: Annotated[Session, Depends(_session)]) -> Deployments:
    """Every hub whose ledger this database holds, and up to which block; in the order they were added.

    Put a deployment's `path` before any other path to ask about that one.
    """
    return service.list_deployments(session)
