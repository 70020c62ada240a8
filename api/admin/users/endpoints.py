"""Paths of people, for staff."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access.caller import STAFF, ByAdministrator, TheDoor
from api.addresses import Address
from api.admin.users import schemas, service
from api.problems import responses
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/admin/users", tags=["staff"])
_Who = Annotated[Address, Path(description="The person's address.")]


@router.get("", operation_id="listUsers", summary="People", responses=responses(401, 403), dependencies=STAFF)
def list_users(door: TheDoor, query: Annotated[schemas.UsersQuery, Query()]) -> schemas.Users:
    """Everybody who has signed in, was granted something or is shut out, by address. For all staff."""
    return service.list_users(door, query)


@router.get(
    "/{address}",
    operation_id="getUser",
    summary="A person",
    responses=responses(401, 403),
    dependencies=STAFF,
)
def get_user(door: TheDoor, snapshot: OpenSnapshot, address: _Who) -> schemas.UserDetails:
    """Roles, allowlist, open sessions and keys by number, and what the chain says. For all staff."""
    return service.get_user(door, snapshot, address)


@router.post(
    "/{address}/acts",
    operation_id="actOnUser",
    summary="Grant, allow, shut out",
    responses=responses(401, 403, 409),
)
def act_on_user(
    by: ByAdministrator,
    door: TheDoor,
    snapshot: OpenSnapshot,
    address: _Who,
    body: schemas.UserActBody,
) -> schemas.UserDetails:
    """Grants or takes a role, changes the allowlist, shuts out or lets in, resets a second factor.

    For administrators. To make somebody operator or admin takes two: one puts the address on the allowlist,
    another grants the role. What holds already is not done twice; the rest is in the audit log.
    """
    service.act(door, snapshot, address, body, by)
    return service.get_user(door, snapshot, address)
