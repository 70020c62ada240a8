"""A price that is too bad for some: exactly they stand aside, and who carries the trade has no say in it."""

import pytest
from world import ALL, BPS, USDC, Reason, ceil, copies, named, refused, skips

from protocol.types import OnBreach, Policy

LIMITS = (10, 50, 0)
HELD = 100 * USDC
# What a unit of USDC is worth in WETH.
UNITS = 4 * 10**8


@pytest.fixture
def strategy(dishonest):
    return dishonest.strategy


@pytest.fixture
def vaults(world, strategy):
    """Three vaults of 100 USDC: one takes ten basis points, one fifty, one whatever the strategy takes."""
    return [
        world.open_vault(world.followers[i], strategy, HELD, Policy(max_slippage_bps=bps))
        for i, bps in enumerate(LIMITS)
    ]


@pytest.fixture
def attempt(world, dishonest, strategy):
    """Trades at so many units less than the oracle's value of what is sold, with an expectation."""

    def traded(paid, expected):
        hub = world.hub
        dishonest.venue.plan(0, paid, {"from": world.stranger})
        average = world.oracle.priceDown(world.usdc, world.weth)
        dishonest.venue.planAverage(average, {"from": world.stranger})
        params = world.trade_params(strategy, world.usdc, world.weth, pool=dishonest.pool)
        calls = [hub.expectSlippage.encode_input(expected), hub.trade.encode_input(params)]
        return hub.multicall(calls if expected is not None else calls[1:], {"from": world.leader})

    return traded


def _sold(aside):
    return 10_000 * USDC + (3 - aside) * HELD


def _least(aside, bps):
    return ceil(_sold(aside) * UNITS * (BPS - bps), BPS)


@pytest.mark.parametrize("expected", [11, 30, 50])
def test_exactly_those_whose_limit_is_broken_stand_aside(world, vaults, attempt, expected):
    paid = _least(1, 30)
    tx = attempt(paid, expected)
    assert skips(tx) == {vaults[0]: Reason.SLIPPAGE}
    assert sorted(copies(tx)) == [1, *vaults[1:]]
    (cleared,) = named(tx, "BatchCleared")
    assert (cleared["amountIn"], cleared["amountOut"]) == (_sold(1), paid)
    assert world.hub.vaultBalance(vaults[0], world.usdc) == HELD


def test_with_a_good_price_nobody_stands_aside(vaults, attempt):
    tx = attempt(_least(0, 10), None)
    assert sorted(copies(tx)) == [1, *vaults]


def test_who_expects_too_little_is_refused(vaults, attempt):
    paid = _least(0, 30)
    for expected in (None, 0, 10):
        with refused("PriceBelowOracle", paid, _least(0, 10)):
            attempt(paid, expected)


def test_who_expects_too_much_is_refused(vaults, attempt):
    # The one with fifty would have taken this price.
    paid = _least(2, 30)
    for expected in (51, 100, 1_000, 65_535):
        with refused("SkippedAtGoodPrice", paid, _least(2, 50)):
            attempt(paid, expected)


@pytest.mark.parametrize(("off", "stands_aside"), [(0, False), (-1, True)])
def test_a_limit_is_met_to_the_unit(vaults, attempt, off, stands_aside):
    with_all, without = _least(1, 50) + off, _least(2, 50) + off
    if stands_aside:
        with refused("PriceBelowOracle", with_all, _least(1, 50)):
            attempt(with_all, 50)
        assert skips(attempt(without, 51)) == {
            vaults[0]: Reason.SLIPPAGE,
            vaults[1]: Reason.SLIPPAGE,
        }
    else:
        with refused("SkippedAtGoodPrice", without, _least(2, 50)):
            attempt(without, 51)
        assert skips(attempt(with_all, 50)) == {vaults[0]: Reason.SLIPPAGE}


def test_the_strategys_own_bound_holds_for_those_without_a_limit(vaults, attempt):
    paid = _least(2, 300) - 1
    with refused("PriceBelowOracle", paid, _least(2, 300)):
        attempt(paid, 51)
    attempt(paid + 1, 51)


def test_standing_aside_suspends_nobody(world, strategy, attempt):
    vault = world.open_vault(
        world.followers[0], strategy, HELD, Policy(max_slippage_bps=10, on_breach=OnBreach.EXIT)
    )
    tx = attempt(10_000 * UNITS * USDC * 99 // 100, 50)
    assert skips(tx) == {vault: Reason.SLIPPAGE}
    assert named(tx, "VaultStatusSet") == []


def test_an_expectation_is_for_one_trade_of_the_same_caller(world, dishonest, strategy, vaults):
    hub = world.hub
    average = world.oracle.priceDown(world.usdc, world.weth)
    dishonest.venue.planAverage(average, {"from": world.stranger})
    params = world.trade_params(strategy, world.usdc, world.weth, pool=dishonest.pool, portion=ALL // 2)
    paid = ceil(_sold(1) * UNITS * (BPS - 30), 2 * BPS)
    dishonest.venue.plan(0, paid, {"from": world.stranger})
    # In another transaction it is nothing.
    hub.expectSlippage(30, {"from": world.leader})
    with refused("PriceBelowOracle", paid, ceil(_sold(0) * UNITS * (BPS - 10), 2 * BPS)):
        hub.trade(params, {"from": world.leader})
    # The second trade has none: there the venue pays far too much, and nobody stands aside.
    calls = [hub.expectSlippage.encode_input(30), *[hub.trade.encode_input(params)] * 2]
    tx = hub.multicall(calls, {"from": world.leader})
    assert [(skip["vaultId"], skip["tradeId"] % 2**32) for skip in named(tx, "CopySkipped")] == [
        (vaults[0], 1)
    ]
    assert (copies(tx)[vaults[0]]["tradeId"] % 2**32, copies(tx)[vaults[0]]["amountIn"]) == (2, HELD // 2)


def test_whoever_carries_an_order_or_a_later_batch_expects_for_themselves(world):
    hub = world.hub
    strategy, _ = world.create_strategy()
    for i in range(4):
        policy = Policy(max_slippage_bps=10) if i == 3 else Policy()
        world.open_vault(world.followers[i], strategy, 100 * USDC, policy)
    strict = hub.vaultCount()
    world.feeds[world.weth.address].post(2_490 * 10**8, {"from": world.owner})
    order = world.order(strategy, world.usdc, world.weth)
    calls = [
        hub.expectSlippage.encode_input(30),
        hub.executeOrder.encode_input(order, world.sign(order)),
        hub.expectSlippage.encode_input(30),
        hub.continueTrade.encode_input(strategy, 3),
    ]
    tx = hub.multicall(calls, {"from": world.keeper})
    assert skips(tx) == {strict: Reason.SLIPPAGE}
    assert len(copies(tx)) == 4
    assert len(named(tx, "TradeCompleted")) == 1
