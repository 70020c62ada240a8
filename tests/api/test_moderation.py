"""Staff hides and restores what people reported; everybody is told, and leaders have no say."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from access.roles import Role
from access.sealing import Seal, new_key
from api.app import create_app
from tests.api.people import Person, grant, wallet
from tests.api.saying import claim, ok, refused
from tests.api.world import Chain, strategy

LENA = wallet("lena")


@pytest.fixture
def client(engine: Engine, chain: Chain) -> Iterator[TestClient]:
    chain.mine([*strategy(3, LENA.address, 7, "Signed")])
    with TestClient(create_app(engine, seal=Seal(new_key())), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def sam(client: TestClient, engine: Engine) -> Person:
    return grant(engine, Person(client, wallet("sam")).sign_in(), Role.SUPPORT)


@pytest.fixture
def ann(client: TestClient) -> Person:
    return Person(client, wallet("ann")).sign_in()


@pytest.fixture
def ben(client: TestClient) -> Person:
    return Person(client, wallet("ben")).sign_in()


def review(person: Person) -> str:
    body = {"strategy_id": 3, "rating": 1, "text": "Buy my course!", "with_badge": False}
    return str(ok(person, "POST", "/reviews", body)["id"])


def test_hidden_text_is_told_as_hidden_with_its_code_and_comes_back(
    ann: Person, ben: Person, sam: Person, client: TestClient
) -> None:
    number = review(ann)
    report = {"subject": "review", "id": number, "reason": "spam", "words": "Sells a course."}
    ok(ben, "POST", "/reports", report)
    refused(ben, "POST", "/reports", report, 409, "already-reported")
    refused(ann, "POST", "/reports", report, 404, "post-not-found")
    [case] = ok(sam, "GET", "/admin/moderation")["data"]
    assert (case["subject"], case["id"], case["text"]) == ("review", number, "Buy my course!")
    assert (case["author"], case["state"], case["open"]) == (ann.address, "shown", True)
    assert [(each["reason"], each["words"]) for each in case["reports"]] == [("spam", "Sells a course.")]
    assert ben.address not in str(case)
    act = {"subject": "review", "id": number, "why": "it does"}
    hidden = ok(sam, "POST", "/admin/moderation", act | {"act": "hide", "code": "spam"})
    assert (hidden["state"], hidden["hidden"]["code"], hidden["open"]) == ("hidden", "spam", False)
    assert hidden["text"] == "Buy my course!"
    [shown] = client.get("/v1/reviews?strategy_id=3").json()["data"]
    assert (shown["state"], shown["text"], shown["rating"]) == ("hidden", None, None)
    assert shown["hidden"]["code"] == "spam"
    assert client.get(f"/v1/reviews/{number}").json()["revisions"] == []
    assert client.get("/v1/social/3").json()["reviews"]["count"] == 0
    again = {"rating": 5, "text": "Better.", "with_badge": False}
    refused(ann, "PUT", f"/reviews/{number}", again, 409, "post-hidden")
    assert ok(sam, "GET", "/admin/moderation")["data"] == []
    assert len(ok(sam, "GET", "/admin/moderation?state=all")["data"]) == 1
    ok(sam, "POST", "/admin/moderation", act | {"act": "restore"})
    [shown] = client.get("/v1/reviews?strategy_id=3").json()["data"]
    assert (shown["state"], shown["text"]) == ("shown", "Buy my course!")
    refused(sam, "POST", "/admin/moderation", act | {"act": "restore"}, 409, "moderation-refused")


def test_acts_are_in_the_audit_log_without_the_text(
    ann: Person, sam: Person, client: TestClient, engine: Engine
) -> None:
    number = review(ann)
    act = {"subject": "review", "id": number, "act": "hide", "code": "scam", "why": "reported thrice"}
    ok(sam, "POST", "/admin/moderation", act)
    admin = grant(engine, Person(client, wallet("ada")).sign_in(), Role.ADMIN).give_code()
    row = ok(admin, "GET", f"/admin/audit?subject=review:{number}")["data"][0]
    assert (row["act"], row["before"], row["after"]) == ("post.hidden", {"hidden": None}, {"hidden": "scam"})
    assert (row["actor"], row["why"]) == (sam.address.lower(), "reported thrice")
    assert "course" not in str(row)


def test_profile_is_hidden_and_its_handle_stays(
    ann: Person, ben: Person, sam: Person, client: TestClient
) -> None:
    claim(ann, "AnnaTrades", {"site": "x", "name": "anna"})
    ok(ann, "PUT", "/profile", {"about": "Send me your keys.", "links": ["https://example.org"]})
    said = ok(ann, "POST", "/comments", {"strategy_id": 3, "text": "Hi.", "show_as": "handle"})
    assert said["author"]["shown"] == "AnnaTrades"
    ok(ben, "POST", "/reports", {"subject": "profile", "id": "annatrades", "reason": "scam"})
    [case] = ok(sam, "GET", "/admin/moderation")["data"]
    assert (case["id"], case["strategy_id"]) == ("AnnaTrades", None)
    assert "Send me your keys." in case["text"]
    act = {"subject": "profile", "id": "AnnaTrades", "act": "hide", "code": "scam", "why": "it asks for keys"}
    ok(sam, "POST", "/admin/moderation", act)
    shown = client.get("/v1/profiles/AnnaTrades").json()
    assert (shown["about"], shown["links"], shown["outside"]) == ("", [], None)
    assert shown["hidden"]["code"] == "scam"
    [thread] = client.get("/v1/comments?strategy_id=3").json()["data"]
    assert thread["author"]["kind"] == "pseudonym"


def test_leader_cannot_moderate_what_is_said_of_them(ann: Person, client: TestClient, engine: Engine) -> None:
    number = review(ann)
    lena = grant(engine, Person(client, LENA).sign_in(), Role.SUPPORT)
    act = {"subject": "review", "id": number, "act": "hide", "code": "abuse", "why": "it hurts"}
    refused(lena, "POST", "/admin/moderation", act, 403, "role-missing")
    refused(lena, "GET", "/admin/moderation", None, 403, "role-missing")


def test_nobody_decides_about_their_own_text(sam: Person) -> None:
    number = review(sam)
    act = {"subject": "review", "id": number, "act": "hide", "code": "other", "why": "changed my mind"}
    refused(sam, "POST", "/admin/moderation", act, 409, "moderation-refused")


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"id": "999"}, 404, "post-not-found"),
        ({"subject": "comment"}, 404, "post-not-found"),
        ({"subject": "profile"}, 404, "post-not-found"),
        ({"subject": "tweet"}, 422, "invalid-request"),
        ({"code": None}, 409, "moderation-refused"),
        ({"why": ""}, 422, "invalid-request"),
    ],
)
def test_acts_that_cannot_be_are_refused(
    ann: Person, sam: Person, change: dict[str, str], status: int, slug: str
) -> None:
    act = {"subject": "review", "id": review(ann), "act": "hide", "code": "spam", "why": "because"}
    refused(sam, "POST", "/admin/moderation", act | change, status, slug)
