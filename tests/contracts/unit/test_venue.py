"""The Uniswap V3 adapter: it serves the hub, knows genuine pools, pays only the pool it is swapping in."""

import pytest
from brownie import ZERO_ADDRESS
from world import PACKAGES, USDC, WBTC, WETH, refused

from demo.uniswap import Uniswap


@pytest.fixture
def own_venue(world):
    """A venue that serves the keeper's own address, so that a test can ask it for any swap."""
    factory = world.uniswap.factory.address
    return world.contracts.UniswapV3Venue.deploy(world.keeper, factory, {"from": world.keeper})


def test_it_knows_its_hub_and_factory(world):
    assert world.venue.hub() == world.hub
    assert world.venue.factory() == world.uniswap.factory.address


def test_it_names_a_pools_tokens_in_the_pools_order(world):
    for one, other in ((world.usdc, world.weth), (world.usdc, world.wbtc), (world.weth, world.wbtc)):
        in_order = tuple(sorted((one.address, other.address), key=lambda address: int(address, 16)))
        assert tuple(world.venue.poolTokens(world.pool(one, other))) == in_order


def test_a_swap_sells_exactly_and_pays_the_hub(world, own_venue):
    usdc, weth, keeper = world.usdc, world.weth, world.keeper
    bought = world.bought(usdc, weth, 100 * USDC)
    usdc.mint(own_venue, 100 * USDC, {"from": world.owner})
    own_venue.swap(world.pool(usdc, weth), usdc, weth, 100 * USDC, {"from": keeper})
    assert (usdc.balanceOf(own_venue), weth.balanceOf(own_venue)) == (0, 0)
    assert (usdc.balanceOf(keeper), weth.balanceOf(keeper)) == (0, bought)


def test_a_swap_works_in_both_directions_of_a_pool(world, own_venue):
    keeper = world.keeper
    for token_in, token_out, amount in (
        (world.weth, world.usdc, WETH),
        (world.usdc, world.weth, 100 * USDC),
        (world.wbtc, world.weth, WBTC),
    ):
        bought = world.bought(token_in, token_out, amount)
        owned = token_out.balanceOf(keeper)
        token_in.mint(own_venue, amount, {"from": world.owner})
        own_venue.swap(world.pool(token_in, token_out), token_in, token_out, amount, {"from": keeper})
        assert token_out.balanceOf(keeper) == owned + bought


def test_what_a_pool_does_not_take_goes_back_to_the_hub(world, own_venue):
    usdc, weth, keeper = world.usdc, world.weth, world.keeper
    pool = world.uniswap.create_pool(usdc.address, weth.address, 10_000, amount_a=2_500 * USDC, amount_b=WETH)
    shallow = {usdc.address: 2_500 * USDC, weth.address: WETH}
    world.uniswap.add_liquidity(pool, shallow, width=2_000)
    held = usdc.balanceOf(pool.address)
    usdc.mint(own_venue, 10_000 * USDC, {"from": world.owner})
    own_venue.swap(pool.address, usdc, weth, 10_000 * USDC, {"from": keeper})
    taken = usdc.balanceOf(pool.address) - held
    assert 0 < taken < 10_000 * USDC
    assert usdc.balanceOf(keeper) == 10_000 * USDC - taken
    assert usdc.balanceOf(own_venue) == 0


@pytest.mark.parametrize("who", ["owner", "leader", "keeper"])
def test_only_the_hub_swaps(world, who):
    pool = world.pool(world.usdc, world.weth)
    with refused("NotHub"):
        world.venue.swap(pool, world.usdc, world.weth, 1, {"from": getattr(world, who)})


def test_nobody_asks_for_payment_out_of_turn(world, hostile):
    with refused("BadCallback"):
        world.venue.uniswapV3SwapCallback(1, 0, b"", {"from": world.keeper})
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    pool.plan(1, 0, {"from": world.leader})
    world.usdc.mint(world.venue, 1, {"from": world.owner})
    with refused("BadCallback"):
        pool.askForMoney(world.venue, {"from": world.leader})


@pytest.mark.parametrize("asked", [(0, 0), (-1, 0), (0, -1), (-1, -1)])
def test_a_pool_that_asks_for_nothing_is_not_believed(world, hostile, own_venue, asked):
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    pool.plan(*asked, {"from": world.leader})
    with refused("BadCallback"):
        own_venue.swap(pool, world.usdc, world.weth, 1, {"from": world.keeper})


def test_a_pool_cannot_ask_for_more_than_it_is_sold(world, hostile, own_venue):
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    world.usdc.mint(own_venue, 100, {"from": world.owner})
    pool.plan(101, 101, {"from": world.leader})
    with refused("ERC20InsufficientBalance", own_venue, 100, 101):
        own_venue.swap(pool, world.usdc, world.weth, 100, {"from": world.keeper})


def test_what_is_no_pool_is_told_as_such(world):
    for address in (ZERO_ADDRESS, world.stranger, world.usdc, world.hub, world.uniswap.factory.address):
        with refused("NotAPool", address):
            world.venue.poolTokens(address)


def test_a_contract_that_claims_to_be_a_genuine_pool_is_no_pool(world, hostile):
    for fee in (500, 3_000):
        claim = hostile.LeadersPool.deploy(world.usdc, world.weth, fee, {"from": world.leader})
        with refused("NotAPool", claim):
            world.venue.poolTokens(claim)


def test_a_genuine_pool_of_another_factory_is_no_pool(world, web3):
    other = Uniswap.deploy(web3, packages=PACKAGES, weth=world.weth.address, deployer=world.owner.address)
    pool = other.create_pool(
        world.usdc.address, world.weth.address, 500, amount_a=2_500 * USDC, amount_b=WETH
    )
    with refused("NotAPool", pool):
        world.venue.poolTokens(pool.address)
