"""Paths of keys."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.access.caller import InSession, TheDoor
from api.keys import schemas, service
from api.problems import responses
from api.sessions.schemas import Ended

router = APIRouter(prefix="/v1/keys", tags=["access"])


@router.get("", operation_id="listKeys", summary="Your keys", responses=responses(401, 403))
def list_keys(door: TheDoor, caller: InSession) -> schemas.Keys:
    """The keys of the caller's address, with when each was last used; never what opens."""
    return service.list_keys(door, caller)


@router.post("", operation_id="createKey", summary="Make a key", responses=responses(401, 403, 429))
def create_key(door: TheDoor, caller: InSession, body: schemas.KeyOrder) -> schemas.NewKey:
    """Makes a key for a program that reads. Its text is told once; only its hash is kept.

    It changes nothing, makes no other keys, opens nothing of staff, and dies with its expiry at the latest.
    """
    return service.create(door, caller, body)


@router.delete(
    "/{key_id}", operation_id="revokeKey", summary="Revoke a key", responses=responses(401, 403, 404)
)
def revoke_key(
    door: TheDoor,
    caller: InSession,
    key_id: Annotated[schemas.KeyId, Path(description="The key's id, from the list.")],
) -> Ended:
    """Ends a key of the caller's address, at once. Nobody else's is found."""
    return service.revoke(door, caller, key_id)
