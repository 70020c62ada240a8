"""The live stream over a real server: what a block does reaches who listens, once, and a reorg is told."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.live import repository
from api.live.feed import Subscriber
from api.live.happenings import Heard, Position
from indexer.decode import events as e
from indexer.ledger.checkpoint import Checkpoint
from protocol.types import FeeKind, Policy, Reason, TradeKind
from tests.api.test_problems import check
from tests.api.world import (
    ALICE,
    BOB,
    CAROL,
    ETH,
    POOL,
    TERMS,
    USD,
    USDC,
    WETH,
    Chain,
    cleared,
    header_of,
    trade_id,
)


@pytest.fixture
def url(engine: Engine, chain: Chain) -> Iterator[str]:
    del chain
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(engine)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=10))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        running.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        app.state.feeds.close()
        server.should_exit = True
        running.join(20)


@dataclass
class Listener:
    """Collects the stream's events; `clock` is when each arrived."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    listening: threading.Event = field(default_factory=threading.Event)

    def run(self, response: httpx.Response) -> None:
        told: dict[str, Any] = {}
        try:
            for line in response.iter_lines():
                if line.startswith(":"):
                    self.listening.set()
                elif line:
                    name, _, value = line.partition(": ")
                    told[name] = value
                elif "data" in told:
                    self.clock.append(time.monotonic())
                    self.seen.append({**told, "data": json.loads(told["data"])})
                    told = {}
                else:
                    told = {}
        except (httpx.HTTPError, httpx.StreamError):
            return

    @property
    def types(self) -> list[str]:
        return [each["event"] for each in self.seen]

    def wait(self, until: Callable[[], bool]) -> None:
        begin = time.monotonic()
        while not until():
            assert time.monotonic() - begin < 20, self.seen
            time.sleep(0.01)


@contextmanager
def listening(url: str, query: str = "", **headers: str) -> Iterator[Listener]:
    listener = Listener()
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    with (
        httpx.Client(timeout=30) as client,
        client.stream("GET", f"{url}/v1/events{query}", headers=shown) as got,
    ):
        assert got.status_code == 200, got.read()
        assert got.headers["content-type"].startswith("text/event-stream")
        reading = threading.Thread(target=listener.run, args=(got,), daemon=True)
        reading.start()
        assert listener.listening.wait(20)
        yield listener


def a_busy_block() -> list[e.Event]:
    """Carol's strategy trades once in her own vault alone; Alice pays a fee; Bob changes his rules."""
    trade = trade_id(2, 1)
    return [
        e.TradeOpened(
            trade, CAROL, TradeKind.LEADER, POOL, USDC, WETH, ETH // 10, 4 * 10**44, 0, 0, 1_704_457_000
        ),
        cleared(trade, (USDC, 1_000 * USD), (WETH, ETH // 2), ETH // 2, cursor=0, portion=ETH // 10),
        e.TradeCopied(trade, 5, 0, 1_000 * USD, 0, ETH // 2, Reason.NONE),
        e.TradeCompleted(trade),
        e.FeeCharged(2, USDC, FeeKind.PERFORMANCE, 10 * USD, 2 * USD, 0),
        e.PolicySet(3, 2, Policy(min_trade=5 * USD)),
        e.TermsProposed(2, TERMS, 1_704_500_000),
    ]


def test_a_block_is_told_in_order_and_soon(url: str, chain: Chain) -> None:
    with listening(url) as heard:
        chain.mine(a_busy_block())
        heard.wait(lambda: "block" in heard.types)
        assert heard.types == ["trade", "copy", "fee", "policy", "terms", "block"]
        trade, copy, fee, policy, terms, block = [each["data"] for each in heard.seen]
        assert (trade["trade"], trade["portion"], trade["token_out"]["symbol"]) == ("2-1", "0.1", "WETH")
        assert (copy["vault_id"], copy["owner"], copy["status"], copy["reason"]) == (5, CAROL, "filled", None)
        assert copy["sold"]["decimal"] == "1000"
        assert (fee["kind"], fee["vault_id"], fee["to_leader"]["decimal"]) == ("performance", 2, "8")
        assert (policy["vault_id"], policy["revision"], policy["owner"]) == (3, 2, BOB)
        assert (terms["version"], terms["fees"]["copy_bps"]) == (None, 10)
        assert block["block"]["number"] == chain.number
        ids = [each["id"] for each in heard.seen]
        assert [each.rsplit("-", 1)[0] for each in ids[:5]] == [
            f"{chain.number}-{at}" for at in (0, 2, 4, 5, 6)
        ]
        # What was told is what the other routes say.
        assert httpx.get(f"{url}/v1/trades/2-1/copies").json()["data"][0]["copy_id"] == copy["copy_id"]


def test_it_is_there_within_a_quarter_of_a_second_of_the_commit(url: str, chain: Chain) -> None:
    with listening(url) as heard:
        delays = []
        for _ in range(12):
            before = len(heard.seen)
            chain.mine([e.Deposited(CAROL, USDC, 1, CAROL)])
            committed = time.monotonic()
            heard.wait(lambda before=before: len(heard.seen) > before)  # type: ignore[misc]
            delays.append(heard.clock[before] - committed)
    assert sorted(delays)[len(delays) // 2] < 0.25, delays


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ("?strategy_id=1", ["fee", "policy", "block"]),
        ("?strategy_id=2", ["trade", "copy", "terms", "block"]),
        ("?vault_id=5", ["copy", "block"]),
        (f"?owner={ALICE}", ["fee", "block"]),
        (f"?owner={BOB}&type=fee", ["block"]),
        ("?type=trade&type=terms", ["trade", "terms", "block"]),
    ],
)
def test_filters(url: str, chain: Chain, query: str, types: list[str]) -> None:
    with listening(url, query) as heard:
        chain.mine(a_busy_block())
        heard.wait(lambda: "block" in heard.types)
        assert heard.types == types


def test_who_comes_back_gets_what_was_missed_once_and_then_the_new(url: str, chain: Chain) -> None:
    with listening(url) as first:
        chain.mine(a_busy_block())
        first.wait(lambda: "block" in first.types)
    chain.mine([e.PolicySet(3, 3, Policy())], [e.Deposited(CAROL, USDC, 1, CAROL)])
    for at, each in enumerate(first.seen):
        with listening(url, Last_Event_ID=each["id"]) as again:
            # The end of an older block is told by a later one's: block events are steps of the ledger.
            missed = [told["id"] for told in first.seen[at + 1 : -1]]
            again.wait(lambda: len(again.seen) >= len(missed) + 2)  # noqa: B023
            chain.mine([e.Deposited(CAROL, USDC, 1, CAROL)])
            again.wait(lambda: again.seen[-1]["data"].get("block", {}).get("number") == chain.number)
            ids = [told["id"] for told in again.seen]
            assert len(set(ids)) == len(ids)
            assert ids[: len(missed)] == missed
            assert "policy" in again.types


def test_the_whole_story_can_be_heard_from_the_start_in_chapters(
    url: str, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "BLOCKS_AT_ONCE", 2)
    with listening(url, "?last_event_id=0-0-00000000&type=copy&type=order") as heard:
        heard.wait(
            lambda: heard.seen[-1:] != [] and heard.seen[-1]["id"].startswith(f"{chain.number}-2147483647")
        )
    copies = [each["data"] for each in heard.seen if each["event"] == "copy"]
    assert [each["trade"] for each in copies] == ["1-1"] * 5 + ["1-2"] * 5 + ["1-3"]
    skipped = [each["reason"]["name"] for each in copies if each["status"] == "skipped"]
    assert skipped == ["below_minimum_trade", "paused", "nothing_to_sell", "paused"]
    assert all(each["sold"] is None for each in copies if each["status"] == "skipped")
    assert heard.types.count("order") == 2


def roll_back(chain: Chain, number: int) -> None:
    header = header_of(number)
    chain.ledger.roll_back(Checkpoint(number, header.hash, header.time))
    chain.number = number


def test_a_reorg_is_told_to_who_listens(url: str, chain: Chain) -> None:
    with listening(url) as heard:
        chain.mine(a_busy_block())
        heard.wait(lambda: "block" in heard.types)
        number = chain.number
        roll_back(chain, number - 1)
        heard.wait(lambda: "rollback" in heard.types)
        chain.mine([e.PolicySet(3, 2, Policy())])
        heard.wait(lambda: heard.types[-2:] == ["policy", "block"])
        after = heard.seen[heard.types.index("rollback") :]
        assert after[0]["data"] == {"ancestor": number - 1}
        assert [each["event"] for each in after if each["event"] != "block"] == ["rollback", "policy"]


def test_a_reorg_is_told_to_who_was_away(url: str, chain: Chain) -> None:
    with listening(url) as heard:
        chain.mine(a_busy_block())
        heard.wait(lambda: "block" in heard.types)
    number = chain.number
    roll_back(chain, number - 1)
    for gone in (heard.seen[0], heard.seen[-1]):
        # Nothing has replaced the block yet, and then something has, with another hash.
        with listening(url, Last_Event_ID=gone["id"]) as again:
            again.wait(lambda: bool(again.seen))
            assert again.seen[0]["data"] == {"ancestor": number - 1}
    chain.mine([e.PolicySet(3, 2, Policy())])
    forged = heard.seen[0]["id"][:-8] + "0badf00d"
    with listening(url, Last_Event_ID=forged) as again:
        again.wait(lambda: "block" in again.types)
        assert again.types == ["rollback", "policy", "block"]


@pytest.mark.parametrize(
    "query",
    [
        "last_event_id=nonsense",
        "last_event_id=1-2",
        "last_event_id=999990-0-00000000",
        "last_event_id=18-0-00000000",
        "last_event_id=" + "9" * 18 + "-0-abcdef01",
    ],
)
def test_an_id_of_no_event_is_refused(client: TestClient, query: str) -> None:
    check(client.get(f"/v1/events?{query}"), 422, "invalid-cursor")


@pytest.mark.parametrize(
    "query",
    [
        "type=tweet",
        "strategy_id=-1",
        "owner=0x12",
        "vault=3",
        "vault_id=4294967296",
        "last_event_id=" + "1" * 65,
    ],
)
def test_bad_parameters_are_refused(client: TestClient, query: str) -> None:
    check(client.get(f"/v1/events?{query}"), 422, "invalid-request")


def test_who_does_not_keep_up_is_let_go() -> None:
    subscriber = Subscriber(Heard(Position(0, 0), 0))
    for _ in range(300):
        subscriber.put([])
    found = []
    while not subscriber.batches.empty():
        found.append(subscriber.batches.get_nowait())
    assert None in found
    assert subscriber.overrun
    assert len(found) < 300
