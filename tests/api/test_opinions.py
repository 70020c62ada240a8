"""Comments, reviews and follows over HTTP: who is seen as what, and what the ledger says of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from access.sealing import Seal, new_key
from api.app import create_app
from indexer.decode import events as e
from tests.api.people import Person, wallet
from tests.api.saying import DAY_S, claim, joined, ok, refused, roll_back
from tests.api.world import USD, USDC, Chain, strategy

LENA = wallet("lena")
GOOD = {"strategy_id": 3, "rating": 4, "text": "Calm.", "with_badge": True}


@pytest.fixture
def client(engine: Engine, chain: Chain) -> Iterator[TestClient]:
    """Lena leads strategy 3; Ann has 500 in it, Ben 60, which is below its least deposit."""
    ann, ben = wallet("ann").address, wallet("ben").address
    chain.mine(
        [
            *strategy(3, LENA.address, 7, "Signed"),
            *joined(8, 3, ann, 0, 500),
            *joined(9, 3, ben, 1, 160),
            e.Deallocated(9, ben, USDC, 100 * USD),
            e.VaultMarked(9, 60 * USD, 60 * USD),
        ]
    )
    with TestClient(create_app(engine, seal=Seal(new_key())), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def ann(client: TestClient) -> Person:
    return Person(client, wallet("ann")).sign_in()


@pytest.fixture
def ben(client: TestClient) -> Person:
    return Person(client, wallet("ben")).sign_in()


@pytest.fixture
def lena(client: TestClient) -> Person:
    return Person(client, LENA).sign_in()


def get(client: TestClient, path: str) -> Any:
    answer = client.get(f"/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_nobody_is_seen_by_their_address_unless_they_want_to(
    ann: Person, ben: Person, lena: Person, client: TestClient
) -> None:
    said = ok(ann, "POST", "/comments", {"strategy_id": 3, "text": "How large is your stake?"})
    assert (said["author"]["kind"], said["author"]["is_leader"]) == ("pseudonym", False)
    again = ok(ann, "POST", "/comments", {"strategy_id": 3, "text": "Hello?"})
    elsewhere = ok(ann, "POST", "/comments", {"strategy_id": 1, "text": "Hello?"})
    assert again["author"]["shown"] == said["author"]["shown"] != elsewhere["author"]["shown"]
    reply = {"strategy_id": 3, "reply_to": said["id"], "text": "Half.", "show_as": "pseudonym"}
    answered = ok(lena, "POST", "/comments", reply)["author"]
    assert (answered["kind"], answered["is_leader"]) == ("shortened", True)
    named = {"strategy_id": 3, "text": "Hm.", "show_as": "handle"}
    refused(ben, "POST", "/comments", named, 409, "no-handle")
    claim(ben, "BenWatches")
    assert ok(ben, "POST", "/comments", named)["author"]["shown"] == "BenWatches"
    everything = client.get("/v1/comments?strategy_id=3").text
    assert "BenWatches" in everything
    for person in (ann, ben):
        for part in (person.address[2:8], person.address[-6:]):
            assert part.lower() not in everything.lower()
    ok(ben, "DELETE", "/profile")
    assert "BenWatches" not in client.get("/v1/comments?strategy_id=3").text


def test_threads_are_shown_with_what_was_withdrawn_told_as_such(
    ann: Person, ben: Person, client: TestClient
) -> None:
    first = ok(ann, "POST", "/comments", {"strategy_id": 3, "text": "First."})
    reply = ok(ben, "POST", "/comments", {"strategy_id": 3, "reply_to": first["id"], "text": "Second."})
    refused(
        ann,
        "POST",
        "/comments",
        {"strategy_id": 3, "reply_to": reply["id"], "text": "X"},
        404,
        "post-not-found",
    )
    ok(ann, "PUT", f"/comments/{first['id']}", {"text": "Changed."})
    history = get(client, f"/comments/{first['id']}")
    assert [each["text"] for each in history["revisions"]] == ["First.", "Changed."]
    assert history["comment"]["edited"] is not None
    ok(ann, "DELETE", f"/comments/{first['id']}")
    [thread] = get(client, "/comments?strategy_id=3")["data"]
    assert (thread["state"], thread["text"]) == ("withdrawn", None)
    assert [each["text"] for each in thread["replies"]] == ["Second."]
    assert get(client, f"/comments/{first['id']}")["revisions"] == []
    refused(ben, "PUT", f"/comments/{first['id']}", {"text": "Mine."}, 404, "post-not-found")
    refused(ann, "POST", "/comments", {"strategy_id": 77, "text": "X"}, 404, "strategy-not-found")
    refused(ann, "POST", "/comments", {"strategy_id": 3, "text": "\u202e"}, 422, "text-refused")


def test_badge_says_that_money_was_there_long_enough_and_goes_with_its_rows(
    ann: Person, ben: Person, client: TestClient, chain: Chain
) -> None:
    opened_in = chain.number
    for person in (ann, ben):
        assert ok(person, "POST", "/reviews", GOOD)["badge"] is None
    chain.late += 7 * DAY_S
    chain.mine([])

    def badges() -> list[Any]:
        return [each["badge"] for each in get(client, "/reviews?strategy_id=3")["data"]]

    week = {"kind": "verified_follower", "held": "a_week"}
    assert badges() == [None, week]
    chain.late += 24 * DAY_S
    chain.mine([])
    assert badges() == [None, week | {"held": "a_month"}]
    summary = get(client, "/social/3")["reviews"]
    assert (summary["count"], summary["average"], summary["by_rating"]) == (2, "4", [0, 0, 0, 2, 0])
    assert (summary["verified_count"], summary["verified_average"]) == (1, "4")
    [_, review] = get(client, "/reviews?strategy_id=3")["data"]
    plain = {key: GOOD[key] for key in ("rating", "text")} | {"with_badge": False}
    assert ok(ann, "PUT", f"/reviews/{review['id']}", plain)["badge"] is None
    ok(ann, "PUT", f"/reviews/{review['id']}", plain | {"with_badge": True})
    roll_back(chain, opened_in)
    assert badges() == [None, None]


def test_review_is_one_for_each_and_none_of_ones_own(ann: Person, lena: Person, client: TestClient) -> None:
    refused(lena, "POST", "/reviews", GOOD, 409, "own-strategy")
    made = ok(ann, "POST", "/reviews", GOOD)
    refused(ann, "POST", "/reviews", GOOD, 409, "already-written")
    for wrong in ({"rating": 0}, {"rating": 6}, {"rating": "4"}, {"with_badge": 1}):
        refused(ann, "POST", "/reviews", GOOD | wrong, 422, "invalid-request")
    refused(
        lena,
        "PUT",
        f"/reviews/{made['id']}",
        {"rating": 5, "text": "", "with_badge": False},
        404,
        "post-not-found",
    )
    ok(ann, "DELETE", f"/reviews/{made['id']}")
    assert get(client, "/reviews?strategy_id=3")["data"] == []
    assert get(client, "/social/3")["reviews"]["count"] == 0
    own = ok(ann, "GET", "/my/posts?strategy_id=3")
    assert (own["comments"], own["review"]["state"]) == ([], "withdrawn")
    again = ok(ann, "PUT", f"/reviews/{made['id']}", {"rating": 2, "text": "", "with_badge": False})
    assert (again["rating"], again["state"]) == (2, "shown")
    told = get(client, f"/reviews/{made['id']}")["revisions"]
    assert [each["rating"] for each in told] == [4, None, 2]


def test_one_sees_which_are_ones_own_and_nobody_else_does(ann: Person, ben: Person) -> None:
    made = ok(ann, "POST", "/comments", {"strategy_id": 3, "text": "Mine."})
    assert ok(ann, "GET", "/my/posts?strategy_id=3") == {"comments": [made["id"]], "review": None}
    assert ok(ben, "GET", "/my/posts?strategy_id=3") == {"comments": [], "review": None}


def test_follows_are_ones_own_and_bring_what_the_leaders_trade(
    ann: Person, ben: Person, client: TestClient
) -> None:
    assert ok(ann, "GET", "/follows") == {"follows": []}
    assert ok(ann, "GET", "/signals")["data"] == []
    made = ok(ann, "POST", "/follows", {"strategy_id": 1})
    assert (made["strategy_id"], made["name"], made["told_by"]) == (1, "Momentum", [])
    ok(ann, "POST", "/follows", {"strategy_id": 3})
    ok(ben, "POST", "/follows", {"strategy_id": 1})
    assert [each["strategy_id"] for each in ok(ann, "GET", "/follows")["follows"]] == [3, 1]
    assert get(client, "/social/1")["watchers"] == 2
    signals = ok(ann, "GET", "/signals?limit=2")
    assert [each["id"] for each in signals["data"]] == ["1-3", "1-2"]
    rest = ok(ann, "GET", f"/signals?limit=2&cursor={signals['next_cursor']}")
    assert [each["id"] for each in rest["data"]] == ["1-1"]
    mail = {"kind": "email", "address": "ann@example.org", "label": "mine"}
    channel = ok(ann, "POST", "/notifications/channels", mail)["id"]
    rule = {"channel_id": channel, "kinds": ["leader_traded"], "strategies": [1]}
    ok(ann, "POST", "/notifications/rules", rule)
    assert [each["told_by"] for each in ok(ann, "GET", "/follows")["follows"]] == [[], [channel]]
    assert ok(ben, "GET", "/follows")["follows"][0]["told_by"] == []
    ok(ann, "DELETE", "/follows/1")
    refused(ann, "DELETE", "/follows/1", None, 404, "follow-not-found")
    refused(ann, "POST", "/follows", {"strategy_id": 77}, 404, "strategy-not-found")
    assert get(client, "/social/1")["watchers"] == 1


def test_summary_has_the_leaders_profile_and_what_is_shown(
    lena: Person, ann: Person, client: TestClient
) -> None:
    empty = get(client, "/social/3")
    assert (empty["leader"], empty["reviews"]["average"]) == (None, None)
    made = claim(lena, "LenaLeads")
    ok(ann, "POST", "/comments", {"strategy_id": 3, "text": "Hello."})
    summary = get(client, "/social/3")
    assert (summary["leader"], summary["comments"], summary["annotations"]) == (made, 1, 0)
    assert client.get("/v1/social/77").status_code == 404
