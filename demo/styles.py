"""How leaders decide: a style sees the prices so far and the worth of its holdings, and may choose a trade.

Prices and worths are integers in US dollars with 8 decimals; a decision's portion is a share of the holding:
1e18 is all of it. Nothing here knows a chain.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from demo.prices import PRICE_UNIT, Tick

WAD = 10**18
_BPS = 10_000

Holdings = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """Sell a portion of what is held of `sell` for `buy`."""

    sell: str
    buy: str
    portion: int


class Style(Protocol):
    """A way of trading."""

    def decide(self, ticks: Sequence[Tick], holdings: Holdings) -> Decision | None:
        """A decision, or none, after the last of `ticks`."""


@dataclass(frozen=True, slots=True)
class Momentum:
    """Holds the asset while its fast average is above its slow one, and nothing of it otherwise."""

    base: str
    asset: str
    fast: int
    slow: int
    portion: int

    def decide(self, ticks: Sequence[Tick], holdings: Holdings) -> Decision | None:
        """Buys when the fast average crosses above the slow one, closes when it falls below."""
        if len(ticks) < self.slow:
            return None
        prices = _prices(ticks[-self.slow :], self.asset, self.base)
        rising = sum(prices[-self.fast :]) * self.slow > sum(prices) * self.fast
        if _is_flat(holdings, self.asset):
            return Decision(self.base, self.asset, self.portion) if rising else None
        return None if rising else Decision(self.asset, self.base, WAD)


@dataclass(frozen=True, slots=True)
class MeanReversion:
    """Buys the asset when it is unusually cheap against its average and closes when it is back there."""

    base: str
    asset: str
    window: int
    portion: int

    def decide(self, ticks: Sequence[Tick], holdings: Holdings) -> Decision | None:
        """Buys below the average less 1.5 standard deviations, closes above the average."""
        if len(ticks) < self.window:
            return None
        prices = _prices(ticks[-self.window :], self.asset, self.base)
        mean = sum(prices) // len(prices)
        deviation = math.isqrt(sum((price - mean) ** 2 for price in prices) // len(prices))
        if _is_flat(holdings, self.asset):
            cheap = 2 * (mean - prices[-1]) > 3 * deviation
            return Decision(self.base, self.asset, self.portion) if cheap else None
        return Decision(self.asset, self.base, WAD) if prices[-1] > mean else None


@dataclass(frozen=True, slots=True)
class Rebalancer:
    """Keeps fixed weights, in basis points: now and then sells the heaviest for the lightest."""

    weights: Mapping[str, int]
    every: int
    tolerance_bps: int

    def decide(self, ticks: Sequence[Tick], holdings: Holdings) -> Decision | None:
        """Sells the excess of the token furthest above its weight for the one furthest below."""
        total = sum(holdings.values())
        if len(ticks) % self.every or total == 0:
            return None
        excess = {token: holdings[token] - total * weight // _BPS for token, weight in self.weights.items()}
        heavy, light = max(excess, key=excess.__getitem__), min(excess, key=excess.__getitem__)
        amount = min(excess[heavy], -excess[light])
        if amount * _BPS < total * self.tolerance_bps:
            return None
        return Decision(heavy, light, amount * WAD // holdings[heavy])


@dataclass(frozen=True, slots=True)
class DipBuyer:
    """Buys a slice of the asset after a fall from its recent high, and closes after a rise from its low.

    `dip` and `gain` are in average moves from tick to tick, so that calm and wild markets both have dips.
    """

    base: str
    asset: str
    window: int
    dip: int
    gain: int
    portion: int

    def decide(self, ticks: Sequence[Tick], holdings: Holdings) -> Decision | None:
        """Compares the last price with the highest and the lowest of the window."""
        if len(ticks) < self.window:
            return None
        prices = _prices(ticks[-self.window :], self.asset, self.base)
        moved = sum(abs(later - earlier) for earlier, later in pairwise(prices))
        moves = len(prices) - 1
        if (prices[-1] - min(prices)) * moves > self.gain * moved:
            return None if _is_flat(holdings, self.asset) else Decision(self.asset, self.base, WAD)
        fell = (max(prices) - prices[-1]) * moves > self.dip * moved
        room = holdings[self.base] > holdings[self.asset]
        return Decision(self.base, self.asset, self.portion) if fell and room else None


def _prices(ticks: Sequence[Tick], asset: str, base: str) -> list[int]:
    return [tick.price(asset) * PRICE_UNIT // tick.price(base) for tick in ticks]


def _is_flat(holdings: Holdings, asset: str) -> bool:
    """Less than a thousandth of all holdings is no position."""
    return holdings[asset] * 1_000 < sum(holdings.values())
