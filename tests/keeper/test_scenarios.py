"""Scenarios on the real hub and the real Uniswap: each begins with people and ends with the books."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount

from inbox.errors import BadSignatureError
from inbox.intake import check
from inbox.migrations import upgrade
from inbox.orders import Orders
from inbox.stops import Scope
from inbox.wallets import NodeWallets
from indexer.ledger.database import open_engine
from orders.document import SignedOrder
from orders.order import WAD, OrderKind
from protocol.types import Policy, Reason, TradeKind
from tests.keeper.faults import FailingRpc
from tests.keeper.wallet import LeadersWallet
from tests.keeper.world import USDC, World, all_different


async def test_market_order_is_carried_and_its_fan_out_finished_to_the_last_vault(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(8)))
    digest = world.post(world.order(nonce=1))
    keeper = await world.keeper()
    await world.work(keeper)
    assert world.states(digest) == ["received", "accepted", "working", "filled"]
    copies = world.copies()
    assert all_different(copies)
    assert {vault for _, vault in copies} == {1, *vaults}
    assert len(world.said("TradeCompleted")) == 1
    assert all(world.held(vault, "WETH") for vault in vaults)
    filled = world.orders.events(world.found(digest).id)[-1]
    block = world.stage.chain.w3.eth.get_block(filled.block_number)
    assert (filled.block_hash, filled.block_time) == (block["hash"].to_0x_hex(), block["timestamp"])
    assert filled.seen_us <= filled.processed_us


async def test_leader_buys_and_closes_at_once_and_everybody_is_out_again(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(7)))
    close = world.post(world.order(nonce=2, sell="weth", portion=WAD))
    buy = world.post(world.order(nonce=1))
    await world.work(await world.keeper())
    assert world.states(buy)[-1] == world.states(close)[-1] == "filled"
    copies = world.copies()
    assert all_different(copies)
    assert {vault for trade, vault in copies if trade & 0xFFFF == 2} == {1, *vaults}
    assert [world.held(vault, "WETH") for vault in (1, *vaults)] == [0] * 8
    assert [each["kind"] for _, each in world.said("TradeOpened")] == [0, 0]


async def test_stop_triggers_while_a_follower_has_too_little_and_the_others_are_out(world: World) -> None:
    thin, fat = world.join("thin", "fat")
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await world.work(keeper)
    weth = world.stage.weth.address
    # One takes out all it could sell; the stop finds nothing there, and the others all the same.
    world.says("thin", world.stage.hub.deallocate(thin, weth, world.held(thin, "WETH")))
    trigger = world.price(sell="weth", room_bps=200)
    stop = world.post(
        world.order(nonce=2, sell="weth", portion=WAD, kind=OrderKind.STOP_LOSS, trigger=trigger)
    )
    assert await world.work(keeper) == 0
    assert world.states(stop) == ["received", "accepted"]
    world.stage.move_price(world.stage.tick.weth * 97 // 100)
    world.stage.settle()
    await world.work(keeper)
    assert world.states(stop)[-1] == "filled"
    assert [world.held(vault, "WETH") for vault in (1, thin, fat)] == [0, 0, 0]
    skips = {each["vaultId"]: each["reason"] for _, each in world.said("CopySkipped")}
    assert skips == {thin: Reason.NOTHING_TO_SELL}


async def test_partial_fills_leave_no_more_than_rounding(world: World) -> None:
    world.leader = world.stage.person("whale", usdc=2_000_000 * USDC)
    strategy_id = world.offer(world.leader, 2_000_000 * USDC)
    ann, ben = world.join("ann", "ben", usdc=3_333, strategy_id=strategy_id)
    keeper = await world.keeper()
    limit = world.price(room_bps=15)
    order = world.order(
        nonce=5, kind=OrderKind.LIMIT, limit=limit, min_fill=WAD // 100, strategy_id=strategy_id
    )
    digest = world.post(order)
    before = [world.held(vault, "USDC") for vault in (ann, ben)]
    await world.work(keeper)
    assert world.states(digest)[-1] == "partially_filled"
    part = world.found(digest).filled
    assert 0 < part < WAD // 2
    # At this price nothing is left to be had. When the price has come down the rest is.
    assert await world.work(keeper) == 0
    world.stage.move_price(world.stage.tick.weth * 95 // 100)
    world.stage.settle()
    await world.work(keeper)
    assert world.states(digest)[-1] == "filled"
    assert [each["complete"] for _, each in world.said("OrderFilled")] == [False, True]
    for vault, had in zip((ann, ben), before, strict=True):
        assert abs(world.held(vault, "USDC") - had // 2) <= 3
    fills = [each for each in world.orders.events(world.found(digest).id) if each.trade_id]
    assert [each.status for each in fills] == ["partially_filled", "filled"]
    assert fills[0].trade_id != fills[1].trade_id


async def test_followers_do_as_they_like_between_trades_and_the_keeper_goes_on(world: World) -> None:
    names = ("leaves", "pauses", "withdraws", "trades", "stays")
    leaves, pauses, withdraws, trades, stays = world.join(*names)
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await world.work(keeper)
    stage, weth, usdc = world.stage, world.stage.weth.address, world.stage.usdc.address
    world.says("leaves", stage.hub.leaveStrategy(leaves))
    world.says("pauses", stage.hub.pause(pauses))
    world.says("withdraws", stage.hub.deallocate(withdraws, weth, world.held(withdraws, "WETH") // 2))
    had = world.held(trades, "WETH")
    manual = (trades, stage.pool, weth, usdc, had // 3, 1, stage.time + 10_000)
    world.says("trades", stage.hub.manualTrade(manual))
    close = world.post(world.order(nonce=2, sell="weth", portion=WAD))
    await world.work(keeper)
    assert world.states(close)[-1] == "filled"
    held = {name: world.held(world.vaults[name], "WETH") for name in names}
    assert held["withdraws"] == held["trades"] == held["stays"] == 0
    assert held["leaves"] > 0
    assert held["pauses"] > 0
    skips = {each["vaultId"]: each["reason"] for _, each in world.said("CopySkipped")}
    assert skips == {pauses: Reason.PAUSED}
    assert all_different(world.copies())
    del stays


async def test_who_exits_is_sold_through_another_pool_where_the_first_is_too_shallow(world: World) -> None:
    stage, shallow = world.stage, world.shallow_pool(usdc=50)
    leader = stage.person("leads with two pools", usdc=50_000 * USDC)
    strategy = world.offer(leader, 50_000 * USDC, pools=(shallow, stage.pool))
    [leaves] = world.join("leaves", strategy_id=strategy)
    keeper = await world.keeper()
    world.post(world.order(nonce=1, leader=leader, strategy_id=strategy))
    await world.work(keeper)
    assert world.held(leaves, "WETH") > 0
    world.says("leaves", stage.hub.requestExit(leaves))
    await world.work(keeper)
    assert world.held(leaves, "WETH") == 0
    closed = [each for _, each in world.said("TradeOpened") if each["kind"] == TradeKind.CLOSE]
    assert [each["pool"] for each in closed] == [stage.pool]


async def test_close_reaches_a_vault_that_never_opened(world: World) -> None:
    early = world.join("early", "earlier", "earliest", "first")
    keeper = await world.keeper()
    world.post(world.order(nonce=1))
    await world.work(keeper)
    [late] = world.join("late")
    close = world.post(world.order(nonce=2, sell="weth", portion=WAD))
    await world.work(keeper)
    assert world.states(close)[-1] == "filled"
    skips = {each["vaultId"]: each["reason"] for _, each in world.said("CopySkipped")}
    assert skips == {late: Reason.NOTHING_TO_SELL}
    assert [world.held(vault, "WETH") for vault in early] == [0] * 4


async def test_node_that_fails_in_the_middle_of_a_fan_out_delays_it_and_repeats_nothing(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(8)))
    digest = world.post(world.order(nonce=1))
    failing = FailingRpc(world.stage.node.http_url, share=23)
    keeper = await world.keeper(rpc=failing)
    for _ in range(60):
        await keeper.step()
        world.seal()
    assert failing.failed > 5
    assert world.states(digest)[-1] == "filled"
    assert all_different(world.copies())
    assert {vault for _, vault in world.copies()} == {1, *vaults}


async def test_keeper_that_is_restarted_in_the_middle_of_a_fan_out_goes_on_where_it_was(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(11)))
    world.post(world.order(nonce=1))
    first = await world.keeper()
    await first.step()
    world.seal()
    # One batch is on its way when the keeper ends.
    assert (await first.step()).sent == 1
    again = await world.keeper()
    await world.work(again)
    assert all_different(world.copies())
    assert {vault for _, vault in world.copies()} == {1, *vaults}
    nonces = world.stage.chain.w3.eth.get_transaction_count(world.stage.person("keeper").address)
    # An order and four batches, 3 positions each: nothing was sent twice.
    assert nonces == 4


async def test_order_that_its_leader_withdraws_on_the_way_is_replaced_by_nothing(world: World) -> None:
    [ann] = world.join("ann")
    digest = world.post(world.order(nonce=1))
    keeper = await world.keeper()
    assert (await keeper.step()).sent == 1
    assert world.states(digest)[-1] == "working"
    world.orders.withdraw(digest)
    await keeper.step()
    world.seal()
    await world.work(keeper)
    assert world.states(digest) == ["received", "accepted", "working", "cancelled"]
    assert world.said("TradeOpened") == []
    assert world.held(ann, "WETH") == 0
    assert world.stage.chain.w3.eth.get_transaction_count(world.stage.person("keeper").address) == 1


async def test_order_whose_nonce_is_cancelled_on_chain_before_it_arrives_ends_as_cancelled(
    world: World,
) -> None:
    world.join("ann")
    digest = world.post(world.order(nonce=1))
    keeper = await world.keeper()
    assert (await keeper.step()).sent == 1
    # The leader pays more for gas and is first in the block.
    world.stage.order(world.leader, world.stage.hub.cancelOrders(0, 1 << 1))
    world.stage.play()
    await world.work(keeper)
    assert world.states(digest) == ["received", "accepted", "working", "cancelled"]
    assert world.said("TradeOpened") == []
    assert len(world.said("OrdersCancelled")) == 1


async def test_policy_changed_between_the_order_and_the_copy_holds_for_the_copy(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(5)))
    world.post(world.order(nonce=1))
    keeper = await world.keeper()
    await keeper.step()
    world.seal()
    copied = {vault for _, vault in world.copies()}
    [late, *_] = [vault for vault in vaults if vault not in copied]
    name = next(name for name, vault in world.vaults.items() if vault == late)
    world.says(name, world.stage.hub.setPolicy(late, Policy(max_trade=50 * USDC).struct()))
    await world.work(keeper)
    [copy] = [each for _, each in world.said("TradeCopied") if each["vaultId"] == late]
    assert (copy["amountIn"], copy["reducedBy"]) == (50 * USDC, Reason.MAXIMUM_TRADE)


async def test_compromised_leader_is_frozen_in_one_step_and_nothing_of_theirs_is_carried(
    world: World,
) -> None:
    world.join("ann")
    other = world.stage.person("other leader", usdc=10_000 * USDC)
    second = world.offer(other, 10_000 * USDC)
    keeper = await world.keeper()
    flying = world.post(world.order(nonce=1))
    assert (await keeper.step()).sent == 1
    world.stops.set(Scope.LEADER, world.leader.address, who="op", why="key stolen")
    waiting = world.post(world.order(nonce=2))
    honest = world.post(world.order(nonce=1, leader=other, strategy_id=second))
    await keeper.step()
    world.seal()
    await world.work(keeper)
    assert world.states(honest)[-1] == "filled"
    assert world.states(waiting) == ["received", "accepted"]
    assert world.states(flying)[-1] == "accepted"
    assert [each["tradeId"] >> 32 for _, each in world.said("TradeOpened")] == [second]
    # The guardian freezes the strategy on chain as well; lifting the stop alone carries nothing then.
    guardian = world.stage.chain.w3.eth.accounts[0]
    world.stage.chain.w3.eth.send_transaction(
        {
            "from": guardian,
            "to": world.stage.deployment.hub,
            "data": world.stage.hub.haltTrading(1)._encode_transaction_data(),
        }
    )
    world.seal()
    [stop] = world.stops.all(lifted=False)
    world.stops.lift(stop.id, who="op", why="new key")
    assert await world.work(keeper) == 0
    # The leader revokes what was signed.
    world.says("leader", world.stage.hub.cancelOrders(0, 0b110))
    await world.work(keeper)
    assert world.states(waiting)[-1] == world.states(flying)[-1] == "cancelled"
    [kept] = world.stops.all(lifted=True)
    assert (kept.who, kept.why, kept.lifted_by, kept.lifted_why) == ("op", "key stolen", "op", "new key")


async def test_contract_wallet_leads_until_it_takes_its_signature_back(world: World) -> None:
    owner = world.stage.person("owner of a wallet")
    wallet = LeadersWallet.deploy(world.stage, owner, usdc=5_000 * USDC)
    strategy_id = world.offer(wallet, 5_000 * USDC)
    [follower] = world.join("ann", strategy_id=strategy_id)
    node = NodeWallets(world.stage.node.http_url)
    place = {"chain_id": world.stage.deployment.chain_id, "hub": world.stage.contracts.hub.address}

    def signed_by(who: LocalAccount, nonce: int) -> SignedOrder:
        own = world.order(nonce=nonce, leader=who, strategy_id=strategy_id)
        return replace(own, leader=wallet.address)

    first, second = signed_by(owner, 1), signed_by(owner, 2)
    await asyncio.to_thread(check, first, **place, wallets=node)
    with pytest.raises(BadSignatureError):
        await asyncio.to_thread(check, signed_by(world.owners["ann"], 1), **place, wallets=node)
    digest = world.post(first)
    keeper = await world.keeper()
    await world.work(keeper)
    assert world.states(digest)[-1] == "filled"
    assert world.held(follower, "WETH")

    wallet.lock()
    with pytest.raises(BadSignatureError):
        await asyncio.to_thread(check, second, **place, wallets=node)
    # Whoever stored it before, or without asking: a keeper asks again.
    digest = world.post(second)
    await world.work(keeper)
    assert world.states(digest)[-1] == "rejected"
    assert world.orders.events(world.found(digest).id)[-1].why == "BadSignature()"


async def test_two_keepers_race_for_the_same_work_and_nothing_happens_twice(world: World) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(10)))
    digest = world.post(world.order(nonce=1))
    one, two = await world.keeper("one"), await world.keeper("two")
    for _ in range(14):
        await asyncio.gather(one.step(), two.step())
        world.seal()
    assert world.states(digest)[-1] == "filled"
    assert all_different(world.copies())
    assert {vault for _, vault in world.copies()} == {1, *vaults}
    blocks = range(world.since, world.stage.chain.w3.eth.block_number + 1)
    carriers = {world.stage.person(name).address for name in ("one", "two")}
    mined = [
        world.stage.chain.w3.eth.get_transaction_receipt(each["hash"])["status"]
        for number in blocks
        for each in world.stage.chain.w3.eth.get_block(number, full_transactions=True)["transactions"]
        if each["from"] in carriers
    ]
    assert mined == [1] * 4


async def test_keepers_that_share_no_database_race_and_the_chain_lets_nothing_happen_twice(
    world: World, tmp_path: Path
) -> None:
    vaults = world.join(*(f"follower {at}" for at in range(10)))
    order = world.order(nonce=1)
    digest = world.post(order)
    one = await world.keeper("one")
    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    elsewhere = replace(
        world,
        engine=other,
        orders=Orders(other, chain_id=world.orders.chain_id, hub=world.orders.hub, by="elsewhere"),
    )
    elsewhere.post(order)
    two = await elsewhere.keeper("two")
    for _ in range(14):
        await asyncio.gather(one.step(), two.step())
        world.seal()
    assert world.states(digest)[-1] == elsewhere.states(digest)[-1] == "filled"
    assert len(world.said("OrderFilled")) == 1
    assert all_different(world.copies())
    assert {vault for _, vault in world.copies()} == {1, *vaults}
    other.dispose()


async def test_reorg_that_undoes_a_fill_is_noticed_and_the_order_filled_again(world: World) -> None:
    [ann] = world.join("ann")
    digest = world.post(world.order(nonce=1))
    keeper = await world.keeper()
    before = world.stage.chain.request("evm_snapshot")
    await world.work(keeper)
    assert world.states(digest)[-1] == "filled"
    # The chain goes another way: the block of the fill is gone, and the pool has forgotten the transaction.
    world.stage.chain.request("evm_revert", before)
    assert world.held(ann, "WETH") == 0
    world.seal()
    await world.work(keeper)
    states = world.states(digest)
    assert states[:4] == ["received", "accepted", "working", "filled"]
    assert states[-1] == "filled"
    assert len(states) > 4
    assert "took back" in next(
        each.why for each in world.orders.events(world.found(digest).id)[4:] if each.why
    )
    assert world.held(ann, "WETH") > 0
    assert len(world.said("OrderFilled")) == 1
