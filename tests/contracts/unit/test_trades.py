"""A leader's trade and its copies in the same swap: who takes part, with how much, and who does not."""

import pytest
from brownie import ZERO_ADDRESS, web3
from world import (
    ALL,
    LEADERS,
    PRICE_SCALE,
    USDC,
    WBTC,
    WETH,
    Reason,
    events,
    named,
    next_block_at,
    refused,
    start_of,
)

from protocol.types import Policy


@pytest.fixture
def strategy(world):
    """A strategy whose leader has 10,000 USDC in it."""
    return world.create_strategy()[0]


def _copied(tx):
    return {copy["vaultId"]: copy for copy in named(tx, "TradeCopied")}


def _skipped(tx):
    return {skip["vaultId"]: skip["reason"] for skip in named(tx, "CopySkipped")}


def test_a_trade_and_its_copy_are_one_swap_told_to_the_wei(world, strategy):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    vault = world.open_vault(world.followers[0], strategy, 500 * USDC)
    bought = world.bought(usdc, weth, 5_250 * USDC)
    order = world.trade_params(strategy, usdc, weth, portion=ALL // 2, limit_price=1)
    tx = hub.trade(order, {"from": world.leader})

    trade_id = (strategy << 32) | 1
    to_leader, to_follower = bought * 5_000 // 5_250, bought * 250 // 5_250
    oracle_out = 5_250 * WETH // 2_500
    opened = {
        "tradeId": trade_id,
        "by": world.leader,
        "kind": LEADERS,
        "pool": world.pool(usdc, weth),
        "tokenIn": usdc,
        "tokenOut": weth,
        "portion": ALL // 2,
        "limitPrice": 1,
        "start": 0,
        "count": 1,
        "copyDeadline": tx.timestamp + 600,
    }
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": usdc,
        "tokenOut": weth,
        "cursor": 1,
        "portion": ALL // 2,
        "amountIn": 5_250 * USDC,
        "dustIn": 0,
        "amountOut": bought,
        "dust": bought - to_leader - to_follower,
        "copyFees": 0,
        "keeperFee": 0,
        "keeper": ZERO_ADDRESS,
        "oracleOut": oracle_out,
    }
    fill = {"tradeId": trade_id, "fee": 0, "reducedBy": Reason.NONE}
    assert events(tx, hub) == [
        ("TradeOpened", opened),
        ("BatchCleared", cleared),
        (
            "TradeCopied",
            fill | {"vaultId": 1, "policyRevision": 0, "amountIn": 5_000 * USDC, "amountOut": to_leader},
        ),
        (
            "TradeCopied",
            fill | {"vaultId": vault, "policyRevision": 1, "amountIn": 250 * USDC, "amountOut": to_follower},
        ),
        ("TradeCompleted", {"tradeId": trade_id}),
    ]
    assert (hub.vaultBalance(1, usdc), hub.vaultBalance(1, weth)) == (5_000 * USDC, to_leader)
    assert (hub.vaultBalance(vault, usdc), hub.vaultBalance(vault, weth)) == (250 * USDC, to_follower)
    assert hub.strategyOf(strategy)["sequence"] == 1
    assert not hub.strategyOf(strategy)["fanoutOpen"]


def test_a_leader_trades_without_followers(world, strategy):
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    tx = world.trade(strategy, world.usdc, world.weth)
    assert world.hub.vaultBalance(1, world.weth) == bought
    assert [name for name, _ in events(tx, world.hub)] == [
        "TradeOpened",
        "BatchCleared",
        "TradeCopied",
        "TradeCompleted",
    ]


def test_a_full_close_by_the_leader_closes_every_copy_to_the_last_unit(world, strategy):
    hub = world.hub
    vaults = [world.open_vault(world.followers[i], strategy, 100 * USDC + i) for i in range(3)]
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 3)
    tx = world.trade(strategy, world.weth, world.usdc)
    assert set(_copied(tx)) == {1, *vaults}
    assert [hub.vaultBalance(vault, world.weth) for vault in (1, *vaults)] == [0, 0, 0, 0]


def test_a_trade_between_two_bought_tokens_is_copied(world, strategy):
    hub = world.hub
    vault = world.open_vault(world.followers[0], strategy, 1_000 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    sold = hub.vaultBalance(1, world.weth) + hub.vaultBalance(vault, world.weth)
    bought = world.bought(world.weth, world.wbtc, sold)
    tx = world.trade(strategy, world.weth, world.wbtc)
    (cleared,) = named(tx, "BatchCleared")
    assert (cleared["amountIn"], cleared["amountOut"]) == (sold, bought)
    assert hub.vaultBalance(vault, world.wbtc) == _copied(tx)[vault]["amountOut"] > 0


def test_the_portion_rounds_down_to_what_is_held(world, strategy):
    world.open_vault(world.followers[0], strategy, 10 * USDC + 1)
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert _copied(tx)[2]["amountIn"] == 5 * USDC


def test_only_the_leader_trades(world, strategy):
    order = world.trade_params(strategy, world.usdc, world.weth)
    for intruder in (world.owner, world.keeper, world.followers[0]):
        with refused("NotLeader"):
            world.hub.trade(order, {"from": intruder})
    with refused("NotLeader"):
        world.trade(strategy + 1, world.usdc, world.weth)


def test_a_trade_may_happen_at_its_deadline_and_not_a_second_later(world, strategy):
    deadline = web3.eth.get_block("latest")["timestamp"] + 100
    order = world.trade_params(strategy, world.usdc, world.weth, portion=ALL // 4, deadline=deadline)
    next_block_at(deadline)
    world.hub.trade(order, {"from": world.leader})
    next_block_at(deadline + 1)
    with refused("DeadlinePassed", deadline):
        world.hub.trade(order, {"from": world.leader})


def test_a_portion_is_more_than_nothing_and_at_most_all(world, strategy):
    for portion in (0, ALL + 1):
        with refused("BadPortion", portion):
            world.trade(strategy, world.usdc, world.weth, portion=portion)


def test_a_leader_who_holds_nothing_cannot_trade_the_followers(world, strategy):
    world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.hub.deallocate(1, world.usdc, 10_000 * USDC, {"from": world.leader})
    with refused("NothingToSell"):
        world.trade(strategy, world.usdc, world.weth)


def test_a_leader_whose_portion_rounds_to_nothing_cannot_trade(world, strategy):
    with refused("NothingToSell"):
        world.trade(strategy, world.usdc, world.weth, portion=ALL // (10_000 * USDC) - 1)


def test_a_token_outside_the_strategy_is_not_traded(world):
    strategy, _ = world.create_strategy(tokens=[world.weth], pools=[world.pool(world.usdc, world.weth)])
    with refused("TokenNotAllowed", world.wbtc):
        world.trade(strategy, world.usdc, world.wbtc)
    with refused("TokenNotAllowed", world.wbtc):
        world.trade(strategy, world.wbtc, world.usdc)


def test_a_pool_outside_the_strategy_is_not_traded_in(world):
    strategy, _ = world.create_strategy(pools=[world.pool(world.usdc, world.weth)])
    with refused("PoolNotAllowed", world.pool(world.usdc, world.wbtc)):
        world.trade(strategy, world.usdc, world.wbtc)


def test_a_leaders_own_pool_is_not_traded_in(world, strategy, hostile):
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    with refused("PoolNotAllowed", pool):
        world.trade(strategy, world.usdc, world.weth, pool=pool.address)


def test_a_pool_trades_only_its_own_two_tokens(world, strategy):
    pool = world.pool(world.weth, world.wbtc)
    with refused("PoolNotAllowed", pool):
        world.trade(strategy, world.usdc, world.weth, pool=pool)
    with refused("PoolNotAllowed", pool):
        world.trade(strategy, world.weth, world.usdc, pool=pool)
    with refused("PoolNotAllowed", pool):
        world.trade(strategy, world.weth, world.weth, pool=pool)


def test_a_fill_at_the_limit_price_is_taken_and_one_above_it_refused(world, strategy):
    amount_in = 10_000 * USDC
    price = world.bought(world.usdc, world.weth, amount_in) * PRICE_SCALE // amount_in
    with refused("PriceBelowLimit", price, price + 1):
        world.trade(strategy, world.usdc, world.weth, limit_price=price + 1)
    world.trade(strategy, world.usdc, world.weth, limit_price=price)


def test_a_refused_trade_leaves_no_trace(world, strategy):
    hub = world.hub
    with refused("PriceBelowLimit", *_price_and_limit(world)):
        world.trade(strategy, world.usdc, world.weth, limit_price=2**255)
    assert hub.strategyOf(strategy)["sequence"] == 0
    assert hub.vaultBalance(1, world.usdc) == 10_000 * USDC


def test_a_fill_too_far_below_the_oracle_is_refused(world, strategy):
    world.feeds[world.weth.address].post(2_400 * 10**8, {"from": world.owner})
    bought = world.bought(world.usdc, world.weth, 10_000 * USDC)
    oracle_out = 10_000 * WETH // 2_400
    least = -(-oracle_out * (10_000 - 300) // 10_000)
    with refused("PriceBelowOracle", bought, least):
        world.trade(strategy, world.usdc, world.weth)
    world.feeds[world.weth.address].post(2_430 * 10**8, {"from": world.owner})
    world.trade(strategy, world.usdc, world.weth)


def test_a_trade_needs_a_living_oracle(world, strategy):
    updated_at = world.feeds[world.weth.address].latestRoundData()[3]
    world.kill_oracle()
    with refused("FeedStale", world.weth, updated_at):
        world.trade(strategy, world.usdc, world.weth)


def test_a_vault_that_holds_nothing_of_the_token_sold_is_skipped(world, strategy):
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    tx = world.trade(strategy, world.weth, world.usdc)
    assert _skipped(tx) == {vault: Reason.NOTHING_TO_SELL}
    assert set(_copied(tx)) == {1}


def test_an_entry_below_the_smallest_trade_is_skipped_and_one_at_it_is_not(world, strategy):
    small = world.open_vault(world.followers[0], strategy, 100 * USDC, Policy(min_trade=50 * USDC + 1))
    exact = world.open_vault(world.followers[1], strategy, 100 * USDC, Policy(min_trade=50 * USDC))
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert _skipped(tx) == {small: Reason.BELOW_MINIMUM_TRADE}
    assert _copied(tx)[exact]["amountIn"] == 50 * USDC
    assert world.hub.vaultBalance(small, world.usdc) == 100 * USDC


def test_an_entry_above_the_largest_trade_is_reduced_to_it(world, strategy):
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC, Policy(max_trade=30 * USDC))
    tx = world.trade(strategy, world.usdc, world.weth)
    assert _copied(tx)[vault]["amountIn"] == 30 * USDC
    assert world.hub.vaultBalance(vault, world.usdc) == 70 * USDC


def test_limits_bind_entries_and_never_an_exit(world, strategy):
    vault = world.open_vault(world.followers[0], strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    held = world.hub.vaultBalance(vault, world.weth)
    world.hub.setPolicy(
        vault, Policy(min_trade=held + 1, max_trade=held + 2).struct(), {"from": world.followers[0]}
    )
    tx = world.trade(strategy, world.weth, world.usdc)
    assert _copied(tx)[vault]["amountIn"] == held
    assert _copied(tx)[vault]["policyRevision"] == 2


def test_skips_are_told_with_their_reason_and_the_policys_revision(world, strategy):
    follower = world.followers[0]
    vault = world.open_vault(follower, strategy, 100 * USDC)
    world.hub.setPolicy(vault, Policy(min_trade=1, max_trade=2).struct(), {"from": follower})
    world.hub.pause(vault, {"from": follower})
    tx = world.trade(strategy, world.usdc, world.weth)
    skip = {
        "tradeId": (strategy << 32) | 1,
        "vaultId": vault,
        "policyRevision": 2,
        "reason": Reason.PAUSED,
    }
    assert named(tx, "CopySkipped") == [skip]


def test_followers_are_visited_in_member_order_from_a_start_that_moves(world, strategy):
    vaults = [world.open_vault(follower, strategy, 100 * USDC) for follower in world.followers[:3]]
    starts = set()
    for sequence in range(1, 6):
        tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
        start = start_of(sequence, 3)
        starts.add(start)
        assert named(tx, "TradeOpened")[0]["start"] == start
        order = [copy["vaultId"] for copy in named(tx, "TradeCopied")]
        assert order == [1, *vaults[start:], *vaults[:start]]
    assert starts == {0, 1, 2}


def test_money_that_comes_after_a_trade_is_copied_from_the_next_one_on(world, strategy):
    follower, hub = world.followers[0], world.hub
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    vault = world.open_vault(follower, strategy, 100 * USDC)
    assert hub.vaultBalance(vault, world.weth) == 0
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert hub.vaultBalance(vault, world.usdc) == 50 * USDC


def test_one_owner_may_have_several_vaults_in_a_strategy(world, strategy):
    follower = world.followers[0]
    vaults = [world.open_vault(follower, strategy, (10 + i) * USDC) for i in range(2)]
    tx = world.trade(strategy, world.usdc, world.weth)
    assert [_copied(tx)[vault]["amountIn"] for vault in vaults] == [10 * USDC, 11 * USDC]


def test_a_strategy_may_have_any_listed_base_token(world):
    strategy, leader_vault = world.create_strategy(
        stake=0,
        base=world.wbtc,
        tokens=[world.usdc],
        pools=[world.pool(world.usdc, world.wbtc)],
        min_deposit=1,
    )
    world.deposit(world.leader, WBTC, world.wbtc)
    world.hub.allocate(leader_vault, WBTC, {"from": world.leader})
    bought = world.bought(world.wbtc, world.usdc, WBTC)
    world.trade(strategy, world.wbtc, world.usdc)
    assert world.hub.vaultBalance(leader_vault, world.usdc) == bought


def _price_and_limit(world):
    amount_in = 10_000 * USDC
    return world.bought(world.usdc, world.weth, amount_in) * PRICE_SCALE // amount_in, 2**255
