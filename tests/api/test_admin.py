"""What staff sees and does over HTTP, and what everybody sees of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from access.proposals import Governance
from access.roles import Role
from access.sealing import Seal, new_key
from api.app import create_app
from inbox.journal import Journal, Purpose
from inbox.migrations import upgrade
from indexer.decode import events as e
from tests.api.people import Person, grant, wallet
from tests.api.world import (
    BOB,
    CHAIN_ID,
    HUB,
    LEADER,
    NOBODY,
    POOL,
    START_TIME,
    TREASURY,
    USDC,
    WETH,
    Chain,
    address,
)

TIMELOCK, ORACLE = address("timelock"), address("oracle")
WHY = {"why": "because of a test"}


@pytest.fixture
def client(engine: Engine, chain: Chain) -> Iterator[TestClient]:
    governance = Governance(TIMELOCK, 3_600, ORACLE)
    app = create_app(engine, seal=Seal(new_key()), governance=governance)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def staff(client: TestClient, engine: Engine, name: str, role: Role) -> Person:
    return grant(engine, Person(client, wallet(name)).sign_in(), role).give_code()


@pytest.fixture
def ann(client: TestClient, engine: Engine) -> Person:
    return staff(client, engine, "ann", Role.ADMIN)


@pytest.fixture
def ben(client: TestClient, engine: Engine) -> Person:
    return staff(client, engine, "ben", Role.ADMIN)


@pytest.fixture
def ola(client: TestClient, engine: Engine) -> Person:
    return staff(client, engine, "ola", Role.OPERATOR)


def got(answer: Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: Response, status: int, slug: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:lockstep:problem:{slug}"


def test_two_administrators_make_an_operator_who_can_act_at_once(
    client: TestClient, ann: Person, ben: Person
) -> None:
    cara = Person(client, wallet("cara")).sign_in()
    acts = f"/v1/admin/users/{cara.address}/acts"
    granting = {"act": "grant", "role": "operator"} | WHY
    refused(ann.call("POST", acts, json=granting), 409, "role-refused")
    assert got(ann.call("POST", acts, json={"act": "allow"} | WHY))["allowed"] is True
    refused(ann.call("POST", acts, json=granting), 409, "role-refused")
    found = got(ben.call("POST", acts, json=granting))
    assert (found["granted"], found["sessions"], found["second_factor"]) == (["operator"], 1, False)
    stop = {"scope": "entries"} | WHY
    refused(cara.call("POST", "/v1/admin/stops", json=stop), 403, "second-factor-needed")
    cara.give_code()
    assert got(cara.call("POST", "/v1/admin/stops", json=stop))["stops"][0]["who"] == cara.address.lower()
    got(ann.call("POST", acts, json={"act": "end_sessions"} | WHY))
    refused(cara.call("POST", "/v1/admin/stops", json=stop), 401, "not-signed-in")
    assert got(ann.call("POST", acts, json={"act": "reset_second_factor"} | WHY))["second_factor"] is False
    assert got(ann.call("POST", acts, json={"act": "take", "role": "operator"} | WHY))["granted"] == []


def test_role_is_only_for_addresses_without_money_here_and_acts_want_reasons(ann: Person) -> None:
    acts = f"/v1/admin/users/{BOB}/acts"
    refused(ann.call("POST", acts, json={"act": "grant", "role": "support"} | WHY), 409, "role-refused")
    for body in (
        {"act": "block"},
        {"act": "block", "why": "x"},
        {"act": "grant"} | WHY,
        {"act": "block", "role": "support"} | WHY,
        {"act": "promote"} | WHY,
        {"act": "block", "and": "more"} | WHY,
    ):
        refused(ann.call("POST", acts, json=body), 422, "invalid-request")


def test_person_who_is_shut_out_is_out_and_listed(client: TestClient, ann: Person) -> None:
    cara = Person(client, wallet("cara")).sign_in()
    acts = f"/v1/admin/users/{cara.address}/acts"
    found = got(ann.call("POST", acts, json={"act": "block"} | WHY))
    assert (found["blocked"] is not None, found["blocked_why"]) == (True, WHY["why"])
    refused(cara.call("GET", "/v1/session"), 401, "not-signed-in")
    answer = client.post("/v1/session", json=cara.sign(cara.message()))
    refused(answer, 403, "address-blocked")
    seen, cursor = [], ""
    while True:
        page = got(ann.call("GET", f"/v1/admin/users?limit=1{cursor}"))
        seen += [each["address"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == sorted([ann.address, cara.address], key=str.lower)
    [only] = got(ann.call("GET", "/v1/admin/users?staff=true"))["data"]
    assert only["address"] == ann.address
    refused(ann.call("GET", "/v1/admin/users?cursor=x"), 422, "invalid-cursor")


def test_suspended_leader_leaves_discovery_and_says_why_and_followers_go_on(
    client: TestClient, ola: Person
) -> None:
    before = got(client.get("/v1/leaders?window=all"))["data"]
    assert before[0]["standing"] == {"verified": None, "suspended": None, "stopped": None}
    acts = f"/v1/admin/leaders/{LEADER}/acts"
    suspending = {"act": "suspend", "stop": True} | WHY
    found = got(ola.call("POST", acts, json=suspending))
    assert (found["suspended"]["why"], found["stopped"]["why"]) == (WHY["why"],) * 2
    assert [each["strategy_id"] for each in got(client.get("/v1/leaders?window=all"))["data"]] == [2]
    all_of_them = got(client.get("/v1/leaders?window=all&suspended=true"))["data"]
    assert {each["strategy_id"] for each in all_of_them} == {1, 2}
    profile = got(client.get("/v1/leaders/1"))["data"]
    assert profile["standing"]["suspended"]["why"] == WHY["why"]
    assert got(client.get(f"/v1/vaults?owner={BOB}"))["data"]
    [stop] = got(client.get("/v1/keepers"))["stops"]
    assert (stop["scope"], stop["subject"]) == ("leader", LEADER)
    lifted = got(ola.call("POST", f"/v1/admin/stops/{stop['id']}/lifting", json=WHY))
    assert lifted["stops"] == []
    refused(ola.call("POST", f"/v1/admin/stops/{stop['id']}/lifting", json=WHY), 404, "stop-not-found")
    found = got(ola.call("POST", acts, json={"act": "reinstate"} | WHY))
    assert found == {"verified": None, "suspended": None, "stopped": None}
    assert len(got(client.get("/v1/leaders?window=all"))["data"]) == 2
    refused(ola.call("POST", acts, json={"act": "verify", "stop": True} | WHY), 422, "invalid-request")
    nobody = f"/v1/admin/leaders/{NOBODY}/acts"
    refused(ola.call("POST", nobody, json={"act": "verify"} | WHY), 404, "leader-not-found")


def test_stop_names_its_subject(ola: Person) -> None:
    for body in (
        {"scope": "leader"},
        {"scope": "leader", "strategy_id": 1},
        {"scope": "strategy"},
        {"scope": "strategy", "leader": LEADER, "strategy_id": 1},
        {"scope": "entries", "leader": LEADER},
    ):
        refused(ola.call("POST", "/v1/admin/stops", json=body | WHY), 422, "invalid-request")
    found = got(ola.call("POST", "/v1/admin/stops", json={"scope": "strategy", "strategy_id": 1} | WHY))
    assert found["stops"][0]["subject"] == "1"


def test_incident_is_public_while_it_lasts_and_kept_afterwards(client: TestClient, ola: Person) -> None:
    assert got(client.get("/v1/incidents")) == {"data": [], "next_cursor": None}
    opening = {"severity": "outage", "title": "No prices", "banner": "Copies wait.\nExits work."}
    opened = got(ola.call("POST", "/v1/admin/incidents", json=opening))
    protocol = client.get("/v1/protocol")
    assert got(protocol)["data"]["incidents"] == [opened]
    assert "ETag" not in protocol.headers
    path = f"/v1/admin/incidents/{opened['id']}"
    told = got(ola.call("POST", f"{path}/news", json={"severity": "notice", "banner": "Prices are back."}))
    assert (told["severity"], told["title"]) == ("notice", "No prices")
    closed = got(ola.call("POST", f"{path}/closing", json={"outcome": "The feed is back."}))
    assert (closed["closed"] is not None, closed["outcome"]) == (True, "The feed is back.")
    refused(ola.call("POST", f"{path}/closing", json={"outcome": "again"}), 404, "incident-not-found")
    assert got(client.get("/v1/protocol"))["data"]["incidents"] == []
    got(ola.call("POST", "/v1/admin/incidents", json=opening))
    page = got(client.get("/v1/incidents?limit=1"))
    rest = got(client.get(f"/v1/incidents?limit=1&cursor={page['next_cursor']}"))
    assert [each["closed"] is None for each in (*page["data"], *rest["data"])] == [True, False]
    assert rest["next_cursor"] is None


def test_proposal_shows_what_to_send_when_a_second_administrator_has_agreed(
    ann: Person, ben: Person, ola: Person
) -> None:
    body = {"act": "list_pool", "pool": POOL, "venue": HUB} | WHY
    made = got(ola.call("POST", "/v1/admin/proposals", json=body))
    assert (made["state"], made["transactions"], made["target"]) == ("proposed", [], HUB)
    assert made["words"] == f"List the pool {POOL} of the venue {HUB}, for good, after the listing delay."
    path = f"/v1/admin/proposals/{made['id']}"
    refused(ola.call("POST", f"{path}/confirmation"), 403, "role-missing")
    ready = got(ann.call("POST", f"{path}/confirmation"))
    assert (ready["state"], ready["confirmed_by"]) == ("ready", ann.address)
    assert [each["step"] for each in ready["transactions"]] == ["schedule", "execute"]
    assert {each["to"] for each in ready["transactions"]} == {TIMELOCK}
    assert all(made["call"][2:] in each["data"] for each in ready["transactions"])
    own = got(ann.call("POST", "/v1/admin/proposals", json={"act": "halt_trading", "strategy_id": 0} | WHY))
    refused(ann.call("POST", f"/v1/admin/proposals/{own['id']}/confirmation"), 403, "same-person")
    [call] = got(ben.call("POST", f"/v1/admin/proposals/{own['id']}/confirmation"))["transactions"]
    assert (call["step"], call["to"], call["value"], call["not_before"]) == ("call", HUB, "0", None)
    refused(ben.call("POST", f"{path}/confirmation"), 409, "proposal-closed")
    assert got(ola.call("POST", f"{path}/withdrawal", json=WHY))["transactions"] == []
    refused(ann.call("GET", "/v1/admin/proposals/99"), 404, "proposal-not-found")
    listed = got(ola.call("GET", "/v1/admin/proposals?limit=1"))
    rest = got(ola.call("GET", f"/v1/admin/proposals?limit=1&cursor={listed['next_cursor']}"))
    assert [each["state"] for each in (*listed["data"], *rest["data"])] == ["ready", "withdrawn"]


PROPOSED = [
    {"act": "list_token", "token": WETH},
    {"act": "set_feed", "token": WETH, "feed": POOL, "heartbeat": 3_600},
    {"act": "set_treasury", "treasury": TREASURY},
    {"act": "set_guardian", "address": BOB},
    {"act": "set_gate"},
    {"act": "set_protocol_share", "protocol_bps": 2_000},
    {"act": "resume_trading", "strategy_id": 3},
    {"act": "veto", "listing": POOL},
]


@pytest.mark.parametrize("body", PROPOSED, ids=[str(body["act"]) for body in PROPOSED])
def test_every_call_of_owner_and_guardian_can_be_proposed(ola: Person, body: dict[str, Any]) -> None:
    found = got(ola.call("POST", "/v1/admin/proposals", json=body | WHY))
    assert found["act"] == body["act"]
    assert found["target"] == (ORACLE if body["act"] == "set_feed" else HUB)


def test_call_that_the_hub_would_refuse_is_not_proposed(ola: Person) -> None:
    for body in (
        {"act": "transfer_everything", "to": BOB},
        {"act": "set_protocol_share", "protocol_bps": 2_001},
        {"act": "set_feed", "token": WETH, "feed": POOL, "heartbeat": 0},
        {"act": "list_token", "token": "0x12"},
        {"act": "list_token", "token": WETH, "venue": HUB},
    ):
        refused(ola.call("POST", "/v1/admin/proposals", json=body | WHY), 422, "invalid-request")


def test_markets_show_what_waits_and_what_was_vetoed(ola: Person, chain: Chain) -> None:
    waiting, vetoed = address("waiting"), address("vetoed")
    far = START_TIME + 10**9
    chain.mine([e.PoolListed(each, HUB, USDC, WETH, far) for each in (waiting, vetoed)])
    chain.mine([e.ListingVetoed(vetoed, BOB)])
    found = {each["address"]: each for each in got(ola.call("GET", "/v1/admin/markets"))["data"]}
    assert [found[each]["state"] for each in (USDC, POOL, waiting, vetoed)] == [
        "usable",
        "usable",
        "waiting",
        "vetoed",
    ]
    assert found[vetoed]["vetoed_by"] == BOB
    assert [found[each]["strategies"] for each in (waiting, POOL)] == [0, 2]
    assert found[WETH]["priced"] is not None
    assert [token["symbol"] for token in found[POOL]["tokens"]] == ["USDC", "WETH"]


def test_protocols_fees_are_the_treasurys_statement(ann: Person, client: TestClient) -> None:
    found = got(ann.call("GET", "/v1/admin/fees"))["data"]
    assert found["treasury"] == TREASURY
    assert found["statement"] == got(client.get(f"/v1/fees/{TREASURY}"))["data"]


def test_keepers_transactions_are_shown_without_the_signed_bytes(ola: Person, engine: Engine) -> None:
    assert got(ola.call("GET", "/v1/admin/transactions"))["data"] == []
    upgrade(engine)
    journal = Journal(engine, chain_id=CHAIN_ID, hub=HUB, keeper="keeper-1", sender=LEADER)
    for number in range(2):
        journal.lease(Purpose(f"continue:1-{number}", 1, 0, None, "0x", 100_000), chain_nonce=4)
    page = got(ola.call("GET", "/v1/admin/transactions?limit=1"))
    [newest] = page["data"]
    assert (newest["nonce"], newest["purpose"], newest["state"], newest["attempts"]) == (
        5,
        "continue:1-1",
        "leased",
        [],
    )
    rest = got(ola.call("GET", f"/v1/admin/transactions?cursor={page['next_cursor']}"))
    assert [each["nonce"] for each in rest["data"]] == [4]
    assert got(ola.call("GET", "/v1/admin/transactions?state=final"))["data"] == []


def test_overview_tells_what_waits_for_somebody(ann: Person, ola: Person) -> None:
    got(ola.call("POST", "/v1/admin/proposals", json=PROPOSED[0] | WHY))
    got(ola.call("POST", "/v1/admin/stops", json={"scope": "entries"} | WHY))
    opening = {"severity": "notice", "title": "Works", "banner": "Slow for an hour."}
    got(ola.call("POST", "/v1/admin/incidents", json=opening))
    found = got(ann.call("GET", "/v1/admin/overview"))
    assert (found["waiting_proposals"], found["users"], found["open_sessions"]) == (1, 2, 2)
    assert found["staff"] == {"admin": 1, "operator": 1}
    assert (len(found["stops"]), len(found["incidents"]), found["open_orders"]) == (1, 1, 0)
    assert found["protocol"]["strategies"] == 2


def test_audit_log_has_every_act_with_the_requests_own_id(ann: Person, ola: Person) -> None:
    opening = {"severity": "notice", "title": "Works", "banner": "Slow for an hour."}
    answer = ola.call("POST", "/v1/admin/incidents", json=opening, headers={"X-Request-Id": "mine-7"})
    number = got(answer)["id"]
    log = got(ann.call("GET", f"/v1/admin/audit?subject=incident:{number}"))
    [row] = log["data"]
    assert (row["actor"], row["act"], row["request_id"]) == (ola.address.lower(), "incident.opened", "mine-7")
    assert (row["before"], row["after"]) == (None, opening)
    assert log["head"] == got(ann.call("GET", "/v1/admin/audit"))["data"][0]["hash"]
    first = got(ann.call("GET", "/v1/admin/audit?limit=2"))
    second = got(ann.call("GET", f"/v1/admin/audit?limit=2&cursor={first['next_cursor']}"))
    numbers = [each["id"] for each in (*first["data"], *second["data"])]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4


def test_leaders_views_name_no_follower(client: TestClient, ola: Person) -> None:
    """What the chain says of an owner is public by its address; no view of a leader leads to one."""
    followers = {each["owner"] for each in got(client.get("/v1/vaults"))["data"] if not each["is_leader"]}
    assert len(followers) > 2
    known = {each["leader"] for each in got(client.get("/v1/leaders?window=all"))["data"]}
    known.add(BOB)  # who carried an order, as anybody may, and is named for that
    for path in (
        "/v1/leaders?window=all",
        "/v1/leaders/1",
        "/v1/strategies",
        "/v1/strategies/1",
        "/v1/strategies/1/fees",
        "/v1/strategies/1/trades",
        "/v1/trades/1-1",
    ):
        said = client.get(path).text
        assert not [each for each in followers - known if each in said], path
