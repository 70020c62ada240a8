"""Paths of tokens."""

from fastapi import APIRouter

from api.problems import responses
from api.schemas import Answer
from api.snapshot import OpenSnapshot
from api.tokens.schemas import ListedToken

router = APIRouter(prefix="/v1/tokens", tags=["protocol"])


@router.get("", operation_id="listTokens", summary="Listed tokens", responses=responses())
def list_tokens(snapshot: OpenSnapshot) -> Answer[list[ListedToken]]:
    """All tokens that the hub's owner listed, in that order.

    A token may be held from `usable_from` on. Until then its listing can be vetoed; then it is for good.
    """
    return Answer(as_of_block=snapshot.block, data=list(snapshot.tokens.listed))
