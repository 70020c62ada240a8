"""Paths of skip reasons."""

from fastapi import APIRouter

from api.problems import responses
from api.reasons.catalogue import Reason, all_reasons
from api.schemas import Answer
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/reason-codes", tags=["protocol"])


@router.get("", operation_id="listReasonCodes", summary="Skip reasons", responses=responses())
def list_reason_codes(snapshot: OpenSnapshot) -> Answer[list[Reason]]:
    """Every reason a trade may be skipped for in a vault: what it means and what the vault's owner can do."""
    return Answer(as_of_block=snapshot.block, data=all_reasons())
