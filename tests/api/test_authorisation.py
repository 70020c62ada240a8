"""Every route by every kind of caller, generated from the app's own routes and `expectations`."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, func, select, text

from access.audit import Audit
from access.roles import Role
from access.sealing import Seal, new_key
from access.users import Users
from api.access.caller import maybe_signed_in, signed_in
from api.access.door import COOKIE
from api.app import create_app
from api.snapshot import DeploymentKey
from indexer.decode import events as e
from indexer.ledger.checkpoint import add_deployment
from indexer.ledger.database import open_engine
from indexer.ledger.ledger import Ledger
from indexer.ledger.models import Deployment, Strategy
from protocol.types import TradeKind
from tests.api.expectations import ANSWERS, IN, NEEDS, ORIGIN, PUBLIC, Needs
from tests.api.people import SHELL, Person, grant, wallet
from tests.api.world import (
    CHAIN_ID,
    ETH,
    HUB,
    POOL,
    START_TIME,
    USD,
    USDC,
    WETH,
    Chain,
    address,
    fill_world,
    header_of,
    joining,
    strategy,
    trade_id,
)

OTHER_HUB = address("another hub")
ENDS = {"DELETE /v1/session", "DELETE /v1/sessions"}
"""Routes that end the session they are asked in."""
VALUES = {
    "address": "0x" + "99" * 20,
    "owner": "0x" + "99" * 20,
    "recipient": "0x" + "99" * 20,
    "session_id": "0" * 12,
    "key_id": "0" * 12,
    "order_hash": "0x" + "00" * 32,
    "trade_id": "1-1",
    "vault_id": "2",
    "month": "2024-01",
    "code": "winter24",
    "who": "AnnaTrades",
}
ASKED = {"/v1/events": "type=nonsense", "/v1/my/posts": "strategy_id=1"}
"""Queries without which a route would answer nothing; the stream of the first would not end."""
Sender = Callable[[str], Response]


def routes(app: Any) -> dict[str, Any]:
    """`METHOD path` → route, of all but files and the mount for several hubs, whose routes are these."""
    found = {}
    for route in iter_route_contexts(app.routes):
        for method in sorted(set(route.methods or ()) - {"HEAD"}):
            found[f"{method} {route.path}"] = route
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path_factory.mktemp('authorisation') / 'lockstep.db'}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[TestClient]:
    chain = fill_world(engine)
    follower, leader, conflicted = (wallet(name).address for name in ("follower", "leader", "conflicted"))
    chain.mine(
        [
            *joining(8, follower, 4, 500 * USD),
            *strategy(3, leader, 7, "Signed"),
            *joining(9, conflicted, 5, 500 * USD),
        ]
    )
    for chain_id in (CHAIN_ID, 8453):
        add_deployment(engine, chain_id, OTHER_HUB, header_of(9))
    app = create_app(engine, DeploymentKey(CHAIN_ID, HUB), seal=Seal(new_key()))
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def callers(client: TestClient, engine: Engine) -> dict[str, Person]:
    def person(name: str, prefix: str = "") -> Person:
        return Person(client, wallet(name)).sign_in(prefix)

    def staff(name: str, role: Role) -> Person:
        return grant(engine, Person(client, wallet(name)).sign_in(), role)

    def change(who: Person, statement: str) -> Person:
        with engine.begin() as connection:
            connection.execute(text(statement), {"id": str(who.token).split("_")[1]})
        return who

    def key(owner: Person, scope: str) -> Person:
        made = owner.call("POST", "/v1/keys", json={"name": "test", "scopes": [scope]})
        return Person(client, owner.account, made.json()["token"])

    follower, operator = person("follower"), staff("operator", Role.OPERATOR).give_code()
    admin, ended = staff("admin", Role.ADMIN).give_code(), person("ended")
    ended.client.delete("/v1/session", headers={"Authorization": f"Bearer {ended.token}"})
    users, blocked = Users(engine, Audit(engine)), person("blocked")
    users.block(blocked.address.lower(), by=SHELL, why="spam")
    off = staff("off", Role.OPERATOR).give_code()
    users.disallow(off.address.lower(), by=SHELL, why="left")
    browser = staff("browser", Role.OPERATOR).give_code()
    # Of their own: who may take a second factor off does so when its turn comes.
    operator_elsewhere = staff("operator elsewhere", Role.OPERATOR).give_code()
    admin_elsewhere = staff("admin elsewhere", Role.ADMIN).give_code()
    foreign = {"Cookie": f"{COOKIE}={browser.token}", "Origin": "https://evil.example"}
    return {
        "nobody": Person(client, wallet("nobody")),
        "nonsense for a token": Person(client, wallet("nobody"), "lss_000000000000_nonsense"),
        "an expired session": change(
            person("late"), "UPDATE access_sessions SET expires_us = 1 WHERE id = :id"
        ),
        "a session that was ended": ended,
        "a session of another hub": person("elsewhere", f"/deployments/{CHAIN_ID}/{OTHER_HUB}"),
        "a session of another chain": person("elsewhere", f"/deployments/8453/{OTHER_HUB}"),
        "a session of who was shut out": blocked,
        "a revoked key": change(
            key(follower, "private:read"), "UPDATE access_keys SET revoked_us = 1 WHERE id = :id"
        ),
        "an expired key": change(
            key(follower, "private:read"), "UPDATE access_keys SET expires_us = 1 WHERE id = :id"
        ),
        "somebody without a vault": person("somebody"),
        "a follower": follower,
        "a leader": person("leader"),
        "support": staff("support", Role.SUPPORT),
        "an operator": operator,
        "an operator without a code": Person(client, operator_elsewhere.account).sign_in(),
        "an operator off the allowlist": off,
        "an operator with a vault": staff("conflicted", Role.OPERATOR).give_code(),
        "an administrator": admin,
        "an administrator without a code": Person(client, admin_elsewhere.account).sign_in(),
        "a key to what is private": key(follower, "private:read"),
        "a key to what is public": key(follower, "public:read"),
        "an administrator's key to what is private": key(admin, "private:read"),
        "an operator's browser on another site's page": Person(client, browser.account, headers=foreign),
    }


def path_of(route: str) -> str:
    path = route.split(" ", 1)[1]
    query = f"?{ASKED[path]}" if path in ASKED else ""
    return re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], "1"), path) + query


def said(answer: Response) -> str:
    """What an answer comes to: let in, or which refusal."""
    if answer.status_code not in {401, 403}:
        return IN
    return f"{answer.status_code} {answer.json()['type'].rsplit(':', 1)[1]}"


def test_every_route_has_an_entry_and_every_entry_a_route(client: TestClient) -> None:
    assert set(routes(client.app)) == set(NEEDS)


def test_new_route_without_an_entry_is_noticed(engine: Engine) -> None:
    app = create_app(engine)
    app.add_api_route("/v1/secrets", lambda: "all of them", methods=["POST"])
    assert set(routes(app)) - set(NEEDS) == {"POST /v1/secrets"}


def test_every_need_has_an_answer_for_every_caller() -> None:
    for caller, answers in ANSWERS.items():
        assert set(answers) >= set(Needs) - {Needs.NOTHING}, caller


@pytest.mark.parametrize("caller", ANSWERS)
def test_route_lets_in_who_may_and_nobody_else(
    caller: str, callers: dict[str, Person], engine: Engine
) -> None:
    person, wrong = callers[caller], {}
    for route, needs in NEEDS.items():
        if needs is Needs.NOTHING:
            continue
        method = route.split(" ", 1)[0]
        expected = ANSWERS[caller][needs]
        if "Origin" in person.headers and method != "GET":
            expected = ORIGIN
        body = {"json": {}} if method == "POST" else {}
        found = said(person.call(method, path_of(route), **body))
        if found != expected:
            wrong[route] = (found, expected)
        if route in ENDS and expected == IN:
            with engine.begin() as connection:
                again = text("UPDATE access_sessions SET revoked_us = NULL WHERE address = :address")
                connection.execute(again, {"address": person.address.lower()})
    assert wrong == {}


@pytest.mark.parametrize("caller", ["nobody", "nonsense for a token", "a key to what is public"])
def test_public_route_lets_everybody_in(caller: str, callers: dict[str, Person]) -> None:
    for route in PUBLIC.strip().splitlines():
        method, body = route.split(" ", 1)[0], {}
        if method == "POST":
            body = {"json": {}}
        assert said(callers[caller].call(method, path_of(route), **body)) == IN, route


def test_public_routes_look_at_no_credential_and_all_others_do(client: TestClient) -> None:
    for name, route in routes(client.app).items():
        asks = {call.call for call in _dependencies(getattr(route, "dependant", None))}
        assert (signed_in in asks) == (NEEDS[name] is not Needs.NOTHING), name
        assert (maybe_signed_in in asks) == (NEEDS[name] is not Needs.NOTHING), name


def test_no_private_answer_is_kept_on_its_way(callers: dict[str, Person]) -> None:
    for route, needs in NEEDS.items():
        if needs is Needs.NOTHING or not route.startswith("GET "):
            continue
        caller = "an administrator" if needs in {Needs.ADMIN, Needs.STAFF} else "a follower"
        for form in ("application/json", "text/csv"):
            answer = callers[caller].call("GET", path_of(route), headers={"Accept": form})
            assert answer.status_code in {200, 404, 406}, (route, answer.text)
            assert "ETag" not in answer.headers, route
            if answer.status_code == 200:
                assert answer.headers["Cache-Control"] == "no-store", route


def _dependencies(dependant: Any) -> Iterator[Any]:
    for each in getattr(dependant, "dependencies", ()):
        yield each
        yield from _dependencies(each)


def _session(owner: Person, _: Engine) -> str:
    return f"/v1/sessions/{owner.call('GET', '/v1/session').json()['session']}"


def _key(owner: Person, _: Engine) -> str:
    made = owner.call("POST", "/v1/keys", json={"name": "own", "scopes": ["public:read"]}).json()
    return f"/v1/keys/{made['id']}"


def _channel(owner: Person, _: Engine) -> str:
    asked = {"kind": "email", "address": "owner@example.org", "label": "own"}
    made = owner.call("POST", "/v1/notifications/channels", json=asked)
    return f"/v1/notifications/channels/{made.json()['id']}"


def _rule(owner: Person, engine: Engine) -> str:
    asked = {"channel_id": int(_channel(owner, engine).rsplit("/", 1)[1]), "kinds": ["stop_hit"]}
    made = owner.call("POST", "/v1/notifications/rules", json=asked)
    return f"/v1/notifications/rules/{made.json()['id']}"


def _delivery(owner: Person, engine: Engine) -> str:
    _channel(owner, engine)
    [newest] = owner.call("GET", "/v1/notifications/deliveries?limit=1").json()["deliveries"]
    return f"/v1/notifications/deliveries/{newest['id']}"


def _annotation(owner: Person, engine: Engine) -> str:
    """Its owner leads a strategy of their own, and has traded."""
    with engine.connect() as connection:
        number = (connection.scalar(select(func.max(Strategy.strategy_id))) or 0) + 1
        at = connection.scalar(select(Deployment.checkpoint_number).where(Deployment.id == 1)) or 0
    trade = (trade_id(number, 1), owner.address, TradeKind.LEADER)
    swap = (POOL, USDC, WETH, ETH // 2, 4 * 10**44, 0, 0, START_TIME + 9_999)
    started = strategy(number, owner.address, 1_000 + number, "Own")
    Chain(Ledger(engine, 1), at).mine([*started, e.TradeOpened(*trade, *swap)])
    made = owner.call("POST", "/v1/annotations", json={"trade_id": f"{number}-1", "text": "Up."})
    return f"/v1/annotations/{made.json()['id']}"


def _comment(owner: Person, _: Engine) -> str:
    made = owner.call("POST", "/v1/comments", json={"strategy_id": 1, "text": "Hello."})
    return f"/v1/comments/{made.json()['id']}"


def _review(owner: Person, _: Engine) -> str:
    asked = {"strategy_id": 1, "rating": 4, "text": "", "with_badge": False}
    return f"/v1/reviews/{owner.call('POST', '/v1/reviews', json=asked).json()['id']}"


def _campaign(owner: Person, _: Engine) -> str:
    # Letters that look like no others, for the digits of the address.
    code = "c" + owner.address[2:14].lower().translate(str.maketrans("0123456789abcdef", "abcdefghjkmnpqst"))
    made = owner.call("POST", "/v1/campaigns", json={"code": code, "title": "Own"})
    return f"/v1/campaigns/{made.json()['code']}"


def _follow(owner: Person, _: Engine) -> str:
    return f"/v1/follows/{owner.call('POST', '/v1/follows', json={'strategy_id': 1}).json()['strategy_id']}"


def _under(make: Callable[[Person, Engine], str], rest: str) -> Callable[[Person, Engine], str]:
    return lambda owner, engine: make(owner, engine) + rest


OWNED: dict[str, Callable[[Person, Engine], str]] = {
    "DELETE /v1/sessions/{session_id}": _session,
    "DELETE /v1/keys/{key_id}": _key,
    "DELETE /v1/notifications/channels/{number}": _channel,
    "POST /v1/notifications/channels/{number}/codes": _under(_channel, "/codes"),
    "POST /v1/notifications/channels/{number}/confirmation": _under(_channel, "/confirmation"),
    "PUT /v1/notifications/channels/{number}/quiet-hours": _under(_channel, "/quiet-hours"),
    "PUT /v1/notifications/rules/{number}": _rule,
    "DELETE /v1/notifications/rules/{number}": _rule,
    "POST /v1/notifications/deliveries/{number}/attempt": _under(_delivery, "/attempt"),
    "PUT /v1/annotations/{number}": _annotation,
    "DELETE /v1/annotations/{number}": _annotation,
    "PUT /v1/comments/{number}": _comment,
    "DELETE /v1/comments/{number}": _comment,
    "PUT /v1/reviews/{number}": _review,
    "DELETE /v1/reviews/{number}": _review,
    "PUT /v1/campaigns/{code}": _campaign,
    "DELETE /v1/campaigns/{code}": _campaign,
    "DELETE /v1/follows/{strategy_id}": _follow,
}
"""Routes to what belongs to one person, and how such a thing comes to be."""


BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/notifications/channels/{number}/confirmation": {"code": "00000000"},
    "PUT /v1/notifications/rules/{number}": {"channel_id": 0, "kinds": ["stop_hit"]},
    "PUT /v1/notifications/channels/{number}/quiet-hours": {
        "since": "22:00",
        "until": "07:00",
        "zone": "UTC",
    },
    "PUT /v1/annotations/{number}": {"text": "Down."},
    "PUT /v1/comments/{number}": {"text": "Good day."},
    "PUT /v1/reviews/{number}": {"rating": 5, "text": "", "with_badge": False},
    "PUT /v1/campaigns/{code}": {"title": "Another"},
}
"""What some of them are sent with: what is wrong in it is looked at last."""
NOT_YET = {
    "POST /v1/notifications/channels/{number}/codes": 429,
    "POST /v1/notifications/channels/{number}/confirmation": 422,
    "PUT /v1/notifications/rules/{number}": 422,
    "POST /v1/notifications/deliveries/{number}/attempt": 404,
}
"""What the owner gets of some: found, but too soon, wrong, or not given up yet."""


def test_every_route_to_what_is_somebodys_is_tried_by_others() -> None:
    private = {Needs.OWNER, Needs.SESSION}
    assert {name for name, needs in NEEDS.items() if needs in private and "{" in name} == set(OWNED)


@pytest.mark.parametrize("route", OWNED)
@pytest.mark.parametrize("other", ["a leader", "support", "an operator", "an administrator"])
def test_what_is_somebodys_is_not_there_for_others(
    route: str, other: str, callers: dict[str, Person], client: TestClient, engine: Engine
) -> None:
    owner = Person(client, wallet(f"{list(OWNED).index(route)} {other}")).sign_in()
    path, method = OWNED[route](owner, engine), route.split(" ", 1)[0]
    body = {"json": BODIES[route]} if route in BODIES else {}
    assert callers[other].call(method, path, **body).status_code == 404
    assert owner.call(method, path, **body).status_code == NOT_YET.get(route, 200)


def test_every_hub_of_the_database_asks_the_same(client: TestClient, callers: dict[str, Person]) -> None:
    """The mount for several hubs has the same routes: a session of one opens none of another's."""
    for name, needs in NEEDS.items():
        if needs is Needs.NOTHING:
            continue
        method, path = name.split(" ", 1)[0], f"/deployments/{CHAIN_ID}/{OTHER_HUB}{path_of(name)}"
        found = said(callers["an administrator"].call(method, path))
        assert found == "401 not-signed-in", name
