"""The demo world: one object that sets everything up on a fresh chain and then lives step by step.

Block times come from the market's ticks, so a seed and a recording give the same world twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from eth_account import Account
from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine
from web3 import Web3

from demo.anvil import Anvil
from demo.chain import Chain, Receipt
from demo.checkout import Checkout
from demo.crowd import Crowd, Follower
from demo.deployment import Deployment
from demo.followers import Behaviour, plan_followers
from demo.keepers import Keeper
from demo.leaders import PLANS, Leader, Leaders
from demo.market import Market
from demo.opening import ETHER_FOR_GAS, open_market
from demo.prices import MarketData, Tick
from demo.styles import WAD, Decision
from indexer.sync.deployment import read_deployment
from protocol.types import TradeKind

# Seconds from one block to the next within a step.
_BLOCK_S = 12
# Deployment and funding happen this long before the first tick.
SETUP_S = 3_600
# Which trades of the most popular leader something happens to.
_TRADE_WITH_A_LEAVER = 2
_TRADE_OVERSLEPT = 4
_VISITOR_USDC = 10_000 * 10**6


@dataclass(frozen=True, slots=True)
class Refusal:
    """An order the hub refused, and why."""

    order: str
    reason: str
    transaction: str
    block_number: int


@dataclass(slots=True)
class World:
    """Leaders, followers, a keeper and a market on one chain. `ticks` are those lived through so far, `open`
    the strategies whose trade is still being copied. The keeper works while it is used as a context.
    """

    data: MarketData
    chain: Chain
    deployment: Deployment
    market: Market
    leaders: Leaders
    crowd: Crowd
    keeper: Keeper
    ticks: list[Tick] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    _watched_to: int = 0
    _slipped: bool = False

    @classmethod
    def create(
        cls,
        node: Anvil,
        checkout: Checkout,
        data: MarketData,
        seed: int,
        engine: Engine,
        *,
        progress: Callable[[str], None],
    ) -> "World":
        """Sets the world up on a chain that has just started. `progress` is told each stage.

        `engine` has the inbox that leaders post their orders to and the keeper works on.

        Raises:
            DemoError: a program or an artifact is missing, or the protocol cannot be deployed.
        """
        names = ["market", "treasury", "keeper", *(plan.name for plan in PLANS)]
        accounts = {name: _account(seed, name) for name in names}
        trader = accounts["market"]
        opened = open_market(
            node,
            checkout,
            data.ticks[0],
            trader=trader,
            treasury=accounts["treasury"].address,
            progress=progress,
        )
        chain, exchange, deployment = opened.chain, opened.exchange, opened.contracts
        leaders = [Leader(plan, accounts[plan.name]) for plan in PLANS]
        plans = plan_followers(seed, len(data.ticks), [plan.followers for plan in PLANS])
        followers = [Follower(plan, _account(seed, plan.name), leaders[plan.leader]) for plan in plans]
        everyone = [*accounts.values(), *(follower.account for follower in followers)]
        chain.batch([("anvil_setBalance", [who.address, hex(ETHER_FOR_GAS)]) for who in everyone])
        keeper = Keeper(chain, engine, read_deployment(deployment.file), accounts["keeper"])
        world = cls(
            data,
            chain,
            deployment,
            opened.market,
            Leaders(chain, exchange, deployment.hub, leaders, post=keeper.take),
            Crowd(chain, exchange, deployment.hub, trader, followers),
            keeper,
        )
        progress("Opening strategies")
        world._open()
        return world

    def __enter__(self) -> Self:
        self.keeper.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keeper.__exit__(kind, error, trace)

    def live(self, tick: Tick) -> None:
        """One step: the market moves, followers and leaders act on it, the keeper does what is left over.

        Raises:
            TransactionFailedError: something was reverted that nobody should refuse.
        """
        step = len(self.ticks)
        self.ticks.append(tick)
        if tick.swaps:
            self.market.replay(tick.swaps)
            self._mine(tick.time - 2 * _BLOCK_S)
        if self.open:  # the keeper overslept: the copy window has closed
            self.chain.seal(tick.time - _BLOCK_S)
            self._keep(tick.time - _BLOCK_S + 1)

        self.market.post(tick)
        self.market.arbitrage(tick)
        self.crowd.act(step, tick)
        popular = self.leaders.all[0]
        if step > len(self.data.ticks) // 3 and not self._slipped and popular.strategy_id not in self.open:
            self._order_a_forbidden_token(popular, tick)
        self.leaders.trade(self.ticks, resting=self.open)
        before = popular.trades
        self.crowd.joined(self._mine(tick.time))
        self._fan_out(tick, nth_trade=popular.trades if popular.trades > before else None)

    def welcome(self, seed: int) -> LocalAccount:
        """An account with play money for whoever opens the page and imports its key into a wallet."""
        visitor = _account(seed, "visitor")
        self.chain.batch([("anvil_setBalance", [visitor.address, hex(ETHER_FOR_GAS)])])
        mint = self.market.exchange.tokens["USDC"].contract.functions.mint(visitor.address, _VISITOR_USDC)
        self.chain.submit(self.market.trader, mint, gas=100_000, label="visitor is given USDC")
        self.chain.mine()
        return visitor

    def _open(self) -> None:
        start = self.data.ticks[0]
        self.leaders.open(self.data.step_s * 2 // 3, start)
        self.leaders.opened(self.chain.mine())
        self.leaders.fund(self.market.trader, start)
        self.chain.mine()

    def _fan_out(self, tick: Tick, nth_trade: int | None) -> None:
        """The keeper works. Once a follower leaves before it comes, and once it comes too late.

        `nth_trade` counts the most popular leader's trades, if it has just traded.
        """
        if nth_trade == _TRADE_WITH_A_LEAVER:
            self.crowd.leave(self._loyal_follower(self.leaders.all[0]))
            self._mine(tick.time + _BLOCK_S // 2)
        if nth_trade != _TRADE_OVERSLEPT:
            self.market.arbitrage(tick)
            self._mine(tick.time + _BLOCK_S)
            self._keep(tick.time + _BLOCK_S + 1)

    def _keep(self, time: int) -> None:
        self.keeper.work(time)
        self._watch()

    def _loyal_follower(self, leader: Leader) -> Follower:
        return next(
            follower
            for follower in self.crowd.all
            if follower.leader is leader and follower.vault_id and follower.plan.behaviour == Behaviour()
        )

    def _order_a_forbidden_token(self, leader: Leader, tick: Tick) -> None:
        """A leader's hand slips: its strategy may not hold this token, so the hub must refuse."""
        self.leaders.submit(leader, Decision("USDC", "WBTC", WAD // 2), tick)
        self._slipped = True

    def _mine(self, time: int) -> list[Receipt]:
        receipts = self.chain.mine(time)
        for receipt in receipts:
            if receipt.error is not None:
                order = receipt.transaction.label
                self.refusals.append(Refusal(order, receipt.error, receipt.hash, receipt.block_number))
        self._watch()
        return receipts

    def _watch(self) -> None:
        """Reads what the hub has said since the last time: who has traded, and whose trade is complete."""
        newest = int(self.chain.request("eth_blockNumber"), 16)
        events = self.deployment.hub.events
        opened, completed = events.TradeOpened.topic, events.TradeCompleted.topic
        where = {
            "address": self.deployment.hub.address,
            "topics": [[opened, completed]],
            "fromBlock": hex(self._watched_to + 1),
            "toBlock": hex(newest),
        }
        for log in self.chain.request("eth_getLogs", where) if newest > self._watched_to else ():
            strategy_id = int(log["topics"][1], 16) >> 32
            if log["topics"][0] == completed:
                self.open.discard(strategy_id)
            elif int(log["topics"][3], 16) == TradeKind.LEADER:
                self.open.add(strategy_id)
                for leader in self.leaders.all:  # none where somebody has opened a strategy beside the demo's
                    leader.trades += leader.strategy_id == strategy_id
        self._watched_to = newest


def _account(seed: int, name: str) -> LocalAccount:
    """A key that everybody can compute: for play money on a local chain only."""
    account: LocalAccount = Account.from_key(Web3.keccak(text=f"lockstep demo {seed} {name}"))
    return account
