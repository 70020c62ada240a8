"""Notifications over HTTP: everybody's own, with nothing told that opens a channel."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from access.audit import Audit
from access.roles import Role
from access.sealing import Seal, new_key
from access.users import Users
from api.app import create_app
from api.snapshot import Snapshots
from notices.book.channels import Channels
from notices.book.codes import code_of
from notices.book.kinds import Kind
from notices.book.models import Channel
from notices.book.outbox import Outbox, Outcome
from notices.book.push_key import PushKey, new_push_key
from notices.telling.staff import staff_of
from tests.api.people import SHELL, Person, grant, wallet
from tests.api.world import USD, Chain, joining
from tests.notices.browser import Subscriber

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
HOOK = {"kind": "webhook", "address": "https://example.org/s3cret", "secret": SECRET, "label": "desk"}


@pytest.fixture
def seal() -> Seal:
    return Seal(new_key())


@pytest.fixture
def client(engine: Engine, chain: Chain, seal: Seal) -> Iterator[TestClient]:
    del chain
    app = create_app(engine, seal=seal)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def ann(client: TestClient) -> Person:
    return Person(client, wallet("ann")).sign_in()


@pytest.fixture
def ben(client: TestClient) -> Person:
    return Person(client, wallet("ben")).sign_in()


def ok(person: Person, method: str, path: str, body: Any = None) -> Any:
    answer = person.call(method, f"/v1/notifications{path}", **({} if body is None else {"json": body}))
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(  # noqa: PLR0917 - a request and its answer
    person: Person, method: str, path: str, body: Any, status: int, slug: str
) -> None:
    answer = person.call(method, f"/v1/notifications{path}", **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:lockstep:problem:{slug}"), (
        answer.text
    )
    assert answer.json()["remedy"]


def confirmed(person: Person, engine: Engine, seal: Seal) -> int:
    number = int(ok(person, "POST", "/channels", HOOK)["id"])
    with engine.connect() as connection:
        sealed = connection.scalar(select(Channel.sealed).where(Channel.id == number))
    target = Channels(engine, seal).target(Channel(sealed=sealed))
    ok(person, "POST", f"/channels/{number}/confirmation", {"code": code_of(target.salt, 1)})
    return number


def test_nobody_reads_or_changes_without_signing_in(client: TestClient) -> None:
    stranger = Person(client, wallet("eve"))
    for path in ("/channels", "/rules", "/deliveries"):
        refused(stranger, "GET", path, None, 401, "not-signed-in")
    refused(stranger, "POST", "/channels", HOOK, 401, "not-signed-in")


def test_channel_is_added_confirmed_silenced_and_removed_and_never_tells_what_opens_it(
    ann: Person, ben: Person, engine: Engine, seal: Seal
) -> None:
    number = confirmed(ann, engine, seal)
    hours = {"since": "22:00", "until": "07:00", "zone": "Europe/Berlin"}
    assert ok(ann, "PUT", f"/channels/{number}/quiet-hours", hours)["quiet_hours"] == hours
    [shown] = ok(ann, "GET", "/channels")["channels"]
    assert (shown["state"], shown["leads_to"]) == ("confirmed", "https://example.org/…")
    log = ok(ann, "GET", "/deliveries")
    for secret in ("s3cret", SECRET, SECRET[6:]):
        assert secret not in str(shown)
        assert secret not in str(log)
    assert [each["notice"]["kind"] for each in log["deliveries"]] == ["confirmation"]
    assert not any(
        word.isdigit() and len(word) == 8 for word in log["deliveries"][0]["notice"]["text"].split()
    )
    assert ok(ben, "GET", "/channels") == {"channels": []}
    assert ok(ben, "GET", "/deliveries")["deliveries"] == []
    for path, method in ((f"/channels/{number}", "DELETE"), (f"/channels/{number}/codes", "POST")):
        refused(ben, method, path, None, 404, "channel-not-found")
    ok(ann, "DELETE", f"/channels/{number}")
    assert ok(ann, "GET", "/channels") == {"channels": []}


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"address": "http://example.org/"}, "channel-refused"),
        ({"secret": "whsec_short"}, "channel-refused"),
        ({"kind": "chat", "address": "file:///etc/passwd", "secret": None}, "channel-refused"),
        ({"kind": "email", "address": "ann", "secret": None}, "invalid-request"),
        ({"kind": "pigeon"}, "invalid-request"),
        ({"label": ""}, "invalid-request"),
        ({"quiet_hours": {"since": "22:00", "until": "07:00", "zone": "Mars"}}, "channel-refused"),
        ({"quiet_hours": {"since": "25:00", "until": "07:00", "zone": "UTC"}}, "invalid-request"),
        ({"more": 1}, "invalid-request"),
    ],
)
def test_channels_that_cannot_be_are_refused(ann: Person, change: dict[str, Any], slug: str) -> None:
    if slug == "invalid-request" and change.get("kind") == "email":
        change = change | {"address": "a"}
    refused(ann, "POST", "/channels", HOOK | change, 422, slug)


def push_order() -> dict[str, Any]:
    keys = Subscriber().receiver
    return {
        "kind": "push",
        "address": "https://push.example.org/s3cret",
        "keys": {"p256dh": keys.p256dh, "auth": keys.auth},
        "label": "this browser",
    }


def test_a_browser_subscribes_to_the_servers_key_and_its_keys_are_never_told(
    engine: Engine, chain: Chain, seal: Seal
) -> None:
    del chain
    key = PushKey(new_push_key())
    app = create_app(engine, seal=seal, push_key=key.public)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        ann = Person(client, wallet("ann")).sign_in()
        assert ok(ann, "GET", "/push-key") == {"key": key.public}
        order = push_order()
        added = ok(ann, "POST", "/channels", order)
        assert (added["state"], added["leads_to"]) == ("pending", "https://push.example.org/…")
        for secret in ("s3cret", *order["keys"].values()):
            assert secret not in str(added) + str(ok(ann, "GET", "/channels"))
        for change in (
            {"keys": None},
            {"address": "http://push.example.org/"},
            {"secret": SECRET},
            {"keys": order["keys"] | {"p256dh": "A" * 87}},
        ):
            refused(ann, "POST", "/channels", order | change, 422, "channel-refused")
        refused(ann, "POST", "/channels", order | {"keys": {"auth": "x"}}, 422, "invalid-request")


def test_a_server_without_a_push_key_says_so_and_takes_no_browser(ann: Person) -> None:
    assert ok(ann, "GET", "/push-key") == {"key": None}
    refused(ann, "POST", "/channels", push_order(), 503, "notifications-unavailable")


def test_wrong_codes_and_too_many_are_refused(ann: Person) -> None:
    number = ok(ann, "POST", "/channels", HOOK)["id"]
    refused(
        ann, "POST", f"/channels/{number}/confirmation", {"code": "12345678"}, 422, "channel-code-refused"
    )
    refused(ann, "POST", f"/channels/{number}/confirmation", {"code": "1"}, 422, "invalid-request")
    refused(ann, "POST", f"/channels/{number}/codes", None, 429, "too-many-notifications")
    for _ in range(9):
        ok(ann, "POST", "/channels", HOOK)
    refused(ann, "POST", "/channels", HOOK, 429, "too-many-notifications")


def test_rules_are_everybodys_own(ann: Person, ben: Person, engine: Engine, seal: Seal) -> None:
    number = confirmed(ann, engine, seal)
    wish = {"channel_id": number, "kinds": ["stop_hit", "copy_skipped"], "vaults": [2]}
    rule = ok(ann, "POST", "/rules", wish)
    assert (rule["kinds"], rule["vaults"], rule["drawdown_bps"]) == (["copy_skipped", "stop_hit"], [2], 1_000)
    assert ok(ann, "GET", "/rules")["rules"] == [rule]
    changed = ok(ann, "PUT", f"/rules/{rule['id']}", wish | {"drawdown_bps": 500})
    assert changed == rule | {"drawdown_bps": 500}
    refused(ben, "POST", "/rules", wish, 422, "rule-refused")
    refused(ben, "DELETE", f"/rules/{rule['id']}", None, 404, "rule-not-found")
    refused(ann, "POST", "/rules", wish | {"kinds": ["digest"]}, 422, "invalid-request")
    refused(ann, "POST", "/rules", wish | {"kinds": ["leader_traded"]}, 422, "rule-refused")
    refused(ann, "POST", "/rules", wish | {"sync_bps": 10_000}, 422, "invalid-request")
    ok(ann, "DELETE", f"/rules/{rule['id']}")
    assert ok(ann, "GET", "/rules") == {"rules": []}


def test_what_is_for_staff_is_for_staff(client: TestClient, engine: Engine, seal: Seal, ann: Person) -> None:
    wish = {"kinds": ["indexer_trouble"]}
    mine = confirmed(ann, engine, seal)
    refused(ann, "POST", "/rules", wish | {"channel_id": mine}, 422, "rule-refused")
    operator = grant(engine, Person(client, wallet("olga")), Role.OPERATOR).sign_in()
    number = confirmed(operator, engine, seal)
    refused(operator, "POST", "/rules", wish | {"channel_id": number}, 422, "rule-refused")
    operator.give_code()
    assert ok(operator, "POST", "/rules", wish | {"channel_id": number})["kinds"] == ["indexer_trouble"]


def test_log_has_every_attempt_in_pages_and_the_dead_are_tried_again(
    ann: Person, ben: Person, engine: Engine, seal: Seal
) -> None:
    confirmed(ann, engine, seal)
    ok(ann, "POST", "/channels", HOOK)
    outbox = Outbox(engine)
    for each in outbox.claim(9):
        assert each.notice.kind == Kind.CONFIRMATION
        outbox.note(each, Outcome(ok=False, answer="404 what?", took_us=84_000, final=True))
    first = ok(ann, "GET", "/deliveries?limit=1")
    second = ok(ann, "GET", f"/deliveries?limit=1&cursor={first['next_cursor']}")
    newest, oldest = first["deliveries"][0], second["deliveries"][0]
    assert newest["id"] > oldest["id"]
    assert second["next_cursor"] is None
    assert (oldest["state"], oldest["message_id"][:4]) == ("dead", "msg_")
    [attempt] = oldest["attempts"]
    assert (attempt["number"], attempt["took_ms"], attempt["ok"], attempt["answer"]) == (
        1,
        84,
        False,
        "404 what?",
    )
    refused(ben, "POST", f"/deliveries/{oldest['id']}/attempt", None, 404, "delivery-not-found")
    ok(ann, "POST", f"/deliveries/{oldest['id']}/attempt")
    [waiting] = ok(ann, "GET", "/deliveries?state=waiting")["deliveries"]
    assert waiting["next_attempt"] is not None
    refused(ann, "GET", "/deliveries?cursor=nonsense", None, 422, "invalid-cursor")


def test_without_a_key_there_are_no_channels(engine: Engine, chain: Chain) -> None:
    del chain
    with TestClient(create_app(engine), base_url="http://127.0.0.1:8000") as client:
        someone = Person(client, wallet("ann")).sign_in()
        refused(someone, "POST", "/channels", HOOK, 503, "notifications-unavailable")
        assert ok(someone, "GET", "/deliveries")["deliveries"] == []


def test_staff_is_who_has_a_role_that_counts_now(client: TestClient, engine: Engine, chain: Chain) -> None:
    support = grant(engine, Person(client, wallet("sam")).sign_in(), Role.SUPPORT)
    operator = grant(engine, Person(client, wallet("olga")), Role.OPERATOR)
    off = grant(engine, Person(client, wallet("otto")), Role.OPERATOR)
    conflicted = grant(engine, Person(client, wallet("carl")), Role.SUPPORT)
    shut_out = grant(engine, Person(client, wallet("susi")), Role.SUPPORT)
    users = Users(engine, Audit(engine))
    users.disallow(off.address.lower(), by=SHELL, why="left")
    users.block(shut_out.address.lower(), by=SHELL, why="spam")
    chain.mine(joining(8, conflicted.address, 4, 500 * USD))
    with Snapshots(engine, None).open() as snapshot:
        assert staff_of(snapshot) == {support.address, operator.address}
