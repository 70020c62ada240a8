"""What a pool cannot take is left out of the largest copies first: nobody's size is at the others' cost."""

import pytest
from brownie.exceptions import VirtualMachineError
from world import ALL, USDC, Reason, copies, named

STAKE = 10_000 * USDC


@pytest.fixture
def strategy(world):
    """A strategy that moves a pool by a basis point at most: this one takes 2,500 USDC, nearly."""
    return world.create_strategy(limits={"max_impact_bps": 1}, copy_window=600)[0]


@pytest.fixture
def depth(world, strategy):
    """What the pool takes, as the refusal of a trade that is too large says."""
    with pytest.raises(VirtualMachineError) as refusal:
        world.trade(strategy, world.usdc, world.weth)
    depth = int(refusal.value.revert_msg.split(", ")[1])
    assert abs(depth - 2_500 * USDC) < 3 * USDC
    return depth


def _open(world, strategy, amounts):
    return [world.open_vault(world.followers[i], strategy, amount) for i, amount in enumerate(amounts)]


def _inputs(tx, vaults):
    return [(copies(tx)[vault]["amountIn"], copies(tx)[vault]["reducedBy"]) for vault in vaults]


def test_what_fits_is_not_reduced(world, strategy, depth):
    rest = depth - 1_000 * USDC
    vaults = _open(world, strategy, (rest // 2, rest - rest // 2))
    world.hub.deallocate(1, world.usdc, STAKE - 1_000 * USDC, {"from": world.leader})
    tx = world.trade(strategy, world.usdc, world.weth)
    assert named(tx, "BatchCleared")[0]["amountIn"] == depth
    assert {reason for _, reason in _inputs(tx, vaults)} == {Reason.NONE}


def test_one_unit_too_much_is_taken_from_the_largest(world, strategy, depth):
    rest = depth - 1_000 * USDC
    vaults = _open(world, strategy, (rest // 3, rest - rest // 3 + 1))
    world.hub.deallocate(1, world.usdc, STAKE - 1_000 * USDC, {"from": world.leader})
    tx = world.trade(strategy, world.usdc, world.weth)
    assert _inputs(tx, vaults) == [(rest // 3, Reason.NONE), (rest - rest // 3, Reason.POOL_DEPTH)]


def test_everybody_gets_up_to_one_level_and_nobody_more(world, strategy, depth):
    vaults = _open(world, strategy, (1_000 * USDC, 10_000 * USDC, 30_000 * USDC))
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    level = (depth - 1_000 * USDC - 100 * USDC) // 2
    assert 100 * USDC < level < 1_000 * USDC
    assert _inputs(tx, vaults) == [
        (100 * USDC, Reason.NONE),
        (level, Reason.POOL_DEPTH),
        (level, Reason.POOL_DEPTH),
    ]
    # The leader's own part is the leader's to choose.
    assert copies(tx)[1]["amountIn"] == 1_000 * USDC
    assert world.hub.vaultBalance(vaults[2], world.usdc) == 30_000 * USDC - level


def test_where_all_ask_for_too_much_all_get_the_same(world, strategy, depth):
    vaults = _open(world, strategy, (20_000 * USDC, 10_000 * USDC, 30_000 * USDC))
    tx = world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    level = (depth - 1_000 * USDC) // 3
    assert _inputs(tx, vaults) == [(level, Reason.POOL_DEPTH)] * 3


def test_a_copy_fee_is_of_what_is_left_of_a_copy(world):
    strategy, _ = world.create_strategy(limits={"max_impact_bps": 1}, copy_fee_bps=100)
    (vault,) = _open(world, strategy, (30_000 * USDC,))
    with pytest.raises(VirtualMachineError) as refusal:
        world.trade(strategy, world.usdc, world.weth)
    room = int(refusal.value.revert_msg.split(", ")[1]) - 1_000 * USDC
    copy = copies(world.trade(strategy, world.usdc, world.weth, portion=ALL // 10))[vault]
    assert copy["fee"] == room // 100
    assert (copy["amountIn"], copy["reducedBy"]) == (room - room // 100, Reason.POOL_DEPTH)


def test_a_later_batch_has_the_pools_depth_for_its_own(world, strategy, depth):
    vaults = _open(world, strategy, [30_000 * USDC] * 5)
    first = world.trade(strategy, world.usdc, world.weth, portion=ALL // 10)
    assert set(first_inputs := [copy["amountIn"] for vault, copy in copies(first).items() if vault != 1])
    assert first_inputs == [(depth - 1_000 * USDC) // 3] * 3
    waiting = [vault for vault in vaults if vault not in copies(first)]
    second = world.hub.continueTrade(strategy, 3, {"from": world.keeper})
    assert sorted(copies(second)) == waiting
    for vault in waiting:
        assert copies(second)[vault]["reducedBy"] == Reason.POOL_DEPTH
        # The window is over time: the first batch, a moment ago, hardly weighs in it.
        assert abs(copies(second)[vault]["amountIn"] - depth // 2) < depth // 1_000


def test_an_exit_that_the_pool_cannot_take_is_left_for_the_vault_to_sell_in_parts(world):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    strategy, _ = world.create_strategy(stake=1_000 * USDC, limits={"max_impact_bps": 1})
    (vault,) = _open(world, strategy, (10_000 * USDC,))
    for _ in range(4):
        world.trade(strategy, usdc, weth, portion=ALL // 10)
    leaders, held = hub.vaultBalance(1, weth), hub.vaultBalance(vault, weth)
    copy = copies(world.trade(strategy, weth, usdc))[vault]
    assert copy["reducedBy"] == Reason.POOL_DEPTH
    # The pool takes a WETH of its 20,000.
    assert abs(leaders + copy["amountIn"] - 10**18) < 10**15
    left = held - copy["amountIn"]
    assert hub.vaultBalance(vault, weth) == left > 0
    hub.requestExit(vault, {"from": world.followers[0]})
    hub.closeVaults((strategy, world.pool(usdc, weth), weth, [vault]), {"from": world.keeper})
    assert hub.vaultBalance(vault, weth) == 0


def test_a_close_that_the_pool_cannot_take_goes_on_with_the_next(world):
    hub, usdc, weth = world.hub, world.usdc, world.weth
    strategy, _ = world.create_strategy(stake=1_000 * USDC, limits={"max_impact_bps": 1})
    vaults = _open(world, strategy, (10_000 * USDC, 100 * USDC))
    for _ in range(4):
        world.trade(strategy, usdc, weth, portion=ALL // 10)
    for i in range(2):
        hub.requestExit(vaults[i], {"from": world.followers[i]})
    params = (strategy, world.pool(usdc, weth), weth, vaults)
    tx = hub.closeVaults(params, {"from": world.keeper})
    assert [reason for _, reason in _inputs(tx, vaults)] == [Reason.POOL_DEPTH, Reason.NONE]
    hub.closeVaults(params, {"from": world.stranger})
    assert [hub.vaultBalance(vault, weth) for vault in vaults] == [0, 0]
