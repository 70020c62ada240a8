"""Several calls of one person in one transaction."""

import brownie
from brownie import ZERO_ADDRESS
from world import ALL, LEFT, NO_LIMITS, USDC, events, named, refused


def test_a_follower_deposits_and_joins_in_one_transaction(world):
    hub, follower = world.hub, world.followers[0]
    strategy, _ = world.create_strategy()
    tx = hub.multicall(
        [
            hub.deposit.encode_input(world.usdc, 400 * USDC, follower),
            hub.openVault.encode_input(strategy, NO_LIMITS, 100 * USDC, 1, ZERO_ADDRESS),
        ],
        {"from": follower},
    )
    assert [name for name, _ in events(tx, hub)] == [
        "Deposited",
        "VaultOpened",
        "PolicySet",
        "Allocated",
        "VaultMarked",
    ]
    assert hub.vaultOf(2)["owner"] == follower
    assert hub.vaultBalance(2, world.usdc) == 100 * USDC
    assert hub.accountBalance(follower, world.usdc) == 300 * USDC


def test_a_leader_starts_with_a_stake_in_one_transaction(world):
    hub, leader = world.hub, world.leader
    hub.multicall(
        [
            hub.deposit.encode_input(world.usdc, 50 * USDC, leader),
            hub.createStrategy.encode_input(world.offer()),
            hub.allocate.encode_input(1, 50 * USDC),
        ],
        {"from": leader},
    )
    assert hub.vaultBalance(1, world.usdc) == 50 * USDC


def test_a_leader_takes_two_hops_in_one_transaction(world):
    hub = world.hub
    strategy, _ = world.create_strategy()
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    first = world.trade_params(strategy, world.usdc, world.weth)
    second = world.trade_params(strategy, world.weth, world.wbtc)
    tx = hub.multicall(
        [hub.trade.encode_input(first), hub.trade.encode_input(second)], {"from": world.leader}
    )
    assert len(named(tx, "TradeCompleted")) == 2
    balances = [hub.vaultBalance(vault, token) for token in world.tokens]
    assert balances[:2] == [0, 0]
    assert balances[2] > 0


def test_a_follower_leaves_and_is_paid_in_one_transaction(world):
    hub, follower = world.hub, world.followers[0]
    strategy, _ = world.create_strategy()
    vault = world.open_vault(follower, strategy, 100 * USDC)
    owned = world.usdc.balanceOf(follower)
    hub.multicall(
        [
            hub.leaveStrategy.encode_input(vault),
            hub.deallocate.encode_input(vault, world.usdc, 40 * USDC),
            hub.withdraw.encode_input(world.usdc, 40 * USDC, follower),
        ],
        {"from": follower},
    )
    assert world.usdc.balanceOf(follower) == owned + 40 * USDC
    assert hub.vaultOf(vault)["status"] == LEFT


def test_one_call_that_fails_undoes_all_and_says_why(world):
    hub, follower = world.hub, world.followers[0]
    with refused("InsufficientBalance", 10 * USDC, 10 * USDC + 1):
        hub.multicall(
            [
                hub.deposit.encode_input(world.usdc, 10 * USDC, follower),
                hub.withdraw.encode_input(world.usdc, 10 * USDC + 1, follower),
            ],
            {"from": follower},
        )
    assert hub.accountBalance(follower, world.usdc) == 0


def test_it_gives_nobody_more_than_they_may_do_alone(world):
    hub, intruder = world.hub, world.stranger
    strategy, _ = world.create_strategy()
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    order = world.trade_params(strategy, world.usdc, world.weth, portion=ALL)
    for call, error, arguments in (
        (hub.deallocate.encode_input(vault, world.usdc, 1), "NotVaultOwner", ()),
        (hub.exit.encode_input(vault, [world.usdc], intruder), "NotVaultOwner", ()),
        (hub.trade.encode_input(order), "NotLeader", ()),
        (hub.listToken.encode_input(world.keeper), "OwnableUnauthorizedAccount", (intruder,)),
    ):
        with refused(error, *arguments):
            hub.multicall([call], {"from": intruder})


def test_it_takes_no_ether(world):
    strategy, _ = world.create_strategy()
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    call = world.hub.pause.encode_input(vault)
    with brownie.reverts():
        world.hub.multicall([call], {"from": world.followers[0], "value": 1})
    assert world.hub.balance() == 0


def test_no_call_is_no_effect(world):
    assert events(world.hub.multicall([], {"from": world.stranger}), world.hub) == []
