"""Answers about keys."""

from typing import Any

from access import models
from access.keys import scopes_of
from api.access.caller import Caller
from api.access.door import Door
from api.access.problems import refusals
from api.keys import schemas
from api.schemas import utc_of_microseconds
from api.sessions.schemas import Ended


def create(door: Door, caller: Caller, body: schemas.KeyOrder) -> schemas.NewKey:
    """Make a key. Raises `TooManyKeysError`."""
    with refusals():
        secret = door.desk.keys.create(caller.address, body.name, set(body.scopes), days=body.days)
    made = next(row for row in door.desk.keys.of(caller.address) if row.id == secret.id)
    return schemas.NewKey(**_facts(made), token=secret.text)


def list_keys(door: Door, caller: Caller) -> schemas.Keys:
    """Return the caller's keys."""
    return schemas.Keys(data=[schemas.Key(**_facts(row)) for row in door.desk.keys.of(caller.address)])


def revoke(door: Door, caller: Caller, key_id: str) -> Ended:
    """End a key of the caller. Raises `KeyNotFoundError`."""
    with refusals():
        door.desk.keys.revoke(caller.address, key_id)
    return Ended(ended=1)


def _facts(row: models.Key) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "scopes": sorted(scopes_of(row)),
        "created": utc_of_microseconds(row.created_us),
        "expires": utc_of_microseconds(row.expires_us),
        "used": None if row.used_us is None else utc_of_microseconds(row.used_us),
        "revoked": None if row.revoked_us is None else utc_of_microseconds(row.revoked_us),
    }
