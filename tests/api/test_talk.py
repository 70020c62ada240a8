"""WebSockets over a real server: topics while one is connected, resuming, and who does not read is let go."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api.live import talk
from api.live.feed import Subscriber
from api.live.happenings import END, Heard, Position, rollback
from inbox.migrations import upgrade
from inbox.orders import Orders
from inbox.stops import Scope, Stops
from indexer.decode import events as e
from protocol.types import Policy, Reason, VaultStatus
from tests.api.test_inbox import LEADER, signed
from tests.api.test_live import a_busy_block, listening, roll_back
from tests.api.test_live import url as url  # noqa: PLC0414 - a fixture
from tests.api.world import ALICE, BOB, CAROL, CHAIN_ID, HUB, Chain, strategy


@pytest.fixture
def talking(url: str) -> Iterator[ClientConnection]:
    with connect(url.replace("http", "ws") + "/v1/ws") as opened:
        yield opened


def say(talking: ClientConnection, **message: Any) -> dict[str, Any]:
    """Say something and return the answer to it; what is told in between must come later or before."""
    talking.send(json.dumps(message))
    return heard(talking)


def heard(talking: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(talking.recv(timeout=20))
    return found


def until_block(talking: ClientConnection, number: int) -> list[dict[str, Any]]:
    found = []
    while not found or found[-1]["data"].get("block", {}).get("number") != number:
        found.append(heard(talking))
    return found


def types(told: list[dict[str, Any]]) -> list[str]:
    return [each["event"] for each in told]


def test_topics_come_and_go_while_one_is_connected(talking: ClientConnection, chain: Chain) -> None:
    assert say(talking, op="ping", ref="a") == {"op": "pong", "ref": "a"}
    told = say(talking, op="subscribe", topics=["vault:2", f"leader:{CAROL.lower()}"], ref="b")
    assert told == {"op": "subscribed", "ref": "b", "topics": ["vault:2", f"leader:{CAROL}"]}
    chain.mine(a_busy_block())
    assert types(until_block(talking, chain.number)) == ["trade", "copy", "fee", "terms", "block"]
    told = say(talking, op="unsubscribe", topics=["vault:2", f"leader:{CAROL}", "trades"])
    assert told == {"op": "unsubscribed", "ref": None, "topics": []}
    chain.mine([e.PolicySet(3, 3, Policy())])
    assert say(talking, op="subscribe", topics=["strategy:1", f"owner:{BOB}"])["op"] == "subscribed"
    chain.mine([e.PolicySet(3, 4, Policy()), e.VaultStatusSet(2, VaultStatus.SUSPENDED, Reason.STOP_LOSS)])
    told_last = until_block(talking, chain.number)
    assert types(told_last)[-3:] == ["policy", "status", "block"]
    status = told_last[-2]["data"]
    assert (status["owner"], status["status"], status["reason"]["name"]) == (ALICE, "Suspended", "stop_loss")


def test_the_same_events_as_the_stream_with_the_same_ids(
    talking: ClientConnection, url: str, chain: Chain
) -> None:
    say(talking, op="subscribe", topics=["strategy:1", "strategy:2"])
    with listening(url) as stream:
        chain.mine(a_busy_block())
        stream.wait(lambda: "block" in stream.types)
        told = until_block(talking, chain.number)
        assert [(each["event"], each["id"], each["data"]) for each in told] == [
            (each["event"], each["id"], each["data"]) for each in stream.seen
        ]


def test_who_comes_back_gets_what_was_missed_of_its_topics_and_then_the_new(url: str, chain: Chain) -> None:
    at = url.replace("http", "ws") + "/v1/ws"
    with connect(at) as talking:
        say(talking, op="subscribe", topics=["vault:3"])
        chain.mine([e.PolicySet(3, 2, Policy())])
        last = until_block(talking, chain.number)[-1]["id"]
    chain.mine([e.PolicySet(3, 3, Policy()), e.PolicySet(2, 2, Policy())])
    with connect(at) as talking:
        talking.send(json.dumps({"op": "subscribe", "topics": ["vault:3"], "after": last}))
        missed = until_block(talking, chain.number)
        assert [(each["event"], each["data"].get("revision")) for each in missed] == [
            ("policy", 3),
            ("block", None),
        ]
        assert heard(talking)["op"] == "subscribed"
        chain.mine([e.PolicySet(3, 4, Policy())])
        assert types(until_block(talking, chain.number)) == ["policy", "block"]


def test_a_reorg_is_told_to_who_listens_and_to_who_was_away(url: str, chain: Chain) -> None:
    at = url.replace("http", "ws") + "/v1/ws"
    with connect(at) as talking:
        say(talking, op="subscribe", topics=["vault:3"])
        chain.mine([e.PolicySet(3, 2, Policy())])
        gone = until_block(talking, chain.number)[0]["id"]
        ancestor = chain.number - 1
        roll_back(chain, ancestor)
        told = heard(talking)
        assert (told["event"], told["id"], told["data"]) == ("rollback", None, {"ancestor": ancestor})
    with connect(at) as talking:
        talking.send(json.dumps({"op": "subscribe", "topics": ["vault:3"], "after": gone}))
        assert heard(talking)["data"] == {"ancestor": ancestor}


def test_orders_in_the_inbox_and_operators_stops_are_told_and_resumed(
    url: str, chain: Chain, engine: Engine
) -> None:
    chain.mine(strategy(3, LEADER.address, 7, "Signed"))
    upgrade(engine)
    orders = Orders(engine, chain_id=CHAIN_ID, hub=HUB, by="api")
    stops = Stops(engine, chain_id=CHAIN_ID, hub=HUB)
    at = url.replace("http", "ws") + "/v1/ws"
    with connect(at) as talking, listening(url, "?type=transition&type=stop") as stream:
        assert say(talking, op="subscribe", topics=["orders", "health"])["event"] == "health"
        assert heard(talking)["op"] == "subscribed"
        orders.receive(signed(1))
        first = heard(talking)
        assert (first["event"], first["data"]["leader"], first["data"]["step"]["status"]) == (
            "transition",
            LEADER.address,
            "received",
        )
        stops.set(Scope.STRATEGY, "3", who="ann", why="odd")
        second = heard(talking)
        assert (second["event"], second["data"]["holds"], second["data"]["subject"]) == ("stop", True, "3")
        stops.lift(1, who="ben", why="fine")
        third = heard(talking)
        assert (third["data"]["holds"], third["data"]["who"]) == (False, "ben")
        stream.wait(lambda: len(stream.seen) == 3)
        assert [each["id"] for each in stream.seen] == [each["id"] for each in (first, second, third)]
    with connect(at) as talking:
        talking.send(json.dumps({"op": "subscribe", "topics": ["health"], "after": first["id"]}))
        assert [heard(talking)["id"], heard(talking)["id"]] == [second["id"], third["id"]]
    with listening(url, Last_Event_ID=second["id"]) as stream:
        stream.wait(lambda: bool(stream.seen))
        assert [each["id"] for each in stream.seen] == [third["id"]]


@pytest.mark.parametrize(
    ("message", "slug"),
    [
        ("no json", "invalid-request"),
        ('{"op": "dance"}', "invalid-request"),
        ('{"op": "ping", "more": 1}', "invalid-request"),
        ('{"op": "subscribe", "topics": ["vault:x"]}', "unknown-topic"),
        ('{"op": "subscribe", "topics": ["owner:0x12"]}', "unknown-topic"),
        ('{"op": "subscribe", "topics": ["trades"], "after": "1-2"}', "invalid-cursor"),
    ],
)
def test_what_is_not_understood_is_said_and_the_connection_stays(
    talking: ClientConnection, message: str, slug: str
) -> None:
    talking.send(message)
    told = heard(talking)
    assert (told["op"], told["type"]) == ("error", f"urn:lockstep:problem:{slug}")
    assert told["remedy"]
    assert say(talking, op="ping")["op"] == "pong"


def test_topics_and_messages_are_bounded(talking: ClientConnection) -> None:
    say(talking, op="subscribe", topics=[f"vault:{number}" for number in range(100)])
    assert say(talking, op="subscribe", topics=["vault:100"])["type"].endswith("too-many-topics")
    with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012 - the server may end it at any of them
        for _ in range(200):
            talking.send('{"op": "ping"}')
        while True:
            talking.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == talk.POLICY


def test_who_reads_too_slowly_is_told_and_dropped(
    url: str, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = url.replace("http", "ws") + "/v1/ws"
    held: list[Subscriber] = []
    begin = Subscriber.__init__

    def noted(self: Subscriber, from_: Heard) -> None:
        begin(self, from_)
        held.append(self)

    monkeypatch.setattr(Subscriber, "__init__", noted)
    raw = socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])))
    with connect(at, sock=raw, max_queue=1, compression=None, max_size=None) as talking:
        say(talking, op="subscribe", topics=["trades"])
        [subscriber] = held
        long = rollback(0)
        batch = [replace(long, frame=long.frame + " " * 50_000)] * 10
        begun = time.monotonic()
        while not subscriber.overrun:  # what the feed does, while the client reads nothing
            asyncio.run_coroutine_threadsafe(_put(subscriber, batch), _loop_of(subscriber)).result(20)
            assert time.monotonic() - begun < 20
        with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012 - it reads what is under way
            while True:
                last = json.loads(talking.recv(timeout=20))
        assert last.get("op") == "dropped", (last, closed.value)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == talk.TOO_SLOW


async def _put(subscriber: Subscriber, batch: list[Any]) -> None:
    subscriber.put(batch)


def _loop_of(subscriber: Subscriber) -> asyncio.AbstractEventLoop:
    loop = subscriber.batches._loop  # type: ignore[attr-defined]  # set once somebody waits at it
    assert isinstance(loop, asyncio.AbstractEventLoop)
    return loop


def test_heard_is_told_once_wherever_it_comes_from(chain: Chain) -> None:
    del chain
    at = Heard(Position(5, END), 0)
    assert at.takes(rollback(3))
    assert at.position == Position(3, END)
