"""Who runs the place: those who have a role now."""

from eth_utils.address import to_checksum_address
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from access.models import Grant
from access.roles import STAFF


def staff_of(session: Session) -> frozenset[str]:
    """Return the addresses that have a role of staff now, EIP-55."""
    if not inspect(session.connection()).has_table(Grant.__tablename__):
        return frozenset()
    query = select(Grant.address).where(Grant.role.in_(STAFF)).distinct()
    return frozenset(str(to_checksum_address(address)) for address in session.scalars(query))
