"""Gas of swaps, trades and the follower's own acts, against the real Uniswap V3 on a local chain.

Every figure is the `gasUsed` of a mined transaction's receipt, so it includes calldata, the 21,000 of the
transaction and cold storage: nothing is warm that would not be on a public chain.

`copy_marginal` is the dearer of two cases: a trade whose two tokens share no storage word of the vault. The
cheaper one, base token against a strategy's first asset, is `copy_marginal_first_asset`.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from rich.console import Console
from rich.progress import track
from rich.table import Table
from web3 import Web3
from web3.contract import Contract

from benchmarks.results import write
from demo.anvil import CHAIN_ID, anvil
from demo.chain import Chain, TransactionFailedError
from demo.checkout import Checkout
from demo.deployment import PRICE_WINDOW_S, compile_contracts, deploy_protocol
from demo.exchange import Exchange, deploy_tokens, mint_supply, open_exchange
from demo.prices import PRICE_UNIT, Tick
from orders.order import Order, Trade, sign
from protocol.types import OnBreach, Policy, StrategyLimits, StrategyParams

# EIP-7825: what one transaction may use on Ethereum.
TRANSACTION_GAS_LIMIT = 16_777_216
GENESIS_TIME = 1_700_000_000
BLOCK_S = 12
FOLLOWERS = (0, 1, 10, 100, 500)
CLOSES = (10, 100)
# More positions than any transaction can visit, so that the measured fan-outs are never cut.
BATCH_SIZE = 2_000
WAD = 10**18
_VAULTS_A_CALL = 50
# Every limit that a policy has, none of them in the way.
EVERY_LIMIT = Policy(
    on_breach=OnBreach.REDUCE,
    on_stop=OnBreach.EXIT,
    max_positions=5,
    excluded_tokens=0b10,  # WETH, which is not traded here
    max_slippage_bps=300,
    max_token_bps=9_900,
    max_exposure_bps=9_900,
    max_daily_loss_bps=5_000,
    max_drawdown_bps=5_000,
    stop_loss_bps=5_000,
    take_profit_bps=60_000,
    loss_budget_bps=2_000,
    cooldown=1,
    expiry=2**40 - 1,
    min_trade=1,
    max_trade=10**12,
)
_PLENTY = 55_000_000
_NO_POLICY = Policy()
_TERMS = 1
_NOBODY = "0x" + "00" * 20


@dataclass(slots=True)
class Bench:
    """A deployed protocol on a running chain, and the one rich person who does everything in it."""

    chain: Chain
    exchange: Exchange
    hub: Contract
    swapper: Contract
    person: LocalAccount
    start: Tick

    def send(self, call: Any, *, gas: int = _PLENTY) -> int:
        """Gas used by one call, alone in its transaction and block, with fresh price feeds before it."""
        for symbol, token in self.exchange.tokens.items():
            post = token.feed.functions.post(self.start.price(symbol))
            self.chain.submit(self.person, post, gas=200_000, label="post")
        self.chain.mine()
        self.chain.submit(self.person, call, gas=gas, label="measured")
        return self.chain.mine()[0].gas_used

    def token(self, symbol: str) -> Contract:
        """A token's contract."""
        return self.exchange.tokens[symbol].contract

    def dollars(self, symbol: str, dollars: int) -> int:
        """Units of a token worth so many dollars at the start."""
        return self.exchange.tokens[symbol].units(dollars, self.start.price(symbol))

    def open_strategy(self, followers: int, policy: Policy = _NO_POLICY) -> int:
        """A strategy on three tokens, USDC its base, and followers of 2 to 3 dollars, who move no price."""
        usdc, weth, wbtc = (self.token(symbol).address for symbol in ("USDC", "WETH", "WBTC"))
        pools = [pool.address for pool in self.exchange.pools.values()]
        offer = StrategyParams(
            usdc, (weth, wbtc), tuple(pools), "bench", limits=StrategyLimits(stop_bps=1_000)
        )
        self.send(self.hub.functions.createStrategy(offer.struct()))
        strategy_id = int(self.hub.functions.strategyCount().call())
        self.send(self.hub.functions.allocate(self.newest_vault(), self.dollars("USDC", 10_000)))
        opening = [
            self.hub.encode_abi(
                "openVault",
                [strategy_id, policy.struct(), 2_000_000 + 2_001 * (each % 500), _TERMS, _NOBODY],
            )
            for each in range(followers)
        ]
        for first in range(0, followers, _VAULTS_A_CALL):
            self.send(self.hub.functions.multicall(opening[first : first + _VAULTS_A_CALL]))
        return strategy_id

    def newest_vault(self) -> int:
        """Id of the vault that was opened last."""
        return int(self.hub.functions.vaultCount().call())

    def trade(self, strategy_id: int, sold: str, bought: str, *, gas: int = _PLENTY) -> int:
        """Gas of a leader's trade of half a holding that is copied into every vault."""
        pool = self.exchange.pool(sold, bought).address
        tokens = (self.token(sold).address, self.token(bought).address)
        terms = (strategy_id, pool, *tokens, WAD // 2, 0, 2**40 - 1)
        return self.send(self.hub.functions.trade(terms), gas=gas)


@contextmanager
def bench(build: Path) -> Iterator[Bench]:
    """Everything deployed by the project's own script, the person's account funded. Writes into `build`."""
    checkout = Checkout(Checkout.here().root, build)
    start = Tick(GENESIS_TIME, 2_500 * PRICE_UNIT, 50_000 * PRICE_UNIT)
    compile_contracts(checkout)
    with anvil(checkout.anvil, genesis_time=GENESIS_TIME, log=checkout.build / "anvil.log") as node:
        chain = Chain(node.http_url)
        w3 = chain.w3
        # Blocks at Ethereum's pace, not the wall clock's: what a look into a pool's past costs depends on it.
        chain.request("anvil_setBlockTimestampInterval", BLOCK_S)
        person = Account.from_key("0x" + "42" * 32)
        chain.request("anvil_setBalance", person.address, hex(10**24))
        with chain.automine():
            tokens = deploy_tokens(w3, checkout, person.address)
        mint_supply(chain, tokens, person, start)
        with chain.automine():
            exchange = open_exchange(w3, checkout, tokens, start)
            deployed = deploy_protocol(
                node,
                w3,
                checkout,
                exchange,
                treasury=person.address,
                batch_size=BATCH_SIZE,
                keepers_are_paid=False,
            )
            swapper = _deploy(w3, checkout.root / "build/forge/out/PoolSwapper.sol/PoolSwapper.json")
        chain.request("anvil_mine", hex(PRICE_WINDOW_S // BLOCK_S + 1))
        chain.contracts = (deployed.hub, deployed.oracle)
        ready = Bench(chain, exchange, deployed.hub, swapper, person, start)
        for symbol in exchange.tokens:
            for spender in (ready.hub.address, exchange.uniswap.router.address, swapper.address):
                ready.send(ready.token(symbol).functions.approve(spender, 2**256 - 1))
        ready.send(
            ready.hub.functions.deposit(tokens["USDC"].address, ready.dollars("USDC", 10**6), person.address)
        )
        yield ready


def measure(at: Bench) -> dict[str, int]:
    """All figures, in gas."""
    figures = _yardsticks(at)
    at.trade(at.open_strategy(1), "USDC", "WETH")  # the hub holds every token from here on
    steady: dict[int, int] = {}
    first: dict[int, int] = {}
    first_asset: dict[int, int] = {}
    for followers in track(FOLLOWERS, "Trades", console=Console(stderr=True)):
        strategy = at.open_strategy(followers)
        first[followers] = at.trade(strategy, "USDC", "WBTC")
        steady[followers] = at.trade(strategy, "USDC", "WBTC")
        at.trade(strategy, "USDC", "WETH")
        first_asset[followers] = at.trade(strategy, "USDC", "WETH")
        figures[f"trade_{followers}"] = steady[followers]
        figures[f"trade_{followers}_first_entry"] = first[followers]
    low, high = FOLLOWERS[-2:]

    def marginal(gas: dict[int, int]) -> int:
        return -((gas[low] - gas[high]) // (high - low))

    figures["trade_base"] = steady[0]
    figures["trade_base_first_entry"] = first[0]
    figures["trade_base_three_tokens"] = first_asset[0]
    figures["copy_marginal"] = marginal(steady)
    figures["copy_marginal_first_asset"] = marginal(first_asset)
    figures["copy_marginal_first_entry"] = marginal(first)
    limited = {each: at.open_strategy(each, EVERY_LIMIT) for each in (low, high)}
    for strategy in limited.values():
        at.trade(strategy, "USDC", "WBTC")
    figures["copy_marginal_full_policy"] = marginal(
        {each: at.trade(strategy, "USDC", "WBTC") for each, strategy in limited.items()}
    )
    figures |= _signed(at)
    figures |= _closes(at)
    figures |= _people(at)
    figures["followers_in_one_transaction"] = _longest(at, figures["trade_base"], figures["copy_marginal"])
    return figures


def _yardsticks(at: Bench) -> dict[str, int]:
    """The same swap without us, by people whose balances and approvals are already there."""
    pool = at.exchange.pool("USDC", "WBTC")
    usdc, wbtc = at.token("USDC").address, at.token("WBTC").address
    amount = at.dollars("USDC", 5_000)
    direct = at.swapper.functions.swap(pool.address, pool.token0 == usdc, amount)
    router = at.exchange.uniswap.router.functions.exactInputSingle(
        (usdc, wbtc, pool.fee, at.person.address, 2**40 - 1, amount, 0, 0)
    )
    at.send(direct)
    return {"direct_swap": at.send(direct), "router_swap": at.send(router)}


def _signed(at: Bench) -> dict[str, int]:
    """A leader's trade without followers, carried by another: what a signature costs."""
    strategy = at.open_strategy(0)
    at.trade(strategy, "USDC", "WBTC")
    figures: dict[str, int] = {}
    # The first closes the first of 256 nonces in a word, the second any other.
    for nonce, name in enumerate(("order_base_first_nonce", "order_base")):
        usdc, wbtc = at.token("USDC").address, at.token("WBTC").address
        terms = Trade(strategy, at.exchange.pool("USDC", "WBTC").address, usdc, wbtc, WAD // 2, 0, 2**40 - 1)
        order = Order(terms, nonce=nonce)
        signature = sign(order, at.person, chain_id=CHAIN_ID, hub=at.hub.address)
        figures[name] = at.send(at.hub.functions.executeOrder(order.struct(), signature))
    return figures


def _closes(at: Bench) -> dict[str, int]:
    """Vaults that have asked to leave, sold together; and an owner who sells alone."""
    usdc, wbtc = at.token("USDC").address, at.token("WBTC").address
    pool = at.exchange.pool("USDC", "WBTC").address
    closes: dict[int, int] = {}
    for size in (1, *CLOSES):
        strategy = at.open_strategy(size)
        at.trade(strategy, "USDC", "WBTC")
        vaults = range(at.newest_vault() - size + 1, at.newest_vault() + 1)
        asked = [at.hub.encode_abi("requestExit", [vault]) for vault in vaults]
        at.send(at.hub.functions.multicall(asked))
        closes[size] = at.send(at.hub.functions.closeVaults((strategy, pool, wbtc, list(vaults))))
    strategy = at.open_strategy(1)
    at.trade(strategy, "USDC", "WBTC")
    terms = (at.newest_vault(), pool, usdc, wbtc, 10**6, 1, 2**40 - 1)
    low, high = CLOSES
    return {
        "close_1": closes[1],
        **{f"close_{size}": closes[size] for size in CLOSES},
        "close_marginal": (closes[high] - closes[low]) // (high - low),
        "manual_trade": at.send(at.hub.functions.manualTrade(terms)),
    }


def _people(at: Bench) -> dict[str, int]:
    """What a follower does alone, in steady state: accounts and vaults that have been used before."""
    usdc, weth = at.token("USDC").address, at.token("WETH").address
    deposit = at.hub.functions.deposit(usdc, 10**9, at.person.address)
    withdraw = at.hub.functions.withdraw(usdc, 10**8, at.person.address)
    strategy = at.open_strategy(1)
    vault = at.newest_vault()
    at.trade(strategy, "USDC", "WETH")
    return {
        "deposit": at.send(deposit),
        "withdraw": at.send(withdraw),
        "open_vault": at.send(
            at.hub.functions.openVault(strategy, _NO_POLICY.struct(), 10**8, _TERMS, _NOBODY)
        ),
        "allocate": at.send(at.hub.functions.allocate(vault, 10**6)),
        "exit_two_tokens": at.send(at.hub.functions.exit(vault, [usdc, weth], at.person.address)),
    }


def _longest(at: Bench, base: int, marginal: int) -> int:
    """The most followers whose copies, steady state, fit into one transaction: computed, then done."""
    followers = (TRANSACTION_GAS_LIMIT - base) // marginal
    while True:
        strategy = at.open_strategy(followers)
        at.trade(strategy, "USDC", "WBTC")
        # What is refunded at the end must be there in between: the limit is on the gas given.
        try:
            at.trade(strategy, "USDC", "WBTC", gas=TRANSACTION_GAS_LIMIT)
        except TransactionFailedError:
            followers -= 1
        else:
            return followers


def _deploy(w3: Web3, artifact: Path) -> Contract:
    document = json.loads(artifact.read_text())
    code = w3.eth.contract(abi=document["abi"], bytecode=document["bytecode"]["object"])
    hash_ = code.constructor().transact({"from": w3.eth.accounts[0]})
    address = w3.eth.wait_for_transaction_receipt(hash_, poll_latency=0.01)["contractAddress"]
    contract: Contract = w3.eth.contract(address=Web3.to_checksum_address(str(address)), abi=document["abi"])
    return contract


def main() -> None:
    """Measure, write the result file, and show it."""
    with TemporaryDirectory() as build, bench(Path(build)) as at:
        figures = measure(at)
    path = write("gas", figures)
    table = Table("figure", "gas", box=None)
    for name, value in figures.items():
        table.add_row(name, f"{value:,}")
    console = Console(file=sys.stdout)
    console.print(table)
    console.print(f"Written to {path}.", soft_wrap=True)


if __name__ == "__main__":
    main()
