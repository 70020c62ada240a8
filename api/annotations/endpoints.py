"""Paths of annotations."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.access.caller import InSession
from api.annotations import schemas, service
from api.problems import responses
from api.schemas import Page
from api.snapshot import OpenSnapshot
from api.social.book import TheBook
from api.social.schemas import PostNumber

router = APIRouter(prefix="/v1/annotations", tags=["social"])


@router.get("", operation_id="listAnnotations", summary="Leaders' annotations", responses=responses(404))
def list_annotations(
    of: TheBook, snapshot: OpenSnapshot, query: Annotated[schemas.AnnotationsQuery, Query()]
) -> Page[schemas.Annotation]:
    """What leaders wrote about their own trades, the newest first, with every revision.

    Each says how long after the trade it was written: hindsight shows. What was taken back stays to be read.
    """
    return service.list_annotations(of, snapshot, query)


@router.post(
    "",
    operation_id="annotate",
    summary="Annotate a trade",
    responses=responses(401, 403, 404, 409, 429),
)
def annotate(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: schemas.AnnotationOrder
) -> schemas.Annotation:
    """Writes about one of the caller's own trades, as the leader who ordered it; one annotation a trade."""
    return service.add(of, snapshot, caller, body)


@router.put(
    "/{number}",
    operation_id="changeAnnotation",
    summary="Write an annotation anew",
    responses=responses(401, 403, 404, 409, 429),
)
def change_annotation(
    of: TheBook,
    caller: InSession,
    snapshot: OpenSnapshot,
    number: PostNumber,
    body: schemas.AnnotationText,
) -> schemas.Annotation:
    """Adds a revision to one of the caller's annotations; what it said before is shown with it."""
    return service.change(of, snapshot, caller, number, body)


@router.delete(
    "/{number}",
    operation_id="withdrawAnnotation",
    summary="Take an annotation back",
    responses=responses(401, 403, 404, 409),
)
def withdraw_annotation(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, number: PostNumber
) -> schemas.Annotation:
    """Says that one of the caller's annotations holds no more. It is not made unsaid."""
    return service.withdraw(of, snapshot, caller, number)
