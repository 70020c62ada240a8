"""A Uniswap V3 pool, to the unit: what a swap of an exact input takes and gives, and where it leaves it.

Sources: v3-core `UniswapV3Pool.swap`, `SwapMath`, `SqrtPriceMath`, `TickBitmap`; `UniswapV3Venue.sol` for the
limit price and the depth. Roots are of token 1 units per token 0 unit, scaled by 2^96.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isqrt

from accounting.rounding import mul_div_down, mul_div_up
from paper.market import Swapped, View
from paper.price import BPS, SCALE
from paper.ticks import MAX_ROOT, MAX_TICK, MIN_ROOT, MIN_TICK, root_at, tick_at

_Q96 = 1 << 96
_FEE_UNIT = 1_000_000
_WORD = 256


@dataclass(slots=True)
class Pool:
    """``net`` is tick → liquidity that is added where the price rises past it. ``fee`` is of a million.

    Without any tick the liquidity is the same at every price: a pool as a recorded swap leaves it.
    """

    fee: int
    spacing: int
    root: int
    liquidity: int
    net: Mapping[int, int] = field(default_factory=dict)
    tick: int = field(init=False)
    _ticks: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.tick = tick_at(self.root)
        self._ticks = sorted(self.net)

    def swap(self, amount_in: int, *, zero_for_one: bool, price_limit: int = 0) -> Swapped:
        """Sell ``amount_in`` units of token 0, or of token 1, down to ``price_limit`` (scaled by 1e36)."""
        limit = MIN_ROOT + 1 if zero_for_one else MAX_ROOT - 1
        if price_limit:
            bound = self._root_limit(price_limit, zero_for_one=zero_for_one)
            if bound is None:
                return Swapped(0, 0)
            limit = bound
        return self.swap_to(amount_in, limit, zero_for_one=zero_for_one)

    def swap_to(self, amount_in: int, limit: int, *, zero_for_one: bool) -> Swapped:
        """Sell ``amount_in`` units, and stop at the root ``limit``."""
        left, bought = amount_in, 0
        while left and self.root != limit:
            next_tick = self._next_tick(zero_for_one=zero_for_one)
            end = root_at(next_tick)
            target = max(end, limit) if zero_for_one else min(end, limit)
            paid, got, root = self._step(target, left, zero_for_one=zero_for_one)
            left, bought = left - paid, bought + got
            if root == end:
                crossed = self.net.get(next_tick, 0)
                self.liquidity += -crossed if zero_for_one else crossed
                self.tick = next_tick - 1 if zero_for_one else next_tick
            elif root != self.root:
                self.tick = tick_at(root)
            self.root = root
        return Swapped(amount_in - left, bought)

    def _step(self, target: int, left: int, *, zero_for_one: bool) -> tuple[int, int, int]:
        """Swap up to ``target`` within one liquidity: what was paid with the fee, what came, and the root."""
        usable = mul_div_down(left, _FEE_UNIT - self.fee, _FEE_UNIT)
        needed = _input(self.root, target, self.liquidity, zero_for_one=zero_for_one)
        root = target
        if usable < needed:
            root = _after_input(self.root, self.liquidity, usable, zero_for_one=zero_for_one)
            needed = _input(self.root, root, self.liquidity, zero_for_one=zero_for_one)
        got = _output(self.root, root, self.liquidity, zero_for_one=zero_for_one)
        if root != target:
            return left, got, root
        return needed + mul_div_up(needed, self.fee, _FEE_UNIT - self.fee), got, root

    def _next_tick(self, *, zero_for_one: bool) -> int:
        """The next tick with liquidity of its own, or the end of the pool's bitmap word: swaps stop there to
        round, too.
        """
        compressed = self.tick // self.spacing
        if zero_for_one:
            at = bisect_right(self._ticks, compressed * self.spacing)
            edge = compressed // _WORD * _WORD * self.spacing
            found = max(edge, self._ticks[at - 1]) if at else edge
        else:
            compressed += 1
            at = bisect_left(self._ticks, compressed * self.spacing)
            edge = (compressed // _WORD * _WORD + _WORD - 1) * self.spacing
            found = min(edge, self._ticks[at]) if at < len(self._ticks) else edge
        return max(MIN_TICK, min(MAX_TICK, found))

    def _root_limit(self, price_limit: int, *, zero_for_one: bool) -> int | None:
        """Where a swap with this limit price stops, as the venue rounds it; None where it cannot begin."""
        if price_limit // SCALE >= 1 << 127:
            return None
        before_fee = mul_div_up(price_limit, _FEE_UNIT, _FEE_UNIT - self.fee)
        if zero_for_one:
            wanted = (isqrt(mul_div_down(before_fee, 1 << 128, SCALE)) + 1) << 32
        else:
            wanted = isqrt(mul_div_down(SCALE, 1 << 128, before_fee)) << 32
        limit = max(MIN_ROOT + 1, min(MAX_ROOT - 1, wanted))
        possible = self.root > limit if zero_for_one else self.root < limit
        return limit if possible else None


def view(tick: int, liquidity: int, amount_in: int, impact_bps: int, *, zero_for_one: bool) -> View:
    """Return what `UniswapV3Venue.market` says of an average tick and an average liquidity.

    Near a price, a move by x takes L / sqrt(P) * x / 2 of token 0 or L * sqrt(P) * x / 2 of token 1.
    """
    root = root_at(tick)
    price = mul_div_down(root, root, 1 << 64)
    if zero_for_one:
        average, depth = mul_div_down(amount_in, price, 1 << 128), mul_div_down(liquidity, _Q96, root)
    else:
        average, depth = mul_div_down(amount_in, 1 << 128, price), mul_div_down(liquidity, root, _Q96)
    return View(average, mul_div_down(depth, impact_bps, 2 * BPS))


def _input(start: int, end: int, liquidity: int, *, zero_for_one: bool) -> int:
    """Units that a move from one root to another takes, rounded up."""
    low, high = min(start, end), max(start, end)
    if zero_for_one:
        return -(-mul_div_up(liquidity << 96, high - low, high) // low)
    return mul_div_up(liquidity, high - low, _Q96)


def _output(start: int, end: int, liquidity: int, *, zero_for_one: bool) -> int:
    """Units that a move from one root to another gives, rounded down."""
    low, high = min(start, end), max(start, end)
    if zero_for_one:
        return mul_div_down(liquidity, high - low, _Q96)
    return mul_div_down(liquidity << 96, high - low, high) // low


def _after_input(root: int, liquidity: int, amount: int, *, zero_for_one: bool) -> int:
    """Root after an input without fee, rounded so that the pool never gives too much."""
    if zero_for_one:
        if not amount:
            return root
        numerator = liquidity << 96
        if amount * root < 2**256 and numerator + amount * root < 2**256:
            return mul_div_up(numerator, root, numerator + amount * root)
        return mul_div_up(numerator, 1, numerator // root + amount)
    return root + mul_div_down(amount, _Q96, liquidity)
