"""Paths of the overview, for staff."""

from collections import Counter

from fastapi import APIRouter
from sqlalchemy import func, select

from api.access.caller import STAFF, TheDoor
from api.admin.overview.schemas import Overview
from api.health.repository import last_reconciliation
from api.keepers.endpoints import list_keepers
from api.orders.repository import has_inbox
from api.problems import responses
from api.protocol.service import get_protocol
from api.schemas import utc_of_microseconds
from api.snapshot import OpenSnapshot, Snapshot
from inbox.lifecycle import OPEN
from inbox.models import InboxOrder

router = APIRouter(prefix="/v1/admin/overview", tags=["staff"], dependencies=STAFF)
_MOST = 100


@router.get("", operation_id="getOverview", summary="All at a glance", responses=responses(401, 403))
def get_overview(door: TheDoor, snapshot: OpenSnapshot) -> Overview:
    """Ledger, protocol, keepers, stops, incidents, people and what waits for somebody; for all staff."""
    deployment, desk = snapshot.deployment, door.desk
    head, seen = deployment.head_number, deployment.head_seen_us
    proposals = door.office(snapshot).proposals
    last = last_reconciliation(snapshot.session, snapshot.deployment_id)
    people = desk.users.list(limit=1_000, staff=True)
    running = list_keepers(snapshot)
    protocol = get_protocol(snapshot).data
    return Overview(
        as_of_block=snapshot.block,
        lag_blocks=None if head is None else max(head - snapshot.block.number, 0),
        head_seen=None if seen is None else utc_of_microseconds(seen),
        mismatches=None if last is None else last.mismatches,
        protocol=protocol,
        users=desk.users.count(),
        open_sessions=desk.sessions.count_open(),
        staff=dict(sorted(Counter(role.value for person in people for role in person.effective).items())),
        open_orders=_open_orders(snapshot),
        keepers=running.keepers,
        stops=running.stops,
        incidents=protocol.incidents,
        waiting_proposals=sum(proposals.state(row) == "proposed" for row in proposals.list(limit=_MOST)),
    )


def _open_orders(snapshot: Snapshot) -> int:
    if not has_inbox(snapshot.session):
        return 0
    at = snapshot.deployment
    query = select(func.count()).select_from(InboxOrder).filter_by(chain_id=at.chain_id, hub=at.hub)
    return snapshot.session.scalar(query.where(InboxOrder.status.in_(OPEN))) or 0
