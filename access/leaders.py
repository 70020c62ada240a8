"""What the operator says of a hub's leaders: verified, or suspended from discovery.

Neither touches the chain: followers' exits, and whatever they do by themselves, go on. Both are public.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, select, update

from access.audit import Actor, Audit
from access.models import LeaderStanding
from access.sign_in import Place
from inbox.clock import Clock, now_us
from inbox.stops import Scope, Stops
from inbox.writing import insert_new, writing


class LeaderAct(StrEnum):
    """What can be said of a leader, and taken back."""

    VERIFY = "verify"
    UNVERIFY = "unverify"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


@dataclass(frozen=True, slots=True)
class _Change:
    column: str
    sets: bool


_CHANGES = {
    LeaderAct.VERIFY: _Change("verified", sets=True),
    LeaderAct.UNVERIFY: _Change("verified", sets=False),
    LeaderAct.SUSPEND: _Change("suspended", sets=True),
    LeaderAct.REINSTATE: _Change("suspended", sets=False),
}


class Leaders:
    """The leaders of one hub, as its operator sees them. Needs the inbox's tables, for stops."""

    def __init__(self, engine: Engine, audit: Audit, place: Place, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._audit = audit
        self._key: dict[str, Any] = {"chain_id": place.chain_id, "hub": place.hub}
        self._stops = Stops(engine, **self._key, clock=clock)
        self._clock = clock

    def act(self, address: str, what: LeaderAct, *, by: Actor, why: str, stop: bool = False) -> None:
        """Verify or suspend a leader (EIP-55), or take it back. What holds already is not done twice.

        With `stop` keepers carry nothing of theirs either, until the stop is lifted by itself.
        """
        change, key = _CHANGES[what], self._key | {"address": address.lower()}
        mine = select(LeaderStanding.__table__).filter_by(**key)
        nothing = dict.fromkeys(("verified_us", "verified_why", "suspended_us", "suspended_why"))
        with writing(self._engine) as connection:
            insert_new(connection, LeaderStanding, **key, **nothing)
            held = connection.execute(mine).mappings().one()[f"{change.column}_us"] is not None
            if held != change.sets:
                values = {"us": self._clock(), "why": why} if change.sets else {"us": None, "why": None}
                changed = {f"{change.column}_{name}": value for name, value in values.items()}
                connection.execute(update(LeaderStanding).filter_by(**key).values(**changed))
                before, after = {change.column: held}, {change.column: change.sets}
                act, subject = f"leader.{what}", address.lower()
                self._audit.append(connection, by, act, subject, before=before, after=after, why=why)
            if stop:
                self._stops.set_within(connection, Scope.LEADER, address, who=by.name, why=why)
                whom = {"scope": Scope.LEADER, "subject": address}
                self._audit.append(
                    connection, by, "stop.set", address.lower(), before=None, after=whom, why=why
                )
