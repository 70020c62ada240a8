"""Paths of the audit log, for administrators."""

import json
from typing import Annotated

from fastapi import APIRouter, Query

from access import models
from api.access.caller import ADMINISTRATORS, TheDoor
from api.admin.audit.schemas import AuditEntry, AuditLog, AuditQuery
from api.paging import cut, decode_cursor
from api.problems import responses
from api.schemas import utc_of_microseconds

router = APIRouter(prefix="/v1/admin/audit", tags=["staff"], dependencies=ADMINISTRATORS)

_NAME = "audit"


@router.get("", operation_id="listAudit", summary="The audit log", responses=responses(401, 403))
def list_audit(door: TheDoor, query: Annotated[AuditQuery, Query()]) -> AuditLog:
    """Every administrative act with what was before and after; for administrators, who cannot change it.

    `lockstep access audit --verify` reckons the hashes anew.
    """
    after = decode_cursor(_NAME, 1, query.cursor)
    log = door.desk.audit
    found = log.newest(
        limit=query.limit + 1,
        before=None if after is None else after[0],
        actor=query.actor,
        subject=query.subject,
    )
    page, cursor = cut(_NAME, query.limit, found, lambda row: [row.id])
    rows, head = log.head()
    return AuditLog(head=head, rows=rows, data=[_entry(row) for row in page], next_cursor=cursor)


def _entry(row: models.AuditEntry) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=utc_of_microseconds(row.at_us),
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        before=json.loads(row.before),
        after=json.loads(row.after),
        why=row.why,
        request_id=row.request_id,
        hash=row.hash,
    )
