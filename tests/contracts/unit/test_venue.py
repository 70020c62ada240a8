"""The Uniswap V3 adapter: it serves the hub, knows genuine pools and their average price, pays only the pool
it is swapping in."""

from decimal import Decimal, localcontext

import pytest
from brownie import ZERO_ADDRESS, web3
from world import PACKAGES, USDC, WBTC, WETH, WINDOW, average_tick, mine_at, refused

from demo.uniswap import Pool, Uniswap, sqrt_price_x96


@pytest.fixture
def own_venue(world):
    """A venue that serves the keeper's own address, so that a test can ask it for any swap."""
    factory = world.uniswap.factory.address
    return world.contracts.UniswapV3Venue.deploy(world.keeper, factory, WINDOW, {"from": world.keeper})


def test_it_knows_its_hub_its_factory_and_its_window(world):
    assert world.venue.hub() == world.hub
    assert world.venue.factory() == world.uniswap.factory.address
    assert world.venue.window() == WINDOW


def test_it_names_a_pools_tokens_in_the_pools_order(world):
    for one, other in ((world.usdc, world.weth), (world.usdc, world.wbtc), (world.weth, world.wbtc)):
        in_order = tuple(sorted((one.address, other.address), key=lambda address: int(address, 16)))
        assert tuple(world.venue.poolTokens(world.pool(one, other))) == in_order


def test_a_swap_sells_exactly_and_pays_the_hub(world, own_venue):
    usdc, weth, keeper = world.usdc, world.weth, world.keeper
    bought = world.bought(usdc, weth, 100 * USDC)
    usdc.mint(own_venue, 100 * USDC, {"from": world.owner})
    own_venue.swap(world.pool(usdc, weth), usdc, weth, 100 * USDC, 0, {"from": keeper})
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
        own_venue.swap(world.pool(token_in, token_out), token_in, token_out, amount, 0, {"from": keeper})
        assert token_out.balanceOf(keeper) == owned + bought


def test_what_a_pool_does_not_take_goes_back_to_the_hub(world, own_venue):
    usdc, weth, keeper = world.usdc, world.weth, world.keeper
    pool = world.uniswap.create_pool(usdc.address, weth.address, 10_000, amount_a=2_500 * USDC, amount_b=WETH)
    shallow = {usdc.address: 2_500 * USDC, weth.address: WETH}
    world.uniswap.add_liquidity(pool, shallow, width=2_000)
    held = usdc.balanceOf(pool.address)
    usdc.mint(own_venue, 10_000 * USDC, {"from": world.owner})
    own_venue.swap(pool.address, usdc, weth, 10_000 * USDC, 0, {"from": keeper})
    taken = usdc.balanceOf(pool.address) - held
    assert 0 < taken < 10_000 * USDC
    assert usdc.balanceOf(keeper) == 10_000 * USDC - taken
    assert usdc.balanceOf(own_venue) == 0


@pytest.mark.parametrize("who", ["owner", "leader", "keeper"])
def test_only_the_hub_swaps(world, who):
    pool = world.pool(world.usdc, world.weth)
    with refused("NotHub"):
        world.venue.swap(pool, world.usdc, world.weth, 1, 0, {"from": getattr(world, who)})


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
        own_venue.swap(pool, world.usdc, world.weth, 1, 0, {"from": world.keeper})


def test_a_pool_cannot_ask_for_more_than_it_is_sold(world, hostile, own_venue):
    pool = hostile.LeadersPool.deploy(world.usdc, world.weth, 500, {"from": world.leader})
    world.usdc.mint(own_venue, 100, {"from": world.owner})
    pool.plan(101, 101, {"from": world.leader})
    with refused("ERC20InsufficientBalance", own_venue, 100, 101):
        own_venue.swap(pool, world.usdc, world.weth, 100, 0, {"from": world.keeper})


def test_what_is_no_pool_is_told_as_such(world):
    for address in (ZERO_ADDRESS, world.stranger, world.usdc, world.hub, world.uniswap.factory.address):
        with refused("NotAPool", address):
            world.venue.poolTokens(address)


def test_a_contract_that_claims_to_be_a_genuine_pool_is_no_pool(world, hostile):
    for fee in (500, 3_000):
        claim = hostile.LeadersPool.deploy(world.usdc, world.weth, fee, {"from": world.leader})
        with refused("NotAPool", claim):
            world.venue.poolTokens(claim)


def test_a_genuine_pool_of_another_factory_is_no_pool(world):
    other = Uniswap.deploy(web3, packages=PACKAGES, weth=world.weth.address, deployer=world.owner.address)
    pool = other.create_pool(
        world.usdc.address, world.weth.address, 500, amount_a=2_500 * USDC, amount_b=WETH
    )
    with refused("NotAPool", pool):
        world.venue.poolTokens(pool.address)


# The average price


def _at_tick(token_in, token_out, amount_in, tick):
    """What `amount_in` buys at a tick, which is a power of 1.0001 (v3 whitepaper, 6.1)."""
    with localcontext(prec=60):
        price = Decimal("1.0001") ** tick
        in_order = int(token_in.address, 16) < int(token_out.address, 16)
        return amount_in * price if in_order else amount_in / price


def _agree(amount_out, exact):
    """To within what Uniswap's own table of powers leaves out, and never above."""
    return exact * (1 - Decimal("1e-18")) - 1 <= amount_out <= exact


@pytest.fixture(params=["above one", "below one"])
def wide(world, request):
    """A deep pool of USDC and WETH at another price, whose ticks are above or below zero."""
    amounts = (10**10, 10**14) if request.param == "above one" else (10**14, 10**10)
    in_order = sorted((world.usdc.address, world.weth.address), key=lambda address: int(address, 16))
    one, other = zip(in_order, amounts, strict=True)
    pool = world.uniswap.create_pool(one[0], other[0], 3_000, amount_a=one[1], amount_b=other[1])
    world.uniswap.add_liquidity(pool, dict((one, other)))
    return pool


def test_the_average_of_a_quiet_pool_is_its_price_in_both_directions(world):
    for one, other in ((world.usdc, world.weth), (world.usdc, world.wbtc), (world.weth, world.wbtc)):
        pool = world.deep(one, other)
        tick = world.uniswap.contract(pool).functions.slot0().call()[1]
        for token_in, token_out in ((one, other), (other, one)):
            amount_in = 10**6 * 10 ** token_in.decimals()
            average = world.average_out(pool.address, token_in, token_out, amount_in)
            assert _agree(average, _at_tick(token_in, token_out, amount_in, tick))
            assert abs(average / world.oracle.quote(token_in, token_out, amount_in) - 1) < 1e-4


def test_an_average_is_of_ticks_and_rounds_down_on_either_side_of_zero(world, wide):
    usdc, weth = world.usdc, world.weth
    pool = world.uniswap.contract(wide)
    world.let_pass(WINDOW)
    is_above = pool.functions.slot0().call()[1] > 0
    for token_in, token_out in ((usdc, weth), (weth, usdc)):
        world.move_market(token_in, token_out, token_in.balanceOf(wide.address) // 10, wide.fee)
        swapped_at = web3.eth.get_block("latest")["timestamp"]
        seen = set()
        for seconds in (1, 7, 101, 333, WINDOW - 1):
            mine_at(swapped_at + seconds)
            before, now = pool.functions.observe([WINDOW, 0]).call()[0]
            tick = average_tick(pool)
            assert (tick > 0) == (now > before) == is_above
            seen.add((now - before) % WINDOW != 0)
            for sold, bought in ((usdc, weth), (weth, usdc)):
                average = world.average_out(wide.address, sold, bought, 10**30)
                exact = _at_tick(sold, bought, 10**30, tick)
                assert abs(average / exact - 1) < Decimal("1e-9")
        assert True in seen


def test_a_swap_weighs_as_much_in_the_average_as_time_has_passed_since(world):
    usdc, weth = world.usdc, world.weth
    pool = world.uniswap.contract(world.deep(usdc, weth))
    (before,) = {pool.functions.slot0().call()[1], average_tick(pool)}
    quiet = world.average_out(pool.address, usdc, weth, 10**6 * USDC)
    world.move_market(usdc, weth, 5_000_000 * USDC)
    after = pool.functions.slot0().call()[1]
    assert abs(after - before) > 1_000
    swapped_at = web3.eth.get_block("latest")["timestamp"]
    assert world.average_out(pool.address, usdc, weth, 10**6 * USDC) == quiet
    for seconds in (1, WINDOW // 4, WINDOW // 2, WINDOW, 2 * WINDOW):
        mine_at(swapped_at + seconds)
        weight = min(seconds, WINDOW)
        tick = (before * (WINDOW - weight) + after * weight) // WINDOW
        average = world.average_out(pool.address, usdc, weth, 10**6 * USDC)
        assert _agree(average, _at_tick(usdc, weth, 10**6 * USDC, tick))


def test_a_pool_has_an_average_from_the_second_on_in_which_it_is_as_old_as_the_window(world):
    usdc, weth = world.usdc, world.weth
    pool = world.uniswap.create_pool(usdc.address, weth.address, 10_000, amount_a=2_500 * USDC, amount_b=WETH)
    born, *_ = world.uniswap.contract(pool).functions.observations(0).call()
    mine_at(born + WINDOW - 1)
    with refused("PoolTooYoung", pool.address):
        world.average_out(pool.address, usdc, weth, USDC)
    mine_at(born + WINDOW)
    assert abs(world.average_out(pool.address, usdc, weth, 2_500 * USDC) / WETH - 1) < 1e-4


def test_a_pool_that_keeps_one_observation_forgets_with_every_swap(world):
    usdc, weth, fee = world.usdc, world.weth, 10_000
    factory, owner = world.uniswap.factory.functions, {"from": world.owner.address}
    web3.eth.wait_for_transaction_receipt(factory.createPool(usdc.address, weth.address, fee).transact(owner))
    pool = Pool(
        factory.getPool(usdc.address, weth.address, fee).call(),
        *sorted((usdc.address, weth.address), key=lambda address: int(address, 16)),
        fee,
    )
    amounts = {usdc.address: 10**6 * USDC, weth.address: 400 * WETH}
    start = sqrt_price_x96(amounts[pool.token0], amounts[pool.token1])
    contract = world.uniswap.contract(pool)
    web3.eth.wait_for_transaction_receipt(contract.functions.initialize(start).transact(owner))
    world.uniswap.add_liquidity(pool, amounts)
    assert contract.functions.slot0().call()[3:5] == [1, 1]
    world.let_pass(WINDOW)
    world.average_out(pool.address, usdc, weth, USDC)
    world.move_market(usdc, weth, 10_000 * USDC, fee)
    swapped_at = web3.eth.get_block("latest")["timestamp"]
    for seconds in (1, WINDOW - 1):
        mine_at(swapped_at + seconds)
        with refused("PoolTooYoung", pool.address):
            world.average_out(pool.address, usdc, weth, USDC)
    mine_at(swapped_at + WINDOW)
    tick = contract.functions.slot0().call()[1]
    average = world.average_out(pool.address, usdc, weth, 10**6 * USDC)
    assert _agree(average, _at_tick(usdc, weth, 10**6 * USDC, tick))


# The depth


@pytest.mark.parametrize("impact_bps", [1, 300, 1_000])
def test_a_pools_depth_is_what_moves_its_price_by_so_much(world, impact_bps):
    for one, other in ((world.usdc, world.weth), (world.weth, world.wbtc)):
        pool = world.deep(one, other)
        contract = world.uniswap.contract(pool)
        liquidity, tick = contract.functions.liquidity().call(), average_tick(contract)
        for token_in, token_out in ((one, other), (other, one)):
            _, depth = world.venue.market(pool.address, token_in, token_out, 1, impact_bps)
            with localcontext(prec=60):
                root = (Decimal("1.0001") ** tick).sqrt()
                held = liquidity / root if token_in.address == pool.token0 else liquidity * root
                exact = held * impact_bps / 20_000
            # The average of the liquidity rounds, by its fixed point, more than the rest.
            assert abs(depth / exact - 1) < Decimal("1e-6")


def test_liquidity_lent_to_a_pool_in_this_block_is_no_depth(world):
    usdc, weth = world.usdc, world.weth
    pool = world.deep(usdc, weth)
    (_, before) = world.venue.market(pool.address, usdc, weth, 1, 100)
    amounts = {usdc.address: 50_000_000 * USDC, weth.address: 20_000 * WETH}
    world.uniswap.add_liquidity(pool, amounts)
    lent_at = web3.eth.get_block("latest")["timestamp"]
    assert world.venue.market(pool.address, usdc, weth, 1, 100)[1] == before
    # Twice as deep for half of the window: by the harmonic mean four thirds.
    mine_at(lent_at + WINDOW // 2)
    (_, after) = world.venue.market(pool.address, usdc, weth, 1, 100)
    assert abs(Decimal(after * 3) / (before * 4) - 1) < Decimal("1e-6")
    mine_at(lent_at + WINDOW)
    (_, after) = world.venue.market(pool.address, usdc, weth, 1, 100)
    assert abs(Decimal(after) / (before * 2) - 1) < Decimal("1e-6")
