"""What a vault does when it has lost or won what its owner said, at a trade or when anybody points at it."""

import pytest
from world import (
    ACTIVE,
    ALL,
    CLOSE,
    DAY,
    EXITING,
    PAUSED,
    SUSPENDED,
    USDC,
    Reason,
    copies,
    events,
    named,
    next_block_at,
    refused,
    skips,
    start_of,
    weth_price,
)

from protocol.types import OnBreach, Policy

HELD = 1_000 * USDC
# Two percent of what is invested, of the highest, or of what the day began with: 1,000 USDC each time.
STOPS = [
    ("stop_loss_bps", Reason.STOP_LOSS, 980 * USDC, 1),
    ("take_profit_bps", Reason.TAKE_PROFIT, 1_020 * USDC, -1),
    ("max_drawdown_bps", Reason.DRAWDOWN, 980 * USDC, 1),
    ("max_daily_loss_bps", Reason.DAILY_LOSS, 980 * USDC, 1),
]
BY_STOP = pytest.mark.parametrize(("limit", "reason", "equity", "back"), STOPS)
STATUS = {
    OnBreach.REDUCE: ACTIVE,
    OnBreach.SKIP: ACTIVE,
    OnBreach.SUSPEND: SUSPENDED,
    OnBreach.EXIT: EXITING,
}


@pytest.fixture
def strategy(world):
    return world.create_strategy(max_slippage_bps=1_000)[0]


@pytest.fixture
def invested(world, strategy):
    """Opens a vault of the first follower with 1,000 USDC and a policy, and puts half of it into WETH."""

    def opened(**policy):
        # Early on a day, so that all of a test is on it.
        now = world.hub.vaultOf(1)["accruedAt"]
        next_block_at((now // DAY + 1) * DAY + 3_600)
        for feed in world.feeds.values():
            feed.post(feed.latestRoundData()[1], {"from": world.owner})
        vault = world.open_vault(world.followers[0], strategy, HELD, Policy(**policy))
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
        return vault

    return opened


def _make_worth(world, vault, equity):
    """Posts the least price of WETH at which a vault is worth `equity`."""
    held = world.hub.vaultBalance(vault, world.weth)
    price = weth_price(equity - world.hub.vaultBalance(vault, world.usdc), held)
    assert world.hub.vaultBalance(vault, world.usdc) + held * price // 10**20 == equity
    world.feeds[world.weth.address].post(price, {"from": world.owner})


def _close(world, strategy, vaults):
    params = (strategy, world.pool(world.usdc, world.weth), world.weth, vaults)
    return world.hub.closeVaults(params, {"from": world.keeper})


# At a trade


@pytest.mark.parametrize("on_stop", OnBreach)
@BY_STOP
def test_a_stop_is_reached_at_its_bound_and_not_a_unit_before(
    world, strategy, invested, *, limit, reason, equity, back, on_stop
):
    hub = world.hub
    vault = invested(on_stop=on_stop, **{limit: 200})
    _make_worth(world, vault, equity + back)
    entry = world.trade_params(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert hub.stopOf(vault) == Reason.NONE
    _make_worth(world, vault, equity)
    assert hub.stopOf(vault) == reason
    tx = hub.trade(entry, {"from": world.leader})
    assert skips(tx) == {vault: reason}
    status = STATUS[on_stop]
    told = [{"vaultId": vault, "status": status, "reason": reason}] if status != ACTIVE else []
    assert named(tx, "VaultStatusSet") == told
    assert hub.vaultOf(vault)["status"] == status


@BY_STOP
def test_one_unit_before_its_stop_a_vault_copies(world, strategy, invested, *, limit, reason, equity, back):
    vault = invested(on_stop=OnBreach.EXIT, **{limit: 200})
    _make_worth(world, vault, equity + back)
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert copies(tx)[vault]["amountIn"] == 50 * USDC


@BY_STOP
def test_a_stop_does_not_bind_the_leaders_exit(world, strategy, invested, *, limit, reason, equity, back):
    vault = invested(on_stop=OnBreach.EXIT, **{limit: 200})
    _make_worth(world, vault, equity)
    tx = world.trade(strategy, world.weth, world.usdc)
    assert vault in copies(tx)
    assert world.hub.vaultBalance(vault, world.weth) == 0


def test_drawdown_counts_from_the_highest_that_was_seen(world, strategy, invested):
    vault = invested(on_stop=OnBreach.SUSPEND, max_drawdown_bps=200)
    assert world.hub.riskOf(vault)["peak"] == HELD
    _make_worth(world, vault, 1_010 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert world.hub.riskOf(vault)["peak"] == 1_010 * USDC
    # 989.8 of 1,010, not 980 of 1,000.
    _make_worth(world, vault, 989_800_001)
    assert world.hub.stopOf(vault) == Reason.NONE
    _make_worth(world, vault, 989_800_000)
    assert world.hub.stopOf(vault) == Reason.DRAWDOWN


def test_a_daily_loss_counts_from_the_days_first_look(world, strategy, invested):
    hub = world.hub
    vault = invested(on_stop=OnBreach.SKIP, max_daily_loss_bps=200)
    today = hub.riskOf(vault)["day"]
    assert (hub.riskOf(vault)["dayEquity"], today) == (HELD, hub.vaultOf(vault)["lastEntry"] // DAY)
    _make_worth(world, vault, 980 * USDC)
    assert skips(world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)) == {
        vault: Reason.DAILY_LOSS
    }
    next_block_at((today + 1) * DAY)
    for feed in world.feeds.values():
        feed.post(feed.latestRoundData()[1], {"from": world.owner})
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 10))
    assert (hub.riskOf(vault)["dayEquity"], hub.riskOf(vault)["day"]) == (980 * USDC, today + 1)


def test_money_that_comes_or_goes_is_neither_loss_nor_gain(world, strategy, invested):
    hub, follower = world.hub, world.followers[0]
    limits = {
        "stop_loss_bps": 200,
        "take_profit_bps": 200,
        "max_drawdown_bps": 200,
        "max_daily_loss_bps": 200,
    }
    vault = invested(on_stop=OnBreach.EXIT, **limits)
    hub.deallocate(vault, world.usdc, 400 * USDC, {"from": follower})
    assert hub.stopOf(vault) == Reason.NONE
    world.add_money(follower, vault, 2_000 * USDC)
    assert hub.stopOf(vault) == Reason.NONE
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 10))


def test_resuming_forgets_what_was_lost_and_starts_anew(world, strategy, invested):
    hub, follower = world.hub, world.followers[0]
    vault = invested(on_stop=OnBreach.SUSPEND, max_drawdown_bps=200, max_daily_loss_bps=200)
    _make_worth(world, vault, 980 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert hub.vaultOf(vault)["status"] == SUSPENDED
    tx = hub.resume(vault, {"from": follower})
    assert events(tx, hub) == [
        ("VaultStatusSet", {"vaultId": vault, "status": ACTIVE, "reason": Reason.NONE})
    ]
    assert (hub.riskOf(vault)["peak"], hub.riskOf(vault)["dayEquity"]) == (0, 0)
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 10))
    assert (hub.riskOf(vault)["peak"], hub.riskOf(vault)["dayEquity"]) == (980 * USDC, 980 * USDC)


def test_a_stop_loss_is_reached_again_after_resuming_because_what_was_invested_is_not_forgotten(
    world, strategy, invested
):
    vault = invested(on_stop=OnBreach.SUSPEND, stop_loss_bps=200)
    _make_worth(world, vault, 980 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    world.hub.resume(vault, {"from": world.followers[0]})
    assert world.hub.stopOf(vault) == Reason.STOP_LOSS


# As soon as anybody points at it


def test_who_asks_for_an_exit_is_sold_by_anybody_at_one_price_told_to_the_wei(world, strategy):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    vaults = [world.open_vault(world.followers[i], strategy, HELD + i) for i in range(3)]
    world.trade(strategy, usdc, weth)
    sellers = vaults[:2]
    for i in range(2):
        tx = hub.requestExit(vaults[i], {"from": world.followers[i]})
        told = {"vaultId": vaults[i], "status": EXITING, "reason": Reason.REQUESTED}
        assert events(tx, hub) == [("VaultStatusSet", told)]
        with refused("BadStatus", EXITING):
            hub.requestExit(vaults[i], {"from": world.followers[i]})
        assert hub.stopOf(vaults[i]) == Reason.EXITING
    held = [hub.vaultBalance(vault, weth) for vault in sellers]
    bought = world.bought(weth, usdc, sum(held))
    shares = [amount * bought // sum(held) for amount in held]
    trade_id = (strategy << 32) | (1 << 31) | 1
    params = (strategy, world.pool(usdc, weth), weth, sellers)
    assert hub.closeVaults.call(params, {"from": world.keeper}) == trade_id

    tx = _close(world, strategy, sellers)

    opened = {
        "tradeId": trade_id,
        "by": world.keeper,
        "kind": CLOSE,
        "pool": world.pool(usdc, weth),
        "tokenIn": weth,
        "tokenOut": usdc,
        "portion": ALL,
        "limitPrice": 0,
        "start": 0,
        "count": 0,
        "copyDeadline": 0,
    }
    cleared = {
        "tradeId": trade_id,
        "venue": world.venue,
        "tokenIn": weth,
        "tokenOut": usdc,
        "cursor": 0,
        "portion": ALL,
        "amountIn": sum(held),
        "dustIn": 0,
        "amountOut": bought,
        "dust": bought - sum(shares),
        "copyFees": 0,
        "keeperFee": 0,
        "keeper": world.keeper,
        "oracleOut": sum(held) * 2_500 // 10**12,
    }
    copy = {"tradeId": trade_id, "policyRevision": 1, "fee": 0, "reducedBy": Reason.NONE}
    assert events(tx, hub) == [
        ("TradeOpened", opened),
        ("BatchCleared", cleared),
        *(
            ("TradeCopied", copy | {"vaultId": sellers[i], "amountIn": held[i], "amountOut": shares[i]})
            for i in range(2)
        ),
    ]
    assert [hub.vaultBalance(vault, weth) for vault in sellers] == [0, 0]
    assert [hub.vaultBalance(vault, usdc) for vault in sellers] == shares
    assert hub.vaultBalance(vaults[2], weth) > 0
    assert [hub.vaultOf(vault)["status"] for vault in sellers] == [EXITING, EXITING]
    # The ids of leaders' trades stay without gaps.
    assert hub.strategyOf(strategy)["sequence"] == 1


@BY_STOP
def test_a_stop_that_is_reached_is_carried_out_by_anybody(
    world, strategy, invested, *, limit, reason, equity, back
):
    hub = world.hub
    vault = invested(on_stop=OnBreach.EXIT, **{limit: 200})
    _make_worth(world, vault, equity + back)
    with refused("NotClosable", vault):
        _close(world, strategy, [vault])
    _make_worth(world, vault, equity)
    held, before = hub.vaultBalance(vault, world.weth), hub.vaultBalance(vault, world.usdc)
    bought = world.bought(world.weth, world.usdc, held)
    tx = _close(world, strategy, [vault])
    assert named(tx, "VaultStatusSet") == [{"vaultId": vault, "status": EXITING, "reason": reason}]
    assert hub.vaultBalance(vault, world.weth) == 0
    assert hub.vaultBalance(vault, world.usdc) == before + bought


@BY_STOP
def test_a_stop_that_only_suspends_sells_nothing(world, strategy, invested, *, limit, reason, equity, back):
    hub = world.hub
    vault = invested(on_stop=OnBreach.SUSPEND, **{limit: 200})
    held = hub.vaultBalance(vault, world.weth)
    _make_worth(world, vault, equity)
    tx = _close(world, strategy, [vault])
    assert named(tx, "VaultStatusSet") == [{"vaultId": vault, "status": SUSPENDED, "reason": reason}]
    assert named(tx, "BatchCleared") == []
    assert hub.vaultBalance(vault, world.weth) == held
    with refused("NotClosable", vault):
        _close(world, strategy, [vault])


@pytest.mark.parametrize("on_stop", [OnBreach.REDUCE, OnBreach.SKIP])
def test_a_stop_that_only_skips_entries_is_nobodys_to_carry_out(world, strategy, invested, on_stop):
    vault = invested(on_stop=on_stop, stop_loss_bps=200)
    _make_worth(world, vault, 980 * USDC)
    with refused("NotClosable", vault):
        _close(world, strategy, [vault])


@pytest.mark.parametrize("stopped_by", ["its owner", "a limit"])
def test_a_vault_that_copies_no_more_still_has_its_stop_loss(world, strategy, invested, stopped_by):
    hub = world.hub
    vault = invested(
        on_breach=OnBreach.SUSPEND, on_stop=OnBreach.EXIT, stop_loss_bps=200, max_trade=500 * USDC
    )
    if stopped_by == "its owner":
        hub.pause(vault, {"from": world.followers[0]})
    else:
        hub.setPolicy(
            vault,
            Policy(
                on_breach=OnBreach.SUSPEND, on_stop=OnBreach.EXIT, stop_loss_bps=200, max_trade=1
            ).struct(),
            {"from": world.followers[0]},
        )
        world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert hub.vaultOf(vault)["status"] == (PAUSED if stopped_by == "its owner" else SUSPENDED)
    _make_worth(world, vault, 980 * USDC)
    _close(world, strategy, [vault])
    assert (hub.vaultOf(vault)["status"], hub.vaultBalance(vault, world.weth)) == (EXITING, 0)


def test_who_has_no_stop_and_did_not_ask_is_not_sold(world, strategy, invested):
    hub = world.hub
    vault = invested()
    other, _ = world.create_strategy()
    elsewhere = world.open_vault(world.followers[1], other, HELD)
    hub.requestExit(elsewhere, {"from": world.followers[1]})
    leaders = hub.strategyOf(strategy)["leaderVault"]
    for what in (vault, elsewhere, leaders, 99):
        with refused("NotClosable", what):
            _close(world, strategy, [what])
    hub.leaveStrategy(vault, {"from": world.followers[0]})
    with refused("NotClosable", vault):
        _close(world, strategy, [vault])
    assert hub.stopOf(vault) == hub.stopOf(99) == Reason.NONE


def test_vaults_are_named_once_and_in_order(world, strategy):
    vaults = [world.open_vault(world.followers[i], strategy, HELD) for i in range(2)]
    world.trade(strategy, world.usdc, world.weth)
    for i in range(2):
        world.hub.requestExit(vaults[i], {"from": world.followers[i]})
    for named_twice in ([vaults[0], vaults[0]], [vaults[1], vaults[0]]):
        with refused("NotAscending", vaults[0]):
            _close(world, strategy, named_twice)
    with refused("NotAscending", 0):
        _close(world, strategy, [0])
    _close(world, strategy, vaults)


def test_where_there_is_nothing_to_sell_there_is_no_clearing(world, strategy):
    vault = world.open_vault(world.followers[0], strategy, HELD)
    with refused("NothingToSell"):
        _close(world, strategy, [])
    world.hub.requestExit(vault, {"from": world.followers[0]})
    with refused("NothingToSell"):
        _close(world, strategy, [vault])
    with refused("UnknownStrategy", 9):
        _close(world, 9, [vault])
    with refused("PoolNotAllowed", world.pool(world.usdc, world.weth)):
        params = (strategy, world.pool(world.usdc, world.weth), world.wbtc, [vault])
        world.hub.closeVaults(params, {"from": world.keeper})


@pytest.mark.parametrize("all_of_them", [True, False])
def test_no_halt_stops_a_close(world, strategy, invested, all_of_them):
    vault = invested(on_stop=OnBreach.EXIT, stop_loss_bps=200)
    world.hub.haltTrading(0 if all_of_them else strategy, {"from": world.owner})
    _make_worth(world, vault, 980 * USDC)
    _close(world, strategy, [vault])
    assert world.hub.vaultBalance(vault, world.weth) == 0


def test_a_close_goes_through_while_a_trade_is_being_copied_and_is_no_part_of_it(world, strategy):
    hub = world.hub
    vaults = [world.open_vault(world.followers[i], strategy, HELD) for i in range(5)]
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    waiting = next(vault for vault in vaults if hub.vaultBalance(vault, world.weth) == 0)
    copied = next(vault for vault in vaults if hub.vaultBalance(vault, world.weth) > 0)
    for vault in (waiting, copied):
        hub.requestExit(vault, {"from": hub.vaultOf(vault)["owner"]})
    assert hub.strategyOf(strategy)["fanoutOpen"]
    fanout = hub.fanoutOf(strategy)
    _close(world, strategy, sorted((waiting, copied)))
    assert hub.vaultBalance(copied, world.weth) == 0
    assert hub.fanoutOf(strategy) == fanout
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert skips(tx) == {waiting: Reason.EXITING}
    assert start_of(1, 5) == fanout["start"]


def test_a_close_is_bounded_by_the_oracle_and_by_the_sellers_own_limit(world, strategy):
    hub = world.hub
    vault = world.open_vault(world.followers[0], strategy, HELD, Policy(max_slippage_bps=50))
    world.trade(strategy, world.usdc, world.weth)
    hub.requestExit(vault, {"from": world.followers[0]})
    held = hub.vaultBalance(vault, world.weth)
    world.feeds[world.weth.address].post(2_520 * 10**8, {"from": world.owner})
    bought = world.bought(world.weth, world.usdc, held)
    oracle_out = held * 2_520 // 10**12
    least = -(-oracle_out * 9_950 // 10_000)
    assert bought < least
    with refused("PriceBelowOracle", bought, least):
        _close(world, strategy, [vault])
    hub.setPolicy(vault, Policy(max_slippage_bps=100).struct(), {"from": world.followers[0]})
    _close(world, strategy, [vault])
    assert hub.vaultBalance(vault, world.weth) == 0


def test_without_a_price_nobody_is_sold_and_everybody_leaves(world, strategy, invested):
    hub, follower = world.hub, world.followers[0]
    vault = invested(on_stop=OnBreach.EXIT, stop_loss_bps=200)
    updated_at = world.feeds[world.weth.address].latestRoundData()[3]
    world.kill_oracle()
    for ask in (lambda: hub.stopOf(vault), lambda: _close(world, strategy, [vault])):
        with refused("FeedStale", world.weth, updated_at):
            ask()
    hub.exit(vault, world.tokens, follower, {"from": follower})
    assert hub.vaultBalance(vault, world.weth) == 0


@pytest.mark.parametrize(("dollar", "ether"), [(1, 2 * 10**33), (10**25, 1)])
def test_a_price_that_cannot_be_is_as_good_as_none(world, strategy, invested, *, dollar, ether):
    vault = invested(on_stop=OnBreach.EXIT, stop_loss_bps=200)
    world.feeds[world.usdc.address].post(dollar, {"from": world.owner})
    world.feeds[world.weth.address].post(ether, {"from": world.owner})
    price = world.oracle.priceDown(world.weth, world.usdc)
    assert price == 0 or price > 2**190
    with refused("PriceNeeded"):
        world.trade(strategy, world.usdc, world.weth)
    with refused("PriceNeeded"):
        world.hub.stopOf(vault)
