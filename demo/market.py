"""Moves the market on chain: replays recorded swaps, posts prices to the feeds, trades the pools into line.

Arbitrage does what it does on a real exchange: it pushes a pool's price to where its fee eats the gain.
Between that and the market price there is no profit, so pools lag the feeds by up to their fee.
"""

from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount

from demo.chain import Chain
from demo.exchange import Exchange, Token
from demo.prices import RecordedSwap, Tick
from demo.uniswap import Pool, sqrt_price_x96

_FEE_UNIT = 1_000_000
_NEVER = 2**64
# Both bounds of what a pool accepts as a price, one inside (v3-core, TickMath).
_LOWEST_SQRT_PRICE = 4_295_128_740
_HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341
# More than any arbitrage needs: the price limit ends the swap, the router takes what the pool asked for.
_UNBOUNDED = 2**128


@dataclass(slots=True)
class Market:
    """The feeds and pools, moved by one `trader` who owns the feeds and has plenty of every token."""

    chain: Chain
    exchange: Exchange
    trader: LocalAccount

    def open(self) -> None:
        """Queues the approvals that the trader's swaps need."""
        router = self.exchange.uniswap.router.address
        for token in self.exchange.tokens.values():
            approve = token.contract.functions.approve(router, 2**256 - 1)
            self.chain.submit(self.trader, approve, gas=100_000, label=f"approve {token.symbol}")

    def replay(self, swaps: tuple[RecordedSwap, ...]) -> None:
        """Queues recorded swaps in the USDC/WETH pool, each with the amount that was paid in then.

        The router runs them one by one inside one transaction. What they buy depends on this pool's depth.
        """
        pool = self.exchange.pool("USDC", "WETH")
        usdc, weth = self.exchange.tokens["USDC"], self.exchange.tokens["WETH"]
        router = self.exchange.uniswap.router
        calls = [
            self._swap(pool, usdc, weth, swap.usdc)
            if swap.usdc > 0
            else self._swap(pool, weth, usdc, swap.weth)
            for swap in swaps
        ]
        if calls:
            encoded = [call._encode_transaction_data() for call in calls]
            gas = 100_000 + 200_000 * len(calls)
            self.chain.submit(
                self.trader,
                router.functions.multicall(encoded),
                gas=gas,
                label=f"{len(calls)} recorded swaps",
            )

    def post(self, tick: Tick) -> None:
        """Queues the feeds' new answers."""
        for token in self.exchange.tokens.values():
            post = token.feed.functions.post(tick.price(token.symbol))
            self.chain.submit(self.trader, post, gas=150_000, label=f"post {token.symbol}")

    def arbitrage(self, tick: Tick) -> None:
        """Queues the trades that bring the pools, as they are now, back to the market price."""
        pools = list(self.exchange.pools.values())
        slots = self.chain.read([self.exchange.uniswap.contract(pool).functions.slot0() for pool in pools])
        for pool, slot in zip(pools, slots, strict=True):
            self._arbitrage(pool, slot[0], tick)

    def _arbitrage(self, pool: Pool, price: int, tick: Tick) -> None:
        token0, token1 = (self._token(address) for address in (pool.token0, pool.token1))
        fair = sqrt_price_x96(
            tick.price(token1.symbol) * 10**token0.decimals, tick.price(token0.symbol) * 10**token1.decimals
        )
        # Half the fee on the root is the fee on the price.
        low, high = (fair * (2 * _FEE_UNIT + side * pool.fee) // (2 * _FEE_UNIT) for side in (-1, 1))
        if price < low:
            swap = self._swap(pool, token1, token0, _UNBOUNDED, limit=low)
        elif price > high:
            swap = self._swap(pool, token0, token1, _UNBOUNDED, limit=high)
        else:
            return
        label = f"arbitrage {token0.symbol}/{token1.symbol}"
        self.chain.submit(self.trader, swap, gas=1_000_000, label=label)

    def _swap(self, pool: Pool, sold: Token, bought: Token, amount: int, *, limit: int | None = None) -> Any:
        if limit is None:
            limit = _LOWEST_SQRT_PRICE if sold.address == pool.token0 else _HIGHEST_SQRT_PRICE
        order = (sold.address, bought.address, pool.fee, self.trader.address, _NEVER, amount, 0, limit)
        return self.exchange.uniswap.router.functions.exactInputSingle(order)

    def _token(self, address: str) -> Token:
        return next(token for token in self.exchange.tokens.values() if token.address == address)
