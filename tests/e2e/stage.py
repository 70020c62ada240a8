"""A real chain with the protocol on it, deployed by the project's own script, and nobody there yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3

from demo.anvil import Anvil, anvil
from demo.chain import Chain, Receipt
from demo.checkout import Checkout
from demo.deployment import BATCH_SIZE, PRICE_WINDOW_S
from demo.deployment import Deployment as Contracts
from demo.exchange import Exchange, Token
from demo.market import Market
from demo.opening import open_market
from demo.prices import PRICE_UNIT, Tick
from indexer.sync.deployment import Deployment, read_deployment
from tests.deployments import DEPLOYMENTS

GENESIS = 1_767_225_600
FIRST_BLOCK_OF_A_STORY = GENESIS + 3_600
BLOCK_S = 60
START = Tick(GENESIS, weth=3_000 * PRICE_UNIT, wbtc=60_000 * PRICE_UNIT)

Event = tuple[str, dict[str, Any]]
"""An event's name and its arguments."""


@dataclass
class Stage:
    """Everything a story needs. Every `play` is a block, `BLOCK_S` after the one before."""

    node: Anvil
    chain: Chain
    contracts: Contracts
    deployment: Deployment
    exchange: Exchange
    market: Market
    treasury: LocalAccount
    time: int = FIRST_BLOCK_OF_A_STORY
    tick: Tick = START

    @property
    def hub(self) -> Any:
        return self.contracts.hub.functions

    @property
    def usdc(self) -> Token:
        return self.exchange.tokens["USDC"]

    @property
    def weth(self) -> Token:
        return self.exchange.tokens["WETH"]

    @property
    def pool(self) -> ChecksumAddress:
        return self.exchange.pool("USDC", "WETH").address

    @property
    def venue(self) -> str:
        found: str = self.hub.venueOf(self.pool).call()
        return found

    def person(self, name: str, *, usdc: int = 0) -> LocalAccount:
        """Somebody with ether for gas, and with `usdc` units that the hub may take."""
        who = account(name)
        self.chain.request("anvil_setBalance", who.address, hex(10**21))
        if usdc:
            token = self.usdc.contract.functions
            self.chain.submit(self.market.trader, token.mint(who.address, usdc), gas=100_000, label="mint")
            approve = token.approve(self.contracts.hub.address, usdc)
            self.chain.submit(who, approve, gas=100_000, label="approve")
        return who

    def order(self, sender: LocalAccount, call: Any, *, may_fail: bool = False) -> None:
        """Queues a call of the hub for the next block."""
        self.chain.submit(sender, call, gas=6_000_000, label=call.fn_name, may_fail=may_fail)

    def play(self) -> tuple[list[Receipt], list[Event]]:
        """Mines what is queued; what became of it, and everything the hub said."""
        self.time += BLOCK_S
        receipts = self.chain.mine(self.time)
        return receipts, self.said(min(each.block_number for each in receipts))

    def said(self, since: int) -> list[Event]:
        """The hub's events from a block on, in order, read by the compiled contract's ABI."""
        hub = self.contracts.hub
        by_topic = {Web3.keccak(text=event.signature): event for event in (each() for each in hub.events)}
        logs = self.chain.w3.eth.get_logs({"fromBlock": since, "address": hub.address})
        parsed = [by_topic[log["topics"][0]].process_log(log) for log in logs]
        return [(each["event"], dict(each["args"])) for each in parsed]

    def given(self, token: Token, *, since: int) -> list[int]:
        """What the token says the pool sent to the hub from a block on: what no formula here foretells."""
        return self._transfers(token, self.pool, self.contracts.hub.address, since)

    def taken(self, token: Token, *, since: int) -> list[int]:
        """What the token says the venue paid to the pool from a block on: in a partial fill, not all."""
        return self._transfers(token, self.venue, self.pool, since)

    def _transfers(self, token: Token, sender: str, receiver: str, since: int) -> list[int]:
        logs = self.chain.w3.eth.get_logs(
            {
                "fromBlock": since,
                "address": token.address,
                "topics": [
                    Web3.keccak(text="Transfer(address,address,uint256)"),
                    _word(sender),
                    _word(receiver),
                ],
            }
        )
        return [int.from_bytes(log["data"]) for log in logs]

    def move_price(self, weth: int) -> None:
        """A new price of WETH, in dollars with 8 decimals, reaches the feed, and by arbitrage the pool."""
        self.tick = Tick(self.time, weth=weth, wbtc=self.tick.wbtc)
        self.market.post(self.tick)
        self.market.arbitrage(self.tick)
        self.time += BLOCK_S
        self.chain.mine(self.time)

    def settle(self) -> None:
        """So much time that the pool's average price has caught up with a large move."""
        self.time += PRICE_WINDOW_S

    @contextmanager
    def story(self) -> Iterator["Stage"]:
        """The stage for one story; afterwards the chain is as it was before. Time goes on."""
        snapshot = self.chain.request("evm_snapshot")
        trader = self.market.trader
        sent = self.chain.w3.eth.get_transaction_count(trader.address)
        chain = Chain(self.node.http_url, self.chain.contracts, _nonces={trader.address: sent})
        market = Market(chain, self.exchange, trader)
        story = Stage(
            self.node, chain, self.contracts, self.deployment, self.exchange, market, self.treasury, self.time
        )
        try:
            yield story
        finally:
            self.time = story.time
            self.chain.request("evm_revert", snapshot)


@contextmanager
def open_stage(folder: Path, *, batch_size: int = BATCH_SIZE) -> Iterator[Stage]:
    checkout = Checkout(Checkout.here().root, folder, DEPLOYMENTS)
    with anvil(checkout.anvil, genesis_time=GENESIS, log=folder / "anvil.log") as node:
        trader, treasury = account("market"), account("treasury")
        # What gas costs is no formula's to foretell: keepers' fees are tested elsewhere.
        opened = open_market(
            node,
            checkout,
            START,
            trader=trader,
            treasury=treasury.address,
            batch_size=batch_size,
            keepers_are_paid=False,
        )
        opened.market.post(START)
        opened.chain.mine(FIRST_BLOCK_OF_A_STORY)
        deployment = read_deployment(opened.contracts.file)
        yield Stage(
            node, opened.chain, opened.contracts, deployment, opened.exchange, opened.market, treasury
        )


def account(name: str) -> LocalAccount:
    found: LocalAccount = Account.from_key(Web3.keccak(text=f"lockstep e2e {name}"))
    return found


def _word(address: str) -> str:
    return "0x" + address[2:].lower().rjust(64, "0")
