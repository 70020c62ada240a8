"""Incidents of a hub: opened, told anew, and closed by operators; everybody sees the banner meanwhile."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session as Reading

from access.audit import Actor, Audit
from access.errors import UnknownIncidentError
from access.models import Incident
from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.writing import writing


class Severity(StrEnum):
    """How bad it is."""

    NOTICE = "notice"
    DEGRADED = "degraded"
    OUTAGE = "outage"


class Incidents:
    """The incidents of one hub."""

    def __init__(self, engine: Engine, audit: Audit, place: Place, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._audit = audit
        self._key: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._clock = clock

    def open(self, severity: Severity, title: str, banner: str, *, by: Actor) -> int:
        """Open an incident; its number."""
        now, told = self._clock(), {"severity": severity, "title": title, "banner": banner}
        with writing(self._engine) as connection:
            made = connection.execute(
                insert(Incident)
                .returning(Incident.id)
                .values(**self._key, **told, opened_us=now, changed_us=now)
            )
            number = int(made.scalar_one())
            self._audit.append(
                connection, by, "incident.opened", f"incident:{number}", before=None, after=told
            )
        return number

    def tell(self, number: int, severity: Severity, banner: str, *, by: Actor) -> None:
        """Change what is told of an open incident. Raises `UnknownIncidentError`."""
        told = {"severity": severity, "banner": banner}
        self._change(number, "incident.told", told | {"changed_us": self._clock()}, told, by)

    def close(self, number: int, outcome: str, *, by: Actor) -> None:
        """Say that an incident is over, and how it ended. Raises `UnknownIncidentError`."""
        now = self._clock()
        closed = {"closed_us": now, "changed_us": now, "outcome": outcome}
        self._change(number, "incident.closed", closed, {"outcome": outcome}, by)

    def find(self, number: int) -> Incident:
        """One incident, open or over. Raises `UnknownIncidentError`."""
        with Reading(self._engine, expire_on_commit=False) as reading:
            found = reading.scalars(select(Incident).filter_by(**self._key, id=number)).one_or_none()
        if found is None:
            raise _unknown(number)
        return found

    def _change(
        self, number: int, act: str, values: dict[str, Any], after: dict[str, Any], by: Actor
    ) -> None:
        mine = {**self._key, "id": number, "closed_us": None}
        with writing(self._engine) as connection:
            row = connection.execute(select(Incident.__table__).filter_by(**mine)).mappings().first()
            if row is None:
                raise _unknown(number)
            before = {name: row[name] for name in after}
            connection.execute(update(Incident).where(Incident.id == number).values(**values))
            self._audit.append(connection, by, act, f"incident:{number}", before=before, after=after)


def _unknown(number: int) -> UnknownIncidentError:
    return UnknownIncidentError(f"No incident {number} is open.", remedy="List them with GET /v1/incidents.")
