"""Idle balances: tokens come in and go out only as measured, fees are claimed into them."""

import pytest
from brownie import ZERO_ADDRESS
from world import USDC, WETH, events, refused


@pytest.fixture
def list_hostile(world, hostile):
    """Lists a hostile token that a follower has 1,000 units of and lets the hub take."""

    def listed(name):
        follower = world.followers[0]
        token = hostile[name].deploy({"from": world.stranger})
        world.list_token(token)
        token.mint(follower, 1_000, {"from": world.stranger})
        token.approve(world.hub, 1_000, {"from": follower})
        return token

    return listed


def test_a_deposit_moves_tokens_into_the_account(world):
    follower, hub, usdc = world.followers[0], world.hub, world.usdc
    owned, held = usdc.balanceOf(follower), usdc.balanceOf(hub)
    tx = hub.deposit(usdc, 7 * USDC + 1, follower, {"from": follower})
    deposited = {"owner": follower, "token": usdc, "amount": 7 * USDC + 1, "payer": follower}
    assert events(tx, hub) == [("Deposited", deposited)]
    assert usdc.balanceOf(follower) == owned - 7 * USDC - 1
    assert usdc.balanceOf(hub) == held + 7 * USDC + 1
    assert hub.accountBalance(follower, usdc) == 7 * USDC + 1


def test_a_deposit_on_behalf_is_the_others_money(world):
    payer, owner, hub = world.followers[0], world.followers[1], world.hub
    tx = hub.deposit(world.weth, 5, owner, {"from": payer})
    deposited = {"owner": owner, "token": world.weth, "amount": 5, "payer": payer}
    assert events(tx, hub) == [("Deposited", deposited)]
    assert hub.accountBalance(owner, world.weth) == 5
    assert hub.accountBalance(payer, world.weth) == 0


def test_a_deposit_needs_a_listed_token_an_amount_and_an_owner(world):
    follower = world.followers[0]
    with refused("TokenNotListed", world.keeper):
        world.hub.deposit(world.keeper, 1, follower, {"from": follower})
    with refused("ZeroAmount"):
        world.hub.deposit(world.usdc, 0, follower, {"from": follower})
    with refused("ZeroAddress"):
        world.hub.deposit(world.usdc, 1, ZERO_ADDRESS, {"from": follower})


def test_a_deposit_of_more_than_one_has_is_refused_by_the_token(world):
    follower = world.followers[0]
    owned = world.usdc.balanceOf(follower)
    with refused("ERC20InsufficientBalance", follower, owned, owned + 1):
        world.hub.deposit(world.usdc, owned + 1, follower, {"from": follower})


def test_tokens_sent_without_a_deposit_are_nobodys(world):
    follower, hub = world.followers[0], world.hub
    world.usdc.transfer(hub, 5 * USDC, {"from": follower})
    assert hub.accountBalance(follower, world.usdc) == 0
    with refused("InsufficientBalance", 0, 1):
        hub.withdraw(world.usdc, 1, follower, {"from": follower})


def test_a_withdrawal_pays_from_the_account_to_anyone(world):
    follower, other, hub, usdc = world.followers[0], world.followers[1], world.hub, world.usdc
    world.deposit(follower, 10 * USDC)
    owned, held = usdc.balanceOf(other), usdc.balanceOf(hub)
    tx = hub.withdraw(usdc, 4 * USDC, other, {"from": follower})
    withdrawn = {"owner": follower, "token": usdc, "amount": 4 * USDC, "to": other}
    assert events(tx, hub) == [("Withdrawn", withdrawn)]
    assert usdc.balanceOf(other) == owned + 4 * USDC
    assert usdc.balanceOf(hub) == held - 4 * USDC
    assert hub.accountBalance(follower, usdc) == 6 * USDC


def test_nobody_withdraws_what_is_not_theirs(world):
    follower, other, hub = world.followers[0], world.followers[1], world.hub
    world.deposit(follower, 10 * USDC)
    with refused("InsufficientBalance", 0, 1):
        hub.withdraw(world.usdc, 1, other, {"from": other})
    with refused("InsufficientBalance", 10 * USDC, 10 * USDC + 1):
        hub.withdraw(world.usdc, 10 * USDC + 1, follower, {"from": follower})


def test_a_withdrawal_needs_an_amount_and_a_receiver(world):
    follower = world.followers[0]
    world.deposit(follower, 10 * USDC)
    with refused("ZeroAmount"):
        world.hub.withdraw(world.usdc, 0, follower, {"from": follower})
    with refused("ZeroAddress"):
        world.hub.withdraw(world.usdc, 1, ZERO_ADDRESS, {"from": follower})
    assert world.hub.accountBalance(follower, world.usdc) == 10 * USDC


def test_a_withdrawal_to_the_hub_itself_is_refused(world):
    follower = world.followers[0]
    world.deposit(follower, 10 * USDC)
    with refused("InexactTransfer", world.usdc, 10 * USDC, 0):
        world.hub.withdraw(world.usdc, 10 * USDC, world.hub, {"from": follower})


def test_claimed_fees_become_account_balance_of_the_same_address(world):
    hub, leader = world.hub, world.leader
    strategy, _ = world.create_strategy(copy_fee_bps=100)
    world.open_vault(world.followers[0], strategy, 2_000 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    assert hub.feeBalance(leader, world.usdc) == 20 * USDC
    held = world.usdc.balanceOf(hub)
    tx = hub.claimFees(world.usdc, {"from": leader})
    claimed = {"recipient": leader, "token": world.usdc, "amount": 20 * USDC}
    assert events(tx, hub) == [("FeesClaimed", claimed)]
    assert hub.feeBalance(leader, world.usdc) == 0
    assert hub.accountBalance(leader, world.usdc) == 20 * USDC
    assert world.usdc.balanceOf(hub) == held


def test_nobody_claims_fees_without_having_any(world):
    with refused("ZeroAmount"):
        world.hub.claimFees(world.usdc, {"from": world.leader})


def test_a_token_that_takes_a_fee_is_refused(world, list_hostile):
    follower, token = world.followers[0], list_hostile("FeeToken")
    token.setFee(100, False, {"from": world.stranger})
    with refused("InexactTransfer", token, 1_000, 990):
        world.hub.deposit(token, 1_000, follower, {"from": follower})
    assert token.balanceOf(follower) == 1_000


def test_a_token_that_takes_a_fee_on_top_cannot_be_paid_from_the_others_money(world, list_hostile):
    follower, token, hub = world.followers[0], list_hostile("FeeToken"), world.hub
    hub.deposit(token, 1_000, follower, {"from": follower})
    token.setFee(100, True, {"from": world.stranger})
    with refused("InexactTransfer", token, 500, 505):
        hub.withdraw(token, 500, follower, {"from": follower})
    assert hub.accountBalance(follower, token) == 1_000


def test_a_token_that_starts_to_take_a_fee_from_the_receiver_can_still_be_withdrawn(world, list_hostile):
    follower, token, hub = world.followers[0], list_hostile("FeeToken"), world.hub
    hub.deposit(token, 1_000, follower, {"from": follower})
    token.setFee(100, False, {"from": world.stranger})
    hub.withdraw(token, 1_000, follower, {"from": follower})
    assert token.balanceOf(follower) == 990
    assert token.balanceOf(hub) == 0


def test_a_token_that_returns_false_is_not_believed(world, list_hostile):
    follower, token = world.followers[0], list_hostile("FalseReturningToken")
    with refused("SafeERC20FailedOperation", token):
        world.hub.deposit(token, 1_000, follower, {"from": follower})
    assert world.hub.accountBalance(follower, token) == 0


def test_a_token_that_returns_nothing_works(world, list_hostile):
    follower, token, hub = world.followers[0], list_hostile("SilentToken"), world.hub
    hub.deposit(token, 1_000, follower, {"from": follower})
    assert (token.balanceOf(hub), hub.accountBalance(follower, token)) == (1_000, 1_000)
    hub.withdraw(token, 400, follower, {"from": follower})
    assert (token.balanceOf(hub), token.balanceOf(follower)) == (600, 400)
    assert hub.accountBalance(follower, token) == 600


def test_a_token_that_blocks_its_holder_cannot_be_deposited_by_them(world, list_hostile):
    follower, token = world.followers[0], list_hostile("BlockingToken")
    token.setBlocked(follower, True, {"from": world.stranger})
    with refused("Blocked", follower):
        world.hub.deposit(token, 1_000, follower, {"from": follower})


def test_an_account_holds_several_tokens_apart(world):
    follower, hub = world.followers[0], world.hub
    world.deposit(follower, 10 * USDC)
    world.deposit(follower, 2 * WETH, world.weth)
    hub.withdraw(world.weth, WETH, follower, {"from": follower})
    assert hub.accountBalance(follower, world.usdc) == 10 * USDC
    assert hub.accountBalance(follower, world.weth) == WETH
