"""Who runs the place: those whose granted roles count now, by the rules of signing in."""

from eth_utils.address import to_checksum_address
from sqlalchemy import select

from access.models import Allowed, Grant, User
from access.roles import NEEDS_SECOND_FACTOR, STAFF
from api.access.repository import chain_roles
from api.beside import is_there
from api.snapshot import Snapshot


def staff_of(snapshot: Snapshot) -> frozenset[str]:
    """Return the addresses that have a role of staff now, EIP-55.

    Roles with a second factor count on the allowlist alone, and none at an address that is shut out or has
    money here.
    """
    session = snapshot.session
    if not is_there(session.connection(), Grant):
        return frozenset()
    query = (
        select(Grant.address)
        .outerjoin(User, User.address == Grant.address)
        .where(Grant.role.in_(STAFF), User.blocked_us.is_(None))
        .where(Grant.role.not_in(NEEDS_SECOND_FACTOR) | Grant.address.in_(select(Allowed.address)))
        .distinct()
    )
    found = [str(to_checksum_address(address)) for address in session.scalars(query)]
    return frozenset(each for each in found if not chain_roles(session, snapshot.deployment_id, each))
