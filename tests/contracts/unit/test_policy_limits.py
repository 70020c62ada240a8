"""What a follower's own limits do to an entry, at its bound and beside it, and never to an exit."""

import pytest
from brownie import web3
from world import (
    ACTIVE,
    ALL,
    EXITING,
    SUSPENDED,
    USDC,
    Reason,
    copies,
    cost,
    named,
    next_block_at,
    refused,
    skips,
)

from protocol.types import OnBreach, Policy

HELD = 1_000 * USDC
# 1,000 units of USDC of 1,000 USDC.
LITTLE = 10**12
# Each lets 400 of 1,000 USDC into WETH.
FOUR_TENTHS = [
    ({"max_trade": 400 * USDC}, Reason.MAXIMUM_TRADE),
    ({"max_token_bps": 4_000}, Reason.TOKEN_CAP),
    ({"max_exposure_bps": 4_000}, Reason.EXPOSURE_CAP),
]
STATUS = {
    OnBreach.REDUCE: ACTIVE,
    OnBreach.SKIP: ACTIVE,
    OnBreach.SUSPEND: SUSPENDED,
    OnBreach.EXIT: EXITING,
}


@pytest.fixture
def strategy(world):
    return world.create_strategy()[0]


@pytest.fixture
def follow(world, strategy):
    """Opens a vault of the first follower with 1,000 USDC and a policy."""

    def opened(**policy):
        return world.open_vault(world.followers[0], strategy, HELD, Policy(**policy))

    return opened


def _value(held):
    """Units of USDC that units of WETH are worth."""
    return held * 2_500 // 10**12


@pytest.mark.parametrize("on_breach", OnBreach)
@pytest.mark.parametrize(("limit", "reason"), FOUR_TENTHS)
def test_an_entry_up_to_a_limit_is_copied_in_full(world, strategy, follow, *, limit, reason, on_breach):
    vault = follow(on_breach=on_breach, **limit)
    for below in (LITTLE, 0):
        portion = 4 * ALL // 10 - below
        world.hub.trade.call(
            world.trade_params(strategy, world.usdc, world.weth, portion=portion), {"from": world.leader}
        )
    copy = copies(world.trade(strategy, world.usdc, world.weth, portion=4 * ALL // 10))[vault]
    assert (copy["amountIn"], copy["reducedBy"]) == (400 * USDC, Reason.NONE)
    assert world.hub.vaultOf(vault)["status"] == ACTIVE


@pytest.mark.parametrize("on_breach", OnBreach)
@pytest.mark.parametrize(("limit", "reason"), FOUR_TENTHS)
def test_beyond_a_limit_the_vault_does_what_its_policy_says(
    world, strategy, follow, *, limit, reason, on_breach
):
    vault = follow(on_breach=on_breach, **limit)
    tx = world.trade(strategy, world.usdc, world.weth, portion=4 * ALL // 10 + LITTLE)
    status = STATUS[on_breach]
    if on_breach == OnBreach.REDUCE:
        assert skips(tx) == {}
        assert (copies(tx)[vault]["amountIn"], copies(tx)[vault]["reducedBy"]) == (400 * USDC, reason)
    else:
        assert skips(tx) == {vault: reason}
    stopped = [{"vaultId": vault, "status": status, "reason": reason}] if status != ACTIVE else []
    assert named(tx, "VaultStatusSet") == stopped
    assert world.hub.vaultOf(vault)["status"] == status


@pytest.mark.parametrize("on_breach", [OnBreach.SUSPEND, OnBreach.EXIT])
def test_a_vault_that_a_limit_stopped_copies_nothing_until_its_owner_resumes(
    world, strategy, follow, on_breach
):
    vault = follow(on_breach=on_breach, max_trade=1)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    reason = Reason.SUSPENDED if on_breach == OnBreach.SUSPEND else Reason.EXITING
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert skips(tx) == {vault: reason}
    world.hub.setPolicy(vault, Policy().struct(), {"from": world.followers[0]})
    world.hub.resume(vault, {"from": world.followers[0]})
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 10))


def test_what_is_held_already_counts_by_the_oracles_price(world, strategy, follow):
    vault = follow(max_token_bps=4_000)
    held = copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 5))[vault]["amountOut"]
    equity = 800 * USDC + _value(held)
    copy = copies(world.trade(strategy, world.usdc, world.weth))[vault]
    assert copy["amountIn"] == equity * 4_000 // 10_000 - _value(held)
    assert copy["reducedBy"] == Reason.TOKEN_CAP


def test_a_token_cap_is_for_each_token_and_an_exposure_cap_for_all(world, strategy, follow):
    by_token, by_all = follow(max_token_bps=4_000), follow(max_exposure_bps=4_000)
    first = copies(world.trade(strategy, world.usdc, world.weth, portion=4 * ALL // 10))
    tx = world.trade(strategy, world.usdc, world.wbtc, portion=ALL // 2)
    assert copies(tx)[by_token]["amountIn"] == 300 * USDC
    held = _value(first[by_all]["amountOut"])
    room = (600 * USDC + held) * 4_000 // 10_000 - held
    # All the room that is left is what the first entry has cost, less its share of the equity.
    assert 0 < room < USDC
    assert (copies(tx)[by_all]["amountIn"], copies(tx)[by_all]["reducedBy"]) == (room, Reason.EXPOSURE_CAP)


def test_a_swap_between_two_tokens_is_no_more_exposure(world, strategy, follow):
    vault = follow(max_exposure_bps=4_000)
    world.trade(strategy, world.usdc, world.weth, portion=4 * ALL // 10)
    copy = copies(world.trade(strategy, world.weth, world.wbtc))[vault]
    assert copy["reducedBy"] == Reason.NONE
    assert world.hub.vaultBalance(vault, world.weth) == 0


def test_the_tightest_of_several_limits_is_the_one_that_is_told(world, strategy, follow):
    vault = follow(max_trade=300 * USDC, max_token_bps=3_001, max_exposure_bps=2_999)
    copy = copies(world.trade(strategy, world.usdc, world.weth))[vault]
    assert (copy["amountIn"], copy["reducedBy"]) == (299_900_000, Reason.EXPOSURE_CAP)


@pytest.mark.parametrize(("least", "is_copied"), [(400 * USDC, True), (400 * USDC + 1, False)])
def test_what_a_limit_leaves_must_still_be_worth_a_trade(world, strategy, follow, least, is_copied):
    vault = follow(max_token_bps=4_000, min_trade=least)
    tx = world.trade(strategy, world.usdc, world.weth)
    assert (vault in copies(tx)) == is_copied
    assert skips(tx) == ({} if is_copied else {vault: Reason.BELOW_MINIMUM_TRADE})


@pytest.mark.parametrize("on_breach", OnBreach)
def test_one_more_position_than_allowed_is_not_opened(world, strategy, follow, on_breach):
    vault = follow(max_positions=1, on_breach=on_breach)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    # More of what is held is no further position.
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 4))
    tx = world.trade(strategy, world.usdc, world.wbtc, portion=ALL // 4)
    assert skips(tx) == {vault: Reason.POSITION_COUNT}
    assert world.hub.vaultOf(vault)["status"] == STATUS[on_breach]


def test_a_position_may_take_the_place_of_one_that_is_closed(world, strategy, follow):
    vault = follow(max_positions=1)
    world.trade(strategy, world.usdc, world.weth)
    tx = world.trade(strategy, world.weth, world.wbtc, portion=ALL - 1)
    assert skips(tx) == {vault: Reason.POSITION_COUNT}
    tx = world.trade(strategy, world.weth, world.wbtc)
    assert copies(tx)[vault]["amountOut"] > 0


def test_who_holds_nothing_of_what_is_sold_has_no_position_to_count_and_stops_nobody(world, strategy, follow):
    world.trade(strategy, world.usdc, world.weth)
    vault = follow(max_positions=1)
    # Found by the invariants: one position less than none was a panic, and nobody was copied.
    tx = world.trade(strategy, world.weth, world.wbtc)
    assert skips(tx) == {vault: Reason.NOTHING_TO_SELL}


def test_a_second_position_is_opened_where_two_are_allowed(world, strategy, follow):
    vault = follow(max_positions=2)
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    assert vault in copies(world.trade(strategy, world.usdc, world.wbtc, portion=ALL // 4))


def test_an_excluded_token_is_not_bought_and_all_others_are(world, strategy, follow):
    vault = follow(excluded_tokens=0b100, on_breach=OnBreach.EXIT)
    tx = world.trade(strategy, world.usdc, world.wbtc, portion=ALL // 4)
    assert skips(tx) == {vault: Reason.TOKEN_EXCLUDED}
    assert world.hub.vaultOf(vault)["status"] == ACTIVE
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 4))


def test_between_two_entries_the_cooldown_passes(world, strategy, follow):
    vault = follow(cooldown=3_600)
    first = world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    assert world.hub.vaultOf(vault)["lastEntry"] == first.timestamp
    next_block_at(first.timestamp + 3_599)
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    assert skips(tx) == {vault: Reason.COOLDOWN}
    next_block_at(first.timestamp + 3_600)
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 4))


def test_entries_are_copied_until_the_second_in_which_a_policy_expires(world, strategy, follow):
    now = web3.eth.get_block("latest")["timestamp"]
    vault = follow(expiry=now + 1_000)
    next_block_at(now + 1_000)
    assert vault in copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 4))
    next_block_at(now + 1_001)
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    assert skips(tx) == {vault: Reason.POLICY_EXPIRED}
    assert vault in copies(world.trade(strategy, world.weth, world.usdc))


def test_no_limit_binds_an_exit(world, strategy, follow):
    follower, hub = world.followers[0], world.hub
    vault = follow()
    world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    held = hub.vaultBalance(vault, world.weth)
    strict = Policy(
        on_breach=OnBreach.EXIT,
        on_stop=OnBreach.EXIT,
        max_positions=1,
        excluded_tokens=0b110,
        max_slippage_bps=10,
        max_token_bps=1,
        max_exposure_bps=1,
        stop_loss_bps=1,
        loss_budget_bps=1,
        cooldown=10**9,
        min_trade=10**12,
    )
    hub.setPolicy(vault, strict.struct(), {"from": follower})
    copy = copies(world.trade(strategy, world.weth, world.usdc))[vault]
    assert (copy["amountIn"], copy["reducedBy"]) == (held, Reason.NONE)
    assert hub.vaultOf(vault)["status"] == ACTIVE


@pytest.mark.parametrize(
    "policy",
    [
        Policy(min_trade=2, max_trade=1),
        Policy(max_token_bps=10_001),
        Policy(max_exposure_bps=10_001),
        Policy(max_daily_loss_bps=10_001),
        Policy(max_drawdown_bps=10_001),
        Policy(stop_loss_bps=10_001),
        Policy(loss_budget_bps=10_001),
        Policy(max_slippage_bps=11),
        Policy(max_slippage_bps=1_001),
        Policy(expiry=1),
        Policy(excluded_tokens=0b1),
        Policy(excluded_tokens=0b1000),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused(world, strategy, follow, policy):
    vault = follow()
    with refused("BadPolicy"):
        world.hub.setPolicy(vault, policy.struct(), {"from": world.followers[0]})
    assert world.hub.vaultOf(vault)["policyRevision"] == 1


# A vault's own loss budget


@pytest.mark.parametrize(("portion", "is_copied"), [(ALL // 2, True), (ALL // 2 + LITTLE, False)])
def test_a_loss_budget_must_bear_the_smallest_slippage_there_is(world, strategy, follow, portion, is_copied):
    # Half of ten basis points fits at a time: the smallest step, ten, on half of the equity.
    vault = follow(loss_budget_bps=10, on_breach=OnBreach.SUSPEND)
    tx = world.trade(strategy, world.usdc, world.weth, portion=portion)
    assert (vault in copies(tx)) == is_copied
    assert skips(tx) == ({} if is_copied else {vault: Reason.LOSS_BUDGET})
    assert world.hub.vaultOf(vault)["status"] == (ACTIVE if is_copied else SUSPENDED)


def test_a_loss_budget_is_used_up_by_what_entries_cost_and_comes_back_with_time(world, strategy, follow):
    hub = world.hub
    vault = follow(loss_budget_bps=100)
    first = world.trade(strategy, world.usdc, world.weth, portion=ALL // 5)
    (cleared,) = named(first, "BatchCleared")
    used = (2_000 * cost(cleared) + 9_999) // 10_000
    assert hub.vaultOf(vault)["lossUsed"] == used > 0
    # 50 basis points fit, and leak out in seven days.
    next_block_at(first.timestamp + 3_600)
    equity = 800 * USDC + _value(hub.vaultBalance(vault, world.weth))
    second = world.trade(strategy, world.usdc, world.weth, portion=ALL // 4)
    (cleared,) = named(second, "BatchCleared")
    share = -(-200 * USDC * 10_000 // equity)
    rate = cost(cleared)
    left = max(0, used - 5_000_000 * 3_600 // 604_800)
    assert hub.vaultOf(vault)["lossUsed"] == left + (share * rate + 9_999) // 10_000


def test_a_vaults_budget_is_never_more_than_its_strategys(world):
    strategy, _ = world.create_strategy(limits={"loss_budget_bps": 20})
    vault = world.open_vault(world.followers[0], strategy, HELD, Policy(loss_budget_bps=10_000))
    first = world.trade(strategy, world.usdc, world.weth, portion=ALL // 2)
    (cleared,) = named(first, "BatchCleared")
    used = (5_000 * cost(cleared) + 9_999) // 10_000
    assert world.hub.vaultOf(vault)["lossUsed"] == used
    # Ten basis points leak out in seven days; by the vault's own word all would be back by now.
    entry = world.trade_params(strategy, world.usdc, world.weth, portion=ALL // 2, deadline=2**40 - 1)
    next_block_at(first.timestamp + 36_000)
    equity = 500 * USDC + _value(world.hub.vaultBalance(vault, world.weth))
    second = world.hub.trade(entry, {"from": world.leader})
    (cleared,) = named(second, "BatchCleared")
    share = -(-250 * USDC * 10_000 // equity)
    left = used - 1_000_000 * 36_000 // 604_800
    spent = (share * cost(cleared) + 9_999) // 10_000
    assert world.hub.vaultOf(vault)["lossUsed"] == left + spent
    assert left > 0
