"""Takes most of a pool's liquidity away and brings it back, as its providers do when a market turns wild."""

from dataclasses import dataclass, field
from typing import Any

from demo.chain import Chain
from demo.exchange import Exchange

_NEVER = 2**64
_TAKEN = 9, 10
"""How much of each position goes."""


@dataclass(slots=True)
class Liquidity:
    """The positions in the pools, which are the deployer's, the first account of the node."""

    chain: Chain
    exchange: Exchange
    is_thin: bool = False
    _taken: dict[int, int] = field(default_factory=dict)

    def set(self, *, thin: bool) -> None:
        """Sends what makes the pools thin, or as deep as before; it is in the next block."""
        if thin == self.is_thin:
            return
        self.is_thin = thin
        positions = self.exchange.uniswap.positions.functions
        for position in range(1, 2 * len(self.exchange.pools) + 1):
            if thin:
                held = positions.positions(position).call()[7]
                self._taken[position] = held * _TAKEN[0] // _TAKEN[1]
                self._send(positions.decreaseLiquidity((position, self._taken[position], 0, 0, _NEVER)))
            else:
                self._bring_back(position)

    def _bring_back(self, position: int) -> None:
        """As many tokens as it can use, of plenty: the position manager takes what the price needs."""
        positions = self.exchange.uniswap.positions
        facts = positions.functions.positions(position).call()
        for token in (facts[2], facts[3]):
            contract = next(each for each in self.exchange.tokens.values() if each.address == token).contract
            self._send(contract.functions.approve(positions.address, 2**255))
        pool = next(
            each
            for each in self.exchange.pools.values()
            if (each.token0, each.token1, each.fee) == (facts[2], facts[3], facts[4])
        )
        root = self.exchange.uniswap.contract(pool).functions.slot0().call()[0]
        # The same liquidity again: as much of token0 as a range that begins here would need, at most.
        most = (self._taken[position] << 96) // root, self._taken[position] * root >> 96
        self._send(positions.functions.increaseLiquidity((position, *most, 0, 0, _NEVER)))

    def _send(self, call: Any) -> None:
        call.transact({"from": self.chain.w3.eth.accounts[0], "gas": 1_000_000})
