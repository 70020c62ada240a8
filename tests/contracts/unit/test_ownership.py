"""Who may list and post: the owner alone, who hands over in two steps and never comes near money."""

import pytest
from brownie import ZERO_ADDRESS
from world import USDC, events, refused

OWNED = ["hub", "oracle"]


def _owner_calls(world):
    pool = world.pool(world.usdc, world.weth)
    token, feed = world.usdc, world.feeds[world.usdc.address]
    return {
        "Hub.listToken": lambda who: world.hub.listToken(world.keeper, who),
        "Hub.listPool": lambda who: world.hub.listPool(pool, world.venue, who),
        "Hub.setTreasury": lambda who: world.hub.setTreasury(world.keeper, who),
        "Hub.setGuardian": lambda who: world.hub.setGuardian(world.keeper, who),
        "Hub.setGate": lambda who: world.hub.setGate(world.keeper, who),
        "Hub.resumeTrading": lambda who: world.hub.resumeTrading(0, who),
        "Hub.transferOwnership": lambda who: world.hub.transferOwnership(world.keeper, who),
        "Hub.renounceOwnership": world.hub.renounceOwnership,
        "Oracle.setFeed": lambda who: world.oracle.setFeed(world.keeper, feed, 1, who),
        "Oracle.transferOwnership": lambda who: world.oracle.transferOwnership(world.keeper, who),
        "Oracle.renounceOwnership": world.oracle.renounceOwnership,
        "Token.mint": lambda who: token.mint(world.keeper, 1, who),
        "Feed.post": lambda who: feed.post(1, who),
    }


@pytest.mark.parametrize("who", ["stranger", "leader", "treasury"])
def test_nobody_but_the_owner_does_what_is_the_owners(world, who):
    intruder = getattr(world, who)
    for call in _owner_calls(world).values():
        with refused("OwnableUnauthorizedAccount", intruder):
            call({"from": intruder})


@pytest.mark.parametrize("name", OWNED)
def test_ownership_passes_only_when_it_is_accepted(world, name):
    owned = getattr(world, name)
    tx = owned.transferOwnership(world.keeper, {"from": world.owner})
    started = {"previousOwner": world.owner, "newOwner": world.keeper}
    assert events(tx, owned) == [("OwnershipTransferStarted", started)]
    assert (owned.owner(), owned.pendingOwner()) == (world.owner, world.keeper)
    with refused("OwnableUnauthorizedAccount", world.stranger):
        owned.acceptOwnership({"from": world.stranger})
    tx = owned.acceptOwnership({"from": world.keeper})
    assert events(tx, owned) == [("OwnershipTransferred", started)]
    assert (owned.owner(), owned.pendingOwner()) == (world.keeper, ZERO_ADDRESS)
    with refused("OwnableUnauthorizedAccount", world.owner):
        owned.transferOwnership(world.owner, {"from": world.owner})


@pytest.mark.parametrize("name", OWNED)
def test_a_handover_may_be_taken_back_before_it_is_accepted(world, name):
    owned = getattr(world, name)
    owned.transferOwnership(world.keeper, {"from": world.owner})
    owned.transferOwnership(ZERO_ADDRESS, {"from": world.owner})
    with refused("OwnableUnauthorizedAccount", world.keeper):
        owned.acceptOwnership({"from": world.keeper})


def test_a_hub_whose_owner_is_gone_goes_on(world):
    hub, follower = world.hub, world.followers[0]
    strategy, _ = world.create_strategy()
    for owned in (world.hub, world.oracle):
        owned.renounceOwnership({"from": world.owner})
        assert owned.owner() == ZERO_ADDRESS
    with refused("OwnableUnauthorizedAccount", world.owner):
        hub.listToken(world.keeper, {"from": world.owner})
    vault = world.open_vault(follower, strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    bought = hub.vaultBalance(vault, world.weth)
    owned = world.weth.balanceOf(follower)
    hub.exit(vault, world.tokens, follower, {"from": follower})
    assert world.weth.balanceOf(follower) == owned + bought


def test_the_owner_cannot_move_anybodys_money(world):
    hub, owner = world.hub, {"from": world.owner}
    strategy, _ = world.create_strategy(copy_fee_bps=100)
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    with refused("NotVaultOwner"):
        hub.deallocate(vault, world.weth, 1, owner)
    with refused("InsufficientBalance", 0, 1):
        hub.withdraw(world.usdc, 1, world.owner, owner)
    with refused("ZeroAmount"):
        hub.claimFees(world.usdc, owner)
    with refused("NotLeader"):
        hub.trade(world.trade_params(strategy, world.weth, world.usdc), owner)
