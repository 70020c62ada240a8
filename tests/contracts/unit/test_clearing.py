"""One swap for many: one price, nothing lost, nothing won, and roundings that favour the vaults."""

import brownie
import pytest
from world import (
    ALL,
    BPS,
    MAX_DEVIATION_BPS,
    PRICE_SCALE,
    USDC,
    WETH,
    WINDOW,
    average_tick,
    in_one_block,
    named,
    refused,
    start_of,
)

# No vault's share of what is bought is a whole number of units.
ODD = (333_333_333, 777_777_777, 123_456_789)


def _vaults(world, strategy, amounts=ODD):
    return [world.open_vault(world.followers[i], strategy, amount) for i, amount in enumerate(amounts)]


def test_everyone_gets_the_same_price_to_within_one_unit(world):
    strategy, _ = world.create_strategy()
    _vaults(world, strategy)
    tx = world.trade(strategy, world.usdc, world.weth)
    (cleared,) = named(tx, "BatchCleared")
    for copy in named(tx, "TradeCopied"):
        exact = copy["amountIn"] * cleared["amountOut"]
        given = copy["amountOut"] * cleared["amountIn"]
        assert 0 <= exact - given < cleared["amountIn"]


def test_inputs_and_outputs_conserve_exactly(world):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    strategy, _ = world.create_strategy(copy_fee_bps=37)
    vaults = _vaults(world, strategy)
    balance = sum(hub.vaultBalance(vault, usdc) for vault in (1, *vaults))
    usdc_held, weth_held = usdc.balanceOf(hub), weth.balanceOf(hub)
    tx = world.trade(strategy, usdc, weth, portion=ALL // 3)

    (cleared,) = named(tx, "BatchCleared")
    copies = named(tx, "TradeCopied")
    assert sum(copy["amountIn"] for copy in copies) == cleared["amountIn"]
    assert sum(copy["fee"] for copy in copies) == cleared["copyFees"]
    assert sum(copy["amountOut"] for copy in copies) + cleared["dust"] == cleared["amountOut"]
    left = sum(hub.vaultBalance(vault, usdc) for vault in (1, *vaults))
    assert balance - left == cleared["amountIn"] + cleared["copyFees"]
    assert usdc.balanceOf(hub) == usdc_held - cleared["amountIn"]
    assert weth.balanceOf(hub) == weth_held + cleared["amountOut"]
    assert usdc.balanceOf(hub) == left + hub.feeBalance(world.leader, usdc)
    bought = sum(hub.vaultBalance(vault, weth) for vault in (1, *vaults))
    assert weth.balanceOf(hub) == bought + hub.feeBalance(world.treasury, weth)


def test_the_venue_keeps_nothing(world):
    strategy, _ = world.create_strategy()
    world.trade(strategy, world.usdc, world.weth)
    assert [token.balanceOf(world.venue) for token in world.tokens] == [0, 0, 0]


def test_what_flooring_leaves_over_is_the_treasurys(world):
    strategy, _ = world.create_strategy()
    _vaults(world, strategy)
    total = 10_000 * USDC + sum(ODD)
    bought = world.bought(world.usdc, world.weth, total)
    dust = bought - sum(amount * bought // total for amount in (10_000 * USDC, *ODD))
    assert 0 < dust < 4
    tx = world.trade(strategy, world.usdc, world.weth)
    assert named(tx, "BatchCleared")[0]["dust"] == dust
    assert world.hub.feeBalance(world.treasury, world.weth) == dust
    world.hub.claimFees(world.weth, {"from": world.treasury})
    assert world.hub.accountBalance(world.treasury, world.weth) == dust


def test_a_new_treasury_gets_the_dust_from_now_on(world):
    strategy, _ = world.create_strategy()
    _vaults(world, strategy)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 3)
    before = world.hub.feeBalance(world.treasury, world.weth)
    world.hub.setTreasury(world.keeper, {"from": world.owner})
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 3)
    assert world.hub.feeBalance(world.treasury, world.weth) == before
    dust = named(tx, "BatchCleared")[0]["dust"]
    assert world.hub.feeBalance(world.keeper, world.weth) == dust > 0


def test_the_copy_fee_is_on_notional_and_rounds_down(world):
    strategy, _ = world.create_strategy(copy_fee_bps=30, min_deposit=0)
    free, charged = _vaults(world, strategy, (333, 334))
    tx = world.trade(strategy, world.usdc, world.weth)
    paid = {copy["vaultId"]: (copy["amountIn"], copy["fee"]) for copy in named(tx, "TradeCopied")}
    assert paid == {1: (10_000 * USDC, 0), free: (333, 0), charged: (333, 1)}
    assert world.hub.feeBalance(world.leader, world.usdc) == 1
    assert world.hub.vaultBalance(charged, world.usdc) == 0


def test_the_copy_fee_is_charged_on_exits_in_the_token_sold(world):
    strategy, _ = world.create_strategy(copy_fee_bps=100)
    (vault,) = _vaults(world, strategy, (1_000 * USDC,))
    world.trade(strategy, world.usdc, world.weth)
    held = world.hub.vaultBalance(vault, world.weth)
    world.trade(strategy, world.weth, world.usdc)
    assert world.hub.feeBalance(world.leader, world.weth) == held * 100 // BPS
    assert world.hub.vaultBalance(vault, world.weth) == 0


def test_a_copy_too_small_to_buy_one_unit_gives_its_input_and_gets_nothing(world):
    strategy, leader_vault = world.create_strategy(
        stake=0,
        base=world.weth,
        tokens=[world.usdc],
        pools=[world.pool(world.usdc, world.weth)],
        min_deposit=1,
    )
    world.deposit(world.leader, WETH, world.weth)
    world.hub.allocate(leader_vault, WETH, {"from": world.leader})
    follower = world.followers[0]
    world.open_vault(follower, strategy, 1)
    tx = world.trade(strategy, world.weth, world.usdc)
    copy = named(tx, "TradeCopied")[1]
    assert (copy["amountIn"], copy["amountOut"]) == (1, 0)


def test_tokens_given_to_the_hub_are_no_part_of_a_fill(world):
    strategy, _ = world.create_strategy()
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    for token in (world.usdc, world.weth):
        token.transfer(world.hub, 12_345, {"from": world.followers[0]})
    world.trade(strategy, world.usdc, world.weth)
    assert world.hub.vaultBalance(1, world.weth) == bought


def test_a_venue_that_keeps_the_money_is_refused(world, dishonest):
    least = 4 * WETH * (BPS - 300) // BPS
    with refused("PriceBelowOracle", 0, least):
        dishonest(0, 0)
    with refused("PriceBelowLimit", 0, 1):
        dishonest(0, 0, limit_price=1)
    assert world.hub.vaultBalance(1, world.usdc) == 10_000 * USDC


def test_a_venue_that_takes_less_than_asked_is_refused(dishonest):
    with refused("FilledTooLittle", 10_000 * USDC - 1, 10_000 * USDC):
        dishonest(1, 4 * WETH)


def test_a_venue_that_hands_back_more_than_it_got_is_refused(dishonest):
    with refused("FilledTooLittle", 0, 10_000 * USDC):
        dishonest(10_000 * USDC + 1, 4 * WETH)


def test_a_token_that_costs_more_than_was_offered_is_refused(world, hostile):
    hub, anyone = world.hub, {"from": world.stranger}
    token = hostile.FeeToken.deploy(anyone)
    pool = world.open_market(token)
    strategy, _ = world.create_strategy(tokens=[token], pools=[pool])
    world.trade(strategy, world.usdc, token, pool=pool)
    offered = hub.vaultBalance(1, token)
    # Somebody else's, so that the hub is able to pay what the token takes on top.
    token.mint(hub, offered, anyone)
    token.setFee(100, True, anyone)
    # The venue pays on top as well when it pays the pool.
    token.mint(world.venue, offered, anyone)
    with refused("SpentTooMuch", offered, offered + offered * 100 // BPS):
        world.trade(strategy, token, world.usdc, pool=pool)


def test_a_pool_that_runs_dry_on_the_way_is_refused(world):
    pool = world.uniswap.create_pool(
        world.usdc.address, world.weth.address, 10_000, amount_a=2_500 * USDC, amount_b=WETH
    )
    # Deep at its price, which is all that its average liquidity says, and empty two percent further.
    narrow = {world.usdc.address: 5_000 * USDC, world.weth.address: 2 * WETH}
    world.uniswap.add_liquidity(pool, narrow, width=200)
    world.hub.listPool(pool.address, world.venue, {"from": world.owner})
    strategy, _ = world.create_strategy(pools=[pool.address])
    world.let_pass(WINDOW)
    held = world.usdc.balanceOf(world.hub)
    with brownie.reverts(revert_pattern=rf"FilledTooLittle: \d+, {10_000 * USDC}"):
        world.trade(strategy, world.usdc, world.weth, pool=pool.address)
    assert world.usdc.balanceOf(world.hub) == held


def test_a_fill_of_two_to_the_128_is_refused(dishonest):
    with refused("BalanceOverflow"):
        dishonest(0, 2**128)


def test_the_oracles_bound_rounds_up(world, dishonest):
    price = 2_501_37000001
    world.feeds[world.weth.address].post(price, {"from": world.owner})
    oracle_out = 10_000 * WETH * 10**8 // price
    least = -(-oracle_out * (BPS - 300) // BPS)
    assert oracle_out * (BPS - 300) % BPS != 0
    with refused("PriceBelowOracle", least - 1, least):
        dishonest(0, least - 1)
    tx = dishonest(0, least)
    assert named(tx, "BatchCleared")[0]["oracleOut"] == oracle_out


def test_the_price_of_a_fill_rounds_down_against_the_limit(world, dishonest):
    amount_in = 10_000 * USDC - 3
    world.hub.deallocate(1, world.usdc, 3, {"from": world.leader})
    amount_out = 4 * WETH
    price = amount_out * PRICE_SCALE // amount_in
    assert amount_out * PRICE_SCALE % amount_in != 0
    with refused("PriceBelowLimit", price, price + 1):
        dishonest(0, amount_out, limit_price=price + 1)
    dishonest(0, amount_out, limit_price=price)


def test_a_batch_of_dust_holds_up_nobody(world):
    hub, batch = world.hub, world.hub.batchSize()
    strategy, _ = world.create_strategy()
    vaults = [world.open_vault(world.followers[i % 5], strategy, 10 * USDC) for i in range(3 * batch)]
    start = start_of(1, len(vaults))
    second_batch = (vaults[start:] + vaults[:start])[batch : 2 * batch]
    for vault in second_batch:
        owner = hub.vaultOf(vault)["owner"]
        hub.deallocate(vault, world.usdc, 10 * USDC - 1, {"from": owner})
    world.trade(strategy, world.usdc, world.weth)
    hub.continueTrade(strategy, batch, {"from": world.keeper})
    hub.continueTrade(strategy, batch, {"from": world.keeper})
    assert not hub.strategyOf(strategy)["fanoutOpen"]


# Oracle and pool


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_average_as_far_from_the_oracle_as_allowed_is_taken_and_one_unit_further_refused(dishonest, sign):
    # 10,000 USDC are worth 4 WETH, and 4e26 is a whole number of units for each.
    furthest = 4 * WETH + sign * 4 * WETH * MAX_DEVIATION_BPS // BPS
    beyond = furthest + sign
    with refused("PricesDisagree", 4 * WETH, beyond):
        dishonest(0, 4 * WETH, average=beyond * PRICE_SCALE // (10_000 * USDC))
    dishonest(0, 4 * WETH, average=furthest * PRICE_SCALE // (10_000 * USDC))


@pytest.mark.parametrize(("average", "agrees"), [(3, False), (4, True), (5, True), (6, True), (7, False)])
def test_a_difference_of_one_unit_is_rounding_and_of_two_is_not(world, dishonest, average, agrees):
    dishonest(0, 4 * WETH)
    # Worth 5 units of USDC: a share of that is no unit at all.
    amount_in = 5 * 4 * 10**8
    sale = {
        "sold": world.weth,
        "bought": world.usdc,
        "portion": amount_in * ALL // (4 * WETH),
        "average": average * PRICE_SCALE // amount_in,
    }
    if agrees:
        (cleared,) = named(dishonest(0, 5, **sale), "BatchCleared")
        assert (cleared["amountIn"], cleared["oracleOut"]) == (amount_in, 5)
    else:
        with refused("PricesDisagree", 5, average):
            dishonest(0, 5, **sale)


@pytest.mark.parametrize(
    ("dollars", "agrees"), [(2_370, False), (2_385, True), (2_620, True), (2_635, False)]
)
def test_a_feed_that_is_off_the_pools_average_stops_a_trade_until_they_agree(world, dollars, agrees):
    strategy, _ = world.create_strategy(max_slippage_bps=1_000)
    feed, own = world.feeds[world.weth.address], {"from": world.owner}
    feed.post(dollars * 10**8, own)
    average = world.average_out(world.pool(world.usdc, world.weth), world.usdc, world.weth, 10_000 * USDC)
    if not agrees:
        with refused("PricesDisagree", 10_000 * WETH // dollars, average):
            world.trade(strategy, world.usdc, world.weth)
        feed.post(2_500 * 10**8, own)
    world.trade(strategy, world.usdc, world.weth)
    assert world.hub.vaultBalance(1, world.usdc) == 0


@pytest.mark.parametrize("for_the_leader", [True, False])
def test_a_push_in_the_block_of_the_trade_moves_no_average(world, for_the_leader):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    strategy, _ = world.create_strategy(max_slippage_bps=1_000)
    push = world.push(weth, usdc, 800 * WETH) if for_the_leader else world.push(usdc, weth, 2_000_000 * USDC)
    data = hub.trade.encode_input(world.trade_params(strategy, usdc, weth))
    pool = world.uniswap.contract(world.deep(usdc, weth))
    before = average_tick(pool)
    receipts = in_one_block(
        ({"to": push.address, "data": push._encode_transaction_data()}, world.stranger),
        ({"to": hub.address, "data": data}, world.leader),
    )
    assert [receipt["status"] for receipt in receipts] == [1, 1]
    assert average_tick(pool) == before
    # By more than the two may be apart, and the trade was done at that price.
    bought = hub.vaultBalance(1, weth)
    off = abs(bought - 4 * WETH)
    assert off > 4 * WETH * MAX_DEVIATION_BPS // BPS
    assert (bought > 4 * WETH) == for_the_leader


@pytest.mark.parametrize("for_the_leader", [True, False])
def test_a_push_that_is_held_for_the_window_stops_every_trade_until_it_is_over(world, for_the_leader):
    usdc, weth = world.usdc, world.weth
    strategy, _ = world.create_strategy(max_slippage_bps=1_000)
    push = (weth, usdc, 800 * WETH) if for_the_leader else (usdc, weth, 2_000_000 * USDC)
    world.move_market(*push)
    world.let_pass(WINDOW)
    average = world.average_out(world.pool(usdc, weth), usdc, weth, 10_000 * USDC)
    assert (average > 4 * WETH) == for_the_leader
    with refused("PricesDisagree", 4 * WETH, average):
        world.trade(strategy, usdc, weth)
    # Whoever believes that the pool is right can say so where prices come from.
    world.feeds[weth.address].post(10_000 * WETH * 10**8 // average, {"from": world.owner})
    world.trade(strategy, usdc, weth)


def test_a_pool_that_is_too_young_trades_as_soon_as_it_is_old_enough(world):
    usdc, weth = world.usdc, world.weth
    deep = {usdc.address: 10**6 * USDC, weth.address: 400 * WETH}
    pool = world.uniswap.create_pool(usdc.address, weth.address, 10_000, amount_a=2_500 * USDC, amount_b=WETH)
    world.uniswap.add_liquidity(pool, deep)
    world.hub.listPool(pool.address, world.venue, {"from": world.owner})
    strategy, _ = world.create_strategy(stake=1_000 * USDC, pools=[pool.address])
    with refused("PoolTooYoung", pool.address):
        world.trade(strategy, usdc, weth, pool=pool.address)
    world.let_pass(WINDOW)
    world.trade(strategy, usdc, weth, pool=pool.address)
    assert world.hub.vaultBalance(1, usdc) == 0
