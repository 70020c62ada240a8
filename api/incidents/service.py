"""Answers about incidents. Reads the tables where they are: who only reads makes none."""

from sqlalchemy import Select, select

from access import models
from access.incidents import Severity
from api.beside import is_there
from api.incidents.schemas import Incident, Incidents
from api.paging import PageQuery, cut, decode_cursor
from api.schemas import utc_of_microseconds
from api.snapshot import Snapshot

_NAME = "incidents"


def list_incidents(snapshot: Snapshot, query: PageQuery) -> Incidents:
    """Return a page of incidents, the newest first."""
    after = decode_cursor(_NAME, 1, query.cursor)
    if not _has_incidents(snapshot):
        return Incidents(data=[], next_cursor=None)
    wanted = _of_hub(snapshot).order_by(models.Incident.id.desc()).limit(query.limit + 1)
    if after is not None:
        wanted = wanted.where(models.Incident.id < after[0])
    page, cursor = cut(_NAME, query.limit, snapshot.session.scalars(wanted).all(), lambda row: [row.id])
    return Incidents(data=[present(row) for row in page], next_cursor=cursor)


def open_incidents(snapshot: Snapshot) -> list[Incident]:
    """Return what is wrong now, the newest first: twenty at most."""
    if not _has_incidents(snapshot):
        return []
    wanted = _of_hub(snapshot).where(models.Incident.closed_us.is_(None))
    rows = snapshot.session.scalars(wanted.order_by(models.Incident.id.desc()).limit(20))
    return [present(row) for row in rows]


def present(row: models.Incident) -> Incident:
    """Return an incident as the API shows it."""
    return Incident(
        id=row.id,
        severity=Severity(row.severity),
        title=row.title,
        banner=row.banner,
        opened=utc_of_microseconds(row.opened_us),
        changed=utc_of_microseconds(row.changed_us),
        closed=None if row.closed_us is None else utc_of_microseconds(row.closed_us),
        outcome=row.outcome,
    )


def _has_incidents(snapshot: Snapshot) -> bool:
    return is_there(snapshot.session.connection(), models.Incident)


def _of_hub(snapshot: Snapshot) -> Select[models.Incident]:
    at = snapshot.deployment
    return select(models.Incident).where(
        models.Incident.chain_id == at.chain_id, models.Incident.hub == at.hub
    )
