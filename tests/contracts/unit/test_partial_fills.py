"""Orders that fill in parts: where a swap stops, how it is shared to the unit, and what stays open."""

import re
from fractions import Fraction

import pytest
from brownie.exceptions import VirtualMachineError
from world import (
    ALL,
    BPS,
    LIMIT,
    MARKET,
    PRICE_SCALE,
    USDC,
    WETH,
    Reason,
    ceil,
    events,
    named,
    refused,
    start_of,
)

# No vault's part of a fill is a whole number of units.
ODD = (333_333_333, 777_777_777, 123_456_789)
FEE_BPS = 37


@pytest.fixture
def strategy(world):
    """A strategy whose leader has 10,000 USDC in it."""
    return world.create_strategy(copy_fee_bps=FEE_BPS)[0]


@pytest.fixture
def vaults(world, strategy):
    """Three vaults, as many as a batch has room for."""
    return [world.open_vault(world.followers[i], strategy, amount) for i, amount in enumerate(ODD)]


def _sell_up_to(world, token_in, token_out, order):
    """Carries an order: its transaction, and what the pool took and gave by the tokens' own books."""
    pool = world.pool(token_in, token_out)
    before = token_in.balanceOf(pool), token_out.balanceOf(pool)
    tx = world.carry(order)
    return tx, token_in.balanceOf(pool) - before[0], before[1] - token_out.balanceOf(pool)


@pytest.mark.parametrize("sells_base", [True, False])
def test_a_swap_stops_at_the_limit_price_and_is_shared_to_the_unit(world, strategy, vaults, sells_base):
    hub = world.hub
    token_in, token_out = (world.usdc, world.weth) if sells_base else (world.weth, world.usdc)
    if not sells_base:
        world.trade(strategy, world.usdc, world.weth)
    everyone = (1, *vaults)
    held_in = [hub.vaultBalance(vault, token_in) for vault in everyone]
    held_out = [hub.vaultBalance(vault, token_out) for vault in everyone]
    books = [(world.leader, token_in), (world.treasury, token_in), (world.treasury, token_out)]
    owed = [hub.feeBalance(*book) for book in books]
    hub_holds = token_in.balanceOf(hub), token_out.balanceOf(hub)
    portion = 9 * ALL // 10 + 7
    limit = world.limit_price(token_in, token_out, millionths=200)
    order = world.order(
        strategy, token_in, token_out, LIMIT, limit_price=limit, portion=portion, min_fill=1, nonce=3
    )

    tx, sold, bought = _sell_up_to(world, token_in, token_out, order)

    gross = [amount * portion // ALL for amount in held_in]
    fees = [0, *(amount * FEE_BPS // BPS for amount in gross[1:])]
    offered = [amount - fee for amount, fee in zip(gross, fees, strict=True)]
    total = sum(offered)
    assert total // 10 < sold < total * 9 // 10
    inputs = [ceil(amount * sold, total) for amount in offered]
    outputs = [amount * bought // total for amount in offered]
    paid = [fee * sold // total for fee in fees]
    dust_in, dust = sum(inputs) - sold, bought - sum(outputs)
    assert 0 < dust_in < 4
    assert 0 < dust < 4

    sequence = hub.strategyOf(strategy)["sequence"]
    trade_id, start = (strategy << 32) | sequence, start_of(sequence, 3)
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": token_in,
        "tokenOut": token_out,
        "cursor": 3,
        "portion": portion * sold // total,
        "amountIn": sold,
        "dustIn": dust_in,
        "amountOut": bought,
        "dust": dust,
        "copyFees": sum(paid),
        "keeperFee": 0,
        "keeper": world.keeper,
        "oracleOut": sold * 10**12 // 2_500 if sells_base else sold * 2_500 // 10**12,
    }
    copies = [
        {
            "tradeId": trade_id,
            "vaultId": everyone[i],
            "policyRevision": min(i, 1),
            "amountIn": inputs[i],
            "fee": paid[i],
            "amountOut": outputs[i],
            "reducedBy": Reason.NONE,
        }
        for i in (0, *(1 + (start + i) % 3 for i in range(3)))
    ]
    filled = {
        "orderHash": hub.orderDigest(order),
        "tradeId": trade_id,
        "leader": world.leader,
        "nonce": 3,
        "filled": portion * sold // total,
        "complete": False,
        "keeper": world.keeper,
    }
    assert named(tx, "TradeOpened")[0]["portion"] == portion
    assert events(tx, hub)[1:] == [
        ("BatchCleared", cleared),
        *(("TradeCopied", copy) for copy in copies),
        ("TradeCompleted", {"tradeId": trade_id}),
        ("OrderFilled", filled),
    ]
    assert [hub.vaultBalance(vault, token_in) for vault in everyone] == [
        held_in[i] - inputs[i] - paid[i] for i in range(4)
    ]
    assert [hub.vaultBalance(vault, token_out) for vault in everyone] == [
        held_out[i] + outputs[i] for i in range(4)
    ]
    assert [hub.feeBalance(*book) for book in books] == [
        owed[0] + sum(paid),
        owed[1] + dust_in,
        owed[2] + dust,
    ]
    assert (token_in.balanceOf(hub), token_out.balanceOf(hub)) == (hub_holds[0] - sold, hub_holds[1] + bought)
    assert [token.balanceOf(world.venue) for token in world.tokens] == [0, 0, 0]
    assert hub.filledOf(world.leader, 3) == filled["filled"]
    assert not world.is_closed(3)


@pytest.mark.parametrize(
    ("sold", "bought"), [("usdc", "weth"), ("weth", "usdc"), ("usdc", "wbtc"), ("wbtc", "usdc")]
)
def test_the_pool_is_left_at_the_limit_price_from_either_side(world, strategy, sold, bought):
    token_in, token_out = getattr(world, sold), getattr(world, bought)
    if token_in != world.usdc:
        world.trade(strategy, world.usdc, token_in)
    limit = world.limit_price(token_in, token_out, millionths=100)
    order = world.order(strategy, token_in, token_out, LIMIT, limit_price=limit, min_fill=1)
    tx, taken, given = _sell_up_to(world, token_in, token_out, order)
    assert not named(tx, "OrderFilled")[0]["complete"]
    # The next unit would get the limit, to within a billionth; no unit before it got less.
    assert limit <= world.next_price(token_in, token_out) <= Fraction(limit * (10**9 + 1), 10**9)
    assert given * PRICE_SCALE >= taken * limit


def test_a_limit_the_whole_fill_stays_above_fills_all(world, strategy, vaults):
    limit = world.limit_price(world.usdc, world.weth, millionths=1_000)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=1)
    tx = world.carry(order)
    assert named(tx, "OrderFilled")[0]["complete"]
    assert named(tx, "BatchCleared")[0]["dustIn"] == 0
    assert [world.hub.vaultBalance(vault, world.usdc) for vault in (1, *vaults)] == [0, 0, 0, 0]
    assert world.is_closed(0)


def test_all_or_nothing_is_judged_by_the_average_price(world, strategy):
    # 10,000 USDC move this pool by 400 millionths, and their average price by half of that.
    terms = {
        below: world.order(
            strategy,
            world.usdc,
            world.weth,
            LIMIT,
            limit_price=world.limit_price(world.usdc, world.weth, millionths=below),
        )
        for below in (150, 250)
    }
    price = world.bought(world.usdc, world.weth, 10_000 * USDC) * PRICE_SCALE // (10_000 * USDC)
    with refused("PriceBelowLimit", price, terms[150][0][5]):
        world.carry(terms[150])
    world.carry(terms[250])
    assert world.hub.vaultBalance(1, world.usdc) == 0


def test_what_is_left_of_an_order_is_sold_in_later_trades_until_it_is_complete(world, strategy, vaults):
    hub, portion = world.hub, 6 * ALL // 10
    limit = world.limit_price(world.usdc, world.weth, millionths=100)
    order = world.order(
        strategy, world.usdc, world.weth, LIMIT, limit_price=limit, portion=portion, min_fill=1, nonce=8
    )
    filled, parts = 0, 0
    while not world.is_closed(8):
        left = (portion - filled) * ALL // (ALL - filled)
        tx = world.carry(order)
        (told,) = named(tx, "OrderFilled")
        (cleared,) = named(tx, "BatchCleared")
        assert named(tx, "TradeOpened")[0]["portion"] == left
        parts += 1
        assert told["tradeId"] == (strategy << 32) | parts
        if told["complete"]:
            assert (told["filled"], cleared["portion"]) == (portion, left)
        else:
            assert 0 < cleared["portion"] < left
            filled += (ALL - filled) * cleared["portion"] // ALL
            assert told["filled"] == hub.filledOf(world.leader, 8) == filled
        # Somebody sells WETH, and the limit can be had again.
        world.move_market(world.weth, world.usdc, WETH)
    assert parts > 2
    assert hub.filledOf(world.leader, 8) == 0
    # Everybody has sold the portion of the first holding, but for a unit that each part may round.
    for vault, amount in zip((1, *vaults), (10_000 * USDC, *ODD), strict=True):
        assert abs(hub.vaultBalance(vault, world.usdc) - amount * 4 // 10) <= 2 * parts
    with refused("OrderClosed", world.leader, 8):
        world.carry(order)


def test_a_part_filled_order_is_cancelled_for_what_is_left(world, strategy):
    limit = world.limit_price(world.usdc, world.weth, millionths=100)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=1)
    filled = named(world.carry(order), "OrderFilled")[0]["filled"]
    assert world.hub.filledOf(world.leader, 0) == filled > 0
    world.hub.cancelOrders(0, 1, {"from": world.leader})
    world.move_market(world.weth, world.usdc, 10 * WETH)
    with refused("OrderClosed", world.leader, 0):
        world.carry(order)


def test_orders_with_one_nonce_replace_each_other_and_share_what_is_filled(world, strategy):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    limit = world.limit_price(usdc, weth, millionths=150)
    part = {"min_fill": 1, "nonce": 4}
    first = world.order(strategy, usdc, weth, LIMIT, limit_price=limit, portion=8 * ALL // 10, **part)
    filled = named(world.carry(first), "OrderFilled")[0]["filled"]
    assert ALL // 5 < filled < ALL // 2

    smaller = world.order(strategy, usdc, weth, MARKET, portion=filled, nonce=4)
    with refused("OrderClosed", world.leader, 4):
        world.carry(smaller)
    left = hub.vaultBalance(1, usdc)
    last = world.order(strategy, usdc, weth, MARKET, portion=ALL // 2, nonce=4)
    tx = world.carry(last)
    rest = (ALL // 2 - filled) * ALL // (ALL - filled)
    assert named(tx, "TradeOpened")[0]["portion"] == rest
    assert named(tx, "TradeCopied")[0]["amountIn"] == left * rest // ALL
    (told,) = named(tx, "OrderFilled")
    assert (told["filled"], told["complete"]) == (ALL // 2, True)
    assert told["orderHash"] == hub.orderDigest(last) != hub.orderDigest(first)
    assert (hub.filledOf(world.leader, 4), world.is_closed(4)) == (0, True)
    assert abs(hub.vaultBalance(1, usdc) - 5_000 * USDC) <= 2
    world.move_market(weth, usdc, 10 * WETH)
    with refused("OrderClosed", world.leader, 4):
        world.carry(first)


def test_a_pool_already_beyond_the_limit_sells_nothing(world, strategy, vaults):
    limit = int(world.next_price(world.usdc, world.weth)) + 1
    offered = 10_000 * USDC + sum(amount - amount * FEE_BPS // BPS for amount in ODD)
    for min_fill in (1, ALL // 3):
        order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=min_fill)
        with refused("FilledTooLittle", 0, ceil(offered * min_fill, ALL)):
            world.carry(order)
    assert world.hub.filledOf(world.leader, 0) == 0
    assert world.hub.strategyOf(strategy)["sequence"] == 0


@pytest.mark.parametrize("sells_base", [True, False])
@pytest.mark.parametrize(
    "limit", [2**256 - 1, 2**255, 2**127 * PRICE_SCALE, 2**127 * PRICE_SCALE - 1, 2**64 * PRICE_SCALE]
)
def test_a_limit_beyond_any_pools_prices_sells_nothing(world, strategy, sells_base, limit):
    token_in, token_out = (world.usdc, world.weth) if sells_base else (world.weth, world.usdc)
    if not sells_base:
        world.trade(strategy, world.usdc, world.weth)
    held = world.hub.vaultBalance(1, token_in)
    for min_fill in (1, ALL - 1):
        order = world.order(strategy, token_in, token_out, LIMIT, limit_price=limit, min_fill=min_fill)
        with refused("FilledTooLittle", 0, ceil(held * min_fill, ALL)):
            world.carry(order)
    price = world.bought(token_in, token_out, held) * PRICE_SCALE // held
    with refused("PriceBelowLimit", price, limit):
        world.carry(world.order(strategy, token_in, token_out, LIMIT, limit_price=limit))


def test_a_fill_reaches_its_smallest_part_or_does_not_happen(world, strategy, vaults):
    offered = 10_000 * USDC + sum(amount - amount * FEE_BPS // BPS for amount in ODD)
    limit = world.limit_price(world.usdc, world.weth, millionths=200)

    def order(min_fill):
        return world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=min_fill)

    with pytest.raises(VirtualMachineError) as refusal:
        world.carry(order(ALL - 1))
    said = re.fullmatch(r"FilledTooLittle: (\d+), (\d+)", refusal.value.revert_msg)
    reached, least = int(said[1]), int(said[2])
    assert least == offered
    # As many units as can be had are enough, and one more is too many.
    enough, too_many = reached * ALL // offered, (reached + 1) * ALL // offered
    assert (ceil(offered * enough, ALL), ceil(offered * too_many, ALL)) == (reached, reached + 1)
    with refused("FilledTooLittle", reached, reached + 1):
        world.carry(order(too_many))
    _, sold, _ = _sell_up_to(world, world.usdc, world.weth, order(enough))
    assert sold == reached


def test_a_part_that_is_left_may_be_as_small_as_its_own_share(world, strategy):
    """`minFill` is of what is left, not of the whole."""
    limit = world.limit_price(world.usdc, world.weth, millionths=100)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=ALL // 5)
    world.carry(order)
    left = world.hub.vaultBalance(1, world.usdc)
    world.move_market(world.weth, world.usdc, WETH * 7 // 10)
    _, sold, _ = _sell_up_to(world, world.usdc, world.weth, order)
    assert left // 5 <= sold < 10_000 * USDC // 5


def test_later_batches_sell_the_portion_that_the_first_one_sold(world, strategy):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    vaults = [world.open_vault(world.followers[i], strategy, (100 + i) * USDC + 1) for i in range(5)]
    start = start_of(1, 5)
    waiting = (vaults[start:] + vaults[:start])[3:]
    limit = world.limit_price(usdc, weth, millionths=150)
    order = world.order(strategy, usdc, weth, LIMIT, limit_price=limit, min_fill=1)
    tx = world.carry(order)
    (cleared,) = named(tx, "BatchCleared")
    portion = cleared["portion"]
    assert ALL // 10 < portion < ALL // 2
    fanout = hub.fanoutOf(strategy)
    price = cleared["amountOut"] * PRICE_SCALE // cleared["amountIn"]
    assert fanout["portion"] == portion == named(tx, "OrderFilled")[0]["filled"]
    assert fanout["floorPrice"] == ceil(price * (BPS - 100), BPS) < limit

    held = [hub.vaultBalance(vault, usdc) for vault in waiting]
    gross = [amount * portion // ALL for amount in held]
    offered = [amount - amount * FEE_BPS // BPS for amount in gross]
    # The first batch has sold down to the limit. It was the leader's: nobody else is left behind for it.
    bought = world.bought(usdc, weth, sum(offered))
    assert fanout["floorPrice"] < bought * PRICE_SCALE // sum(offered) < limit
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    (cleared,) = named(tx, "BatchCleared")
    assert (cleared["portion"], cleared["amountIn"], cleared["dustIn"]) == (portion, sum(offered), 0)
    assert cleared["amountOut"] == bought
    assert [hub.vaultBalance(vault, usdc) for vault in waiting] == [
        amount - sold for amount, sold in zip(held, gross, strict=True)
    ]
    assert named(tx, "OrderFilled") == []
    assert len(named(tx, "TradeCompleted")) == 1


def test_a_follower_who_comes_between_two_parts_sells_the_later_part_only(world, strategy):
    limit = world.limit_price(world.usdc, world.weth, millionths=150)
    order = world.order(strategy, world.usdc, world.weth, LIMIT, limit_price=limit, min_fill=1)
    filled = named(world.carry(order), "OrderFilled")[0]["filled"]
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.move_market(world.weth, world.usdc, 10 * WETH)
    tx = world.carry(order)
    assert named(tx, "TradeOpened")[0]["portion"] == (ALL - filled) * ALL // (ALL - filled) == ALL
    assert named(tx, "TradeCopied")[1]["vaultId"] == vault
    assert world.hub.vaultBalance(vault, world.usdc) == 0
