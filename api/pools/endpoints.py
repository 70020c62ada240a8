"""Paths of pools."""

from fastapi import APIRouter

from api.pools import service
from api.pools.schemas import Pool
from api.problems import responses
from api.schemas import Answer
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/pools", tags=["protocol"])


@router.get("", operation_id="listPools", summary="Listed pools", responses=responses())
def list_pools(snapshot: OpenSnapshot) -> Answer[list[Pool]]:
    """All pools that the hub's owner listed, in that order. A strategy names those it may trade in.

    A pool may be named from `usable_from` on. Until then its listing can be vetoed; then it is for good.
    """
    return service.list_pools(snapshot)
