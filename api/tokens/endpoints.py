"""Paths of tokens."""

from fastapi import APIRouter

from api.problems import responses
from api.schemas import Answer, Token
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/tokens", tags=["protocol"])


@router.get("", operation_id="listTokens", summary="Listed tokens", responses=responses())
def list_tokens(snapshot: OpenSnapshot) -> Answer[list[Token]]:
    """All tokens that the hub's owner listed, in that order. Listing is for good, so the list only grows."""
    return Answer(as_of_block=snapshot.block, data=list(snapshot.tokens.by_address.values()))
