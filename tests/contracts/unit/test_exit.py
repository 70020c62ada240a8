"""An owner leaves with everything in kind, whatever the oracle, a token, a trade or anybody else does."""

import pytest
from brownie import ZERO_ADDRESS
from world import ACTIVE, ALL, LEFT, USDC, WETH, Reason, events, named, refused


@pytest.fixture
def strategy(world):
    return world.create_strategy()[0]


@pytest.fixture
def vault(world, strategy):
    """A vault of the first follower that holds USDC and WETH."""
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    return vault


def test_an_exit_pays_every_token_in_kind_and_ends_the_membership(world, strategy, vault):
    follower, other, hub = world.followers[0], world.followers[1], world.hub
    bought = hub.vaultBalance(vault, world.weth)
    owned = [token.balanceOf(other) for token in world.tokens]
    held = [token.balanceOf(hub) for token in world.tokens]
    tx = hub.exit(vault, world.tokens, other, {"from": follower})
    paid = [(world.usdc, 50 * USDC), (world.weth, bought)]
    # What the entry has cost stays to be made good, should there be new money some day.
    lost = 100 * USDC - (50 * USDC + bought * 2_500 // 10**12)
    leaving = [
        ("VaultStatusSet", {"vaultId": vault, "status": LEFT, "reason": Reason.NONE}),
        ("MemberMoved", {"strategyId": strategy, "vaultId": 0, "position": 0}),
    ]
    off_the_books = [
        ("Deallocated", {"vaultId": vault, "owner": follower, "token": token, "amount": amount})
        for token, amount in paid
    ]
    marked = ("VaultMarked", {"vaultId": vault, "mark": lost, "invested": 0})
    payments = [
        ("Withdrawn", {"owner": follower, "token": token, "amount": amount, "to": other})
        for token, amount in paid
    ]
    assert lost > 0
    assert events(tx, hub) == [*leaving, *off_the_books, marked, *payments]
    received = [50 * USDC, bought, 0]
    assert [token.balanceOf(other) for token in world.tokens] == [
        a + b for a, b in zip(owned, received, strict=True)
    ]
    assert [token.balanceOf(hub) for token in world.tokens] == [
        a - b for a, b in zip(held, received, strict=True)
    ]
    assert [hub.vaultBalance(vault, token) for token in world.tokens] == [0, 0, 0]
    assert hub.vaultOf(vault)["status"] == LEFT
    assert hub.strategyOf(strategy)["memberCount"] == 0


def test_an_exit_works_when_the_oracle_is_dead(world, vault):
    follower = world.followers[0]
    world.kill_oracle()
    owned = world.usdc.balanceOf(follower)
    world.hub.exit(vault, world.tokens, follower, {"from": follower})
    assert world.usdc.balanceOf(follower) == owned + 50 * USDC


@pytest.mark.parametrize("is_up", [True, False])
def test_an_exit_works_while_the_sequencer_is_down_or_starting(world, vault, is_up):
    hub, follower = world.hub, world.followers[0]
    world.sequencer.post(0 if is_up else 1, {"from": world.owner})
    bought = hub.vaultBalance(vault, world.weth)
    owned = [token.balanceOf(follower) for token in world.tokens]
    hub.exit(vault, world.tokens, follower, {"from": follower})
    assert [token.balanceOf(follower) for token in world.tokens] == [
        a + b for a, b in zip(owned, [50 * USDC, bought, 0], strict=True)
    ]


def test_an_exit_works_when_oracle_and_pool_disagree(world, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    world.feeds[world.weth.address].post(5_000 * 10**8, {"from": world.owner})
    world.expect_disagreement(
        lambda: world.trade(strategy, world.weth, world.usdc),
        world.weth,
        world.usdc,
        hub.vaultBalance(1, world.weth) + hub.vaultBalance(vault, world.weth),
    )
    hub.exit(vault, world.tokens, follower, {"from": follower})
    assert [hub.vaultBalance(vault, token) for token in world.tokens] == [0, 0, 0]


def test_an_exit_works_while_a_trade_is_being_copied(world, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    for other in world.followers[1:]:
        world.open_vault(other, strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert hub.strategyOf(strategy)["fanoutOpen"]
    balances = [hub.vaultBalance(vault, token) for token in world.tokens]
    owned = [token.balanceOf(follower) for token in world.tokens]
    tx = hub.exit(vault, world.tokens, follower, {"from": follower})
    assert named(tx, "MemberMoved") == []
    assert hub.memberAt(strategy, 0) == 0
    assert [token.balanceOf(follower) for token in world.tokens] == [
        a + b for a, b in zip(owned, balances, strict=True)
    ]
    hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [hub.vaultBalance(vault, token) for token in world.tokens] == [0, 0, 0]


def test_a_paused_vault_exits_too(world, strategy, vault):
    follower = world.followers[0]
    world.hub.pause(vault, {"from": follower})
    world.hub.exit(vault, world.tokens, follower, {"from": follower})
    assert world.hub.vaultOf(vault)["status"] == LEFT


def test_the_leader_exits_as_everyone_does_and_stays_the_leader(world, strategy, vault):
    hub, leader = world.hub, world.leader
    world.kill_oracle()
    balances = [hub.vaultBalance(1, token) for token in world.tokens]
    owned = [token.balanceOf(leader) for token in world.tokens]
    tx = hub.exit(1, world.tokens, leader, {"from": leader})
    assert named(tx, "VaultStatusSet") == []
    assert [token.balanceOf(leader) for token in world.tokens] == [
        a + b for a, b in zip(owned, balances, strict=True)
    ]
    assert hub.vaultOf(1)["status"] == ACTIVE
    assert hub.strategyOf(strategy)["memberCount"] == 1


def test_an_exit_may_name_no_token_and_be_repeated(world, vault):
    follower, hub = world.followers[0], world.hub
    hub.exit(vault, [], follower, {"from": follower})
    assert hub.vaultOf(vault)["status"] == LEFT
    assert hub.vaultBalance(vault, world.usdc) == 50 * USDC
    tx = hub.exit(vault, [world.usdc, world.usdc], follower, {"from": follower})
    assert [paid["amount"] for paid in named(tx, "Withdrawn")] == [50 * USDC]
    assert named(tx, "VaultStatusSet") == []
    assert hub.vaultBalance(vault, world.weth) > 0


def test_an_exit_goes_somewhere_with_the_strategys_tokens(world, vault):
    follower = world.followers[0]
    with refused("ZeroAddress"):
        world.hub.exit(vault, [world.usdc], ZERO_ADDRESS, {"from": follower})
    with refused("TokenNotAllowed", world.keeper):
        world.hub.exit(vault, [world.usdc, world.keeper], follower, {"from": follower})
    assert world.hub.vaultOf(vault)["status"] == ACTIVE


def test_the_last_member_takes_the_place_of_one_that_exits(world, strategy, vault):
    last = world.open_vault(world.followers[1], strategy, 10 * USDC)
    tx = world.hub.exit(vault, [], world.followers[0], {"from": world.followers[0]})
    assert named(tx, "MemberMoved") == [{"strategyId": strategy, "vaultId": last, "position": 0}]


def test_a_token_that_refuses_is_left_out_and_tried_again_later(world, hostile):
    hub, follower, anyone = world.hub, world.followers[0], {"from": world.stranger}
    token = hostile.BlockingToken.deploy(anyone)
    pool = world.open_market(token)
    strategy, _ = world.create_strategy(tokens=[token], pools=[pool])
    vault = world.open_vault(follower, strategy, 100 * USDC)
    world.trade(strategy, world.usdc, token, pool=pool, portion=ALL // 2)
    held = hub.vaultBalance(vault, token)
    assert held > 49 * WETH

    token.setBlocked(follower, True, anyone)
    owned = world.usdc.balanceOf(follower)
    with refused("Blocked", follower):
        hub.exit(vault, [world.usdc, token], follower, {"from": follower})
    hub.exit(vault, [world.usdc], follower, {"from": follower})
    assert world.usdc.balanceOf(follower) == owned + 50 * USDC
    assert hub.vaultBalance(vault, token) == held

    token.setBlocked(follower, False, anyone)
    hub.exit(vault, [token], follower, {"from": follower})
    assert token.balanceOf(follower) == held
    assert hub.vaultBalance(vault, token) == 0


def test_a_follower_whom_a_token_refuses_can_still_be_paid_elsewhere(world, hostile):
    hub, follower, anyone = world.hub, world.followers[0], {"from": world.stranger}
    token = hostile.BlockingToken.deploy(anyone)
    world.list_token(token)
    strategy, _ = world.create_strategy(stake=0, base=token, tokens=[], pools=[], min_deposit=0)
    token.mint(follower, 5_000, anyone)
    token.approve(hub, 5_000, {"from": follower})
    world.open_vault(follower, strategy, 1_000)
    token.setBlocked(follower, True, anyone)
    hub.exit(hub.vaultCount(), [token], world.followers[1], {"from": follower})
    assert token.balanceOf(world.followers[1]) == 1_000


def test_a_token_that_takes_a_fee_on_top_is_left_out(world, hostile):
    hub, follower, anyone = world.hub, world.followers[0], {"from": world.stranger}
    token = hostile.FeeToken.deploy(anyone)
    pool = world.open_market(token)
    strategy, _ = world.create_strategy(tokens=[token], pools=[pool])
    vault = world.open_vault(follower, strategy, 100 * USDC)
    world.trade(strategy, world.usdc, token, pool=pool, portion=ALL // 2)
    held = hub.vaultBalance(vault, token)
    token.setFee(100, True, anyone)
    with refused("InexactTransfer", token, held, held + held * 100 // 10_000):
        hub.exit(vault, [token, world.usdc], follower, {"from": follower})
    hub.exit(vault, [world.usdc], follower, {"from": follower})
    assert hub.vaultBalance(vault, world.usdc) == 0
