"""What a leader may not do even to those who follow: the limits that the strategy declared when it began."""

import pytest
from brownie import web3
from brownie.exceptions import VirtualMachineError
from world import (
    ALL,
    BPS,
    DAY,
    USDC,
    ceil,
    copies,
    cost,
    expected_cost,
    named,
    next_block_at,
    refused,
    weth_price,
)

STAKE = 10_000 * USDC
# 100 units of USDC of 10,000 USDC.
LITTLE = 10**10


def _lead(world, **limits):
    return world.create_strategy(limits=limits, max_slippage_bps=1_000)[0]


def _next_day_at(world, hour):
    """Dates the next block at an hour of the next day, UTC, with prices posted again."""
    now = web3.eth.get_block("latest")["timestamp"]
    next_block_at((now // DAY + 1) * DAY + hour * 3_600)
    for feed in world.feeds.values():
        feed.post(feed.latestRoundData()[1], {"from": world.owner})


# The stake


def test_an_entry_needs_the_least_stake_and_an_exit_does_not(world):
    hub, leader = world.hub, {"from": world.leader}
    strategy = _lead(world, min_stake=5_000 * USDC)
    hub.deallocate(1, world.usdc, 5_000 * USDC, leader)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    # The entry itself has cost a little.
    held = hub.vaultBalance(1, world.weth)
    equity = 4_500 * USDC + held * 2_500 // 10**12
    assert equity < 5_000 * USDC
    with refused("StakeTooLow", equity, 5_000 * USDC):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    with refused("StakeTooLow", equity, 5_000 * USDC):
        world.trade(strategy, world.weth, world.wbtc)
    world.trade(strategy, world.weth, world.usdc)
    assert hub.vaultBalance(1, world.weth) == 0


def test_one_unit_below_the_least_stake_is_too_low(world):
    strategy = _lead(world, min_stake=5_000 * USDC)
    world.hub.deallocate(1, world.usdc, 5_000 * USDC + 1, {"from": world.leader})
    with refused("StakeTooLow", 5_000 * USDC - 1, 5_000 * USDC):
        world.trade(strategy, world.usdc, world.weth)


# The loss budget


def test_what_execution_costs_uses_up_the_budget_and_comes_back_with_time(world):
    hub = world.hub
    strategy = _lead(world, loss_budget_bps=16)
    # Eight basis points fit.
    first = world.trade(strategy, world.usdc, world.weth)
    (cleared,) = named(first, "BatchCleared")
    used = cost(cleared)
    assert hub.stateOf(strategy)["lossUsed"] == used > 500_000
    assert hub.stateOf(strategy)["lastTradeAt"] == first.timestamp
    held = hub.vaultBalance(1, world.weth)
    back = expected_cost(held, world.bought(world.weth, world.usdc, held), held * 2_500 // 10**12)
    order = world.trade_params(strategy, world.weth, world.usdc, deadline=2**40 - 1)
    later = 100
    left = used - 800_000 * later // 604_800
    next_block_at(first.timestamp + later)
    with refused("LossBudgetUsedUp", left + back, 800_000):
        hub.trade(order, {"from": world.leader})
    # As soon as enough has leaked out.
    enough = ceil((used + back - 800_000) * 604_800, 800_000)
    next_block_at(first.timestamp + enough - 10)
    left = used - 800_000 * (enough - 10) // 604_800
    with refused("LossBudgetUsedUp", left + back, 800_000):
        hub.trade(order, {"from": world.leader})
    next_block_at(first.timestamp + enough)
    hub.trade(order, {"from": world.leader})
    left = used - 800_000 * enough // 604_800
    assert hub.stateOf(strategy)["lossUsed"] == left + back <= 800_000


def test_a_part_of_the_holding_costs_that_part_of_the_budget(world):
    strategy = _lead(world)
    (cleared,) = named(world.trade(strategy, world.usdc, world.weth, portion=ALL // 3), "BatchCleared")
    rate = cost(cleared)
    assert world.hub.stateOf(strategy)["lossUsed"] == ceil(ALL // 3 * rate, ALL)


def test_a_swap_at_a_gain_uses_nothing_up_and_gives_nothing_back(world, dishonest):
    hub, strategy = world.hub, dishonest.strategy
    dishonest(0, 199 * 10**16, portion=ALL // 2)
    used = hub.stateOf(strategy)["lossUsed"]
    assert used == ceil(ALL // 2 * expected_cost(1, 199, 200), ALL) == 2_500_000
    last = hub.stateOf(strategy)["lastTradeAt"]
    next_block_at(last + 1_000)
    dishonest(0, 101 * 10**16, portion=ALL // 2)
    elapsed = hub.stateOf(strategy)["lastTradeAt"] - last
    assert hub.stateOf(strategy)["lossUsed"] == used - 100_000_000 * elapsed // 604_800


@pytest.fixture
def many(world):
    """Opens a strategy with a budget and seven followers, so that a trade has three batches."""

    def opened(budget_bps, **changes):
        strategy, _ = world.create_strategy(
            limits={"loss_budget_bps": budget_bps}, max_slippage_bps=1_000, max_drift_bps=1_000, **changes
        )
        for i in range(7):
            world.open_vault(world.followers[i % 5], strategy, 1_000 * USDC)
        return strategy

    return opened


def test_a_later_batch_that_costs_more_is_charged_for_what_is_more(world, many):
    hub, strategy = world.hub, many(2_000)
    (cleared,) = named(world.trade(strategy, world.usdc, world.weth, portion=ALL // 2), "BatchCleared")
    first = cost(cleared)
    used = ceil(first, 2)
    assert (hub.stateOf(strategy)["lossUsed"], hub.fanoutOf(strategy)["lossRate"]) == (used, first)

    world.move_market(world.usdc, world.weth, 200_000 * USDC)
    (cleared,) = named(hub.continueTrade(strategy, 3, {"from": world.keeper}), "BatchCleared")
    second = cost(cleared, units=1)
    assert second > first + 5_000_000
    used += ceil(second - first, 2)
    assert (hub.stateOf(strategy)["lossUsed"], hub.fanoutOf(strategy)["lossRate"]) == (used, second)

    # Better than the worst: no more is charged.
    world.move_market(world.weth, world.usdc, 40 * 10**18)
    (cleared,) = named(hub.continueTrade(strategy, 3, {"from": world.keeper}), "BatchCleared")
    assert first < cost(cleared, units=1) < second
    assert hub.stateOf(strategy)["lossUsed"] == used


def test_a_later_batch_keeps_to_the_budget_too(world, many):
    hub, strategy = world.hub, many(20)
    (cleared,) = named(world.trade(strategy, world.usdc, world.weth), "BatchCleared")
    first = cost(cleared)
    world.move_market(world.usdc, world.weth, 50_000 * USDC)
    waiting = 3_000 * USDC
    bought = world.bought(world.usdc, world.weth, waiting)
    rate = expected_cost(waiting, bought, waiting * 4 * 10**8, units=1)
    assert first < 1_000_000 < rate
    with refused("LossBudgetUsedUp", rate, 1_000_000):
        hub.continueTrade(strategy, 3, {"from": world.keeper})
    world.move_market(world.weth, world.usdc, 40 * 10**18)
    hub.continueTrade(strategy, 3, {"from": world.keeper})


# Time


def test_between_a_trade_and_the_next_entry_the_interval_passes(world):
    strategy = _lead(world, min_interval=3_600)
    first = world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    entry = world.trade_params(strategy, world.usdc, world.weth, portion=ALL // 2, deadline=2**40 - 1)
    next_block_at(first.timestamp + 3_599)
    with refused("TooSoon", first.timestamp + 3_600):
        world.hub.trade(entry, {"from": world.leader})
    next_block_at(first.timestamp + 3_600)
    second = world.hub.trade(entry, {"from": world.leader})
    # An exit is never too soon, and the next entry waits for it too.
    sale = world.trade(strategy, world.weth, world.usdc, portion=ALL // 2)
    assert sale.timestamp < second.timestamp + 3_600
    next_block_at(sale.timestamp + 3_599)
    with refused("TooSoon", sale.timestamp + 3_600):
        world.hub.trade(entry, {"from": world.leader})


def test_a_day_has_so_many_round_trips_and_then_no_entry_until_the_next(world):
    hub = world.hub
    strategy = _lead(world, max_round_trips=2)
    _next_day_at(world, 1)
    world.trade(strategy, world.usdc, world.weth)
    for trips in (1, 2):
        world.trade(strategy, world.weth, world.usdc, portion=ALL // 4)
        assert hub.stateOf(strategy)["roundTrips"] == trips
        if trips == 1:
            world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    with refused("RoundTripsUsedUp", 2):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    with refused("RoundTripsUsedUp", 2):
        world.trade(strategy, world.weth, world.wbtc, portion=ALL // 4)
    # Nobody is locked in.
    world.trade(strategy, world.weth, world.usdc, portion=ALL // 4)
    assert hub.stateOf(strategy)["roundTrips"] == 3
    _next_day_at(world, 0)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    assert hub.stateOf(strategy)["roundTrips"] == 0


def test_an_exit_on_a_new_day_is_its_first_round_trip(world):
    strategy = _lead(world, max_round_trips=1)
    _next_day_at(world, 1)
    world.trade(strategy, world.usdc, world.weth)
    world.trade(strategy, world.weth, world.usdc, portion=ALL // 4)
    _next_day_at(world, 1)
    world.trade(strategy, world.weth, world.usdc, portion=ALL // 4)
    assert world.hub.stateOf(strategy)["roundTrips"] == 1
    with refused("RoundTripsUsedUp", 1):
        world.trade(strategy, world.usdc, world.weth)


# The declared profile


@pytest.mark.parametrize("limit", ["max_token_bps", "max_exposure_bps"])
def test_an_entry_beyond_the_declared_profile_is_refused(world, limit):
    strategy = _lead(world, **{limit: 4_000})
    with refused("ProfileExceeded", 4_001, 4_000):
        world.trade(strategy, world.usdc, world.weth, portion=4 * ALL // 10 + LITTLE)
    for portion in (4 * ALL // 10 - LITTLE, 4 * ALL // 10):
        params = world.trade_params(strategy, world.usdc, world.weth, portion=portion)
        world.hub.trade.call(params, {"from": world.leader})


def test_what_is_held_counts_into_the_profile_and_exits_do_not(world):
    strategy = _lead(world, max_token_bps=4_000, max_exposure_bps=6_000)
    world.trade(strategy, world.usdc, world.weth, portion=39 * ALL // 100)
    held = world.hub.vaultBalance(1, world.weth) * 2_500 // 10**12
    equity = 6_100 * USDC + held
    entry = 6_100 * USDC * (ALL // 20) // ALL
    with refused("ProfileExceeded", ceil((held + entry) * BPS, equity), 4_000):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 20)
    entry = 6_100 * USDC * (4 * ALL // 10) // ALL
    with refused("ProfileExceeded", ceil((held + entry) * BPS, equity), 6_000):
        world.trade(strategy, world.usdc, world.wbtc, portion=4 * ALL // 10)
    world.trade(strategy, world.usdc, world.wbtc, portion=3 * ALL // 10)
    # A swap between the two is no more exposure, and too much in one token.
    with refused("ProfileExceeded", _share_in_wbtc(world), 4_000):
        world.trade(strategy, world.weth, world.wbtc)
    world.trade(strategy, world.weth, world.wbtc, portion=ALL // 2)
    world.trade(strategy, world.wbtc, world.usdc)


def _share_in_wbtc(world):
    usdc, weth, wbtc = (world.hub.vaultBalance(1, token) for token in world.tokens)
    weth, wbtc = weth * 2_500 // 10**12, wbtc * 500
    return ceil((weth + wbtc) * BPS, usdc + weth + wbtc)


# The rolling drawdown


@pytest.fixture
def fallen(world):
    """A strategy that stops at three percent, with nine tenths of its stake in WETH: it, and its WETH."""
    strategy = _lead(world, max_drawdown_bps=300)
    _next_day_at(world, 1)
    world.trade(strategy, world.usdc, world.weth, portion=9 * ALL // 10)
    return strategy, world.hub.vaultBalance(1, world.weth)


def _make_worth(world, held, equity):
    """Posts the least price at which 1,000 USDC and the WETH are worth `equity`."""
    price = weth_price(equity - 1_000 * USDC, held)
    assert held * price // 10**20 == equity - 1_000 * USDC
    world.feeds[world.weth.address].post(price, {"from": world.owner})


def test_entries_stop_at_the_drawdown_and_exits_do_not(world, fallen):
    strategy, held = fallen
    # Every look has to be had before the index rounds again: it starts at 1e10 for 10,000 USDC.
    _make_worth(world, held, 9_700 * USDC - 1)
    with refused("InDrawdown", 9_699_999_999, 9_700_000_000):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    world.trade(strategy, world.weth, world.usdc, portion=ALL // 10)


def test_an_entry_at_the_very_edge_of_the_drawdown_is_allowed(world, fallen):
    strategy, held = fallen
    _make_worth(world, held, 9_700 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert world.hub.stateOf(strategy)["index"] == 9_700_000_000


def test_money_put_in_or_taken_out_hides_no_drawdown(world, fallen):
    hub, (strategy, held) = world.hub, fallen
    _make_worth(world, held, 9_600 * USDC)
    index = 9_600_000_000
    world.deposit(world.leader, 90_400 * USDC)
    hub.allocate(1, 90_400 * USDC, {"from": world.leader})
    assert (hub.stateOf(strategy)["index"], hub.stateOf(strategy)["stakeEquity"]) == (index, 100_000 * USDC)
    with refused("InDrawdown", index, 9_700_000_000):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    hub.deallocate(1, world.usdc, 91_000 * USDC, {"from": world.leader})
    assert (hub.stateOf(strategy)["index"], hub.stateOf(strategy)["stakeEquity"]) == (index, 9_000 * USDC)
    with refused("InDrawdown", index, 9_700_000_000):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)


def test_a_drawdown_is_over_when_the_peak_is_more_than_seven_days_back(world, fallen):
    strategy, held = fallen
    _make_worth(world, held, 9_600 * USDC)
    for _ in range(7):
        with refused("InDrawdown", 9_600_000_000, 9_700_000_000):
            world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
        _next_day_at(world, 1)
    with refused("InDrawdown", 9_600_000_000, 9_700_000_000):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    _next_day_at(world, 0)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert world.hub.stateOf(strategy)["index"] == 9_600_000_000


# The pool's depth


def _depth(world, strategy, **trade):
    """What the pool takes, as the refusal of a trade that is too large says."""
    with pytest.raises(VirtualMachineError) as refusal:
        world.trade(strategy, world.usdc, world.weth, **trade)
    name, numbers = refusal.value.revert_msg.split(": ")
    amount_in, depth = map(int, numbers.split(", "))
    assert (name, amount_in) == ("TooLargeForPool", STAKE)
    # 50 million USDC: a move of a basis point takes half a basis point of them.
    assert abs(depth - 2_500 * USDC) < 2_500 * USDC // 1_000
    return depth


def test_a_leaders_own_part_must_fit_into_the_pool(world):
    strategy = _lead(world, max_impact_bps=1)
    depth = _depth(world, strategy)
    world.hub.deallocate(1, world.usdc, STAKE - depth - 1, {"from": world.leader})
    with refused("TooLargeForPool", depth + 1, depth):
        world.trade(strategy, world.usdc, world.weth)
    world.hub.deallocate(1, world.usdc, 1, {"from": world.leader})
    assert copies(world.trade(strategy, world.usdc, world.weth))[1]["amountIn"] == depth
