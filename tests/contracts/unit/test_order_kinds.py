"""When an order fills: the terms of each kind, deadlines, halts, and triggers that only the oracle pulls."""

import brownie
import pytest
from brownie import web3
from world import (
    ALL,
    BPS,
    LIMIT,
    MARKET,
    PRICE_SCALE,
    STOP_LIMIT,
    STOP_LOSS,
    TAKE_PROFIT,
    USDC,
    WETH,
    ceil,
    named,
    next_block_at,
    refused,
)

FEE_BPS = 37


@pytest.fixture
def strategy(world):
    """A strategy whose leader has 10,000 USDC in it."""
    return world.create_strategy(copy_fee_bps=FEE_BPS)[0]


@pytest.fixture
def in_weth(world, strategy):
    """The strategy when its leader has bought WETH for everything."""
    world.trade(strategy, world.usdc, world.weth)
    return strategy


# Terms


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (MARKET, {"min_fill": 0}),
        (MARKET, {"min_fill": ALL + 1}),
        (MARKET, {"min_fill": ALL - 1}),
        (MARKET, {"trigger_price": 1}),
        (LIMIT, {"limit_price": 0}),
        (LIMIT, {"limit_price": 1, "trigger_price": 1}),
        (LIMIT, {"limit_price": 1, "min_fill": 0}),
        (LIMIT, {"limit_price": 1, "min_fill": ALL + 1}),
        (STOP_LIMIT, {"limit_price": 1}),
        (STOP_LIMIT, {"trigger_price": 2**255}),
        (STOP_LOSS, {}),
        (STOP_LOSS, {"trigger_price": 2**255, "min_fill": ALL - 1}),
        (TAKE_PROFIT, {}),
        (TAKE_PROFIT, {"trigger_price": 1, "min_fill": ALL - 1}),
    ],
)
def test_terms_that_contradict_each_other_are_refused(world, strategy, kind, terms):
    order = world.order(strategy, world.usdc, world.weth, kind, **terms)
    with refused("BadOrder"):
        world.carry(order)


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        (MARKET, {}),
        (MARKET, {"limit_price": 1}),
        (MARKET, {"limit_price": 1, "min_fill": 1}),
        (LIMIT, {"limit_price": 1}),
        (LIMIT, {"limit_price": 1, "min_fill": 1}),
        (STOP_LIMIT, {"limit_price": 1, "trigger_price": 2**255}),
        (STOP_LOSS, {"trigger_price": 2**255}),
        (STOP_LOSS, {"trigger_price": 2**255, "limit_price": 1, "min_fill": 1}),
        (TAKE_PROFIT, {"trigger_price": 1}),
        (TAKE_PROFIT, {"trigger_price": 1, "limit_price": 1, "min_fill": 1}),
    ],
)
def test_terms_that_agree_fill_all_where_the_price_allows(world, strategy, kind, terms):
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    tx = world.carry(world.order(strategy, world.usdc, world.weth, kind, **terms))
    (filled,) = named(tx, "OrderFilled")
    (cleared,) = named(tx, "BatchCleared")
    assert (filled["filled"], filled["complete"]) == (ALL, True)
    assert (cleared["amountIn"], cleared["dustIn"], cleared["portion"]) == (10_000 * USDC, 0, ALL)
    assert world.hub.vaultBalance(1, world.weth) == bought
    assert world.hub.vaultBalance(1, world.usdc) == 0


def test_there_is_no_further_kind(world, strategy):
    order = world.order(strategy, world.usdc, world.weth, TAKE_PROFIT + 1, trigger_price=1)
    with brownie.reverts():
        world.carry(order, "0x" + "00" * 65)
    with brownie.reverts():
        world.hub.orderDigest(order)


def test_an_order_sells_more_than_nothing_and_at_most_all(world, strategy):
    with refused("BadPortion", ALL + 1):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=ALL + 1))
    with refused("BadPortion", 0):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=0))
    # Whatever is wrong with it besides.
    with refused("BadPortion", ALL + 1):
        world.carry(world.order(strategy, world.usdc, world.weth, portion=ALL + 1, min_fill=0), "0x")
    for portion in (1, ALL):
        assert not world.is_closed(0)
        with refused("BadSignature"):
            world.carry(world.order(strategy, world.usdc, world.weth, portion=portion), "0x")


def test_an_order_may_fill_at_its_deadline_and_not_a_second_later(world, strategy):
    deadline = web3.eth.get_block("latest")["timestamp"] + 100
    orders = [
        world.order(strategy, world.usdc, world.weth, portion=ALL // 4, deadline=deadline, nonce=nonce)
        for nonce in range(2)
    ]
    signatures = [world.sign(order) for order in orders]
    next_block_at(deadline)
    world.carry(orders[0], signatures[0])
    next_block_at(deadline + 1)
    with refused("DeadlinePassed", deadline):
        world.carry(orders[1], signatures[1])


def test_no_order_fills_while_a_trade_is_being_copied_and_none_is_used_up(world, strategy):
    for follower in world.followers:
        world.open_vault(follower, strategy, 100 * USDC)
    first, second = (
        world.order(strategy, world.usdc, world.weth, portion=ALL // 2, nonce=nonce) for nonce in range(2)
    )
    tx = world.carry(first)
    assert named(tx, "TradeCompleted") == []
    assert named(tx, "OrderFilled")[0]["complete"]
    with refused("FanoutOpen", (strategy << 32) | 1):
        world.carry(second)
    rest = world.hub.continueTrade(strategy, 3, {"from": world.stranger})
    assert len(named(rest, "TradeCopied")) == 2
    assert not world.is_closed(1)
    world.carry(second)


def test_no_order_fills_while_trading_is_halted(world, strategy):
    order = world.order(strategy, world.usdc, world.weth)
    world.hub.haltTrading(strategy, {"from": world.owner})
    with refused("Halted", strategy):
        world.carry(order)
    world.hub.resumeTrading(strategy, {"from": world.owner})
    world.carry(order)


def test_an_order_is_bounded_by_the_oracle_as_every_trade_is(world, strategy):
    order = world.order(strategy, world.usdc, world.weth)
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    world.feeds[world.weth.address].post(2_400 * 10**8, {"from": world.owner})
    least = ceil(10_000 * WETH // 2_400 * (BPS - 300), BPS)
    with refused("PriceBelowOracle", bought, least):
        world.carry(order)


# Triggers


def _price(world):
    """What the oracle says of WETH in USDC."""
    return 2_500 * USDC * PRICE_SCALE // WETH


@pytest.mark.parametrize(
    ("kind", "off", "triggered"),
    [
        (STOP_LOSS, -1, False),
        (STOP_LOSS, 0, True),
        (STOP_LOSS, 1, True),
        (STOP_LIMIT, -1, False),
        (STOP_LIMIT, 0, True),
        (STOP_LIMIT, 1, True),
        (TAKE_PROFIT, -1, True),
        (TAKE_PROFIT, 0, True),
        (TAKE_PROFIT, 1, False),
    ],
)
def test_a_trigger_is_pulled_at_its_price_and_not_one_unit_before(world, in_weth, kind, off, triggered):
    price = _price(world)
    terms = {"trigger_price": price + off, "limit_price": 1 if kind == STOP_LIMIT else 0}
    order = world.order(in_weth, world.weth, world.usdc, kind, **terms)
    if triggered:
        assert named(world.carry(order), "OrderFilled")[0]["complete"]
    else:
        with refused("NotTriggered", price, price + off):
            world.carry(order)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [(STOP_LOSS, 2_451, 2_450), (STOP_LIMIT, 2_451, 2_450), (TAKE_PROFIT, 2_549, 2_550)],
)
def test_an_order_waits_until_the_oracles_price_comes_to_its_trigger(world, in_weth, kind, before, after):
    feed, own = world.feeds[world.weth.address], {"from": world.owner}
    trigger = after * USDC * PRICE_SCALE // WETH
    order = world.order(in_weth, world.weth, world.usdc, kind, trigger_price=trigger, limit_price=1)
    for dollars in (2_500, before):
        feed.post(dollars * 10**8, own)
        with refused("NotTriggered", dollars * USDC * PRICE_SCALE // WETH, trigger):
            world.carry(order)
    feed.post(after * 10**8, own)
    world.carry(order)
    assert world.hub.vaultBalance(1, world.weth) == 0


def test_pushing_the_pool_pulls_no_trigger(world, in_weth):
    trigger = _price(world) * 999 // 1_000
    order = world.order(in_weth, world.weth, world.usdc, STOP_LOSS, trigger_price=trigger)
    world.move_market(world.weth, world.usdc, 100 * WETH)
    assert world.next_price(world.weth, world.usdc) < trigger
    with refused("NotTriggered", _price(world), trigger):
        world.carry(order)


def test_a_stop_limit_that_is_triggered_still_has_its_limit(world, in_weth):
    amount_in = world.hub.vaultBalance(1, world.weth)
    price = world.bought(world.weth, world.usdc, amount_in) * PRICE_SCALE // amount_in
    terms = {"trigger_price": _price(world), "limit_price": price + 1}
    with refused("PriceBelowLimit", price, price + 1):
        world.carry(world.order(in_weth, world.weth, world.usdc, STOP_LIMIT, **terms))
    terms["limit_price"] = price
    world.carry(world.order(in_weth, world.weth, world.usdc, STOP_LIMIT, **terms))


def test_a_trigger_needs_a_living_oracle(world, in_weth):
    updated_at = world.feeds[world.weth.address].latestRoundData()[3]
    order = world.order(in_weth, world.weth, world.usdc, STOP_LOSS, trigger_price=1, deadline=2**40 - 1)
    world.kill_oracle()
    with refused("FeedStale", world.weth, updated_at):
        world.carry(order)
