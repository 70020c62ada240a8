"""What an owner does with a vault, and that nobody else can."""

import pytest
from brownie import ZERO_ADDRESS
from world import (
    ACTIVE,
    LEFT,
    MAX_BALANCE,
    NO_LIMITS,
    NO_POSITION,
    PAUSED,
    USDC,
    Reason,
    events,
    named,
    refused,
)

from protocol.types import Policy


@pytest.fixture
def strategy(world):
    return world.create_strategy(copy_fee_bps=30)[0]


@pytest.fixture
def vault(world, strategy):
    """A vault of the first follower with 100 USDC."""
    return world.open_vault(world.followers[0], strategy, 100 * USDC)


def test_opening_a_vault_moves_the_deposit_and_fixes_fee_and_position(world, strategy):
    follower, hub = world.followers[0], world.hub
    world.deposit(follower, 200 * USDC)
    policy = Policy(min_trade=5, max_trade=50)
    tx = hub.openVault(strategy, policy.struct(), 60 * USDC, 1, world.keeper, {"from": follower})
    opened = {
        "vaultId": 2,
        "strategyId": strategy,
        "owner": follower,
        "copyFeeBps": 30,
        "position": 0,
        "termsVersion": 1,
        "referrer": world.keeper,
    }
    allocated = {"vaultId": 2, "owner": follower, "token": world.usdc, "amount": 60 * USDC}
    assert events(tx, hub) == [
        ("VaultOpened", opened),
        ("PolicySet", {"vaultId": 2, "revision": 1, "policy": policy.struct()}),
        ("Allocated", allocated),
        ("VaultMarked", {"vaultId": 2, "mark": 60 * USDC, "invested": 60 * USDC}),
    ]
    assert hub.vaultOf(2).dict() == {
        "strategyId": strategy,
        "position": 0,
        "policyRevision": 1,
        "copyFeeBps": 30,
        "status": ACTIVE,
        "limited": True,
        "termsVersion": 1,
        "lossUsed": 0,
        "lastEntry": 0,
        "accruedAt": tx.timestamp,
        "owner": follower,
        "subscribedUntil": tx.timestamp,
        "settleFrom": 0,
    }
    assert tuple(hub.policyOf(2)) == policy.struct()
    assert (hub.policyOf(2)["minTrade"], hub.policyOf(2)["maxTrade"]) == (5, 50)
    assert tuple(hub.marksOf(2)) == (60 * USDC, 60 * USDC)
    assert hub.referrerOf(2) == world.keeper
    assert tuple(hub.investedOf(follower, world.usdc, world.leader)) == (60 * USDC, 60 * USDC)
    assert hub.vaultBalance(2, world.usdc) == 60 * USDC
    assert hub.accountBalance(follower, world.usdc) == 140 * USDC
    assert hub.strategyOf(strategy)["memberCount"] == 1
    assert hub.memberAt(strategy, 0) == 2


def test_a_vault_without_limits_is_not_limited(world, vault):
    assert not world.hub.vaultOf(vault)["limited"]
    assert tuple(world.hub.policyOf(vault)) == NO_LIMITS


def test_members_line_up_in_the_order_in_which_they_came(world, strategy):
    vaults = [world.open_vault(follower, strategy, 10 * USDC) for follower in world.followers]
    assert [world.hub.memberAt(strategy, position) for position in range(5)] == vaults
    assert [world.hub.vaultOf(vault)["position"] for vault in vaults] == [0, 1, 2, 3, 4]


@pytest.fixture
def diversified(world):
    """The first follower has 1,000 USDC with another leader: the cap is not what stops an entry."""
    world.hub.createStrategy(world.offer(), {"from": world.followers[4]})
    world.open_vault(world.followers[0], world.hub.strategyCount(), 1_000 * USDC)


def test_a_vault_needs_a_strategy_and_the_smallest_deposit(world, strategy, diversified):
    follower = world.followers[0]
    world.deposit(follower, 100 * USDC)
    with refused("UnknownStrategy", 0):
        world.hub.openVault(0, NO_LIMITS, 100 * USDC, 1, ZERO_ADDRESS, {"from": follower})
    with refused("UnknownStrategy", strategy + 2):
        world.hub.openVault(strategy + 2, NO_LIMITS, 100 * USDC, 1, ZERO_ADDRESS, {"from": follower})
    with refused("BelowMinimumDeposit", 10 * USDC - 1, 10 * USDC):
        world.hub.openVault(strategy, NO_LIMITS, 10 * USDC - 1, 1, ZERO_ADDRESS, {"from": follower})
    with refused("InsufficientBalance", 100 * USDC, 100 * USDC + 1):
        world.hub.openVault(strategy, NO_LIMITS, 100 * USDC + 1, 1, ZERO_ADDRESS, {"from": follower})


def test_an_empty_vault_opens_where_no_deposit_is_asked_for(world):
    strategy, _ = world.create_strategy(min_deposit=0)
    tx = world.hub.openVault(strategy, NO_LIMITS, 0, 1, ZERO_ADDRESS, {"from": world.followers[0]})
    assert [name for name, _ in events(tx, world.hub)] == ["VaultOpened", "PolicySet"]


def test_a_policy_cannot_contradict_itself(world, strategy, vault):
    follower = world.followers[0]
    world.deposit(follower, 10 * USDC)
    with refused("BadPolicy"):
        world.hub.openVault(
            strategy,
            Policy(min_trade=51, max_trade=50).struct(),
            10 * USDC,
            1,
            ZERO_ADDRESS,
            {"from": follower},
        )
    with refused("BadPolicy"):
        world.hub.setPolicy(vault, Policy(min_trade=51, max_trade=50).struct(), {"from": follower})
    world.hub.setPolicy(vault, Policy(min_trade=50, max_trade=50).struct(), {"from": follower})
    world.hub.setPolicy(vault, Policy(min_trade=50).struct(), {"from": follower})


def test_only_a_vault_that_copies_has_a_policy(world, strategy, vault):
    with refused("LeaderVault"):
        world.hub.setPolicy(1, NO_LIMITS, {"from": world.leader})
    world.hub.leaveStrategy(vault, {"from": world.followers[0]})
    with refused("BadStatus", 3):
        world.hub.setPolicy(vault, NO_LIMITS, {"from": world.followers[0]})


def test_every_change_of_policy_is_a_new_revision(world, vault):
    follower, hub = world.followers[0], world.hub
    policy = Policy(min_trade=7).struct()
    tx = hub.setPolicy(vault, policy, {"from": follower})
    assert events(tx, hub) == [("PolicySet", {"vaultId": vault, "revision": 2, "policy": policy})]
    assert hub.vaultOf(vault)["limited"]
    hub.setPolicy(vault, NO_LIMITS, {"from": follower})
    assert hub.vaultOf(vault)["policyRevision"] == 3
    assert not hub.vaultOf(vault)["limited"]


def test_money_moves_between_account_and_vault_without_a_transfer(world, vault):
    follower, hub = world.followers[0], world.hub
    world.deposit(follower, 350 * USDC)
    held = world.usdc.balanceOf(hub)
    tx = hub.allocate(vault, 20 * USDC, {"from": follower})
    moved = {"vaultId": vault, "owner": follower, "token": world.usdc, "amount": 20 * USDC}
    marked = {"vaultId": vault, "mark": 120 * USDC, "invested": 120 * USDC}
    assert events(tx, hub) == [("Allocated", moved), ("VaultMarked", marked)]
    assert (hub.vaultBalance(vault, world.usdc), hub.accountBalance(follower, world.usdc)) == (
        120 * USDC,
        330 * USDC,
    )
    tx = hub.deallocate(vault, world.usdc, 5 * USDC, {"from": follower})
    moved["amount"] = 5 * USDC
    marked = {"vaultId": vault, "mark": 115 * USDC, "invested": 115 * USDC}
    assert events(tx, hub) == [("VaultMarked", marked), ("Deallocated", moved)]
    assert (hub.vaultBalance(vault, world.usdc), hub.accountBalance(follower, world.usdc)) == (
        115 * USDC,
        335 * USDC,
    )
    assert world.usdc.balanceOf(hub) == held


def test_a_token_that_was_bought_is_deallocated_in_kind(world, strategy, vault):
    follower, hub = world.followers[0], world.hub
    world.trade(strategy, world.usdc, world.weth)
    bought = hub.vaultBalance(vault, world.weth)
    tx = hub.deallocate(vault, world.weth, bought, {"from": follower})
    moved = {"vaultId": vault, "owner": follower, "token": world.weth, "amount": bought}
    # All of it left, and the loss stays on the mark: new money would have to make it good first.
    lost = 100 * USDC - bought * 2_500 // 10**12
    marked = {"vaultId": vault, "mark": lost, "invested": 0}
    assert events(tx, hub) == [("VaultMarked", marked), ("Deallocated", moved)]
    assert (hub.vaultBalance(vault, world.weth), hub.accountBalance(follower, world.weth)) == (0, bought)


def test_allocating_and_deallocating_need_an_amount_that_is_there(world, vault, diversified):
    follower, hub = world.followers[0], world.hub
    with refused("ZeroAmount"):
        hub.allocate(vault, 0, {"from": follower})
    with refused("ZeroAmount"):
        hub.deallocate(vault, world.usdc, 0, {"from": follower})
    with refused("InsufficientBalance", 0, 1):
        hub.allocate(vault, 1, {"from": follower})
    with refused("InsufficientBalance", 100 * USDC, 100 * USDC + 1):
        hub.deallocate(vault, world.usdc, 100 * USDC + 1, {"from": follower})
    with refused("TokenNotAllowed", world.keeper):
        hub.deallocate(vault, world.keeper, 1, {"from": follower})


def test_a_vault_holds_less_than_two_to_the_128(world, vault):
    follower, hub = world.followers[0], world.hub
    # So much that the cap on one leader's share stops nothing.
    world.usdc.mint(follower, 2**131, {"from": world.owner})
    world.deposit(follower, 2**131)
    with refused("BalanceOverflow"):
        hub.allocate(vault, 2**128, {"from": follower})
    with refused("BalanceOverflow"):
        hub.allocate(vault, MAX_BALANCE - 100 * USDC + 1, {"from": follower})
    hub.allocate(vault, MAX_BALANCE - 100 * USDC, {"from": follower})
    assert hub.vaultBalance(vault, world.usdc) == MAX_BALANCE
    assert hub.vaultBalance(vault, world.weth) == 0


def test_a_foreign_token_has_no_balance_in_a_vault(world, vault):
    assert world.hub.vaultBalance(vault, world.keeper) == 0
    assert world.hub.vaultBalance(vault + 1, world.usdc) == 0


def test_a_paused_vault_is_skipped_until_it_resumes(world, strategy, vault):
    follower, hub = world.followers[0], world.hub
    tx = hub.pause(vault, {"from": follower})
    assert events(tx, hub) == [
        ("VaultStatusSet", {"vaultId": vault, "status": PAUSED, "reason": Reason.NONE})
    ]
    tx = world.trade(strategy, world.usdc, world.weth, portion=10**17)
    assert [skip["reason"] for skip in named(tx, "CopySkipped")] == [Reason.PAUSED]
    assert hub.vaultBalance(vault, world.usdc) == 100 * USDC
    tx = hub.resume(vault, {"from": follower})
    assert events(tx, hub) == [
        ("VaultStatusSet", {"vaultId": vault, "status": ACTIVE, "reason": Reason.NONE})
    ]
    tx = world.trade(strategy, world.usdc, world.weth, portion=10**17)
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == [1, vault]


def test_a_vault_pauses_and_resumes_only_from_the_other_state(world, vault):
    follower, hub = world.followers[0], world.hub
    with refused("BadStatus", ACTIVE):
        hub.resume(vault, {"from": follower})
    hub.pause(vault, {"from": follower})
    with refused("BadStatus", PAUSED):
        hub.pause(vault, {"from": follower})


def test_a_vault_that_left_stays_left(world, strategy, vault):
    follower, hub = world.followers[0], world.hub
    world.deposit(follower, 10 * USDC)
    tx = hub.leaveStrategy(vault, {"from": follower})
    assert events(tx, hub) == [
        ("VaultStatusSet", {"vaultId": vault, "status": LEFT, "reason": Reason.NONE}),
        ("MemberMoved", {"strategyId": strategy, "vaultId": 0, "position": 0}),
    ]
    assert hub.strategyOf(strategy)["memberCount"] == 0
    for again in (hub.leaveStrategy, hub.pause, hub.resume):
        with refused("BadStatus", LEFT):
            again(vault, {"from": follower})
    with refused("BadStatus", LEFT):
        hub.allocate(vault, 1, {"from": follower})


def test_a_vault_that_left_keeps_its_money_for_its_owner(world, strategy, vault):
    follower, hub = world.followers[0], world.hub
    hub.leaveStrategy(vault, {"from": follower})
    tx = world.trade(strategy, world.usdc, world.weth)
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == [1]
    assert named(tx, "CopySkipped") == []
    hub.deallocate(vault, world.usdc, 100 * USDC, {"from": follower})
    assert hub.accountBalance(follower, world.usdc) == 100 * USDC


def test_the_last_member_fills_the_hole_that_another_leaves(world, strategy):
    hub = world.hub
    vaults = [world.open_vault(follower, strategy, 10 * USDC) for follower in world.followers[:4]]
    tx = hub.leaveStrategy(vaults[1], {"from": world.followers[1]})
    assert named(tx, "MemberMoved") == [{"strategyId": strategy, "vaultId": vaults[3], "position": 1}]
    assert [hub.memberAt(strategy, position) for position in range(4)] == [
        vaults[0],
        vaults[3],
        vaults[2],
        0,
    ]
    assert hub.vaultOf(vaults[3])["position"] == 1
    assert hub.strategyOf(strategy)["memberCount"] == 3


def test_the_last_member_leaves_without_moving_anyone(world, strategy):
    hub = world.hub
    vaults = [world.open_vault(follower, strategy, 10 * USDC) for follower in world.followers[:2]]
    tx = hub.leaveStrategy(vaults[1], {"from": world.followers[1]})
    assert named(tx, "MemberMoved") == [{"strategyId": strategy, "vaultId": 0, "position": 1}]
    assert [hub.memberAt(strategy, position) for position in range(2)] == [vaults[0], 0]


def test_the_leaders_vault_is_no_member_and_cannot_pause_or_leave(world, strategy):
    hub, leader = world.hub, world.leader
    leader_vault = hub.strategyOf(strategy)["leaderVault"]
    assert hub.vaultOf(leader_vault)["position"] == NO_POSITION
    for refuse in (hub.pause, hub.resume, hub.requestExit, hub.leaveStrategy):
        with refused("LeaderVault"):
            refuse(leader_vault, {"from": leader})


def test_the_leader_takes_the_stake_back(world, strategy):
    hub, leader = world.hub, world.leader
    leader_vault = hub.strategyOf(strategy)["leaderVault"]
    hub.deallocate(leader_vault, world.usdc, 10_000 * USDC, {"from": leader})
    hub.withdraw(world.usdc, 10_000 * USDC, leader, {"from": leader})
    assert hub.vaultBalance(leader_vault, world.usdc) == 0


@pytest.mark.parametrize("who", ["owner", "treasury", "leader", "keeper"])
def test_only_its_owner_disposes_of_a_vault(world, vault, who):
    hub, intruder = world.hub, {"from": getattr(world, who)}
    calls = [
        lambda: hub.allocate(vault, 1, intruder),
        lambda: hub.deallocate(vault, world.usdc, 1, intruder),
        lambda: hub.exit(vault, [world.usdc], intruder["from"], intruder),
        lambda: hub.setPolicy(vault, NO_LIMITS, intruder),
        lambda: hub.pause(vault, intruder),
        lambda: hub.resume(vault, intruder),
        lambda: hub.leaveStrategy(vault, intruder),
        lambda: hub.requestExit(vault, intruder),
        lambda: hub.acceptTerms(vault, 1, intruder),
        lambda: hub.manualTrade(
            (vault, world.pool(world.usdc, world.weth), world.usdc, world.weth, 1, 0, 2**40 - 1), intruder
        ),
    ]
    for call in calls:
        with refused("NotVaultOwner"):
            call()


def test_a_vault_that_does_not_exist_is_nobodys(world, vault):
    with refused("NotVaultOwner"):
        world.hub.pause(vault + 1, {"from": world.followers[0]})
