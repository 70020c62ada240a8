"""One short life of the whole world on a real chain: the real contracts, the real Uniswap V3."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3

from demo.anvil import anvil
from demo.checkout import Checkout
from demo.market import Market
from demo.prices import RecordedSwap, Tick, synthetic
from demo.uniswap import sqrt_price_x96
from demo.world import SETUP_S, World
from inbox.migrations import upgrade
from indexer.ledger.database import open_engine
from tests.deployments import DEPLOYMENTS

SEED, STEPS = 7, 150
STEPS_AGAIN = 50


def life(folder: Path, checkout: Checkout, *, steps: int = STEPS) -> Iterator[World]:
    data = synthetic(SEED, STEPS)
    genesis = data.ticks[0].time - SETUP_S
    with anvil(checkout.anvil, genesis_time=genesis, log=folder / "anvil.log") as node:
        engine = open_engine(f"sqlite:///{folder / 'inbox.db'}")
        upgrade(engine)
        with World.create(node, checkout, data, SEED, engine, progress=lambda _: None) as world:
            for tick in data.ticks[:steps]:
                world.live(tick)
            yield world
        engine.dispose()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, checkout: Checkout) -> Iterator[World]:
    yield from life(tmp_path_factory.mktemp("world"), replace(checkout, deployments=DEPLOYMENTS))


@pytest.fixture(scope="module")
def events(world: World) -> list[tuple[str, Any]]:
    hub = world.deployment.hub
    parsed = []
    for log in world.chain.w3.eth.get_logs({"fromBlock": 0, "address": hub.address}):
        for event in hub.events:
            topic = Web3.keccak(text=event().signature)
            if log["topics"][0] == topic:
                parsed.append((event.event_name, event().process_log(log)["args"]))
    return parsed


def test_the_same_seed_gives_the_same_chain_to_the_last_hash(
    world: World, tmp_path: Path, checkout: Checkout
) -> None:
    # Deployed anew by the script, whereas the first may have gone on from a deployment that was kept.
    for again in life(tmp_path, checkout, steps=STEPS_AGAIN):
        last = again.chain.w3.eth.get_block("latest")
        assert last["hash"] == world.chain.w3.eth.get_block(last["number"])["hash"]
        assert sum(leader.trades for leader in again.leaders.all) >= 4


def test_leaders_trade_and_followers_are_copied(world: World, events: list[tuple[str, Any]]) -> None:
    names = Counter(name for name, _ in events)
    kinds = Counter(args["kind"] for name, args in events if name == "TradeOpened")
    assert kinds[0] == sum(leader.trades for leader in world.leaders.all) >= 10
    assert names["TradeCopied"] > 5 * kinds[0]
    assert names["TradeCompleted"] == kinds[0]
    assert kinds[1] > 0, "stops fire, and keepers sell the vaults out"


def test_popular_trades_need_a_keeper(events: list[tuple[str, Any]]) -> None:
    batches = Counter(args["tradeId"] for name, args in events if name == "BatchCleared")
    assert max(batches.values()) == 2


def test_a_trade_expires_when_the_keeper_comes_too_late(events: list[tuple[str, Any]]) -> None:
    expired = {args["tradeId"] for name, args in events if name == "CopySkipped" and args["reason"] == 4}
    assert expired == {1 << 32 | 4}


def test_a_hole_left_in_the_member_list_is_pruned(world: World, events: list[tuple[str, Any]]) -> None:
    assert any(name == "MemberMoved" for name, _ in events)
    hub = world.deployment.hub.functions
    for leader in world.leaders.all:
        count = hub.strategyOf(leader.strategy_id).call()[3]
        members = world.chain.read([hub.memberAt(leader.strategy_id, at) for at in range(count)])
        assert 0 not in members


def test_only_the_forbidden_order_is_refused(world: World) -> None:
    assert [refusal.reason.split("(")[0] for refusal in world.refusals] == ["TokenNotAllowed"]


def test_pools_stay_within_their_fee_of_the_market(world: World) -> None:
    market, tick = world.market, world.ticks[-1]
    world.market.arbitrage(tick)
    world.chain.mine(tick.time + 300)
    for pool in market.exchange.pools.values():
        price = market.exchange.uniswap.contract(pool).functions.slot0().call()[0]
        assert abs(price / fair_price(market, pool.token0, pool.token1, tick) - 1) <= 0.51 * pool.fee / 10**6


def test_recorded_swaps_reach_the_pool_with_their_own_amounts(world: World) -> None:
    market = world.market
    pool = market.exchange.uniswap.contract(market.exchange.pool("USDC", "WETH"))
    swaps = (RecordedSwap(5_000_000_000, -1), RecordedSwap(-1, 2 * 10**18), RecordedSwap(1, -1))
    market.replay(swaps)
    [receipt] = world.chain.mine(world.ticks[-1].time + 600)
    topic = Web3.keccak(text="Swap(address,address,int256,int256,uint160,uint128,int24)").to_0x_hex()
    usdc_first = pool.functions.token0().call() == market.exchange.tokens["USDC"].address
    moved = [
        pool.events.Swap().process_log(log)["args"]
        for log in world.chain.w3.eth.get_transaction_receipt(receipt.hash)["logs"]
        if log["topics"][0].to_0x_hex() == topic
    ]
    paid = [max(args["amount0"], args["amount1"]) for args in moved]
    assert paid == [5_000_000_000, 2 * 10**18, 1]
    assert (moved[0]["amount0"] > 0) == usdc_first


def fair_price(market: Market, token0: str, token1: str, tick: Tick) -> int:
    by_address = {token.address: token for token in market.exchange.tokens.values()}
    one, other = by_address[token0], by_address[token1]
    return sqrt_price_x96(
        tick.price(other.symbol) * 10**one.decimals, tick.price(one.symbol) * 10**other.decimals
    )
