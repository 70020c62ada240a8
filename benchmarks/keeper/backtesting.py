"""Throughput of a backtest on one core.

A follower-trade is one follower's visit in one trade of the leader, copied or skipped. Measured is the run:
sizing, clearing, stops and the curves of the report, without reading the file and drawing. A core's time is
counted, not the clock's, so that other programs do not count.
"""

import random
import time
from statistics import median

from backtest.engine import Setting, run
from backtest.history import History, Moment, Sale, Tokens
from backtest.market import RecordedMarket
from demo.prices import PRICE_UNIT, synthetic
from paper.state import WAD
from protocol.types import FeeTerms, Policy, StrategyLimits

FOLLOWERS, TRADES, RUNS = 10_000, 400, 5
_TOKENS = Tokens(("USDC", "WETH", "WBTC"), (6, 9, 8))
_PAIRS = ((0, 1), (1, 0), (0, 2), (2, 0), (1, 2))


def history(seed: int = 7) -> History:
    """A made-up market with a trade at each tick."""
    rng = random.Random(seed)  # noqa: S311 - wants to be repeated
    moments = []
    for line, tick in enumerate(synthetic(seed, TRADES).ticks, start=2):
        prices = {
            _TOKENS.index(symbol): tick.price(symbol)
            * 10 ** (18 + _TOKENS.decimals[0] - _TOKENS.decimals[_TOKENS.index(symbol)])
            // PRICE_UNIT
            for symbol in ("WETH", "WBTC")
        }
        # First one of each, so that there is something to sell.
        pair = ((0, 1), (0, 2))[line - 2] if line < 4 else rng.choice(_PAIRS)
        moments.append(Moment(line, tick.time, prices, Sale(*pair, rng.choice((WAD // 4, WAD // 3)))))
    return History("synthetic", _TOKENS, moments)


def follower_trades_a_second(policies: list[Policy]) -> int:
    """Follower-trades per second, the median of some runs."""
    played = history()
    setting = Setting(
        50_000 * 10**6,
        FeeTerms(copy_bps=20),
        StrategyLimits(),
        300,
        [policies[at % len(policies)] for at in range(FOLLOWERS)],
        [1_000 * 10**6 + at * 10**6 for at in range(FOLLOWERS)],
        [at % len(policies) for at in range(FOLLOWERS)],
        [str(at) for at in range(len(policies))],
    )
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        engine = run(played, setting, RecordedMarket(_TOKENS, 5))
        seconds = time.process_time() - start
        visits = int(engine.record.copied.sum() + engine.record.skipped.sum())
        found.append(visits / seconds)
    return round(median(found))
