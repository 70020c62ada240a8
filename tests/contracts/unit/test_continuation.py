"""Copies that a trade had no room for: later batches, their price and end, holes in the member list."""

import pytest
from world import ALL, BPS, PRICE_SCALE, USDC, Reason, events, named, next_block_at, refused, start_of

WINDOW = 600


@pytest.fixture
def strategy(world):
    return world.create_strategy(copy_fee_bps=50)[0]


@pytest.fixture
def vaults(world, strategy):
    """Five vaults, two more than a batch has room for."""
    return [
        world.open_vault(follower, strategy, (100 + i) * USDC) for i, follower in enumerate(world.followers)
    ]


@pytest.fixture
def opened(world, strategy, vaults):
    """A trade whose first batch is done."""
    return world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)


@pytest.fixture
def waiting(strategy, vaults):
    """The two vaults that the first batch of the first trade does not reach, in their order."""
    start = start_of(1, 5)
    return (vaults[start:] + vaults[:start])[3:]


def _expire(opened):
    deadline = named(opened, "TradeOpened")[0]["copyDeadline"]
    next_block_at(deadline + 1)


def test_a_trade_beyond_one_batch_stays_open(world, strategy, vaults, opened):
    hub, start = world.hub, start_of(1, 5)
    copied = [copy["vaultId"] for copy in named(opened, "TradeCopied")]
    assert copied == [1, *(vaults[start:] + vaults[:start])[:3]]
    assert named(opened, "TradeCompleted") == []
    assert hub.strategyOf(strategy)["fanoutOpen"]
    (cleared,) = named(opened, "BatchCleared")
    price = cleared["amountOut"] * PRICE_SCALE // cleared["amountIn"]
    assert hub.fanoutOf(strategy).dict() == {
        "sequence": 1,
        "start": start,
        "count": 5,
        "cursor": 3,
        "deadline": opened.timestamp + WINDOW,
        "indexIn": 0,
        "indexOut": 1,
        "pool": world.pool(world.usdc, world.weth),
        "portion": ALL // 2,
        "lossRate": -(-(cleared["oracleOut"] - cleared["amountOut"]) * 10**9 // cleared["oracleOut"]),
        "floorPrice": -(-price * (BPS - 100) // BPS),
    }


def test_later_batches_are_bounded_by_what_the_leader_got_and_not_by_what_the_leader_asked(
    world, strategy, vaults, waiting
):
    hub = world.hub
    amounts = [5_000 * USDC, *((100 + i) * USDC // 2 for i in range(5))]
    start = start_of(1, 5)
    first = amounts[:1] + (amounts[1:][start:] + amounts[1:][:start])[:3]
    amount_in = first[0] + sum(gross - gross * 50 // BPS for gross in first[1:])
    price = world.bought(world.usdc, world.weth, amount_in) * PRICE_SCALE // amount_in
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2, limit_price=price)
    assert hub.fanoutOf(strategy)["floorPrice"] == -(-price * (BPS - 100) // BPS)
    # The pool is worse than the leader's limit by now, for everybody.
    assert world.next_price(world.usdc, world.weth) < price
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == waiting


def test_anyone_continues_and_the_rest_is_one_swap_told_to_the_wei(world, strategy, opened, waiting):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    gross = [hub.vaultBalance(vault, usdc) // 2 for vault in waiting]
    before = [hub.vaultBalance(vault, usdc) for vault in waiting]
    fees = [amount * 50 // BPS for amount in gross]
    amounts = [amount - fee for amount, fee in zip(gross, fees, strict=True)]
    bought = world.bought(usdc, weth, sum(amounts))
    shares = [amount * bought // sum(amounts) for amount in amounts]
    fees_before = hub.feeBalance(world.leader, usdc)

    tx = hub.continueTrade(strategy, 100, {"from": world.keeper})

    trade_id = (strategy << 32) | 1
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": usdc,
        "tokenOut": weth,
        "cursor": 5,
        "portion": ALL // 2,
        "amountIn": sum(amounts),
        "dustIn": 0,
        "amountOut": bought,
        "dust": bought - sum(shares),
        "copyFees": sum(fees),
        "keeperFee": 0,
        "keeper": world.keeper,
        "oracleOut": sum(amounts) * 10**12 // 2_500,
    }
    copies = [
        (
            "TradeCopied",
            {
                "tradeId": trade_id,
                "vaultId": vault,
                "policyRevision": 1,
                "amountIn": amounts[i],
                "fee": fees[i],
                "amountOut": shares[i],
                "reducedBy": Reason.NONE,
            },
        )
        for i, vault in enumerate(waiting)
    ]
    assert events(tx, hub) == [
        ("BatchCleared", cleared),
        *copies,
        ("TradeCompleted", {"tradeId": trade_id}),
    ]
    for i, vault in enumerate(waiting):
        assert hub.vaultBalance(vault, usdc) == before[i] - gross[i]
        assert hub.vaultBalance(vault, weth) == shares[i]
    assert hub.feeBalance(world.leader, usdc) == fees_before + sum(fees)
    assert not hub.strategyOf(strategy)["fanoutOpen"]
    assert hub.fanoutOf(strategy)["count"] == 0


def test_a_keeper_may_go_in_small_steps(world, strategy, opened, waiting):
    hub = world.hub
    first = hub.continueTrade(strategy, 1, {"from": world.keeper})
    assert [copy["vaultId"] for copy in named(first, "TradeCopied")] == waiting[:1]
    assert hub.fanoutOf(strategy)["cursor"] == 4
    second = hub.continueTrade(strategy, 1, {"from": world.stranger})
    assert [copy["vaultId"] for copy in named(second, "TradeCopied")] == waiting[1:]
    assert len(named(second, "TradeCompleted")) == 1


def test_a_batch_is_never_larger_than_the_hubs(world, strategy):
    for i in range(8):
        world.open_vault(world.followers[i % 5], strategy, 100 * USDC)
    world.trade(strategy, world.usdc, world.weth)
    hub = world.hub
    assert hub.continueTrade.call(strategy, 2**32 - 1, {"from": world.keeper}) == 3
    hub.continueTrade(strategy, 2**32 - 1, {"from": world.keeper})
    assert hub.fanoutOf(strategy)["cursor"] == 6
    assert hub.continueTrade.call(strategy, 2**32 - 1, {"from": world.keeper}) == 2


def test_every_vault_is_copied_once(world, strategy, vaults, opened):
    rest = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    copied = [copy["vaultId"] for tx in (opened, rest) for copy in named(tx, "TradeCopied")]
    assert sorted(copied) == [1, *vaults]
    with refused("NoFanout", strategy):
        world.hub.continueTrade(strategy, 3, {"from": world.keeper})


def test_there_is_nothing_to_continue_without_an_open_trade(world, strategy):
    with refused("NoFanout", strategy):
        world.hub.continueTrade(strategy, 1, {"from": world.keeper})
    with refused("NoFanout", 77):
        world.hub.continueTrade(77, 1, {"from": world.keeper})


def test_a_continuation_visits_at_least_one(world, strategy, opened):
    with refused("ZeroAmount"):
        world.hub.continueTrade(strategy, 0, {"from": world.keeper})


def test_the_next_trade_waits_until_every_vault_was_visited(world, strategy, opened):
    with refused("FanoutOpen", (strategy << 32) | 1):
        world.trade(strategy, world.weth, world.usdc)
    world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    world.trade(strategy, world.weth, world.usdc, portion=ALL // 2)


def test_an_open_trade_of_one_strategy_does_not_hold_up_another(world, strategy, opened):
    other, other_vault = world.create_strategy()
    world.trade(other, world.usdc, world.weth)
    assert world.hub.vaultBalance(other_vault, world.usdc) == 0


def test_a_vault_opened_meanwhile_is_not_copied(world, strategy, vaults, opened, waiting):
    late = world.open_vault(world.followers[0], strategy, 500 * USDC)
    tx = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == waiting
    assert world.hub.vaultBalance(late, world.usdc) == 500 * USDC


def test_a_vault_paused_meanwhile_is_skipped_and_told(world, strategy, opened, waiting):
    for vault in waiting:
        world.hub.pause(vault, {"from": world.hub.vaultOf(vault)["owner"]})
    tx = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [skip["reason"] for skip in named(tx, "CopySkipped")] == [Reason.PAUSED, Reason.PAUSED]
    assert named(tx, "BatchCleared") == []
    assert len(named(tx, "TradeCompleted")) == 1


def test_a_vault_emptied_meanwhile_is_skipped_and_told(world, strategy, opened, waiting):
    owner = world.hub.vaultOf(waiting[0])["owner"]
    balance = world.hub.vaultBalance(waiting[0], world.usdc)
    world.hub.deallocate(waiting[0], world.usdc, balance, {"from": owner})
    tx = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [(skip["vaultId"], skip["reason"]) for skip in named(tx, "CopySkipped")] == [
        (waiting[0], Reason.NOTHING_TO_SELL)
    ]
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == waiting[1:]


def test_a_later_batch_beyond_the_drift_is_refused_until_the_price_is_back(world, strategy, opened, waiting):
    hub = world.hub
    floor = hub.fanoutOf(strategy)["floorPrice"]
    world.move_market(world.usdc, world.weth, 500_000 * USDC)
    gross = [hub.vaultBalance(vault, world.usdc) // 2 for vault in waiting]
    amount_in = sum(amount - amount * 50 // BPS for amount in gross)
    price = world.bought(world.usdc, world.weth, amount_in) * PRICE_SCALE // amount_in
    assert price < floor
    with refused("PriceBelowLimit", price, floor):
        hub.continueTrade(strategy, 3, {"from": world.keeper})
    world.move_market(world.weth, world.usdc, 200 * 10**18)
    hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert not hub.strategyOf(strategy)["fanoutOpen"]


def test_a_later_batch_is_bounded_by_the_oracle_too(world, strategy, opened, waiting):
    hub = world.hub
    world.feeds[world.weth.address].post(2_400 * 10**8, {"from": world.owner})
    gross = [hub.vaultBalance(vault, world.usdc) // 2 for vault in waiting]
    amount_in = sum(amount - amount * 50 // BPS for amount in gross)
    oracle_out = amount_in * 10**12 // 2_400
    least = -(-oracle_out * (BPS - 300) // BPS)
    with refused("PriceBelowOracle", world.bought(world.usdc, world.weth, amount_in), least):
        hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert hub.fanoutOf(strategy)["cursor"] == 3


def test_a_later_batch_waits_until_oracle_and_pool_agree_again(world, strategy, opened, waiting):
    hub, feed, own = world.hub, world.feeds[world.weth.address], {"from": world.owner}
    gross = [hub.vaultBalance(vault, world.usdc) // 2 for vault in waiting]
    amount_in = sum(amount - amount * 50 // BPS for amount in gross)
    feed.post(2_700 * 10**8, own)
    world.expect_disagreement(
        lambda: hub.continueTrade(strategy, 3, {"from": world.keeper}), world.usdc, world.weth, amount_in
    )
    assert hub.fanoutOf(strategy)["cursor"] == 3
    feed.post(2_500 * 10**8, own)
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == waiting


def test_a_batch_may_still_copy_in_the_last_second_of_the_window(world, strategy, opened, waiting):
    deadline = opened.timestamp + WINDOW
    next_block_at(deadline)
    tx = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == waiting


def test_after_the_window_the_rest_is_skipped_as_expired(world, strategy, opened, waiting):
    hub = world.hub
    _expire(opened)
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    trade_id = (strategy << 32) | 1
    skip = {"tradeId": trade_id, "policyRevision": 1, "reason": Reason.EXPIRED}
    assert events(tx, hub) == [
        ("CopySkipped", skip | {"vaultId": waiting[0]}),
        ("CopySkipped", skip | {"vaultId": waiting[1]}),
        ("TradeCompleted", {"tradeId": trade_id}),
    ]
    assert not hub.strategyOf(strategy)["fanoutOpen"]
    assert [hub.vaultBalance(vault, world.weth) for vault in waiting] == [0, 0]


def test_expiry_may_take_several_steps_too(world, strategy, opened, waiting):
    _expire(opened)
    tx = world.hub.continueTrade(strategy, 1, {"from": world.keeper})
    assert [skip["vaultId"] for skip in named(tx, "CopySkipped")] == waiting[:1]
    assert named(tx, "TradeCompleted") == []
    tx = world.hub.continueTrade(strategy, 1, {"from": world.keeper})
    assert [skip["vaultId"] for skip in named(tx, "CopySkipped")] == waiting[1:]
    assert len(named(tx, "TradeCompleted")) == 1


def test_a_dead_oracle_holds_up_a_trade_only_until_it_expires(world, strategy, opened, waiting):
    world.kill_oracle()
    tx = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [skip["reason"] for skip in named(tx, "CopySkipped")] == [Reason.EXPIRED, Reason.EXPIRED]


def test_a_vault_that_leaves_meanwhile_leaves_a_hole_that_is_passed_over(world, strategy, opened, waiting):
    hub = world.hub
    position = hub.vaultOf(waiting[0])["position"]
    tx = hub.leaveStrategy(waiting[0], {"from": hub.vaultOf(waiting[0])["owner"]})
    assert [name for name, _ in events(tx, hub)] == ["VaultStatusSet"]
    assert hub.memberAt(strategy, position) == 0
    assert hub.strategyOf(strategy)["memberCount"] == 5
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == waiting[1:]
    assert named(tx, "CopySkipped") == []


def test_an_expired_hole_is_passed_over_too(world, strategy, opened, waiting):
    hub = world.hub
    hub.leaveStrategy(waiting[0], {"from": hub.vaultOf(waiting[0])["owner"]})
    _expire(opened)
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [skip["vaultId"] for skip in named(tx, "CopySkipped")] == waiting[1:]


def test_anyone_fills_the_hole_afterwards(world, strategy, vaults, opened, waiting):
    hub = world.hub
    gone = next(vault for vault in waiting if hub.vaultOf(vault)["position"] != 4)
    position = hub.vaultOf(gone)["position"]
    hub.leaveStrategy(gone, {"from": hub.vaultOf(gone)["owner"]})
    with refused("FanoutOpen", (strategy << 32) | 1):
        hub.prune(strategy, position, {"from": world.keeper})
    hub.continueTrade(strategy, 3, {"from": world.keeper})
    tx = hub.prune(strategy, position, {"from": world.keeper})
    moved = {"strategyId": strategy, "vaultId": vaults[4], "position": position}
    assert events(tx, hub) == [("MemberMoved", moved)]
    assert hub.memberAt(strategy, position) == vaults[4]
    assert hub.vaultOf(vaults[4])["position"] == position
    assert hub.strategyOf(strategy)["memberCount"] == 4


def test_only_a_hole_is_filled(world, strategy, vaults):
    for position in (0, 4, 5, 2**32 - 1):
        with refused("NotEmpty", position):
            world.hub.prune(strategy, position, {"from": world.keeper})


def test_a_hole_at_the_end_shortens_the_list_and_keeps_the_other_hole(world, strategy, vaults, opened):
    hub = world.hub
    for position in (1, 4):
        hub.leaveStrategy(vaults[position], {"from": world.followers[position]})
    hub.continueTrade(strategy, 3, {"from": world.keeper})
    tx = hub.prune(strategy, 1, {"from": world.keeper})
    assert named(tx, "MemberMoved") == [{"strategyId": strategy, "vaultId": 0, "position": 1}]
    assert [hub.memberAt(strategy, i) for i in range(5)] == [vaults[0], 0, vaults[2], vaults[3], 0]
    tx = hub.prune(strategy, 1, {"from": world.keeper})
    assert named(tx, "MemberMoved") == [{"strategyId": strategy, "vaultId": vaults[3], "position": 1}]
    assert [hub.memberAt(strategy, i) for i in range(4)] == [vaults[0], vaults[3], vaults[2], 0]
    assert hub.strategyOf(strategy)["memberCount"] == 3
