"""How much of its money a vault puts into an entry, by its own sizing; exits are the leader's portion."""

import pytest
from world import ALL, NO_LIMITS, USDC, Reason, copies, refused, skips

from protocol.types import OnBreach, Policy, Sizing

HELD = 1_000 * USDC


@pytest.fixture
def strategy(world):
    """A strategy whose leader has declared a stop ten percent away."""
    return world.create_strategy(limits={"stop_bps": 1_000})[0]


def _sized(sizing, size):
    return Policy(sizing=sizing, size=size)


@pytest.mark.parametrize(
    ("sizing", "size", "portion", "amount_in", "reduced_by"),
    [
        (Sizing.PROPORTIONAL, 0, ALL // 3, 333_333_333, Reason.NONE),
        (Sizing.PROPORTIONAL, 0, ALL, HELD, Reason.NONE),
        (Sizing.MULTIPLIER, 5_000, ALL // 4, 125 * USDC, Reason.NONE),
        (Sizing.MULTIPLIER, 15_000, ALL // 4, 375 * USDC, Reason.NONE),
        (Sizing.MULTIPLIER, 9_999, ALL // 3, 333_299_999, Reason.NONE),
        # Never more than is there.
        (Sizing.MULTIPLIER, 20_000, ALL // 2, HELD, Reason.NONE),
        (Sizing.MULTIPLIER, 20_001, ALL // 2, HELD, Reason.NONE),
        (Sizing.MULTIPLIER, 100_000, ALL // 2, HELD, Reason.NONE),
        (Sizing.FIXED, 123_456_789, ALL // 10, 123_456_789, Reason.NONE),
        (Sizing.FIXED, 123_456_789, ALL, 123_456_789, Reason.NONE),
        (Sizing.FIXED, HELD, ALL // 10, HELD, Reason.NONE),
        (Sizing.FIXED, HELD + 1, ALL // 10, HELD, Reason.NONE),
        # Ten percent against two of a hundred: a fifth of the equity.
        (Sizing.RISK, 200, ALL // 10, 100 * USDC, Reason.NONE),
        (Sizing.RISK, 200, ALL // 5, 200 * USDC, Reason.NONE),
        (Sizing.RISK, 200, ALL // 5 + 10**9, 200 * USDC, Reason.RISK_SIZE),
        (Sizing.RISK, 200, ALL // 2, 200 * USDC, Reason.RISK_SIZE),
        (Sizing.RISK, 10_000, ALL, HELD, Reason.NONE),
    ],
)
def test_an_entry_is_as_large_as_its_sizing_says(
    world, strategy, *, sizing, size, portion, amount_in, reduced_by
):
    vault = world.open_vault(world.followers[0], strategy, HELD, _sized(sizing, size))
    copy = copies(world.trade(strategy, world.usdc, world.weth, portion=portion))[vault]
    assert (copy["amountIn"], copy["reducedBy"]) == (amount_in, reduced_by)
    assert world.hub.vaultBalance(vault, world.usdc) == HELD - amount_in


@pytest.mark.parametrize("sizing", [Sizing.MULTIPLIER, Sizing.FIXED, Sizing.RISK])
def test_an_entry_of_a_vault_without_base_token_is_nothing(world, strategy, sizing):
    follower = world.followers[0]
    vault = world.open_vault(follower, strategy, HELD, _sized(sizing, 100))
    world.hub.deallocate(vault, world.usdc, HELD, {"from": follower})
    tx = world.trade(strategy, world.usdc, world.weth)
    assert skips(tx) == {vault: Reason.NOTHING_TO_SELL}


def test_risk_is_measured_on_all_that_the_vault_is_worth(world, strategy):
    vault = world.open_vault(world.followers[0], strategy, HELD, _sized(Sizing.RISK, 200))
    bought = copies(world.trade(strategy, world.usdc, world.weth))[vault]["amountOut"]
    equity = 800 * USDC + bought * 2_500 // 10**12
    world.add_money(world.leader, 1, 1_000 * USDC)
    copy = copies(world.trade(strategy, world.usdc, world.weth))[vault]
    assert (copy["amountIn"], copy["reducedBy"]) == (equity * 200 // 1_000, Reason.RISK_SIZE)


@pytest.mark.parametrize("sizing", [Sizing.MULTIPLIER, Sizing.FIXED, Sizing.RISK])
def test_only_base_token_is_sized(world, strategy, sizing):
    follower, hub = world.followers[0], world.hub
    vault = world.open_vault(follower, strategy, HELD)
    world.trade(strategy, world.usdc, world.weth)
    hub.setPolicy(vault, _sized(sizing, 100).struct(), {"from": follower})
    held = hub.vaultBalance(vault, world.weth)
    swapped = copies(world.trade(strategy, world.weth, world.wbtc, portion=ALL // 3))[vault]
    assert (swapped["amountIn"], swapped["reducedBy"]) == (held * (ALL // 3) // ALL, Reason.NONE)
    held -= swapped["amountIn"]
    sold = copies(world.trade(strategy, world.weth, world.usdc, portion=ALL // 2))[vault]
    assert (sold["amountIn"], sold["reducedBy"]) == (held // 2, Reason.NONE)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(sizing=Sizing.MULTIPLIER, size=0),
        Policy(sizing=Sizing.MULTIPLIER, size=100_001),
        Policy(sizing=Sizing.FIXED, size=0),
        Policy(sizing=Sizing.RISK, size=0),
        Policy(sizing=Sizing.RISK, size=10_001),
        Policy(sizing=Sizing.PROPORTIONAL, size=1),
    ],
)
def test_a_size_that_does_not_go_with_its_sizing_is_refused(world, strategy, policy):
    follower = world.followers[0]
    vault = world.open_vault(follower, strategy, HELD)
    with refused("BadPolicy"):
        world.hub.setPolicy(vault, policy.struct(), {"from": follower})
    assert tuple(world.hub.policyOf(vault)) == NO_LIMITS


def test_risk_cannot_be_measured_where_no_stop_is_declared(world):
    strategy, _ = world.create_strategy()
    vault = world.open_vault(world.followers[0], strategy, HELD)
    with refused("BadPolicy"):
        world.hub.setPolicy(vault, _sized(Sizing.RISK, 1).struct(), {"from": world.followers[0]})


def test_a_full_close_closes_whatever_was_sized_rounded_skipped_and_withdrawn_before(world, strategy):
    hub, weth = world.hub, world.weth
    policies = (
        _sized(Sizing.MULTIPLIER, 7_777),
        Policy(max_token_bps=3_000, on_breach=OnBreach.SKIP),
        Policy(sizing=Sizing.FIXED, size=33_333_333, cooldown=10_000),
    )
    vaults = [
        world.open_vault(world.followers[i], strategy, HELD + i, policy) for i, policy in enumerate(policies)
    ]
    reasons = []
    for portion in (ALL // 7, ALL // 3, ALL // 2):
        reasons += skips(world.trade(strategy, world.usdc, weth, portion=portion)).values()
    assert set(reasons) == {Reason.COOLDOWN, Reason.TOKEN_CAP}
    hub.deallocate(vaults[0], weth, 12_345, {"from": world.followers[0]})
    world.trade(strategy, weth, world.usdc, portion=ALL // 7)
    assert all(hub.vaultBalance(vault, weth) > 0 for vault in vaults)
    tx = world.trade(strategy, weth, world.usdc)
    assert set(copies(tx)) == {1, *vaults}
    assert [hub.vaultBalance(vault, weth) for vault in (1, *vaults)] == [0] * 4
