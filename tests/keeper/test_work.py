"""What a keeper does beside carrying orders: closes, stops, expiry, fees, holes; and when it holds back."""

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import requests
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient
from prometheus_client import generate_latest
from sqlalchemy.orm import Session

from api.app import create_app
from inbox.models import Attempt, Transaction
from inbox.stops import Scope
from indexer.sync.service import open_indexer
from keeper.gas import GWEI, GasPolicy
from keeper.submitter import Patience
from orders.document import SignedOrder
from orders.order import WAD, OrderKind
from protocol.types import FeeTerms, OnBreach, Policy, Reason, VaultStatus
from tests.keeper.world import COPY_WINDOW_S, USDC, World, all_different

WEEK_S = 604_800


def fall(world: World, percent: int) -> None:
    world.stage.move_price(world.stage.tick.weth * (100 - percent) // 100)
    world.stage.settle()


def status(world: World, name: str) -> int:
    return int(world.stage.hub.vaultOf(world.vaults[name]).call()[4])


async def entered(world: World, **policies: Policy) -> Any:
    """Everybody is half in ether; the keeper that did it."""
    for name, policy in policies.items():
        world.join(name, policy=policy)
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await world.work(keeper)
    return keeper


async def test_vaults_at_their_stops_are_sold_together_and_the_others_stay(world: World) -> None:
    keeper = await entered(
        world,
        loss=Policy(on_stop=OnBreach.EXIT, stop_loss_bps=200),
        drawdown=Policy(on_stop=OnBreach.EXIT, max_drawdown_bps=200),
        daily=Policy(on_stop=OnBreach.EXIT, max_daily_loss_bps=200),
        careful=Policy(on_stop=OnBreach.SUSPEND, stop_loss_bps=200),
        patient=Policy(on_stop=OnBreach.EXIT, stop_loss_bps=5_000),
        indifferent=Policy(stop_loss_bps=200),
    )
    fall(world, 6)
    await world.work(keeper)
    closes = [each for _, each in world.said("TradeOpened") if each["kind"] == 1]
    assert len(closes) == 1
    sold = {"loss", "drawdown", "daily"}
    assert {name for name in world.vaults if world.held(world.vaults[name], "WETH") == 0} == sold
    assert {name for name in world.vaults if status(world, name) == VaultStatus.EXITING} == sold
    assert status(world, "careful") == VaultStatus.SUSPENDED
    reasons = {each["vaultId"]: each["reason"] for _, each in world.said("VaultStatusSet") if each["reason"]}
    assert reasons == {
        world.vaults["loss"]: Reason.STOP_LOSS,
        world.vaults["drawdown"]: Reason.DRAWDOWN,
        world.vaults["daily"]: Reason.DAILY_LOSS,
        world.vaults["careful"]: Reason.STOP_LOSS,
    }


async def test_vault_that_takes_its_profit_and_one_that_asked_to_exit_are_sold(world: World) -> None:
    keeper = await entered(
        world, happy=Policy(on_stop=OnBreach.EXIT, take_profit_bps=200), leaving=Policy(), staying=Policy()
    )
    world.says("leaving", world.stage.hub.requestExit(world.vaults["leaving"]))
    fall(world, -6)
    await world.work(keeper)
    held = {name: world.held(vault, "WETH") for name, vault in world.vaults.items()}
    assert held["happy"] == held["leaving"] == 0 < held["staying"]


async def test_trade_whose_window_has_closed_is_ended_and_each_is_told(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(7)))
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await keeper.step()
    world.seal()
    copied = {vault for _, vault in world.copies()}
    # The keeper sleeps over the window.
    world.stage.time += COPY_WINDOW_S + 1
    world.seal()
    close = world.post(world.order(nonce=2, sell="weth", portion=WAD))
    await world.work(keeper)
    skips = {each["vaultId"]: each["reason"] for _, each in world.said("CopySkipped")}
    missed = set(vaults) - copied
    assert {each for each, reason in skips.items() if each in missed} == missed
    assert world.states(close)[-1] == "filled"
    assert all_different(world.copies())


async def test_take_profit_and_stop_limit_orders_fire_at_their_triggers(world: World) -> None:
    world.join("ann")
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await world.work(keeper)
    above = world.price(sell="weth", room_bps=-200)
    profit = world.post(
        world.order(nonce=2, sell="weth", portion=WAD // 2, kind=OrderKind.TAKE_PROFIT, trigger=above)
    )
    below = world.price(sell="weth", room_bps=400)
    limited = world.post(
        world.order(
            nonce=3, sell="weth", portion=WAD, kind=OrderKind.STOP_LIMIT, trigger=below,
            limit=world.price(sell="weth", room_bps=600),
        )
    )  # fmt: skip
    assert await world.work(keeper) == 0
    fall(world, -3)
    await world.work(keeper)
    assert (world.states(profit)[-1], world.states(limited)[-1]) == ("filled", "accepted")
    # Far below its limit a stop-limit order waits; between limit and trigger it fills.
    fall(world, 10)
    await world.work(keeper)
    assert world.states(limited)[-1] == "accepted"
    world.stage.move_price(world.stage.tick.weth * 102 // 100)
    world.stage.settle()
    await world.work(keeper)
    assert world.states(limited)[-1] == "filled"
    assert world.held(world.vaults["ann"], "WETH") == 0


async def test_gains_are_settled_once_a_period_and_fees_of_time_when_they_are_a_week_old(
    world: World,
) -> None:
    terms = FeeTerms(performance_bps=1_000, performance_period=WEEK_S, management_bps=200)
    other = world.stage.person("other leader", usdc=20_000 * USDC)
    strategy_id = world.offer(other, 20_000 * USDC, terms=terms)
    ann, ben = world.join("ann", "ben", strategy_id=strategy_id)
    keeper = await world.keeper()
    world.post(world.order(nonce=1, leader=other, strategy_id=strategy_id))
    await world.work(keeper)
    assert world.said("FeeCharged") == []
    world.stage.time += WEEK_S + 60
    fall(world, -5)
    await world.work(keeper)
    charged = [(each["vaultId"], each["kind"]) for _, each in world.said("FeeCharged")]
    assert {each for each in charged if each[1] == 0} == {(ann, 0), (ben, 0)}
    before = len(charged)
    world.seal()
    assert await world.work(keeper) == 0
    assert len(world.said("FeeCharged")) == before


async def test_hole_that_a_leaver_left_in_an_open_trade_is_pruned_afterwards(world: World) -> None:
    world.join(*(f"follower {at}" for at in range(7)))
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await keeper.step()
    world.seal()
    first = world.stage.hub.memberAt(1, 0).call()
    name = next(name for name, vault in world.vaults.items() if vault == first)
    world.says(name, world.stage.hub.leaveStrategy(first))
    await world.work(keeper)
    assert len(world.said("MemberMoved")) == 1
    count = world.stage.hub.strategyOf(1).call()[3]
    assert count == 6
    assert 0 not in [world.stage.hub.memberAt(1, at).call() for at in range(count)]


async def test_orders_that_the_chain_will_never_take_are_rejected_with_the_reason(world: World) -> None:
    world.join("ann")
    stranger = world.stage.person("stranger")
    good = world.order(nonce=1)
    forged = SignedOrder(good.chain_id, good.hub, good.leader, world.order(nonce=2).order, good.signature)
    digests = {
        "led by": world.post(world.order(nonce=3, leader=stranger)),
        "no strategy": world.post(world.order(nonce=4, strategy_id=77)),
        "BadSignature": world.post(forged),
        "deadline": world.post(world.order(nonce=5, lives_s=-1)),
    }
    keeper = await world.keeper()
    await world.work(keeper)
    for word, digest in digests.items():
        found = world.found(digest)
        assert found.status == ("expired" if word == "deadline" else "rejected")
        assert word in str(found.why)
    assert world.said("TradeOpened") == []


async def test_order_that_waits_in_the_pool_is_paid_more_for_under_the_same_nonce(world: World) -> None:
    world.join("ann")
    digest = world.post(world.order(nonce=1))
    keeper = await world.keeper(patience=Patience(bump_after=2))
    assert (await keeper.step()).sent == 1
    with Session(world.engine) as session:
        first = session.query(Attempt).one().max_fee
    # Gas costs more than it offers, for some blocks.
    for _ in range(3):
        world.stage.chain.request("anvil_setNextBlockBaseFeePerGas", hex(first * 2))
        world.seal()
        await keeper.step()
    await world.work(keeper)
    assert world.states(digest)[-1] == "filled"
    with Session(world.engine) as session:
        attempts = session.query(Attempt).order_by(Attempt.number).all()
        assert len(attempts) >= 2
        assert all(b.max_fee * 8 >= a.max_fee * 9 for a, b in itertools.pairwise(attempts))
        assert session.query(Transaction).one().nonce == 0
    assert len(world.said("OrderFilled")) == 1


async def test_gas_above_the_limit_holds_the_entry_and_not_the_exit_and_ends_by_itself(world: World) -> None:
    other = world.stage.person("other leader", usdc=10_000 * USDC)
    second = world.offer(other, 10_000 * USDC)
    [ann] = world.join("ann")
    keeper = await world.keeper(gas=GasPolicy(limit=10 * GWEI))
    world.post(world.order(nonce=1))
    await world.work(keeper)
    entry = world.post(world.order(nonce=1, leader=other, strategy_id=second))
    close = world.post(world.order(nonce=2, sell="weth", portion=WAD))
    world.stage.chain.request("anvil_setNextBlockBaseFeePerGas", hex(100 * GWEI))
    world.seal()
    await keeper.step()
    assert keeper.breakers.open.keys() == {"gas_price"}
    assert world.states(entry)[-1] == "accepted"
    assert world.states(close)[-1] == "working"
    async with open_indexer(world.stage.node.http_url, world.engine, world.stage.deployment) as indexer:
        await indexer.backfill_to_head()
    with TestClient(create_app(world.engine)) as client:
        [told] = client.get("/v1/keepers").json()["keepers"]
    assert (told["alive"], told["carries"]) == (True, "exits")
    assert told["breakers"] == [{"name": "gas_price", "carries": "exits"}]
    assert b'lockstep_keeper_breaker{breaker="gas_price"} 1.0' in _metrics(keeper)
    for _ in range(40):  # the base fee falls by an eighth with each block that is not full
        world.seal()
        await keeper.step()
    assert world.states(entry)[-1] == world.states(close)[-1] == "filled"
    assert keeper.breakers.open == {}
    assert world.held(ann, "WETH") == 0


def _metrics(keeper: Any) -> bytes:
    return generate_latest(keeper.metrics.registry)


async def test_without_a_price_nothing_is_traded_and_when_it_is_back_everything_is(world: World) -> None:
    world.join("ann")
    keeper = await world.keeper()
    # A day without a price: the feeds' heartbeat is over.
    world.stage.time += 86_401
    world.seal()
    digest = world.post(world.order(nonce=1))
    assert await world.work(keeper) == 0
    assert world.states(digest)[-1] == "accepted"
    assert "oracle_gone" in keeper.breakers.open
    world.stage.move_price(world.stage.tick.weth)
    await world.work(keeper)
    assert world.states(digest)[-1] == "filled"
    assert keeper.breakers.open == {}


async def test_stop_of_all_entries_holds_them_and_lets_exits_through(world: World) -> None:
    world.join("ann")
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await world.work(keeper)
    world.stops.set(Scope.ENTRIES, "", who="op", why="exchange looks odd")
    entry = world.post(world.order(nonce=2, portion=WAD // 4))
    close = world.post(world.order(nonce=3, sell="weth", portion=WAD))
    await world.work(keeper)
    assert (world.states(entry)[-1], world.states(close)[-1]) == ("accepted", "filled")


class _Relay(BaseHTTPRequestHandler):
    """A private relay: checks the identity's signature and hands the transaction to the chain."""

    node = ""
    took: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        identity, signature = self.headers["X-Flashbots-Signature"].split(":")
        message = encode_defunct(text="0x" + keccak(body).hex())
        assert Account.recover_message(message, signature=signature) == identity
        request = json.loads(body)
        assert request["method"] == "eth_sendPrivateTransaction"
        [params] = request["params"]
        self.took.append(params["tx"])
        forwarded = {"jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [params["tx"]]}
        answer = requests.post(self.node, json=forwarded, timeout=10).content
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def relay(node: str) -> Iterator[tuple[str, list[str]]]:
    took: list[str] = []
    handler = type("Handler", (_Relay,), {"node": node, "took": took})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", took
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_private_relay_gets_the_transaction_and_the_public_pool_when_the_relay_is_gone(
    world: World,
) -> None:
    world.join("ann")
    with relay(world.stage.node.http_url) as (url, took):
        keeper = await world.keeper(private_relay=url)
        digest = world.post(world.order(nonce=1))
        await asyncio.wait_for(world.work(keeper), 60)
        assert world.states(digest)[-1] == "filled"
        assert len(took) == 1
    close = world.post(world.order(nonce=2, sell="weth", portion=WAD))
    await world.work(keeper)
    assert world.states(close)[-1] == "filled"
    assert len(took) == 1
