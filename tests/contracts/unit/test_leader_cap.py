"""The largest share of an owner's money that may be with one leader."""

import pytest
from brownie import ZERO_ADDRESS
from world import ALL, NO_LIMITS, USDC, events, refused


@pytest.fixture
def strategy(world):
    return world.create_strategy()[0]


def _open(world, strategy, amount):
    follower = world.followers[0]
    return world.hub.openVault(strategy, NO_LIMITS, amount, 1, ZERO_ADDRESS, {"from": follower})


def test_three_tenths_may_be_with_one_leader_and_not_a_unit_more(world, strategy):
    hub, follower = world.hub, world.followers[0]
    assert hub.leaderCapOf(follower) == hub.DEFAULT_LEADER_CAP_BPS() == 3_000
    world.deposit(follower, 1_000 * USDC)
    with refused("LeaderCapExceeded", 300 * USDC + 1, 300 * USDC):
        _open(world, strategy, 300 * USDC + 1)
    _open(world, strategy, 300 * USDC)
    with refused("LeaderCapExceeded", 300 * USDC + 1, 300 * USDC):
        hub.allocate(hub.vaultCount(), 1, {"from": follower})
    assert tuple(hub.investedOf(follower, world.usdc, world.leader)) == (300 * USDC, 300 * USDC)


def test_an_owner_may_choose_any_share_up_to_a_half(world, strategy):
    hub, follower = world.hub, world.followers[0]
    assert hub.MAX_LEADER_CAP_BPS() == 5_000
    world.deposit(follower, 1_000 * USDC)
    tx = hub.setLeaderCap(5_000, {"from": follower})
    assert events(tx, hub) == [("LeaderCapSet", {"owner": follower, "capBps": 5_000})]
    with refused("LeaderCapExceeded", 500 * USDC + 1, 500 * USDC):
        _open(world, strategy, 500 * USDC + 1)
    _open(world, strategy, 500 * USDC)
    with refused("AboveCap", 5_001, 5_000):
        hub.setLeaderCap(5_001, {"from": follower})
    hub.setLeaderCap(1, {"from": follower})
    assert hub.leaderCapOf(follower) == 1
    hub.setLeaderCap(0, {"from": follower})
    assert hub.leaderCapOf(follower) == 3_000
    # Anybody else's is their own.
    assert hub.leaderCapOf(world.followers[1]) == 3_000


def test_the_share_is_over_all_of_a_leaders_strategies_and_not_over_other_leaders(world, strategy):
    hub, follower = world.hub, world.followers[0]
    same, _ = world.create_strategy()
    hub.createStrategy(world.offer(), {"from": world.followers[4]})
    other = hub.strategyCount()
    world.deposit(follower, 1_000 * USDC)
    _open(world, strategy, 200 * USDC)
    with refused("LeaderCapExceeded", 300 * USDC + 1, 300 * USDC):
        _open(world, same, 100 * USDC + 1)
    _open(world, other, 300 * USDC)
    _open(world, same, 100 * USDC)
    assert tuple(hub.investedOf(follower, world.usdc, world.leader)) == (600 * USDC, 300 * USDC)


def test_gains_and_losses_are_no_new_share_and_what_leaves_makes_room(world, strategy):
    hub, follower = world.hub, world.followers[0]
    world.deposit(follower, 1_000 * USDC)
    _open(world, strategy, 300 * USDC)
    vault = hub.vaultCount()
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert tuple(hub.investedOf(follower, world.usdc, world.leader)) == (300 * USDC, 300 * USDC)
    worth = 150 * USDC + hub.vaultBalance(vault, world.weth) * 2_500 // 10**12
    hub.deallocate(vault, world.usdc, 150 * USDC, {"from": follower})
    left = 300 * USDC - 300 * USDC * 150 * USDC // worth
    assert tuple(hub.investedOf(follower, world.usdc, world.leader)) == (left, left)
    allowed = (850 * USDC + left) * 3 // 10
    with refused("LeaderCapExceeded", allowed + 1, allowed):
        hub.allocate(vault, allowed + 1 - left, {"from": follower})
    hub.allocate(vault, allowed - left, {"from": follower})


def test_leaders_stake_as_much_as_they_like_in_their_own(world):
    strategy, leader_vault = world.create_strategy(stake=1_000 * USDC)
    assert world.hub.accountBalance(world.leader, world.usdc) == 0
    assert world.hub.vaultBalance(leader_vault, world.usdc) == 1_000 * USDC
    assert tuple(world.hub.investedOf(world.leader, world.usdc, world.leader)) == (0, 0)
    assert strategy == 1
