"""Paths of comments."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.access.caller import InSession
from api.comments import schemas, service
from api.problems import responses
from api.snapshot import OpenSnapshot
from api.social.book import TheBook
from api.social.schemas import PostNumber

router = APIRouter(prefix="/v1/comments", tags=["social"])


@router.get("", operation_id="listComments", summary="Comments on a strategy", responses=responses(404))
def list_comments(
    of: TheBook, snapshot: OpenSnapshot, query: Annotated[schemas.CommentsQuery, Query()]
) -> schemas.Comments:
    """Threads, the newest first, with their replies. What was withdrawn or hidden is told as such."""
    return service.list_comments(of, snapshot, query)


@router.get("/{number}", operation_id="getComment", summary="A comment", responses=responses(404))
def get_comment(of: TheBook, snapshot: OpenSnapshot, number: PostNumber) -> schemas.CommentHistory:
    """One comment with its replies and with everything that it said before."""
    return service.get_comment(of, snapshot, number)


@router.post(
    "",
    operation_id="addComment",
    summary="Comment on a strategy",
    responses=responses(401, 403, 404, 409, 429),
)
def add_comment(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: schemas.CommentOrder
) -> schemas.Comment:
    """Writes a comment, or a reply, under the name that the caller wants to be seen by."""
    return service.add(of, snapshot, caller, body)


@router.put(
    "/{number}",
    operation_id="changeComment",
    summary="Write a comment anew",
    responses=responses(401, 403, 404, 409, 429),
)
def change_comment(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, number: PostNumber, body: schemas.CommentText
) -> schemas.Comment:
    """Changes one of the caller's comments; what it said before is kept with it."""
    return service.change(of, snapshot, caller, number, body)


@router.delete(
    "/{number}",
    operation_id="withdrawComment",
    summary="Take a comment back",
    responses=responses(401, 403, 404, 409),
)
def withdraw_comment(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, number: PostNumber
) -> schemas.Comment:
    """Withdraws one of the caller's comments: its text is shown to nobody but staff, replies stay."""
    return service.withdraw(of, snapshot, caller, number)
