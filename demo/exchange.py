"""What a public chain already has and a local one lacks: tokens, price feeds, and Uniswap V3 with deep pools.

Amounts are token units, prices US dollars with 8 decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract import Contract

from demo.chain import Chain
from demo.checkout import Checkout
from demo.prices import PRICE_UNIT, Tick
from demo.uniswap import Pool, Uniswap

_DECIMALS = {"USDC": 6, "WETH": 18, "WBTC": 8}
_FEES = {("USDC", "WETH"): 500, ("USDC", "WBTC"): 3_000, ("WETH", "WBTC"): 500}
# US dollars on each side of a pool: for every price, and around the price at the start.
_DOLLARS_EVERYWHERE = 12_000_000
_DOLLARS_NEARBY = 12_000_000
# Ticks to either side of the price at the start: 1.0001^2,500 is 28%.
_NEARBY_TICKS = 2_500
_TRADER_DOLLARS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its price feed."""

    symbol: str
    decimals: int
    contract: Contract
    feed: Contract

    @property
    def address(self) -> ChecksumAddress:
        """The token's address."""
        return self.contract.address

    def units(self, dollars: int, price: int) -> int:
        """Units worth `dollars` at `price`, rounded down."""
        unit: int = 10**self.decimals
        return dollars * PRICE_UNIT * unit // price


@dataclass(frozen=True, slots=True)
class Exchange:
    """The tokens by symbol, Uniswap, and its pools by pair of symbols, in either order."""

    tokens: Mapping[str, Token]
    uniswap: Uniswap
    pools: Mapping[frozenset[str], Pool]

    def pool(self, one: str, other: str) -> Pool:
        """The pool of two tokens."""
        return self.pools[frozenset((one, other))]


def deploy_tokens(w3: Web3, checkout: Checkout, owner: ChecksumAddress) -> dict[str, Token]:
    """Deploys each token and its feed; `owner` may mint and post."""
    deployer = w3.eth.accounts[0]

    def create(name: str, *arguments: object) -> Contract:
        artifact = checkout.contract(name)
        code = w3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
        hash_ = code.constructor(*arguments).transact({"from": deployer})
        address = w3.eth.wait_for_transaction_receipt(hash_, poll_latency=0.01)["contractAddress"]
        contract: Contract = w3.eth.contract(address=Web3.to_checksum_address(str(address)), abi=artifact.abi)
        return contract

    return {
        symbol: Token(
            symbol,
            decimals,
            create("TestnetToken", symbol, symbol, decimals, owner),
            create("TestnetFeed", 8, f"{symbol} / USD", owner),
        )
        for symbol, decimals in _DECIMALS.items()
    }


def mint_supply(chain: Chain, tokens: Mapping[str, Token], minter: LocalAccount, start: Tick) -> None:
    """Mints what the pools hold to the deployer, and to `minter` enough to trade against them for ever."""
    deployer = chain.w3.eth.accounts[0]
    liquidity = len(_FEES) * (_DOLLARS_EVERYWHERE + _DOLLARS_NEARBY)
    for symbol, token in tokens.items():
        for who, dollars in ((deployer, liquidity), (minter.address, _TRADER_DOLLARS)):
            amount = token.units(dollars, start.price(symbol))
            chain.submit(minter, token.contract.functions.mint(who, amount), gas=100_000, label="mint")
    chain.mine()


def open_exchange(w3: Web3, checkout: Checkout, tokens: Mapping[str, Token], start: Tick) -> Exchange:
    """Deploys Uniswap V3 and opens one deep pool a pair at the prices of `start`."""
    deployer = w3.eth.accounts[0]
    uniswap = Uniswap.deploy(w3, packages=checkout.uniswap, weth=tokens["WETH"].address, deployer=deployer)
    pools = {}
    for (one, other), fee in _FEES.items():
        worth = {
            dollars: {
                tokens[symbol].address: tokens[symbol].units(dollars, start.price(symbol))
                for symbol in (one, other)
            }
            for dollars in (_DOLLARS_EVERYWHERE, _DOLLARS_NEARBY)
        }
        a, b = tokens[one].address, tokens[other].address
        price = worth[_DOLLARS_EVERYWHERE]
        pool = uniswap.create_pool(a, b, fee, amount_a=price[a], amount_b=price[b])
        uniswap.add_liquidity(pool, worth[_DOLLARS_EVERYWHERE])
        uniswap.add_liquidity(pool, worth[_DOLLARS_NEARBY], width=_NEARBY_TICKS)
        pools[frozenset((one, other))] = pool
    return Exchange(tokens, uniswap, pools)
