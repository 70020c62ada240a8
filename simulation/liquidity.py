"""Takes most of a pool's liquidity away and brings it back, as its providers do when a market turns wild."""

from dataclasses import dataclass, field
from typing import Any

from eth_account.signers.local import LocalAccount
from hexbytes import HexBytes

from demo.chain import Chain
from demo.exchange import Exchange
from paper.ticks import root_at

_NEVER = 2**64
_EVERYTHING = 2**128 - 1
_PLENTY = 2**112
_Q96 = 1 << 96
_MOST_FEE, _TIP = 10**11, 10**9
_TAKEN = 9, 10
"""How much of each position goes."""


@dataclass(slots=True)
class Liquidity:
    """The positions in the pools, which are the deployer's, the first account of the node."""

    chain: Chain
    exchange: Exchange
    is_thin: bool = False
    _taken: dict[int, int] = field(default_factory=dict)
    _sent: list[bytes] = field(default_factory=list)

    def set(self, *, thin: bool) -> None:
        """Sends what makes the pools thin, or as deep as before; it is in the next block.

        Raises `RuntimeError` where what was sent the last time did not go through.
        """
        if thin == self.is_thin:
            return
        self._require_done()
        self.is_thin = thin
        positions = self.exchange.uniswap.positions.functions
        deployer = self.chain.w3.eth.accounts[0]
        for position in range(1, 2 * len(self.exchange.pools) + 1):
            if thin:
                held = positions.positions(position).call()[7]
                self._taken[position] = held * _TAKEN[0] // _TAKEN[1]
                self._send(positions.decreaseLiquidity((position, self._taken[position], 0, 0, _NEVER)))
                self._send(positions.collect((position, deployer, _EVERYTHING, _EVERYTHING)))
            else:
                self._bring_back(position)

    def fund(self, minter: LocalAccount) -> None:
        """More of each token than a pool can ask for: at another price the same liquidity is other tokens."""
        deployer = self.chain.w3.eth.accounts[0]
        for token in self.exchange.tokens.values():
            mint = token.contract.functions.mint(deployer, _PLENTY)
            self.chain.submit(minter, mint, gas=100_000, label="mint")

    def _bring_back(self, position: int) -> None:
        """What was taken, at today's price. The manager makes of it what liquidity it pays for."""
        positions = self.exchange.uniswap.positions
        facts = positions.functions.positions(position).call()
        token0, token1, fee, lower, upper = facts[2:7]
        for token in (token0, token1):
            contract = next(each for each in self.exchange.tokens.values() if each.address == token).contract
            self._send(contract.functions.approve(positions.address, _PLENTY))
        pool = next(
            each
            for each in self.exchange.pools.values()
            if (each.token0, each.token1, each.fee) == (token0, token1, fee)
        )
        root = self.exchange.uniswap.contract(pool).functions.slot0().call()[0]
        amounts = amounts_of(self._taken[position], root, root_at(lower), root_at(upper))
        self._send(positions.functions.increaseLiquidity((position, *amounts, 0, 0, _NEVER)))

    def _send(self, call: Any) -> None:
        fields = {"from": self.chain.w3.eth.accounts[0], "gas": 1_000_000}
        # Above any base fee that the weather brings.
        fees = {"maxFeePerGas": _MOST_FEE, "maxPriorityFeePerGas": _TIP}
        self._sent.append(call.transact(fields | fees))

    def _require_done(self) -> None:
        for each in self._sent:
            if self.chain.w3.eth.get_transaction_receipt(HexBytes(each))["status"] != 1:
                raise RuntimeError(f"a provider's transaction failed: 0x{each.hex()}")
        self._sent.clear()


def amounts_of(liquidity: int, root: int, lower: int, upper: int) -> tuple[int, int]:
    """Return the units of both tokens in ``liquidity`` between two roots, rounded up.

    Source: v3-core `SqrtPriceMath.getAmount0Delta` and `getAmount1Delta`, `UniswapV3Pool._modifyPosition`.
    """
    root = max(lower, min(upper, root))
    amount0 = -(-liquidity * _Q96 * (upper - root) // (upper * root))
    return amount0, -(-liquidity * (root - lower) // _Q96)
