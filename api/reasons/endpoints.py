"""Paths of skip reasons."""

from fastapi import APIRouter

from api.problems import responses
from api.reasons.catalogue import Reason, all_reasons
from api.schemas import Answer
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/reason-codes", tags=["protocol"])


@router.get("", operation_id="listReasonCodes", summary="Reasons", responses=responses())
def list_reason_codes(snapshot: OpenSnapshot) -> Answer[list[Reason]]:
    """Why trades are skipped or reduced and vaults stop: what each means, and what the owner can do."""
    return Answer(as_of_block=snapshot.block, data=all_reasons())
