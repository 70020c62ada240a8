"""Paths of reviews."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.access.caller import InSession
from api.problems import responses
from api.reviews import schemas, service
from api.snapshot import OpenSnapshot
from api.social.book import TheBook
from api.social.schemas import PostNumber

router = APIRouter(prefix="/v1/reviews", tags=["social"])


@router.get("", operation_id="listReviews", summary="Reviews of a strategy", responses=responses(404))
def list_reviews(
    of: TheBook, snapshot: OpenSnapshot, query: Annotated[schemas.ReviewsQuery, Query()]
) -> schemas.Reviews:
    """What people think of a strategy, the newest first: good and bad, the leader has no say in it.

    The badge is made of the ledger's rows each time: whose money was in it, and roughly for how long.
    """
    return service.list_reviews(of, snapshot, query)


@router.get("/{number}", operation_id="getReview", summary="A review", responses=responses(404))
def get_review(of: TheBook, snapshot: OpenSnapshot, number: PostNumber) -> schemas.ReviewHistory:
    """One review with everything that it said before."""
    return service.get_review(of, snapshot, number)


@router.post(
    "",
    operation_id="addReview",
    summary="Review a strategy",
    responses=responses(401, 403, 404, 409, 429),
)
def add_review(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: schemas.ReviewOrder
) -> schemas.Review:
    """Writes the caller's review of a strategy: one for each person, and none of one's own strategy."""
    return service.add(of, snapshot, caller, body)


@router.put(
    "/{number}",
    operation_id="changeReview",
    summary="Write a review anew",
    responses=responses(401, 403, 404, 409, 429),
)
def change_review(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, number: PostNumber, body: schemas.ReviewText
) -> schemas.Review:
    """Changes the caller's review, also one that was withdrawn; what it said before is kept with it."""
    return service.change(of, snapshot, caller, number, body)


@router.delete(
    "/{number}",
    operation_id="withdrawReview",
    summary="Take a review back",
    responses=responses(401, 403, 404, 409),
)
def withdraw_review(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, number: PostNumber
) -> schemas.Review:
    """Withdraws the caller's review: its rating counts no more, its text is shown to nobody but staff."""
    return service.withdraw(of, snapshot, caller, number)
