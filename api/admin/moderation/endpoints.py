"""Paths of moderation, for staff."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.access.caller import STAFF, ByModerator, TheDoor
from api.admin.moderation import schemas, service
from api.problems import responses
from api.snapshot import OpenSnapshot
from api.social.book import TheBook

router = APIRouter(prefix="/v1/admin/moderation", tags=["staff"])


@router.get(
    "",
    operation_id="listCases",
    summary="What was reported",
    responses=responses(401, 403),
    dependencies=STAFF,
)
def list_cases(
    of: TheBook, snapshot: OpenSnapshot, query: Annotated[schemas.CasesQuery, Query()]
) -> schemas.ModerationCases:
    """Reports by what they are about, the newest first, with the words as they were. For all staff."""
    return service.list_cases(of, snapshot, query)


@router.post(
    "",
    operation_id="moderate",
    summary="Hide, restore, or leave as it is",
    responses=responses(401, 403, 404, 409),
)
def moderate(
    by: ByModerator, of: TheBook, door: TheDoor, snapshot: OpenSnapshot, body: schemas.ModerationOrder
) -> schemas.ModerationCase:
    """Decides about a text or a profile, and ends its reports; for support and operators.

    Everybody is told that a text was hidden, and why. Nobody decides about what they wrote themselves, and
    leaders about nothing: staff roles sleep at an address with a vault on the hub.
    """
    return service.act(of, snapshot, door, body, by)
