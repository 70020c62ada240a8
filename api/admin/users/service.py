"""Answers about people, and acts of administrators."""

from typing import Any

from eth_utils.address import to_checksum_address

from access.audit import Actor
from access.roles import Role
from access.users import Person
from api.access.door import Door
from api.access.problems import RoleRefusedError, refusals
from api.access.repository import chain_roles
from api.admin.users import schemas
from api.admin.users.schemas import UserAct
from api.paging import decode_ranked, encode_ranked
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot
from inbox.clock import now_us


def list_users(door: Door, query: schemas.UsersQuery) -> schemas.Users:
    """Return a page of people."""
    name = "staff" if query.staff else "users"
    after = decode_ranked(name, query.cursor)
    start = "" if after is None or after[0] is None else f"0x{int(after[0]):040x}"
    people = door.desk.users.list(limit=query.limit + 1, after=start, staff=query.staff)
    page, cursor = people[: query.limit], None
    if len(people) > query.limit:
        cursor = encode_ranked(name, str(int(page[-1].address, 16)), 0)
    return schemas.Users(data=[schemas.User(**_facts(person)) for person in page], next_cursor=cursor)


def get_user(door: Door, snapshot: Snapshot, address: str) -> schemas.UserDetails:
    """Return what is known of an address; of one that nobody knows, that nothing is."""
    desk, who = door.desk, address.lower()
    now = now_us()
    good = [key for key in desk.keys.of(who) if key.revoked_us is None and key.expires_us > now]
    return schemas.UserDetails(
        **_facts(desk.users.find(who)),
        on_chain=sorted(chain_roles(snapshot.session, snapshot.deployment_id, address)),
        sessions=len(desk.sessions.of(who)),
        keys=len(good),
        second_factor=desk.second_factors.confirmed(who),
    )


def act(door: Door, snapshot: Snapshot, address: str, body: schemas.UserActBody, by: Actor) -> None:
    """Do something about somebody. Raises `RoleRefusedError`."""
    who, why, desk = address.lower(), body.why, door.desk
    with refusals():
        match body.act:
            case UserAct.GRANT:
                _check_no_vault(snapshot, address)
                desk.users.grant(who, body.role or Role.SUPPORT, by=by, why=why)
            case UserAct.TAKE:
                desk.users.take(who, body.role or Role.SUPPORT, by=by, why=why)
            case UserAct.ALLOW:
                desk.users.allow(who, by=by, why=why)
            case UserAct.DISALLOW:
                desk.users.disallow(who, by=by, why=why)
            case UserAct.BLOCK:
                desk.users.block(who, by=by, why=why)
            case UserAct.UNBLOCK:
                desk.users.unblock(who, by=by, why=why)
            case UserAct.RESET_SECOND_FACTOR:
                desk.second_factors.remove(who, by=by, why=why)
            case UserAct.END_SESSIONS:
                desk.end_sessions(who, by=by, why=why)


def _check_no_vault(snapshot: Snapshot, address: str) -> None:
    if chain_roles(snapshot.session, snapshot.deployment_id, address):
        raise RoleRefusedError(
            f"{address} has a vault on this hub.",
            remedy="Staff uses an address without money here.",
        )


def _facts(person: Person) -> dict[str, Any]:
    times = {"first_seen": person.first_us, "signed_in": person.seen_us, "blocked": person.blocked_us}
    return {
        "address": to_checksum_address(person.address),
        "granted": sorted(person.granted),
        "allowed": person.allowed,
        "blocked_why": person.blocked_why,
        **{name: None if at is None else utc_of_microseconds(at) for name, at in times.items()},
    }
