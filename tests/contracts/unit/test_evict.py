"""Vaults of nothing are taken out of the member list by anybody, and nobody loses a unit by it."""

import pytest
from world import (
    ALL,
    GRACE_PERIOD,
    LEFT,
    NO_LIMITS,
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

# A tenth of the smallest deposit that the strategy takes.
LEAST = 1 * USDC


@pytest.fixture
def strategy(world):
    return world.create_strategy(min_deposit=10 * LEAST)[0]


@pytest.fixture
def vault(world, strategy):
    """A vault of the first follower with 10 USDC."""
    return world.open_vault(world.followers[0], strategy, 10 * USDC)


def _leave_only(world, vault, **amounts):
    """Its owner takes everything out of a vault but `amounts`, by the tokens' names."""
    owner = {"from": world.hub.vaultOf(vault)["owner"]}
    for name in ("usdc", "weth", "wbtc"):
        token = getattr(world, name)
        rest = world.hub.vaultBalance(vault, token) - amounts.get(name, 0)
        if rest:
            world.hub.deallocate(vault, token, rest, owner)


def _evict(world, vault):
    return world.hub.evict(vault, {"from": world.stranger})


def test_anybody_evicts_a_vault_of_nothing_and_its_place_is_filled(world, strategy, vault):
    hub = world.hub
    last = world.open_vault(world.followers[1], strategy, 10 * USDC)
    _leave_only(world, vault)
    tx = _evict(world, vault)
    assert events(tx, hub) == [
        ("VaultStatusSet", {"vaultId": vault, "status": LEFT, "reason": Reason.NONE}),
        ("MemberMoved", {"strategyId": strategy, "vaultId": last, "position": 0}),
    ]
    assert hub.vaultOf(vault)["status"] == LEFT
    assert (hub.memberAt(strategy, 0), hub.memberAt(strategy, 1)) == (last, 0)
    assert hub.vaultOf(last)["position"] == 0
    assert hub.strategyOf(strategy)["memberCount"] == 1


def test_a_vault_worth_the_least_is_kept_and_one_unit_less_is_not(world, vault):
    _leave_only(world, vault, usdc=LEAST)
    with refused("WorthKeeping", LEAST, LEAST):
        _evict(world, vault)
    _leave_only(world, vault, usdc=LEAST - 1)
    _evict(world, vault)
    assert world.hub.vaultOf(vault)["status"] == LEFT


def test_every_token_counts_at_the_oracles_price_rounded_down(world, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    hub.deallocate(1, world.usdc, 9_000 * USDC, {"from": world.leader})
    world.add_money(follower, vault, 990 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    world.trade(strategy, world.usdc, world.wbtc, portion=ALL // 2)
    # 0.3 + 0.5 USDC of the others, the last unit of the first just not reached.
    weth, wbtc = 3 * 10**5 * WETH // (2_500 * USDC) - 1, 5 * 10**5 * WBTC // (50_000 * USDC)
    value = (3 * 10**5 - 1) + 5 * 10**5
    _leave_only(world, vault, usdc=LEAST - value, weth=weth, wbtc=wbtc)
    with refused("WorthKeeping", LEAST, LEAST):
        _evict(world, vault)
    _leave_only(world, vault, usdc=LEAST - value - 1, weth=weth, wbtc=wbtc)
    _evict(world, vault)
    assert [hub.vaultBalance(vault, token) for token in world.tokens] == [LEAST - value - 1, weth, wbtc]


def test_what_a_vault_is_worth_falls_and_rises_with_prices(world, strategy, vault):
    world.trade(strategy, world.usdc, world.weth)
    feed, own = world.feeds[world.weth.address], {"from": world.owner}
    held = world.hub.vaultBalance(vault, world.weth)
    for dollars in (2_500, 251):
        feed.post(dollars * 10**8, own)
        with refused("WorthKeeping", held * dollars * USDC // WETH, LEAST):
            _evict(world, vault)
    feed.post(249 * 10**8, own)
    assert held * 249 * USDC // WETH < LEAST
    _evict(world, vault)


def test_the_least_is_a_tenth_of_the_smallest_deposit_rounded_down(world):
    strategy, _ = world.create_strategy(min_deposit=29)
    vault = world.open_vault(world.followers[0], strategy, 29)
    _leave_only(world, vault, usdc=2)
    with refused("WorthKeeping", 2, 2):
        _evict(world, vault)
    _leave_only(world, vault, usdc=1)
    _evict(world, vault)


@pytest.mark.parametrize("min_deposit", [0, 9])
def test_where_hardly_a_deposit_is_asked_for_nobody_is_evicted(world, min_deposit):
    strategy, _ = world.create_strategy(min_deposit=min_deposit)
    vault = world.open_vault(world.followers[0], strategy, 9)
    _leave_only(world, vault)
    with refused("WorthKeeping", 0, 0):
        _evict(world, vault)


def test_an_evicted_vaults_money_stays_its_owners(world, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    _leave_only(world, vault, usdc=100_000, weth=10**14)
    _evict(world, vault)
    assert (hub.vaultBalance(vault, world.usdc), hub.vaultBalance(vault, world.weth)) == (100_000, 10**14)
    # It is not copied any more.
    tx = world.trade(strategy, world.weth, world.usdc)
    assert [copy["vaultId"] for copy in named(tx, "TradeCopied")] == [1]
    assert named(tx, "CopySkipped") == []
    owned, idle = world.weth.balanceOf(follower), hub.accountBalance(follower, world.usdc)
    hub.deallocate(vault, world.usdc, 100_000, {"from": follower})
    assert hub.accountBalance(follower, world.usdc) == idle + 100_000
    tx = hub.exit(vault, world.tokens, follower, {"from": follower})
    assert named(tx, "MemberMoved") == named(tx, "VaultStatusSet") == []
    assert world.weth.balanceOf(follower) == owned + 10**14
    assert [hub.vaultBalance(vault, token) for token in world.tokens] == [0, 0, 0]


def test_an_evicted_vault_has_left_for_good_and_its_owner_may_open_another(world, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    _leave_only(world, vault)
    _evict(world, vault)
    for again in (
        lambda: hub.resume(vault, {"from": follower}),
        lambda: hub.allocate(vault, 1, {"from": follower}),
        lambda: hub.setPolicy(vault, NO_LIMITS, {"from": follower}),
        lambda: _evict(world, vault),
    ):
        with refused("BadStatus", LEFT):
            again()
    world.open_vault(follower, strategy, 10 * USDC)
    assert hub.memberAt(strategy, 0) == hub.vaultCount() != vault


def test_only_members_are_evicted(world, strategy, vault):
    hub, leader_vault = world.hub, world.hub.strategyOf(strategy)["leaderVault"]
    for unknown in (0, vault + 1, 2**32 - 1):
        with refused("BadStatus", 0):
            _evict(world, unknown)
    hub.deallocate(leader_vault, world.usdc, 10_000 * USDC, {"from": world.leader})
    with refused("LeaderVault"):
        _evict(world, leader_vault)
    hub.leaveStrategy(vault, {"from": world.followers[0]})
    with refused("BadStatus", LEFT):
        _evict(world, vault)


def test_a_pause_or_a_halt_keeps_no_vault_of_nothing_in_the_list(world, strategy, vault):
    hub = world.hub
    _leave_only(world, vault)
    hub.pause(vault, {"from": world.followers[0]})
    hub.haltTrading(0, {"from": world.owner})
    _evict(world, vault)
    assert hub.strategyOf(strategy)["memberCount"] == 0


def test_when_the_oracle_fails_evictions_that_need_it_stop_and_nothing_else(world, strategy, vault):
    hub, follower = world.hub, world.followers[0]
    other = world.open_vault(world.followers[1], strategy, 10 * USDC)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    _leave_only(world, vault, weth=1)
    _leave_only(world, other, usdc=1)
    updated_at = world.feeds[world.weth.address].latestRoundData()[3]
    world.kill_oracle()
    with refused("FeedStale", world.weth, updated_at):
        _evict(world, vault)
    # Base token is worth itself.
    _evict(world, other)
    hub.leaveStrategy(vault, {"from": follower})
    hub.exit(vault, world.tokens, follower, {"from": follower})
    assert [hub.vaultBalance(vault, token) for token in world.tokens] == [0, 0, 0]


def test_nobody_is_valued_while_the_sequencer_is_down_or_starting(world, strategy, vault):
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    _leave_only(world, vault, weth=1)
    world.sequencer.post(1, {"from": world.owner})
    with refused("SequencerDown"):
        _evict(world, vault)
    up_since = world.sequencer.post(0, {"from": world.owner}).timestamp
    with refused("SequencerStarting", up_since):
        _evict(world, vault)
    world.let_pass(GRACE_PERIOD + 1)
    _evict(world, vault)


@pytest.fixture
def waiting(world, strategy):
    """Two of five vaults, empty by now, that the first batch of an open trade has not reached, in order."""
    vaults = [world.open_vault(follower, strategy, 100 * USDC) for follower in world.followers]
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    start = start_of(1, 5)
    unreached = (vaults[start:] + vaults[:start])[3:]
    for vault in unreached:
        _leave_only(world, vault)
    return unreached


def test_while_a_trade_is_being_copied_an_eviction_leaves_a_hole_that_is_passed_over(
    world, strategy, waiting
):
    hub = world.hub
    position = hub.vaultOf(waiting[0])["position"]
    tx = _evict(world, waiting[0])
    assert events(tx, hub) == [
        ("VaultStatusSet", {"vaultId": waiting[0], "status": LEFT, "reason": Reason.NONE})
    ]
    assert (hub.memberAt(strategy, position), hub.strategyOf(strategy)["memberCount"]) == (0, 5)
    with refused("FanoutOpen", (strategy << 32) | 1):
        hub.prune(strategy, position, {"from": world.stranger})
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [skip["vaultId"] for skip in named(tx, "CopySkipped")] == waiting[1:]
    assert len(named(tx, "TradeCompleted")) == 1
    hub.prune(strategy, position, {"from": world.stranger})
    assert hub.strategyOf(strategy)["memberCount"] == 4
    members = [hub.memberAt(strategy, place) for place in range(4)]
    assert len(set(members) - {0, waiting[0]}) == 4
    assert [hub.vaultOf(member)["position"] for member in members] == [0, 1, 2, 3]


def test_a_vault_that_was_evicted_meanwhile_does_not_expire(world, strategy, waiting):
    hub = world.hub
    _evict(world, waiting[1])
    next_block_at(hub.fanoutOf(strategy)["deadline"] + 1)
    tx = hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert [(skip["vaultId"], skip["reason"]) for skip in named(tx, "CopySkipped")] == [
        (waiting[0], Reason.EXPIRED)
    ]


def test_a_list_full_of_vaults_of_nothing_is_emptied_by_anybody(world, strategy):
    vaults = [world.open_vault(world.followers[i % 5], strategy, 10 * USDC) for i in range(9)]
    for vault in vaults:
        _leave_only(world, vault)
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    assert named(tx, "TradeCompleted") == []
    for _ in range(2):
        world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    for vault in vaults:
        _evict(world, vault)
    assert world.hub.strategyOf(strategy)["memberCount"] == 0
    tx = world.trade(strategy, world.weth, world.usdc)
    assert len(named(tx, "TradeCompleted")) == 1
