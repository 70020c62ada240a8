"""Leaders, stops and incidents as staff handles them: each act once, with its row in the audit log."""

import json

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from access.audit import Actor
from access.desk import Desk
from access.errors import UnknownIncidentError
from access.incidents import Severity
from access.leaders import LeaderAct
from access.models import LeaderStanding
from access.office import Office
from access.sign_in import Place
from inbox.stops import Scope, Stops, UnknownStopError
from tests.access.conftest import PLACE, Moved
from tests.access.test_sign_in import ALICE

OLA = Actor("0x" + "0a" * 20, "1")
ELSEWHERE = Place(1, PLACE.hub)


@pytest.fixture
def office(desk: Desk) -> Office:
    return desk.office(PLACE)


def noted(desk: Desk) -> list[tuple[str, object, object]]:
    rows = reversed(desk.audit.newest(limit=100))
    return [(row.act, json.loads(row.before), json.loads(row.after)) for row in rows]


def test_leader_is_suspended_and_reinstated_once_each(
    desk: Desk, office: Office, engine: Engine, clock: Moved
) -> None:
    for _ in range(2):
        office.leaders.act(ALICE.address, LeaderAct.SUSPEND, by=OLA, why="odd trades")
    with Session(engine) as session:
        row = session.scalars(select(LeaderStanding)).one()
        assert (row.suspended_us, row.suspended_why, row.verified_us) == (clock.now, "odd trades", None)
    for _ in range(2):
        office.leaders.act(ALICE.address, LeaderAct.VERIFY, by=OLA, why="passport seen")
        office.leaders.act(ALICE.address, LeaderAct.REINSTATE, by=OLA, why="explained")
    assert noted(desk) == [
        ("leader.suspend", {"suspended": False}, {"suspended": True}),
        ("leader.verify", {"verified": False}, {"verified": True}),
        ("leader.reinstate", {"suspended": True}, {"suspended": False}),
    ]


def test_suspension_with_a_stop_is_one_act_that_keepers_see(
    desk: Desk, office: Office, engine: Engine
) -> None:
    office.leaders.act(ALICE.address, LeaderAct.SUSPEND, by=OLA, why="key stolen", stop=True)
    [stop] = Stops(engine, chain_id=PLACE.chain_id, hub=PLACE.hub).all(lifted=False)
    assert (stop.scope, stop.subject, stop.who, stop.why) == (
        "leader",
        ALICE.address,
        OLA.name,
        "key stolen",
    )
    assert [act for act, _, _ in noted(desk)] == ["leader.suspend", "stop.set"]


def test_stop_is_lifted_on_its_own_hub_alone(desk: Desk, office: Office, engine: Engine) -> None:
    office.stops.set(Scope.ENTRIES, "", by=OLA, why="odd prices")
    stops = Stops(engine, chain_id=PLACE.chain_id, hub=PLACE.hub)
    [stop] = stops.all(lifted=False)
    with pytest.raises(UnknownStopError):
        desk.office(ELSEWHERE).stops.lift(stop.id, by=OLA, why="prices are right")
    office.stops.lift(stop.id, by=OLA, why="prices are right")
    with pytest.raises(UnknownStopError):
        office.stops.lift(stop.id, by=OLA, why="again")
    assert stops.all(lifted=False) == []
    assert [act for act, _, _ in noted(desk)] == ["stop.set", "stop.lifted"]


def test_incident_is_opened_told_anew_and_closed_once(desk: Desk, office: Office, clock: Moved) -> None:
    number = office.incidents.open(Severity.OUTAGE, "No prices", "Copies wait. Exits work.", by=OLA)
    clock.pass_s(60)
    office.incidents.tell(number, Severity.NOTICE, "Prices are back.", by=OLA)
    with pytest.raises(UnknownIncidentError):
        desk.office(ELSEWHERE).incidents.close(number, "over", by=OLA)
    office.incidents.close(number, "over", by=OLA)
    for act in (
        lambda: office.incidents.close(number, "over", by=OLA),
        lambda: office.incidents.tell(number, Severity.NOTICE, "again", by=OLA),
        lambda: office.incidents.find(number + 1),
    ):
        with pytest.raises(UnknownIncidentError):
            act()
    found = office.incidents.find(number)
    assert (found.severity, found.banner, found.outcome) == ("notice", "Prices are back.", "over")
    assert (found.closed_us, found.opened_us) == (clock.now, clock.now - 60_000_000)
    assert [act for act, _, _ in noted(desk)] == ["incident.opened", "incident.told", "incident.closed"]
