"""The hub on the real Uniswap V3, with three tokens, three deep pools, and people who hold the tokens.

Amounts are token units: USDC has 6 decimals, WETH 18, WBTC 8. A price is units bought
per unit sold, scaled by 1e36.
"""

import json
from pathlib import Path
from typing import Any

import brownie
from brownie import accounts, chain, web3

from demo.uniswap import Pool, Uniswap

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ROOT / "node_modules/@uniswap"
# Small, so that a handful of followers needs a second batch.
BATCH_SIZE = 3
ALL = 10**18
USDC, WETH, WBTC = 10**6, 10**18, 10**8
PRICE_SCALE = 10**36
BPS = 10_000
NO_POSITION = 2**32 - 1
MAX_BALANCE = 2**128 - 1
HEARTBEAT = 7 * 86_400
ACTIVE, PAUSED, LEFT = 1, 2, 3
SKIP_PAUSED, SKIP_NOTHING_TO_SELL, SKIP_BELOW_MINIMUM, SKIP_EXPIRED = 1, 2, 3, 4
NO_LIMITS = (0, 0)


class World:
    """One deployment, and the shortest way to the states that the tests start from."""

    def __init__(self, project: Any) -> None:
        self.owner, self.treasury, self.leader, self.keeper, self.stranger = accounts[:5]
        self.followers = list(accounts[5:10])
        self.contracts = project
        own = {"from": self.owner}
        self.oracle = project.ChainlinkOracle.deploy(self.owner, own)
        self.hub = project.Hub.deploy(self.owner, self.oracle, self.treasury, BATCH_SIZE, own)
        self.feeds: dict[str, Any] = {}
        self.usdc = self._token("USD Coin", "USDC", 6, 1)
        self.weth = self._token("Wrapped Ether", "WETH", 18, 2_500)
        self.wbtc = self._token("Wrapped Bitcoin", "WBTC", 8, 50_000)
        self.uniswap = Uniswap.deploy(
            web3, packages=PACKAGES, weth=self.weth.address, deployer=self.owner.address
        )
        self._quoter = self._deploy_quoter()
        self.venue = project.UniswapV3Venue.deploy(self.hub, self.uniswap.factory.address, own)
        self._pools: dict[frozenset[str], Pool] = {}
        self._pool(self.usdc, 50_000_000 * USDC, self.weth, 20_000 * WETH, 500)
        self._pool(self.usdc, 50_000_000 * USDC, self.wbtc, 1_000 * WBTC, 3_000)
        self._pool(self.weth, 20_000 * WETH, self.wbtc, 1_000 * WBTC, 500)

    # What is there

    @property
    def tokens(self) -> list[Any]:
        """USDC, WETH and WBTC."""
        return [self.usdc, self.weth, self.wbtc]

    def pool(self, one: Any, other: Any) -> str:
        """The address of the deep pool of two tokens."""
        return self._pools[frozenset((one.address, other.address))].address

    def bought(self, token_in: Any, token_out: Any, amount_in: int) -> int:
        """What the pool gives for `amount_in` now, as Uniswap's own quoter says."""
        fee = self._pools[frozenset((token_in.address, token_out.address))].fee
        question = self._quoter.functions.quoteExactInputSingle(
            token_in.address, token_out.address, fee, amount_in, 0
        )
        return int(question.call())

    # People at work

    def deposit(self, owner: Any, amount: int, token: Any = None) -> Any:
        """Puts `amount` of a token, USDC unless said otherwise, into the owner's account."""
        return self.hub.deposit(token or self.usdc, amount, owner, {"from": owner})

    def terms(self, **changes: Any) -> tuple[Any, ...]:
        """A strategy on all three tokens and pools with USDC as base, as the hub takes it."""
        terms: dict[str, Any] = {
            "base": self.usdc,
            "tokens": [self.weth, self.wbtc],
            "pools": [pool.address for pool in self._pools.values()],
            "copy_fee_bps": 0,
            "max_slippage_bps": 300,
            "max_drift_bps": 100,
            "copy_window": 600,
            "min_deposit": 10 * USDC,
            "name": "Test strategy",
        }
        assert changes.keys() <= terms.keys()
        return tuple({**terms, **changes}.values())

    def create_strategy(self, stake: int = 10_000 * USDC, **changes: Any) -> tuple[int, int]:
        """Creates a strategy of the leader with `stake` in the leader's vault: their two ids."""
        self.hub.createStrategy(self.terms(**changes), {"from": self.leader})
        strategy, vault = self.hub.strategyCount(), self.hub.vaultCount()
        if stake:
            self.deposit(self.leader, stake)
            self.hub.allocate(vault, stake, {"from": self.leader})
        return strategy, vault

    def open_vault(self, owner: Any, strategy: int, amount: int, policy: tuple[int, int] = NO_LIMITS) -> int:
        """Opens a vault with new money: its id."""
        self.deposit(owner, amount)
        self.hub.openVault(strategy, policy, amount, {"from": owner})
        return int(self.hub.vaultCount())

    def order(self, strategy: int, token_in: Any, token_out: Any, **changes: Any) -> tuple[Any, ...]:
        """A trade that sells all without a limit of its own, as the hub takes it."""
        order = {
            "strategy": strategy,
            "pool": changes.get("pool") or self.pool(token_in, token_out),
            "token_in": token_in,
            "token_out": token_out,
            "portion": ALL,
            "limit_price": 0,
            "deadline": chain.time() + 3_600,
        }
        assert changes.keys() <= order.keys()
        return tuple({**order, **changes}.values())

    def trade(self, strategy: int, token_in: Any, token_out: Any, **changes: Any) -> Any:
        """The leader trades."""
        return self.hub.trade(self.order(strategy, token_in, token_out, **changes), {"from": self.leader})

    def move_market(self, token_in: Any, token_out: Any, amount_in: int) -> None:
        """Somebody else sells `amount_in` in the deep pool."""
        fee = self._pools[frozenset((token_in.address, token_out.address))].fee
        token_in.mint(self.stranger, amount_in, {"from": self.owner})
        token_in.approve(self.uniswap.router.address, amount_in, {"from": self.stranger})
        deadline = chain.time() + 3_600
        order = (token_in.address, token_out.address, fee, self.stranger.address, deadline, amount_in, 0, 0)
        call = self.uniswap.router.functions.exactInputSingle(order)
        receipt = web3.eth.wait_for_transaction_receipt(call.transact({"from": self.stranger.address}))
        assert receipt["status"] == 1

    def open_market(self, token: Any) -> str:
        """Lists a token of 18 decimals at one dollar, and a deep pool of it with USDC: the pool's address."""
        own, deep = {"from": self.owner}, (10**6 * USDC, 10**6 * 10**18)
        feed = self.contracts.TestnetFeed.deploy(8, "one dollar", self.owner, own)
        feed.post(10**8, own)
        self.oracle.setFeed(token, feed, HEARTBEAT, own)
        self.hub.listToken(token, own)
        token.mint(self.owner, deep[1], own)
        pool = self.uniswap.create_pool(
            self.usdc.address, token.address, 500, amount_a=deep[0], amount_b=deep[1]
        )
        self.uniswap.add_liquidity(pool, {self.usdc.address: deep[0], token.address: deep[1]})
        self.hub.listPool(pool.address, self.venue, own)
        return pool.address

    def kill_oracle(self) -> None:
        """Every feed falls silent for longer than it may."""
        chain.sleep(HEARTBEAT + 1)
        chain.mine()

    # Building

    def _token(self, name: str, symbol: str, decimals: int, dollars: int) -> Any:
        own = {"from": self.owner}
        token = self.contracts.TestnetToken.deploy(name, symbol, decimals, self.owner, own)
        feed = self.contracts.TestnetFeed.deploy(8, f"{symbol} / USD", self.owner, own)
        feed.post(dollars * 10**8, own)
        self.oracle.setFeed(token, feed, HEARTBEAT, own)
        self.hub.listToken(token, own)
        token.mint(self.owner, 10**9 * 10**decimals, own)
        for person in (self.leader, *self.followers):
            token.mint(person, 10**6 * 10**decimals, own)
            token.approve(self.hub, 2**256 - 1, {"from": person})
        self.feeds[token.address] = feed
        return token

    def _pool(self, one: Any, amount_one: int, other: Any, amount_other: int, fee: int) -> None:
        pool = self.uniswap.create_pool(
            one.address, other.address, fee, amount_a=amount_one, amount_b=amount_other
        )
        self.uniswap.add_liquidity(pool, {one.address: amount_one, other.address: amount_other})
        self._pools[frozenset((one.address, other.address))] = pool
        self.hub.listPool(pool.address, self.venue, {"from": self.owner})

    def _deploy_quoter(self) -> Any:
        file = PACKAGES / "v3-periphery/artifacts/contracts/lens/Quoter.sol/Quoter.json"
        artifact = json.loads(file.read_text())
        code = web3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
        hash_ = code.constructor(self.uniswap.factory.address, self.weth.address).transact(
            {"from": self.owner.address}
        )
        receipt = web3.eth.wait_for_transaction_receipt(hash_)
        return web3.eth.contract(address=receipt["contractAddress"], abi=artifact["abi"])


def refused(error: str, *arguments: object) -> Any:
    """Expects a call to revert with exactly this custom error and these arguments."""
    said = (_as_reported(argument) for argument in arguments)
    return brownie.reverts(f"{error}: {', '.join(said)}")


def events(tx: Any, contract: Any) -> list[tuple[str, dict[str, Any]]]:
    """All events that `contract` emitted in a transaction, in order, with their arguments by name."""
    return [(event.name, dict(event)) for event in tx.events if event.address == contract.address]


def named(tx: Any, name: str) -> list[dict[str, Any]]:
    """The arguments of all events of one name in a transaction, in order."""
    return [dict(event) for event in tx.events if event.name == name]


def next_block_at(timestamp: int) -> None:
    """Dates the next block, in unix seconds."""
    web3.provider.make_request("evm_setNextBlockTimestamp", [timestamp])


def mine_at(timestamp: int) -> None:
    """Mines a block with this date, in unix seconds."""
    next_block_at(timestamp)
    chain.mine()


def start_of(sequence: int, count: int) -> int:
    """Where the copies of a trade begin: multiples of the golden ratio, spread over the members."""
    return (sequence * 2_654_435_769 % 2**32) * count >> 32


def _as_reported(argument: object) -> str:
    text = str(getattr(argument, "address", argument))
    return text.lower() if text.startswith("0x") else text
