import itertools
import math
import statistics

from demo.prices import PRICE_UNIT, SYNTHETIC_STEP_S, synthetic, walk


def test_a_seed_gives_the_same_market_again() -> None:
    assert synthetic(7, 240) == synthetic(7, 240)


def test_the_market_of_a_seed_does_not_change_between_releases() -> None:
    last = synthetic(7, 240).ticks[-1]
    assert (last.time, last.weth, last.wbtc) == (1_767_440_700, 335_944_454_819, 6_247_267_787_556)


def test_another_seed_gives_another_market() -> None:
    assert synthetic(7, 240).ticks != synthetic(8, 240).ticks


def test_ticks_are_evenly_spaced_and_prices_positive_integers() -> None:
    ticks = synthetic(3, 500).ticks
    assert {later.time - earlier.time for earlier, later in itertools.pairwise(ticks)} == {SYNTHETIC_STEP_S}
    assert all(type(price) is int and price > 0 for tick in ticks for price in (tick.weth, tick.wbtc))


def test_both_tokens_move_together_and_sometimes_jump() -> None:
    ticks = synthetic(5, 4_000).ticks
    weth, wbtc = (
        [math.log(later / earlier) for earlier, later in itertools.pairwise(prices)]
        for prices in ([tick.weth for tick in ticks], [tick.wbtc for tick in ticks])
    )
    assert 0.5 < statistics.correlation(weth, wbtc) < 0.95
    deviation = statistics.median(map(abs, weth)) / 0.6745
    jumps = sum(abs(move) > 4 * deviation for move in weth)
    assert 10 < jumps < 160  # a normal distribution would have none


def test_walking_on_continues_from_the_last_tick() -> None:
    last = synthetic(7, 10).ticks[-1]
    following = next(walk(8, last, 900))
    assert following.time == last.time + 900
    assert abs(following.weth - last.weth) < last.weth // 10
    assert last.price("USDC") == PRICE_UNIT
