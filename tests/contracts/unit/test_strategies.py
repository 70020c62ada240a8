"""A leader's offer: what it says, what it may not say, and that it is fixed."""

import re

import pytest
from brownie import ZERO_ADDRESS
from world import NO_POSITION, USDC, WBTC, WETH, events, refused


def test_a_strategy_is_created_with_its_terms_and_the_leaders_vault(world):
    hub, leader = world.hub, world.leader
    pools = [world.pool(world.usdc, world.weth), world.pool(world.weth, world.wbtc)]
    offer = world.offer(
        pools=pools,
        limits={
            "loss_budget_bps": 1_500,
            "max_drawdown_bps": 4_000,
            "max_token_bps": 6_000,
            "max_exposure_bps": 9_000,
            "max_impact_bps": 300,
            "stop_bps": 800,
            "min_interval": 60,
            "max_round_trips": 12,
            "min_stake": 26 * USDC,
        },
        copy_fee_bps=30,
        max_slippage_bps=200,
        max_drift_bps=50,
        copy_window=90,
        min_deposit=25 * USDC,
        name="Ether, now and then",
    )
    hub.setProtocolShare(700, {"from": world.owner})
    tx = hub.createStrategy(offer, {"from": leader})
    created = {
        "strategyId": 1,
        "leader": leader,
        "leaderVault": 1,
        "baseToken": world.usdc,
        "maxSlippageBps": 200,
        "maxDriftBps": 50,
        "copyWindow": 90,
        "minDeposit": 25 * USDC,
        "protocolBps": 700,
        "name": "Ether, now and then",
    }
    limits = (1_500, 4_000, 6_000, 9_000, 300, 800, 60, 12, 26 * USDC)
    opened = {
        "vaultId": 1,
        "strategyId": 1,
        "owner": leader,
        "copyFeeBps": 0,
        "position": NO_POSITION,
        "termsVersion": 0,
        "referrer": ZERO_ADDRESS,
    }
    assert events(tx, hub) == [
        ("StrategyCreated", created),
        ("StrategyLimitsSet", {"strategyId": 1, "limits": limits}),
        ("TermsSet", {"strategyId": 1, "version": 1, "terms": (30, 0, 0, 0, 0, 0, 0, 0)}),
        ("StrategyTokenAdded", {"strategyId": 1, "token": world.usdc, "index": 0}),
        ("StrategyTokenAdded", {"strategyId": 1, "token": world.weth, "index": 1}),
        ("StrategyTokenAdded", {"strategyId": 1, "token": world.wbtc, "index": 2}),
        ("StrategyPoolAdded", {"strategyId": 1, "pool": pools[0]}),
        ("StrategyPoolAdded", {"strategyId": 1, "pool": pools[1]}),
        ("VaultOpened", opened),
    ]
    assert hub.strategyOf(1).dict() == {
        "leader": leader,
        "leaderVault": 1,
        "sequence": 0,
        "memberCount": 0,
        "maxSlippageBps": 200,
        "maxDriftBps": 50,
        "copyWindow": 90,
        "tokenCount": 3,
        "fanoutOpen": False,
        "halted": False,
        "minDeposit": 25 * USDC,
        "termsVersion": 1,
        "protocolBps": 700,
    }
    assert hub.protocolShare() == 700
    assert tuple(hub.limitsOf(1)) == limits
    assert hub.tokensOf(1) == [world.usdc, world.weth, world.wbtc]
    assert [hub.isPoolAllowed(1, pool) for pool in pools] == [True, True]
    assert not hub.isPoolAllowed(1, world.pool(world.usdc, world.wbtc))


def test_ids_count_up_and_anyone_may_lead(world):
    hub = world.hub
    assert world.create_strategy() == (1, 1)
    hub.createStrategy(world.offer(), {"from": world.stranger})
    assert (hub.strategyCount(), hub.vaultCount()) == (2, 2)
    assert hub.strategyOf(2)["leader"] == world.stranger
    assert hub.vaultOf(2)["owner"] == world.stranger


def test_two_strategies_of_one_leader_are_apart(world):
    first, first_vault = world.create_strategy(stake=1_000 * USDC)
    second, second_vault = world.create_strategy(stake=2_000 * USDC)
    world.trade(first, world.usdc, world.weth)
    assert world.hub.vaultBalance(first_vault, world.usdc) == 0
    assert world.hub.vaultBalance(second_vault, world.usdc) == 2_000 * USDC
    assert world.hub.strategyOf(second)["sequence"] == 0


@pytest.mark.parametrize(
    ("term", "getter", "cap"),
    [
        ("copy_fee_bps", "MAX_COPY_FEE_BPS", 100),
        ("max_slippage_bps", "MAX_SLIPPAGE_BPS", 1_000),
        ("max_drift_bps", "MAX_DRIFT_BPS", 1_000),
        ("copy_window", "MAX_COPY_WINDOW", 86_400),
    ],
)
def test_terms_reach_their_cap_and_not_beyond(world, term, getter, cap):
    assert getattr(world.hub, getter)() == cap
    world.create_strategy(**{term: cap})
    with refused("AboveCap", cap + 1, cap):
        world.create_strategy(**{term: cap + 1})


def test_a_name_has_at_most_64_bytes(world):
    assert world.hub.MAX_NAME_BYTES() == 64
    world.create_strategy(name="é" * 32)
    with refused("NameTooLong"):
        world.create_strategy(name="é" * 32 + "e")


def test_a_strategy_holds_at_most_16_tokens(world):
    tokens = [world.new_token() for _ in range(16)]
    for token in tokens:
        world.list_token(token)
    with refused("TooManyTokens"):
        world.create_strategy(tokens=tokens, pools=[])
    strategy, _ = world.create_strategy(tokens=tokens[:15], pools=[])
    assert world.hub.tokensOf(strategy) == [world.usdc, *tokens[:15]]
    assert world.hub.strategyOf(strategy)["tokenCount"] == 16


def test_every_token_must_be_listed(world):
    with refused("TokenNotListed", world.keeper):
        world.create_strategy(tokens=[world.keeper], pools=[])
    with refused("TokenNotListed", world.keeper):
        world.create_strategy(base=world.keeper, tokens=[], pools=[])


def test_a_token_is_named_once(world):
    with refused("DuplicateToken", world.usdc):
        world.create_strategy(tokens=[world.usdc], pools=[])
    with refused("DuplicateToken", world.weth):
        world.create_strategy(tokens=[world.weth, world.weth], pools=[])


def test_a_leaders_own_pool_is_not_accepted(world, hostile):
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    with refused("PoolNotListed", pool):
        world.create_strategy(pools=[pool])


def test_a_genuine_pool_is_not_accepted_before_it_is_listed(world):
    pool = world.uniswap.create_pool(
        world.weth.address, world.wbtc.address, 10_000, amount_a=20 * WETH, amount_b=WBTC
    )
    with refused("PoolNotListed", pool):
        world.create_strategy(pools=[pool.address])


def test_a_pool_is_named_once(world):
    pool = world.pool(world.usdc, world.weth)
    with refused("AlreadyListed", pool):
        world.create_strategy(pools=[pool, pool])


def test_a_pools_tokens_must_be_the_strategys(world):
    with refused("TokenNotAllowed", world.wbtc):
        world.create_strategy(tokens=[world.weth], pools=[world.pool(world.weth, world.wbtc)])


def test_terms_have_no_setter(world):
    functions = [entry["name"] for entry in world.hub.abi if entry["type"] == "function"]
    assert sorted(name for name in functions if re.match("set[A-Z]", name)) == [
        "setGate",
        "setGuardian",
        "setLeaderCap",
        "setPolicy",
        "setProtocolShare",
        "setTreasury",
    ]
