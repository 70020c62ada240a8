"""Kept answers are those of the chain alone, which are everybody's: nobody is given what is another's."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, event, update

import access.migrations
import inbox.migrations
from access.audit import Audit
from access.leaders import LeaderAct, Leaders
from access.sign_in import Place
from api import answers
from api.access.caller import MaybeSignedIn
from api.access.door import COOKIE
from api.app import create_app
from api.rates import Buckets
from api.snapshot import OpenSnapshot
from api.tags import is_of_the_chain
from indexer.ledger.checkpoint import add_deployment
from indexer.ledger.models import Deployment
from tests.api.expectations import NEEDS, Needs
from tests.api.people import SHELL, Person, wallet
from tests.api.world import CHAIN_ID, HUB, LEADER, Chain, address, header_of


@pytest.fixture
def ann(client: TestClient) -> Person:
    return Person(client, wallet("ann")).sign_in()


@pytest.fixture
def bob(client: TestClient) -> Person:
    return Person(client, wallet("bob")).sign_in()


def read_anew(engine: Engine, client: TestClient, path: str, **headers: str) -> tuple[Response, bool]:
    """An answer, and whether the ledger was read for it."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    answer = client.get(path, headers=headers)
    event.remove(engine, "before_cursor_execute", hear)
    return answer, any("FROM tokens" in each or "FROM vaults" in each for each in heard)


def test_only_public_reads_may_be_kept() -> None:
    kept = {name for name in NEEDS if is_of_the_chain(name.split(" ", 1)[1])}
    assert {NEEDS[name] for name in kept} == {Needs.NOTHING}
    assert {name.split(" ", 1)[0] for name in kept} == {"GET"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/session",
        "/v1/sessions",
        "/v1/keys",
        "/v1/notifications/rules",
        "/v1/admin/users",
        "/v1/admin/leaders/1",
        "/v1/orders",
        "/v1/orders/v1/leaders",
        "/v1/paper/vaults/1",
        "/v1/keepers",
        "/v1/protocol",
        "/v1/incidents",
        "/v1/deployments",
        "/v1/events",
        "/v1/ws",
        "/ready",
        f"/deployments/1/{HUB}/v1/keys",
        "/deployments/1/v1/v1/session",
        "/tokens",
    ],
)
def test_what_is_private_or_changes_between_blocks_is_not_looked_for(path: str) -> None:
    assert not is_of_the_chain(path)


def test_private_answer_is_its_caller_s_alone(client: TestClient, ann: Person, bob: Person) -> None:
    tag = client.get("/v1/tokens").headers["etag"]
    for path in ("/v1/session", "/v1/sessions", "/v1/keys", "/v1/notifications/rules"):
        hers = ann.call("GET", path)
        assert (hers.status_code, hers.headers["cache-control"]) == (200, "no-store")
        assert "etag" not in hers.headers
        assert client.get(path).status_code == 401
        assert ann.call("GET", path, headers={"If-None-Match": tag}).content == hers.content
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 401
    assert bob.call("GET", "/v1/session").json()["address"] == bob.address


@pytest.mark.parametrize("caller_first", [True, False])
def test_route_that_looks_at_its_caller_is_not_kept_even_below_a_resource_that_is(
    engine: Engine, chain: Chain, caller_first: bool
) -> None:
    del chain

    def first(caller: MaybeSignedIn, snapshot: OpenSnapshot) -> Any:
        return [None if caller is None else caller.address, snapshot.deployment_id]

    def last(snapshot: OpenSnapshot, caller: MaybeSignedIn) -> Any:
        return [None if caller is None else caller.address, snapshot.deployment_id]

    app = create_app(engine)
    app.add_api_route("/v1/tokens/mine", first if caller_first else last)
    with TestClient(app) as client:
        people = [Person(client, wallet(name)).sign_in() for name in ("ann", "bob")]
        nobody = Person(client, wallet("carl"))
        for person, is_known in ((people[0], True), (people[1], True), (nobody, False), (people[0], True)):
            answer = person.call("GET", "/v1/tokens/mine")
            assert answer.json()[0] == (person.address.lower() if is_known else None)
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers


def test_public_answer_is_the_same_for_everybody_and_read_once(
    engine: Engine, client: TestClient, ann: Person
) -> None:
    first, read = read_anew(engine, client, "/v1/vaults")
    assert read
    asked: list[dict[str, str]] = [
        {"Authorization": f"Bearer {ann.token}"},
        {"Cookie": f"{COOKIE}={ann.token}"},
        {"Authorization": "Bearer nonsense"},
    ]
    for headers in asked:
        again, read = read_anew(engine, client, "/v1/vaults", **headers)
        assert (again.content, read) == (first.content, False)


def test_what_was_told_one_client_about_itself_is_not_told_another(engine: Engine, chain: Chain) -> None:
    del chain
    with TestClient(create_app(engine, buckets=Buckets(9))) as client:
        own = {"Origin": "https://a.example", "Cookie": f"{COOKIE}=x"}
        assert [client.get("/v1/tokens", headers=own).status_code for _ in range(2)] == [200, 200]
        other = client.get("/v1/tokens", headers={"Origin": "https://b.example"})
        assert other.headers["access-control-allow-origin"] == "*"
        assert "set-cookie" not in other.headers
        assert other.headers["ratelimit"].startswith('"default";r=6;')
        plain = client.get("/v1/tokens")
        assert "access-control-allow-origin" not in plain.headers
        assert plain.headers.get_list("ratelimit") == [plain.headers["ratelimit"]]


def test_tag_of_the_present_opens_nothing_that_is_not_kept(client: TestClient) -> None:
    tag = client.get("/v1/tokens").headers["etag"]
    assert client.get("/v1/tokens", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/v1/vaults/99", headers={"If-None-Match": tag}).status_code in {304, 404}
    assert client.get("/v1/nothing", headers={"If-None-Match": tag}).status_code == 404
    assert client.post("/v1/tokens", headers={"If-None-Match": tag}).status_code == 405


def test_gas_that_becomes_known_ends_what_is_kept(engine: Engine, client: TestClient) -> None:
    first, _ = read_anew(engine, client, "/v1/vaults/2")
    assert not read_anew(engine, client, "/v1/vaults/2")[1]
    with engine.begin() as connection:
        connection.execute(update(Deployment).values(gas_number=18))
    later, read = read_anew(engine, client, "/v1/vaults/2")
    assert read
    assert later.headers["etag"] != first.headers["etag"]


def test_leader_who_is_suspended_stopped_or_reinstated_shows_at_once(
    engine: Engine, client: TestClient
) -> None:
    inbox.migrations.upgrade(engine)
    access.migrations.upgrade(engine)
    leaders = Leaders(engine, Audit(engine), Place(CHAIN_ID, HUB))

    def theirs() -> list[bool]:
        tag = client.get("/v1/leaders").headers["etag"]
        shown = client.get("/v1/leaders").json()["data"]
        assert client.get("/v1/leaders", headers={"If-None-Match": tag}).status_code == 304
        return [each["standing"]["stopped"] is not None for each in shown if each["leader"] == LEADER]

    assert not any(before := theirs())
    assert before
    leaders.act(LEADER, LeaderAct.SUSPEND, by=SHELL, why="x", stop=True)
    assert theirs() == []
    leaders.act(LEADER, LeaderAct.REINSTATE, by=SHELL, why="x")
    assert theirs() == [True] * len(before)
    profile = client.get("/v1/leaders/1")
    leaders.act(LEADER, LeaderAct.VERIFY, by=SHELL, why="known")
    assert client.get("/v1/leaders/1").json()["data"]["standing"]["verified"]["why"] == "known"
    assert client.get("/v1/leaders/1").headers["etag"] != profile.headers["etag"]


def test_hubs_of_one_chain_are_kept_apart(engine: Engine, chain: Chain) -> None:
    del chain
    other = address("another hub")
    add_deployment(engine, CHAIN_ID, other, header_of(18))
    with TestClient(create_app(engine)) as client:
        for _ in range(2):
            here, there = (
                client.get(f"/deployments/{CHAIN_ID}/{hub}/v1/vaults").json() for hub in (HUB, other)
            )
            assert (len(here["data"]), len(there["data"])) == (6, 0)
            assert client.get("/v1/vaults").status_code == 503


def test_as_much_is_kept_as_there_is_room_for(
    engine: Engine, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    del chain
    monkeypatch.setattr(answers, "MOST_BYTES", 20_000)
    with TestClient(create_app(engine)) as client:
        for at in range(30):
            assert client.get(f"/v1/vaults/2?{at}").status_code == 200
        assert read_anew(engine, client, "/v1/vaults/2?0")[1]
        assert not read_anew(engine, client, "/v1/vaults/2?29")[1]
