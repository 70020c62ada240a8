"""Deploys the real Uniswap V3 from the bytecode in its npm packages, opens pools and provides liquidity.

Depends on web3 and the standard library alone, so that any test environment can import it. Amounts are token
units; a price is given as two amounts of equal worth. The node signs: the deployer is one of its accounts.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract import Contract
from web3.types import TxReceipt

_ARTIFACTS = {
    "UniswapV3Factory": "v3-core/artifacts/contracts/UniswapV3Factory.sol",
    "UniswapV3Pool": "v3-core/artifacts/contracts/UniswapV3Pool.sol",
    "NonfungiblePositionManager": "v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol",
    "SwapRouter": "v3-periphery/artifacts/contracts/SwapRouter.sol",
}
_MAX_TICK = 887_272
_TICK_SPACING = {500: 10, 3_000: 60, 10_000: 200}
_NEVER = 2**64
# A pool remembers one price until somebody pays for more room; its average price needs some past.
_OBSERVATIONS = 100
_ZERO = "0x0000000000000000000000000000000000000000"


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool: its fee in hundredths of a basis point, its tokens in the pool's order."""

    address: ChecksumAddress
    token0: ChecksumAddress
    token1: ChecksumAddress
    fee: int


class Uniswap:
    """Uniswap V3 on one chain."""

    def __init__(
        self,
        deployer: ChecksumAddress,
        packages: Path,
        factory: Contract,
        positions: Contract,
        router: Contract,
    ) -> None:
        self.factory = factory
        self.positions = positions
        self.router = router
        self._deployer = deployer
        self._packages = packages

    @classmethod
    def deploy(
        cls, w3: Web3, *, packages: Path, weth: ChecksumAddress, deployer: ChecksumAddress
    ) -> "Uniswap":
        """Deploys factory, position manager and router from `packages`, the npm folder `@uniswap`.

        The periphery wants a WETH9 for wrapping ether and a descriptor that draws a position's picture.
        Nothing here sends ether or looks at pictures: any ERC-20 does for `weth`, zero for the descriptor.
        """

        def create(name: str, *arguments: object) -> Contract:
            artifact = _artifact(packages, name)
            code = w3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
            receipt = _mined(w3, code.constructor(*arguments), deployer)
            address = Web3.to_checksum_address(str(receipt["contractAddress"]))
            return _contract(w3, address, artifact["abi"])

        factory = create("UniswapV3Factory")
        positions = create("NonfungiblePositionManager", factory.address, weth, _ZERO)
        router = create("SwapRouter", factory.address, weth)
        return cls(deployer, packages, factory, positions, router)

    def create_pool(
        self, token_a: ChecksumAddress, token_b: ChecksumAddress, fee: int, *, amount_a: int, amount_b: int
    ) -> Pool:
        """Opens a pool at the price where `amount_a` of one token is worth `amount_b` of the other."""
        (token0, amount0), (token1, amount1) = _in_order((token_a, amount_a), (token_b, amount_b))
        price = sqrt_price_x96(amount0, amount1)
        self._send(self.positions.functions.createAndInitializePoolIfNecessary(token0, token1, fee, price))
        address = Web3.to_checksum_address(self.factory.functions.getPool(token0, token1, fee).call())
        pool = Pool(address, token0, token1, fee)
        self._send(self.contract(pool).functions.increaseObservationCardinalityNext(_OBSERVATIONS))
        return pool

    def add_liquidity(
        self, pool: Pool, amounts: dict[ChecksumAddress, int], *, width: int | None = None
    ) -> None:
        """Provides up to `amounts` of both tokens, for all prices or `width` ticks around the current one."""
        spacing = _TICK_SPACING[pool.fee]
        lower, upper = -(_MAX_TICK // spacing) * spacing, _MAX_TICK // spacing * spacing
        if width is not None:
            tick = self.contract(pool).functions.slot0().call()[1]
            lower, upper = ((tick + side) // spacing * spacing for side in (-width, width))
        for token in (pool.token0, pool.token1):
            erc20 = _contract(self._w3, token, _APPROVE_ABI)
            self._send(erc20.functions.approve(self.positions.address, amounts[token]))
        desired = (amounts[pool.token0], amounts[pool.token1])
        position = (pool.token0, pool.token1, pool.fee, lower, upper, *desired, 0, 0, self._deployer, _NEVER)
        self._send(self.positions.functions.mint(position))

    def contract(self, pool: Pool) -> Contract:
        """The pool's own contract."""
        return _contract(self._w3, pool.address, _artifact(self._packages, "UniswapV3Pool")["abi"])

    @property
    def _w3(self) -> Web3:
        w3: Web3 = self.factory.w3
        return w3

    def _send(self, call: Any) -> TxReceipt:
        return _mined(self._w3, call, self._deployer)


def sqrt_price_x96(amount0: int, amount1: int) -> int:
    """Uniswap's price, rounded down: the root of `amount1 / amount0`, scaled by 2^96 (v3 whitepaper, 6.2)."""
    return math.isqrt((amount1 << 192) // amount0)


def _artifact(packages: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((packages / _ARTIFACTS[name] / f"{name}.json").read_text())
    return document


def _contract(w3: Web3, address: ChecksumAddress, abi: list[dict[str, Any]]) -> Contract:
    contract: Contract = w3.eth.contract(address=address, abi=abi)
    return contract


def _in_order(
    a: tuple[ChecksumAddress, int], b: tuple[ChecksumAddress, int]
) -> tuple[tuple[ChecksumAddress, int], tuple[ChecksumAddress, int]]:
    return (a, b) if int(a[0], 16) < int(b[0], 16) else (b, a)


def _mined(w3: Web3, call: Any, sender: ChecksumAddress) -> TxReceipt:
    receipt = w3.eth.wait_for_transaction_receipt(call.transact({"from": sender}), poll_latency=0.01)
    if receipt["status"] != 1:
        raise RuntimeError(f"transaction {receipt['transactionHash'].to_0x_hex()} failed")
    return receipt


_APPROVE_ABI: list[dict[str, Any]] = [
    {
        "type": "function",
        "name": "approve",
        "stateMutability": "nonpayable",
        "inputs": [{"name": "spender", "type": "address"}, {"name": "amount", "type": "uint256"}],
        "outputs": [{"name": "", "type": "bool"}],
    }
]
