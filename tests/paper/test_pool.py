"""The model of a pool is Uniswap's own arithmetic: on the real pool, and against a day of the main net."""

import csv
import gzip
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.checkout import Checkout
from paper.pool import Pool
from paper.ticks import MAX_ROOT, MAX_TICK, MIN_ROOT, MIN_TICK, root_at, tick_at
from tests.e2e.stage import Stage
from tests.paper.chain import deployed as pool_at
from tests.paper.chain import read_pool

RECORDED = Checkout.here().root / "../shared/data/usdc_weth_swaps_2024-01-05.csv.gz"
PAIRS = [("USDC", "WETH"), ("WETH", "USDC"), ("WBTC", "USDC"), ("WETH", "WBTC")]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(pair=st.sampled_from(PAIRS), dollars=st.integers(1, 9 * 10**12), limit=st.integers(-400_000, 400_000))
def test_the_model_takes_and_gives_what_the_real_pool_does(
    deployed: Stage, pair: tuple[str, str], dollars: int, limit: int
) -> None:
    """Up to nine million dollars, past the edge of the near liquidity; a limit of a root in millionths."""
    sold, bought = (deployed.exchange.tokens[symbol] for symbol in pair)
    found = deployed.exchange.pool(*pair)
    amount = max(1, dollars * 10**sold.decimals // deployed.tick.price(sold.symbol) // 100)
    zero_for_one = sold.address == found.token0
    block = deployed.chain.w3.eth.block_number
    model = read_pool(deployed, found.address, block)
    with deployed.story() as stage:
        swap = stage.market._swap(found, sold, bought, amount, limit=_limit(model.root, limit, zero_for_one))
        stage.chain.submit(stage.market.trader, swap, gas=5_000_000, label="swap")
        stage.time += 12
        stage.chain.mine(stage.time)
        contract: Any = stage.exchange.uniswap.contract(pool_at(stage, found.address))
        (log,) = contract.events.Swap().get_logs(from_block=block + 1)
    at_limit = _limit(model.root, limit, zero_for_one)
    given_out = model.swap_to(amount, at_limit, zero_for_one=zero_for_one)
    amounts = (log["args"]["amount0"], log["args"]["amount1"])
    paid, got = amounts if zero_for_one else amounts[::-1]
    assert (given_out.amount_in, given_out.amount_out) == (paid, -got)
    assert (model.root, model.tick, model.liquidity) == (
        log["args"]["sqrtPriceX96"],
        log["args"]["tick"],
        log["args"]["liquidity"],
    )


def _limit(root: int, millionths: int, zero_for_one: bool) -> int:
    if abs(millionths) > 200_000:
        return MIN_ROOT + 1 if zero_for_one else MAX_ROOT - 1
    step = root * (1 + abs(millionths)) // 10**6
    return root - step if zero_for_one else root + step


@pytest.mark.real_data
@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded day is not there")
def test_the_model_gives_what_the_main_net_gave_wherever_liquidity_stayed() -> None:
    with gzip.open(RECORDED, "rt") as file:
        rows = list(csv.DictReader(file))
    exact = close = compared = 0
    for before, after in pairwise(rows):
        if before["liquidity"] != after["liquidity"]:
            continue
        usdc, weth = int(after["usdc_units"]), int(after["weth_wei"])
        model = Pool(500, 10, int(before["sqrt_price_x96"]), int(after["liquidity"]))
        got, recorded = model.swap(max(usdc, weth), zero_for_one=usdc > 0).amount_out, -min(usdc, weth)
        compared += 1
        exact += (got, model.root) == (recorded, int(after["sqrt_price_x96"]))
        close += abs(got - recorded) * 10**8 <= recorded
    # Swaps of an exact output round otherwise. Two rows follow a swap that came and went with liquidity.
    assert compared > 5_000
    assert exact > compared * 85 // 100
    assert close >= compared - 2


@given(st.integers(MIN_TICK, MAX_TICK))
def test_a_tick_is_that_of_its_root_and_of_all_up_to_the_next(tick: int) -> None:
    assert tick_at(root_at(tick)) == tick
    if tick > MIN_TICK:
        assert tick_at(root_at(tick) - 1) == tick - 1


def test_the_ends_are_uniswaps() -> None:
    assert (root_at(MIN_TICK), root_at(0), root_at(MAX_TICK)) == (MIN_ROOT, 2**96, MAX_ROOT)
