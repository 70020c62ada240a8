"""A token or a venue that calls back into the hub is refused, whichever way in and whatever it asks."""

import brownie
import pytest
from brownie import ZERO_ADDRESS
from world import ALL, NO_LIMITS, USDC, WETH, events, refused

from protocol.types import FeeTerms

# Every function of the hub that anyone may call and that moves something, with arguments of the right kind.
ARGUMENTS = {
    "deposit": lambda world: (world.usdc, 1, world.stranger),
    "withdraw": lambda world: (world.usdc, 1, world.stranger),
    "claimFees": lambda world: (world.usdc,),
    "createStrategy": lambda world: (world.offer(),),
    "trade": lambda world: (world.trade_params(1, world.usdc, world.weth),),
    "openVault": lambda world: (1, NO_LIMITS, 0, 1, ZERO_ADDRESS),
    "allocate": lambda world: (1, 1),
    "deallocate": lambda world: (1, world.usdc, 1),
    "exit": lambda world: (1, [world.usdc], world.stranger),
    "setPolicy": lambda world: (1, NO_LIMITS),
    "pause": lambda world: (1,),
    "resume": lambda world: (1,),
    "leaveStrategy": lambda world: (1,),
    "continueTrade": lambda world: (1, 1),
    "executeOrder": lambda world: (world.order(1, world.usdc, world.weth), b""),
    "depositWithPermit": lambda world: (world.usdc, 1, 2**40 - 1, 27, "0x" + "00" * 32, "0x" + "00" * 32),
    "requestExit": lambda world: (1,),
    "acceptTerms": lambda world: (1, 1),
    "settle": lambda world: (1,),
    "settleEscrow": lambda world: (1,),
    "proposeTerms": lambda world: (1, FeeTerms().struct()),
    "applyTerms": lambda world: (1,),
    "closeVaults": lambda world: ((1, world.pool(world.usdc, world.weth), world.weth, [1]),),
    "manualTrade": lambda world: (
        (1, world.pool(world.usdc, world.weth), world.usdc, world.weth, 1, 0, 2**40 - 1),
    ),
    "evict": lambda world: (1,),
    "prune": lambda world: (1, 0),
}
REFUSED = "ReentrancyGuardReentrantCall"


@pytest.fixture
def token(world, hostile):
    """A token that calls whom it is told in every transfer; the first follower has some in the hub."""
    token, follower = hostile.CallingToken.deploy({"from": world.stranger}), world.followers[0]
    token.mint(follower, 1_000 * WETH, {"from": world.stranger})
    token.approve(world.hub, 2**256 - 1, {"from": follower})
    return token


def _call_back(world, token, name):
    data = getattr(world.hub, name).encode_input(*ARGUMENTS[name](world))
    token.callDuringTransfer(world.hub, data, {"from": world.stranger})


def test_every_function_that_changes_something_is_among_those_tried(world, interface):
    changing = {
        entry["name"]
        for entry in interface.IHub.abi
        if entry["type"] == "function" and entry["stateMutability"] != "view"
    }
    for_the_owner = {
        "listToken",
        "listPool",
        "setTreasury",
        "setGuardian",
        "setGate",
        "setProtocolShare",
        "resumeTrading",
    }
    # They set a word of their caller's own or of the guardian's, and call nobody.
    harmless = {"cancelOrders", "haltTrading", "veto", "setLeaderCap", "expectSlippage"}
    assert set(ARGUMENTS) == changing - for_the_owner - harmless


@pytest.mark.parametrize("name", ARGUMENTS)
def test_no_function_can_be_entered_during_a_deposit(world, token, name):
    follower = world.followers[0]
    world.list_token(token)
    _call_back(world, token, name)
    with refused(REFUSED):
        world.hub.deposit(token, 1, follower, {"from": follower})
    assert world.hub.accountBalance(follower, token) == 0


def test_a_withdrawal_cannot_be_entered(world, token):
    follower = world.followers[0]
    world.list_token(token)
    world.deposit(follower, 10, token)
    _call_back(world, token, "withdraw")
    with refused(REFUSED):
        world.hub.withdraw(token, 10, follower, {"from": follower})
    assert world.hub.accountBalance(follower, token) == 10


def test_a_detour_through_multicall_is_refused_too(world, token):
    follower, hub = world.followers[0], world.hub
    world.list_token(token)
    inner = hub.deposit.encode_input(world.usdc, 1, follower)
    token.callDuringTransfer(hub, hub.multicall.encode_input([inner]), {"from": world.stranger})
    with refused(REFUSED):
        hub.deposit(token, 1, follower, {"from": follower})


def test_neither_side_of_a_trade_nor_an_exit_can_be_entered(world, token):
    hub, follower = world.hub, world.followers[0]
    pool = world.open_market(token)
    strategy, _ = world.create_strategy(tokens=[token], pools=[pool])
    vault = world.open_vault(follower, strategy, 100 * USDC)
    world.trade(strategy, world.usdc, token, pool=pool, portion=ALL // 2)
    _call_back(world, token, "exit")
    with refused(REFUSED):
        world.trade(strategy, token, world.usdc, pool=pool)
    # Uniswap hides why the token that it pays out refused.
    with brownie.reverts("TF"):
        world.trade(strategy, world.usdc, token, pool=pool)
    with refused(REFUSED):
        hub.exit(vault, [token], follower, {"from": follower})
    hub.exit(vault, [world.usdc], follower, {"from": follower})
    assert hub.vaultBalance(vault, world.usdc) == 0


def test_a_venue_cannot_enter_the_hub_that_asked_it_to_swap(world, hostile):
    hub = world.hub
    venue = hostile.DishonestVenue.deploy(hub, world.usdc, world.weth, {"from": world.stranger})
    hub.listPool(venue, venue, {"from": world.owner})
    strategy, _ = world.create_strategy(tokens=[world.weth], pools=[venue])
    inner = hub.deposit.encode_input(world.usdc, 1, world.stranger)
    venue.planCall(inner, {"from": world.stranger})
    with refused(REFUSED):
        world.trade(strategy, world.usdc, world.weth, pool=venue.address)


def test_a_token_that_calls_elsewhere_does_no_harm(world, token):
    follower, hub = world.followers[0], world.hub
    world.list_token(token)
    view = world.oracle.quote.encode_input(world.usdc, world.weth, 1)
    token.callDuringTransfer(world.oracle, view, {"from": world.stranger})
    tx = hub.deposit(token, 10, follower, {"from": follower})
    assert [name for name, _ in events(tx, hub)] == ["Deposited"]
