"""An owner trades in their own vault: whenever they like, within what the fees need to stay honest."""

import pytest
from brownie import web3
from brownie.exceptions import VirtualMachineError
from world import (
    ALL,
    BPS,
    MANUAL,
    USDC,
    Reason,
    ceil,
    copies,
    cost,
    events,
    expected_cost,
    named,
    next_block_at,
    refused,
)

from protocol.types import FeeTerms

HELD = 1_000 * USDC
FREE, CHARGED = FeeTerms(management_bps=100), FeeTerms(performance_bps=2_000)


@pytest.fixture
def strategy(world):
    return world.create_strategy()[0]


@pytest.fixture
def vault(world, strategy):
    """A vault of the first follower with 1,000 USDC, whose gains nobody charges."""
    return world.open_vault(world.followers[0], strategy, HELD)


@pytest.fixture
def charged(world):
    """A vault of the first follower with 1,000 USDC, whose gains are charged."""
    strategy, _ = world.create_strategy(fees=CHARGED)
    return world.open_vault(world.followers[0], strategy, HELD)


def _params(world, vault, token_in, token_out, amount_in, *, pool=None, min_out=0, deadline=2**40 - 1):
    pool = pool or world.pool(token_in, token_out)
    return (vault, pool, token_in, token_out, amount_in, min_out, deadline)


def _trade(world, vault, token_in, token_out, amount_in, **changes):
    params = _params(world, vault, token_in, token_out, amount_in, **changes)
    return world.hub.manualTrade(params, {"from": world.followers[0]})


def test_an_owner_trades_alone_told_to_the_wei(world, strategy, vault):
    hub, follower, usdc, weth = world.hub, world.followers[0], world.usdc, world.weth
    bought = world.bought(usdc, weth, 250 * USDC)
    params = _params(world, vault, usdc, weth, 250 * USDC, min_out=bought)
    assert hub.manualTrade.call(params, {"from": follower}) == bought
    tx = hub.manualTrade(params, {"from": follower})
    trade_id = (strategy << 32) | (1 << 31) | 1
    opened = {
        "tradeId": trade_id,
        "by": follower,
        "kind": MANUAL,
        "pool": world.pool(usdc, weth),
        "tokenIn": usdc,
        "tokenOut": weth,
        "portion": ALL // 4,
        "limitPrice": 0,
        "start": 0,
        "count": 0,
        "copyDeadline": 0,
    }
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": usdc,
        "tokenOut": weth,
        "cursor": 0,
        "portion": ALL // 4,
        "amountIn": 250 * USDC,
        "dustIn": 0,
        "amountOut": bought,
        "dust": 0,
        "copyFees": 0,
        "keeperFee": 0,
        "keeper": "0x" + "00" * 20,
        "oracleOut": 0,
    }
    copy = {
        "tradeId": trade_id,
        "vaultId": vault,
        "policyRevision": 1,
        "amountIn": 250 * USDC,
        "fee": 0,
        "amountOut": bought,
        "reducedBy": Reason.NONE,
    }
    assert events(tx, hub) == [("TradeOpened", opened), ("BatchCleared", cleared), ("TradeCopied", copy)]
    assert (hub.vaultBalance(vault, usdc), hub.vaultBalance(vault, weth)) == (750 * USDC, bought)
    # Nobody else is concerned, and the leader's next trade is the strategy's first.
    assert (hub.strategyOf(strategy)["sequence"], hub.vaultBalance(1, usdc)) == (0, 10_000 * USDC)
    assert copies(world.trade(strategy, usdc, weth))[vault]["amountIn"] == 750 * USDC
    assert named(_trade(world, vault, weth, usdc, 1_000), "TradeOpened")[0]["tradeId"] == trade_id + 1


@pytest.mark.parametrize("which", ["vault", "charged"])
def test_the_least_that_an_owner_takes_is_met_to_the_unit(world, request, which):
    vault = request.getfixturevalue(which)
    bought = world.bought(world.usdc, world.weth, HELD)
    with refused("BelowMinimumOut", bought, bought + 1):
        _trade(world, vault, world.usdc, world.weth, HELD, min_out=bought + 1)
    _trade(world, vault, world.usdc, world.weth, HELD, min_out=bought)
    assert world.hub.vaultBalance(vault, world.weth) == bought


def test_a_trade_needs_an_amount_that_is_there_a_pool_and_time(world, strategy, vault):
    usdc, weth = world.usdc, world.weth
    with refused("ZeroAmount"):
        _trade(world, vault, usdc, weth, 0)
    with refused("InsufficientBalance", HELD, HELD + 1):
        _trade(world, vault, usdc, weth, HELD + 1)
    with refused("PoolNotAllowed", world.pool(world.weth, world.wbtc)):
        _trade(world, vault, usdc, weth, 1, pool=world.pool(world.weth, world.wbtc))
    with refused("TokenNotAllowed", world.keeper):
        _trade(world, vault, world.keeper, weth, 1, pool=world.pool(usdc, weth))
    now = web3.eth.get_block("latest")["timestamp"]
    params = _params(world, vault, usdc, weth, 1_000, deadline=now + 10)
    next_block_at(now + 11)
    with refused("DeadlinePassed", now + 10):
        world.hub.manualTrade(params, {"from": world.followers[0]})


def test_a_leader_trades_with_those_who_follow_or_not_at_all(world, strategy):
    with refused("LeaderVault"):
        world.hub.manualTrade(_params(world, 1, world.usdc, world.weth, 1), {"from": world.leader})


def test_neither_oracle_nor_halt_nor_open_trade_stops_an_owner_whose_gains_are_free(world, strategy, vault):
    hub = world.hub
    for follower in world.followers[1:]:
        world.open_vault(follower, strategy, HELD)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert hub.strategyOf(strategy)["fanoutOpen"]
    hub.haltTrading(0, {"from": world.owner})
    world.kill_oracle()
    before = hub.vaultBalance(vault, world.weth)
    _trade(world, vault, world.usdc, world.weth, 100 * USDC)
    assert hub.vaultBalance(vault, world.weth) > before
    for stop in (hub.pause, hub.requestExit, hub.leaveStrategy):
        stop(vault, {"from": world.followers[0]})
        _trade(world, vault, world.usdc, world.weth, USDC)


def test_an_owner_whose_gains_are_free_may_sell_at_any_price(world, vault):
    world.move_market(world.usdc, world.weth, 5_000_000 * USDC)
    bought = world.bought(world.usdc, world.weth, HELD)
    assert bought < HELD * 4 * 10**8 * 9 // 10
    _trade(world, vault, world.usdc, world.weth, HELD)
    assert world.hub.vaultBalance(vault, world.weth) == bought


def test_a_pool_that_takes_only_a_part_is_refused(world):
    pool = world.uniswap.create_pool(
        world.usdc.address, world.weth.address, 10_000, amount_a=2_500 * USDC, amount_b=10**18
    )
    shallow = {world.usdc.address: 100 * USDC, world.weth.address: 4 * 10**16}
    world.uniswap.add_liquidity(pool, shallow, width=200)
    world.hub.listPool(pool.address, world.venue, {"from": world.owner})
    strategy, _ = world.create_strategy(pools=[pool.address])
    vault = world.open_vault(world.followers[0], strategy, HELD)
    with pytest.raises(VirtualMachineError, match=rf"FilledTooLittle: \d+, {HELD}"):
        _trade(world, vault, world.usdc, world.weth, HELD, pool=pool.address)


# Where gains are charged


def test_where_gains_are_charged_a_trade_keeps_to_the_strategys_bound(world, charged):
    bought = world.bought(world.usdc, world.weth, HELD)
    world.feeds[world.weth.address].post(2_400 * 10**8, {"from": world.owner})
    least = ceil(HELD * 10**12 // 2_400 * (BPS - 300), BPS)
    with refused("PriceBelowOracle", bought, least):
        _trade(world, charged, world.usdc, world.weth, HELD)
    world.feeds[world.weth.address].post(2_450 * 10**8, {"from": world.owner})
    _trade(world, charged, world.usdc, world.weth, HELD)


def test_where_gains_are_charged_a_trade_needs_a_price(world, charged):
    updated_at = world.feeds[world.weth.address].latestRoundData()[3]
    world.kill_oracle()
    with refused("FeedStale", world.weth, updated_at):
        _trade(world, charged, world.usdc, world.weth, HELD)


def test_where_gains_are_charged_trades_added_up_keep_to_the_loss_budget(world):
    hub = world.hub
    strategy, _ = world.create_strategy(fees=CHARGED, limits={"loss_budget_bps": 16})
    vault = world.open_vault(world.followers[0], strategy, HELD)
    first = _trade(world, vault, world.usdc, world.weth, HELD)
    (cleared,) = named(first, "BatchCleared")
    used = cost(cleared, units=1)
    assert cleared["oracleOut"] == HELD * 10**12 // 2_500
    assert hub.vaultOf(vault)["lossUsed"] == used > 500_000
    held = hub.vaultBalance(vault, world.weth)
    bought = world.bought(world.weth, world.usdc, held)
    back = expected_cost(held, bought, held * 2_500 // 10**12, units=1)
    params = _params(world, vault, world.weth, world.usdc, held)
    next_block_at(first.timestamp + 60)
    with refused("LossBudgetUsedUp", used - 800_000 * 60 // 604_800 + back, 800_000):
        hub.manualTrade(params, {"from": world.followers[0]})
    # Who cannot trade can leave, with everything and in kind.
    hub.exit(vault, world.tokens, world.followers[0], {"from": world.followers[0]})
    assert hub.vaultBalance(vault, world.weth) == 0
