"""What a trade of the backtest meets: the prices of its moment, and a pool or the recorded price."""

from dataclasses import dataclass, field

from accounting.rounding import mul_div_down
from backtest.crowd import PRICE_UNIT
from backtest.history import Moment, Tokens
from paper.market import Swapped, View
from paper.pool import Pool
from paper.price import BPS, SCALE
from paper.refused import RefusedError

_ENDLESS = 2**128


@dataclass(slots=True)
class RecordedMarket:
    """Everybody gets the recorded price, however much they trade: a pool without end.

    Where no fill was recorded that is the oracle's price less ``cost_bps``.
    """

    tokens: Tokens
    cost_bps: int = 0
    _prices: dict[int, int] = field(default_factory=dict)
    _rate: tuple[int, int, int, int] | None = None

    def meet(self, moment: Moment) -> None:
        """The market of a moment."""
        self._prices |= moment.prices
        sale = moment.sale
        if sale is None or sale.amount_in is None or sale.amount_out is None:
            self._rate = None
            return
        self._rate = (sale.index_in, sale.index_out, sale.amount_in, sale.amount_out)
        # A fill prices what has no other price.
        for index, units, base in (
            (sale.index_out, sale.amount_out, sale.amount_in),
            (sale.index_in, sale.amount_in, sale.amount_out),
        ):
            if index and index not in moment.prices and 0 in {sale.index_in, sale.index_out} and units:
                self._prices[index] = mul_div_down(base, PRICE_UNIT, units)

    def has_price(self, index: int) -> bool:
        """Whether a token has a price by now."""
        return index == 0 or self._prices.get(index, 0) > 0

    def price_down(self, token_in: str, token_out: str) -> int:
        """Return the price of a token in the base token, scaled by 1e36."""
        del token_out
        price = self._prices.get(self.tokens.index(token_in), 0)
        if not price:
            raise RefusedError("PriceNeeded")
        return price * (SCALE // PRICE_UNIT)

    def view(self, pool: str, token_in: str, token_out: str, amount_in: int, impact_bps: int) -> View:
        """The average price is the oracle's, and nothing is too much."""
        del pool, impact_bps
        return View(self._worth(token_in, token_out, amount_in), _ENDLESS)

    def swap(self, pool: str, token_in: str, token_out: str, amount_in: int, price_limit: int) -> Swapped:
        """Sell all of it at the recorded price."""
        del pool, price_limit
        if self._rate is not None:
            index_in, index_out, paid, got = self._rate
            if (self.tokens.index(token_in), self.tokens.index(token_out)) == (index_in, index_out):
                return Swapped(amount_in, mul_div_down(amount_in, got, paid))
        worth = self._worth(token_in, token_out, amount_in)
        return Swapped(amount_in, mul_div_down(worth, BPS - self.cost_bps, BPS))

    def keeper_fee(self, token_out: str, copies: int) -> int:
        """Nobody carries anything."""
        del token_out, copies
        return 0

    def _worth(self, token_in: str, token_out: str, amount_in: int) -> int:
        prices = [
            SCALE if self.tokens.index(token) == 0 else self.price_down(token, "")
            for token in (token_in, token_out)
        ]
        return mul_div_down(amount_in, prices[0], prices[1])


@dataclass(frozen=True, slots=True)
class PoolState:
    """A Uniswap V3 pool after a recorded swap: its root price, scaled by 2^96, and the liquidity in reach."""

    time: int
    root: int
    liquidity: int


@dataclass(slots=True)
class PoolMarket(RecordedMarket):
    """Trades between two tokens go through a recorded pool as the last swap left it; others as recorded.

    The liquidity at that price is taken to go on as far as a trade moves it. ``states`` ascend in time. A
    unit of the backtest is ``scales`` units of the pool's token, for token 0 and token 1 of the pool.
    """

    pair: tuple[int, int] = (0, 1)
    scales: tuple[int, int] = (1, 1)
    fee: int = 500
    states: list[PoolState] = field(default_factory=list)
    _at: int = 0

    def meet(self, moment: Moment) -> None:
        """The market of a moment: the pool's price is the oracle's, too, of what has no other."""
        RecordedMarket.meet(self, moment)
        while self._at + 1 < len(self.states) and self.states[self._at + 1].time <= moment.time:
            self._at += 1
        self._rate = None
        other = max(self.pair)
        if min(self.pair) == 0 and other not in moment.prices:
            state, unit = self.states[self._at], self.scales[self.pair.index(other)]
            own = self.scales[self.pair.index(0)]
            up, down = state.root**2, 1 << 192
            if self.pair[0] == 0:
                up, down = down, up
            self._prices[other] = unit * up * PRICE_UNIT // (down * own)

    def view(self, pool: str, token_in: str, token_out: str, amount_in: int, impact_bps: int) -> View:
        """The depth is that of the pool's liquidity near its price, halved as the venue does."""
        if not self._is_mine(token_in, token_out):
            return RecordedMarket.view(self, pool, token_in, token_out, amount_in, impact_bps)
        state, at = self.states[self._at], self.pair.index(self.tokens.index(token_in))
        reserve = (state.liquidity << 96) // state.root if at == 0 else state.liquidity * state.root >> 96
        depth = mul_div_down(reserve, impact_bps, 2 * BPS) // self.scales[at]
        return View(self._worth(token_in, token_out, amount_in), depth)

    def swap(self, pool: str, token_in: str, token_out: str, amount_in: int, price_limit: int) -> Swapped:
        """Sell all of it in the pool as it is; the next moment finds it as it was recorded."""
        if not self._is_mine(token_in, token_out):
            return RecordedMarket.swap(self, pool, token_in, token_out, amount_in, price_limit)
        state, at = self.states[self._at], self.pair.index(self.tokens.index(token_in))
        model = Pool(
            self.fee, {100: 1, 500: 10, 3_000: 60, 10_000: 200}[self.fee], state.root, state.liquidity
        )
        swapped = model.swap(amount_in * self.scales[at], zero_for_one=at == 0)
        return Swapped(amount_in, swapped.amount_out // self.scales[1 - at])

    def _is_mine(self, token_in: str, token_out: str) -> bool:
        return {self.tokens.index(token_in), self.tokens.index(token_out)} == set(self.pair)
