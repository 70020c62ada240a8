"""Signing in over HTTP: bearer and cookie, what each may do from where, and how a session ends."""

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from access.roles import Role
from access.sealing import Seal, new_key
from access.sign_in import Site
from api.app import create_app
from api.rates import Buckets
from indexer.ledger.checkpoint import add_deployment
from tests.api.people import Person, grant, wallet
from tests.api.world import BOB, CHAIN_ID, HUB, USD, Chain, address, header_of, joining, strategy

OWN = "http://127.0.0.1:8000"
OTHER = address("another hub")


@pytest.fixture
def ann(client: TestClient) -> Person:
    return Person(client, wallet("ann"))


def refused(answer: Response, status: int, slug: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:lockstep:problem:{slug}"
    assert answer.json()["remedy"]
    return str(answer.json()["detail"])


def test_nobody_is_told_how_to_sign_in(client: TestClient) -> None:
    answer = client.get("/v1/session")
    refused(answer, 401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for header in ("Bearer", "Bearer x", "Bearer lsk_x", "Basic eDp4", "Bearer lss_000000000000_x"):
        refused(client.get("/v1/session", headers={"Authorization": header}), 401, "not-signed-in")


def test_bearer_tells_who_it_is_and_is_never_cached(ann: Person) -> None:
    ann.sign_in()
    answer = ann.call("GET", "/v1/session")
    me = answer.json()
    assert me["address"] == ann.address
    assert (me["roles"], me["granted"]) == ([], [])
    assert me["scopes"] == ["private:read", "public:read"]
    assert me["second_factor"] == {"enrolled": False, "given": False}
    assert ann.token is not None
    assert ann.token.split("_")[1] == me["session"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_message_is_used_once_and_a_refused_one_opens_nothing(ann: Person, client: TestClient) -> None:
    signed = ann.sign(ann.message())
    forged = signed | {"signature": signed["signature"][:-4] + "001c"}
    refused(client.post("/v1/session", json=forged), 401, "sign-in-refused")
    assert client.post("/v1/session", json=signed).status_code == 200
    assert "used before" in refused(client.post("/v1/session", json=signed), 401, "sign-in-refused")
    for body in ({}, signed | {"more": 1}, signed | {"signature": "0x1"}, signed | {"cookie": "yes"}):
        refused(client.post("/v1/session", json=body), 422, "invalid-request")
    refused(client.post("/v1/session/nonce", json={"address": "0x12"}), 422, "invalid-request")


def test_leader_and_follower_are_what_the_chain_says(ann: Person, client: TestClient, chain: Chain) -> None:
    ben = Person(client, wallet("ben"))
    chain.mine([*joining(8, ann.address, 4, 500 * USD), *strategy(3, ben.address, 7, "Signed")])
    assert ann.sign_in().call("GET", "/v1/session").json()["roles"] == ["follower"]
    assert ben.sign_in().call("GET", "/v1/session").json()["roles"] == ["leader"]


def test_staff_roles_sleep_at_an_address_that_has_a_vault(
    ann: Person, client: TestClient, chain: Chain, engine: Engine
) -> None:
    ann.sign_in()
    grant(engine, ann, Role.SUPPORT)
    assert ann.call("GET", "/v1/session").json()["roles"] == ["support"]
    chain.mine(joining(8, ann.address, 4, 500 * USD))
    me = ann.call("GET", "/v1/session").json()
    assert (me["roles"], me["granted"]) == (["follower"], ["support"])


def cookie_of(ann: Person, client: TestClient) -> str:
    body = ann.sign(ann.message()) | {"cookie": True}
    answer = client.post("/v1/session", json=body, headers={"Origin": OWN})
    assert answer.status_code == 200, answer.text
    assert answer.json()["token"] is None
    return str(answer.headers["set-cookie"])


def test_cookie_is_for_this_server_alone_and_no_script_reads_it(
    ann: Person, client: TestClient, engine: Engine
) -> None:
    said = cookie_of(ann, client)
    assert "HttpOnly" in said
    assert "SameSite=strict" in said
    assert "Path=/;" in said
    assert "Secure" not in said
    assert client.get("/v1/session").json()["address"] == ann.address
    site = Site(("lockstep.example",), secure=True)
    with TestClient(create_app(engine, site=site), base_url="https://lockstep.example") as public:
        body = Person(public, ann.account).sign(Person(public, ann.account).message()) | {"cookie": True}
        assert body["message"].startswith("lockstep.example wants")
        assert "URI: https://lockstep.example" in body["message"]
        assert "Secure" in public.post("/v1/session", json=body).headers["set-cookie"]
        assert public.get("/v1/session").status_code == 200


def test_page_of_another_site_changes_nothing_with_the_cookie(ann: Person, client: TestClient) -> None:
    cookie_of(ann, client)
    foreign = ["https://evil.example", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "null", ""]
    for origin in foreign:
        refused(client.delete("/v1/session", headers={"Origin": origin}), 403, "foreign-origin")
    refused(client.delete("/v1/session"), 403, "foreign-origin")
    signed = ann.sign(ann.message())
    answer = client.post("/v1/session", json=signed, headers={"Origin": "https://evil.example"})
    refused(answer, 403, "foreign-origin")
    assert client.get("/v1/session").status_code == 200
    assert client.delete("/v1/session", headers={"Origin": OWN}).json() == {"ended": 1}
    refused(client.get("/v1/session"), 401, "not-signed-in")


def test_bearer_needs_no_origin_and_goes_before_the_cookie(ann: Person, client: TestClient) -> None:
    cookie_of(ann, client)
    ben = Person(client, wallet("ben")).sign_in()
    assert ben.call("GET", "/v1/session").json()["address"] == ben.address
    assert ben.call("DELETE", "/v1/session", headers={"Origin": "https://evil.example"}).status_code == 200
    refused(ben.call("GET", "/v1/session"), 401, "not-signed-in")


def test_other_sites_read_what_is_public_and_are_never_let_in_with_credentials(
    ann: Person, client: TestClient
) -> None:
    cookie_of(ann, client)
    origin = {"Origin": "https://evil.example"}
    for path in ("/v1/tokens", "/v1/session"):
        answer = client.get(path, headers=origin)
        assert "access-control-allow-credentials" not in answer.headers
    ask = "Access-Control-Request-Method"
    bearer = {ask: "GET", "Access-Control-Request-Headers": "Authorization"}
    assert client.options("/v1/session", headers=origin | bearer).status_code == 400
    assert client.options("/v1/session", headers=origin | {ask: "DELETE"}).status_code == 400
    answer = client.options("/v1/tokens", headers=origin | {ask: "GET"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_sessions_are_listed_and_ended_by_whose_they_are(ann: Person, client: TestClient) -> None:
    phone, ben = Person(client, ann.account).sign_in(), Person(client, wallet("ben")).sign_in()
    ann.sign_in()
    listed = ann.call("GET", "/v1/sessions").json()["data"]
    assert [each["current"] for each in listed].count(True) == 1
    assert {each["hub"] for each in listed} == {HUB}
    [other] = [each["id"] for each in listed if not each["current"]]
    refused(ben.call("DELETE", f"/v1/sessions/{other}"), 404, "session-not-found")
    assert phone.call("GET", "/v1/session").status_code == 200
    assert ann.call("DELETE", f"/v1/sessions/{other}").json() == {"ended": 1}
    refused(phone.call("GET", "/v1/session"), 401, "not-signed-in")
    phone.sign_in()
    assert ann.call("DELETE", "/v1/sessions").json() == {"ended": 2}
    for each in (ann, phone):
        refused(each.call("GET", "/v1/session"), 401, "not-signed-in")
    assert ben.call("GET", "/v1/session").status_code == 200


def test_session_of_one_hub_opens_nothing_of_another(ann: Person, client: TestClient, engine: Engine) -> None:
    prefix = f"/deployments/{CHAIN_ID}/{HUB}"
    ann.sign_in(prefix)
    assert ann.call("GET", f"{prefix}/v1/session").status_code == 200
    add_deployment(engine, 8453, OTHER, header_of(9))
    refused(ann.call("GET", f"/deployments/8453/{OTHER}/v1/session"), 401, "not-signed-in")


def test_key_reads_what_is_private_and_changes_nothing(ann: Person, client: TestClient) -> None:
    ann.sign_in()
    made = [
        ann.call("POST", "/v1/keys", json={"name": scope, "scopes": [scope]}).json()
        for scope in ("private:read", "public:read")
    ]
    private, public = (Person(client, ann.account, key["token"]) for key in made)
    me = private.call("GET", "/v1/session").json()
    assert (me["address"], me["session"], me["scopes"]) == (ann.address, None, ["private:read"])
    refused(public.call("GET", "/v1/session"), 403, "key-refused")
    assert public.call("GET", "/v1/tokens").status_code == 200
    for method, path in (
        ("DELETE", "/v1/session"), ("GET", "/v1/sessions"), ("GET", "/v1/keys"), ("POST", "/v1/keys")
    ):  # fmt: skip
        refused(private.call(method, path), 403, "key-refused")
    listed = ann.call("GET", "/v1/keys").json()["data"]
    assert all("token" not in each for each in listed)
    assert {each["used"] is None for each in listed} == {False}
    assert ann.call("DELETE", f"/v1/keys/{made[0]['id']}").json() == {"ended": 1}
    refused(private.call("GET", "/v1/session"), 401, "not-signed-in")
    refused(ann.call("DELETE", f"/v1/keys/{made[0]['id']}"), 404, "key-not-found")


def test_key_to_what_is_public_has_an_allowance_of_its_own(engine: Engine, chain: Chain) -> None:
    with TestClient(create_app(engine, buckets=Buckets(8))) as client:
        ann = Person(client, wallet("ann")).sign_in()
        keys = [
            ann.call("POST", "/v1/keys", json={"name": scope, "scopes": [scope]}).json()["token"]
            for scope in ("public:read", "private:read")
        ]
        named, private, forged = (Person(client, ann.account, token) for token in (*keys, keys[0] + "x"))
        left = [
            each.call("GET", "/v1/tokens").headers["RateLimit"] for each in (named, named, private, forged)
        ]
        assert [each.split(";")[1] for each in left] == ["r=7", "r=6", "r=3", "r=2"]


def test_key_that_nobody_may_have_is_refused(ann: Person) -> None:
    ann.sign_in()
    for body in (
        {"name": "", "scopes": ["public:read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["admin"]},
        {"name": "x", "scopes": ["public:read"], "days": 400},
        {"name": "x", "scopes": ["public:read"], "days": True},
    ):
        refused(ann.call("POST", "/v1/keys", json=body), 422, "invalid-request")


def test_second_factor_is_begun_given_and_taken_off(engine: Engine, chain: Chain) -> None:
    app = create_app(engine, seal=Seal(new_key()))
    with TestClient(app, raise_server_exceptions=False) as client:
        ann = Person(client, wallet("ann")).sign_in().give_code()
        state = ann.call("GET", "/v1/session").json()["second_factor"]
        assert state == {"enrolled": True, "given": True}
        refused(ann.call("POST", "/v1/session/second-factor"), 422, "code-refused")
        ann.sign_in()
        state = ann.call("GET", "/v1/session").json()["second_factor"]
        assert state == {"enrolled": True, "given": False}
        refused(ann.call("DELETE", "/v1/session/second-factor"), 403, "second-factor-needed")
        codes = "/v1/session/second-factor/codes"
        refused(ann.call("POST", codes, json={"code": "000000 0"}), 422, "code-refused")
        refused(ann.call("POST", codes, json={"code": "<script>"}), 422, "invalid-request")


def test_server_without_a_key_for_secrets_says_so(ann: Person) -> None:
    ann.sign_in()
    said = ann.call("POST", "/v1/session/second-factor")
    refused(said, 503, "second-factor-unavailable")
    assert "LOCKSTEP_SECRET_KEY" in said.json()["remedy"]


def test_request_keeps_its_own_id_or_gets_one(engine: Engine, chain: Chain) -> None:
    with TestClient(create_app(engine, seal=Seal(new_key()))) as client:
        ann = Person(client, wallet("ann")).sign_in().give_code()
        path = "/v1/session/second-factor"
        kept = ann.call("DELETE", path, headers={"X-Request-Id": "mine-1"})
        assert kept.headers["X-Request-Id"] == "mine-1"
        replaced = ann.call("DELETE", path, headers={"X-Request-Id": "<script>"})
        assert re.fullmatch("[0-9a-f]{32}", replaced.headers["X-Request-Id"])


def test_others_vaults_are_no_part_of_a_session(ann: Person) -> None:
    """What the chain shows is the same for everybody: signing in neither adds to it nor takes away."""
    before = ann.client.get(f"/v1/vaults?owner={BOB}").json()
    assert ann.sign_in().call("GET", f"/v1/vaults?owner={BOB}").json() == before
