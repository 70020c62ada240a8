"""Paths for whoever runs the API."""

from fastapi import APIRouter

from api.health import service
from api.health.schemas import Health, Readiness
from api.problems import responses
from api.snapshot import OpenSnapshot

router = APIRouter(tags=["operations"])


@router.get("/health", operation_id="getHealth", summary="Does the process live?")
async def get_health() -> Health:
    """Answers without asking the database: restart the process if this does not answer."""
    return Health(status="ok")


@router.get("/ready", operation_id="getReadiness", summary="Is the ledger current?", responses=responses())
def get_readiness(snapshot: OpenSnapshot) -> Readiness:
    """Last block, lag behind the indexer's node, and the last comparison with the chain.

    Answers 503 with a problem document while the ledger has no block, is more than 10 blocks behind, differed
    from the chain, or the indexer has heard of no new block for five minutes: send no traffic here then.
    """
    return service.get_readiness(snapshot)
