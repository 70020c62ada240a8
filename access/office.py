"""What staff does about one hub: leaders, stops, incidents, proposals. None of it can move money."""

from dataclasses import dataclass

from sqlalchemy import Engine

from access.audit import Audit
from access.incidents import Incidents
from access.leaders import Leaders
from access.proposals import Governance, Proposals
from access.sign_in import Place
from access.stopping import Stopping
from inbox.clock import Clock


@dataclass(frozen=True, slots=True)
class Office:
    """The parts, for one hub."""

    leaders: Leaders
    stops: Stopping
    incidents: Incidents
    proposals: Proposals

    @classmethod
    def of(cls, engine: Engine, audit: Audit, place: Place, governance: Governance, clock: Clock) -> "Office":
        """The office of a hub."""
        return cls(
            Leaders(engine, audit, place, clock=clock),
            Stopping(engine, audit, place, clock=clock),
            Incidents(engine, audit, place, clock=clock),
            Proposals(engine, audit, place, governance, clock=clock),
        )
