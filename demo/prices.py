"""Prices of the demo's market, one tick a step, and the synthetic market that makes them up from a seed.

A price is US dollars for one whole token as an integer with 8 decimals, as a price feed answers it. The
random walk behind it is computed in floating point and then rounded: a made-up price is nobody's money.
"""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

PRICE_UNIT = 10**8
# 2026-01-01T00:00:00Z
SYNTHETIC_START = 1_767_225_600
SYNTHETIC_STEP_S = 900

_START = {"WETH": 3_000 * PRICE_UNIT, "WBTC": 60_000 * PRICE_UNIT}
_VOLATILITY = {"WETH": 0.0055, "WBTC": 0.0042}
_CORRELATION = 0.7
_JUMP_PROBABILITY = 0.02
_JUMP = {"WETH": 0.028, "WBTC": 0.02}


@dataclass(frozen=True, slots=True)
class RecordedSwap:
    """A swap of a USDC/WETH pool as it happened: what the pool gained, in token units; negative: it paid."""

    usdc: int
    weth: int


@dataclass(frozen=True, slots=True)
class Tick:
    """The market at `time` (unix seconds): prices with 8 decimals, and the swaps since the tick before."""

    time: int
    weth: int
    wbtc: int
    swaps: tuple[RecordedSwap, ...] = ()

    def price(self, symbol: str) -> int:
        """Price of one whole token; USDC is the dollar here."""
        return {"USDC": PRICE_UNIT, "WETH": self.weth, "WBTC": self.wbtc}[symbol]


@dataclass(frozen=True, slots=True)
class MarketData:
    """A market to run: what it is in words, its ticks, and the usual seconds between two of them."""

    description: str
    ticks: tuple[Tick, ...]
    step_s: int


def synthetic(seed: int, steps: int) -> MarketData:
    """`steps` ticks of a market that nobody ever saw; the same for the same seed."""
    start = Tick(SYNTHETIC_START - SYNTHETIC_STEP_S, _START["WETH"], _START["WBTC"])
    ticks = tuple(itertools.islice(walk(seed, start, SYNTHETIC_STEP_S), steps))
    return MarketData(f"synthetic, seed {seed}", ticks, SYNTHETIC_STEP_S)


def walk(seed: int, start: Tick, step_s: int) -> Iterator[Tick]:
    """Ticks after `start` without end: correlated geometric random walks, with jumps that hit both tokens."""
    rng = random.Random(seed)
    tick = start
    while True:
        common, own = rng.gauss(0, 1), rng.gauss(0, 1)
        jump = rng.choice((-1, 1)) * rng.uniform(0.5, 1.5) if rng.random() < _JUMP_PROBABILITY else 0.0
        shocks = {"WETH": common, "WBTC": _CORRELATION * common + math.sqrt(1 - _CORRELATION**2) * own}
        weth, wbtc = (
            round(tick.price(symbol) * math.exp(_VOLATILITY[symbol] * shocks[symbol] + _JUMP[symbol] * jump))
            for symbol in ("WETH", "WBTC")
        )
        tick = Tick(tick.time + step_s, weth, wbtc)
        yield tick
