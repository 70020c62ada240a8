"""The demo's leaders: who they are, how they open their strategies and how their decisions become trades.

Stakes are whole US dollars; terms are the contract's: basis points and seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from eth_account.signers.local import LocalAccount
from web3.contract import Contract

from demo.anvil import CHAIN_ID
from demo.chain import Chain, Receipt
from demo.exchange import Exchange
from demo.prices import Tick
from demo.styles import WAD, Decision, DipBuyer, MeanReversion, Momentum, Rebalancer, Style
from orders.document import SignedOrder
from orders.order import Order, OrderKind, Trade, sign
from protocol.types import FeeTerms, StrategyLimits, StrategyParams

# What an order accepts below the market price at which it was decided.
_LIMIT_BPS = 250
_DEADLINE_S = 300
_WEEK_S = 604_800
# Ticks between two trades of one leader.
_REST = 3


@dataclass(frozen=True, slots=True)
class LeaderPlan:
    """A leader before there is a chain. `followers` is how many will copy, `tokens` is without the base.

    One who `signs` sends no transactions but signs orders, which a keeper carries to the hub.
    """

    name: str
    base: str
    tokens: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    style: Style
    stake: int
    terms: FeeTerms
    followers: int
    signs: bool = False


PLANS = (
    LeaderPlan(
        name="Ether momentum",
        base="USDC",
        tokens=("WETH",),
        pairs=(("USDC", "WETH"),),
        style=Momentum("USDC", "WETH", fast=5, slow=18, portion=WAD * 6 // 10),
        stake=80_000,
        terms=FeeTerms(copy_bps=5, performance_bps=1_000, performance_period=_WEEK_S, referrer_bps=2_000),
        followers=36,
    ),
    LeaderPlan(
        name="Bitcoin mean reversion",
        base="USDC",
        tokens=("WBTC",),
        pairs=(("USDC", "WBTC"),),
        style=MeanReversion("USDC", "WBTC", window=20, portion=WAD // 2),
        stake=50_000,
        terms=FeeTerms(copy_bps=10, performance_bps=1_500, management_bps=100),
        followers=12,
        signs=True,
    ),
    LeaderPlan(
        name="Three-way balance",
        base="USDC",
        tokens=("WETH", "WBTC"),
        pairs=(("USDC", "WETH"), ("USDC", "WBTC"), ("WETH", "WBTC")),
        style=Rebalancer({"USDC": 3_400, "WETH": 3_300, "WBTC": 3_300}, every=6, tolerance_bps=60),
        stake=120_000,
        terms=FeeTerms(management_bps=200),
        followers=10,
        signs=True,
    ),
    LeaderPlan(
        name="Ether-denominated dip buyer",
        base="WETH",
        tokens=("WBTC",),
        pairs=(("WETH", "WBTC"),),
        style=DipBuyer("WETH", "WBTC", window=20, dip=5, gain=6, portion=WAD * 35 // 100),
        stake=60_000,
        terms=FeeTerms(
            copy_bps=8,
            performance_bps=2_000,
            withdrawal_bps=25,
            subscription_period=_WEEK_S,
            subscription=4 * 10**14,
        ),
        followers=6,
    ),
)


@dataclass(slots=True)
class Leader:
    """A leader on chain. `trades` counts those that succeeded, `last_trade` is the tick count at the last."""

    plan: LeaderPlan
    account: LocalAccount
    strategy_id: int = 0
    vault_id: int = 0
    trades: int = 0
    last_trade: int = field(default=-_REST)


class Leaders:
    """All leaders, on one chain. `post` takes the orders of those who sign."""

    def __init__(
        self,
        chain: Chain,
        exchange: Exchange,
        hub: Contract,
        leaders: Sequence[Leader],
        *,
        post: Callable[[SignedOrder], None],
    ) -> None:
        self.all = leaders
        self._post = post
        self._chain = chain
        self._exchange = exchange
        self._hub = hub

    def open(self, copy_window_s: int, start: Tick) -> None:
        """Queues the strategies. `opened` reads back their ids."""
        for leader in self.all:
            plan = leader.plan
            token = self._exchange.tokens
            base = token[plan.base]
            params = StrategyParams(
                base.address,
                tuple(token[symbol].address for symbol in plan.tokens),
                tuple(self._exchange.pool(*pair).address for pair in plan.pairs),
                plan.name,
                terms=plan.terms,
                limits=StrategyLimits(
                    max_drawdown_bps=3_000,
                    stop_bps=1_000,
                    min_stake=base.units(plan.stake // 10, start.price(base.symbol)),
                ),
                max_slippage_bps=200,
                max_drift_bps=150,
                copy_window=copy_window_s,
                min_deposit=10 ** (base.decimals - 1),
            )
            create = self._hub.functions.createStrategy(params.struct())
            self._chain.submit(leader.account, create, gas=2_000_000, label=f"{plan.name} opens")

    def opened(self, receipts: Sequence[Receipt]) -> None:
        """Takes strategy and vault ids from the events."""
        created = self._hub.events.StrategyCreated.topic
        for leader in self.all:
            topics = next(
                receipt.topics(created)[0]
                for receipt in receipts
                if receipt.transaction.sender == leader.account and receipt.topics(created)
            )
            leader.strategy_id, leader.vault_id = int(topics[1], 16), int(topics[3], 16)

    def fund(self, minter: LocalAccount, start: Tick) -> None:
        """Queues each leader's stake: minted, deposited, allocated."""
        for leader in self.all:
            token = self._exchange.tokens[leader.plan.base]
            amount = token.units(leader.plan.stake, start.price(token.symbol))
            submit, hub, label = self._chain.submit, self._hub, f"{leader.plan.name} funds"
            address = leader.account.address
            submit(minter, token.contract.functions.mint(address, amount), gas=100_000, label=label)
            submit(
                leader.account,
                token.contract.functions.approve(hub.address, amount),
                gas=100_000,
                label=label,
            )
            submit(
                leader.account,
                hub.functions.deposit(token.address, amount, address),
                gas=200_000,
                label=label,
            )
            submit(leader.account, hub.functions.allocate(leader.vault_id, amount), gas=200_000, label=label)

    def trade(self, ticks: Sequence[Tick], *, resting: set[int]) -> None:
        """Queues what the leaders decide after the last tick, except those whose strategy id is `resting`."""
        ready = [
            leader
            for leader in self.all
            if leader.strategy_id not in resting and len(ticks) - leader.last_trade >= _REST
        ]
        for leader, holdings in zip(ready, self.holdings(ready, ticks[-1]), strict=True):
            decision = leader.plan.style.decide(ticks, holdings)
            if decision is not None:
                leader.last_trade = len(ticks)
                self.submit(leader, decision, ticks[-1])

    def submit(self, leader: Leader, decision: Decision, tick: Tick) -> None:
        """Queues one trade, or signs and posts it. The hub may refuse it, as an exchange may."""
        sold, bought = self._exchange.tokens[decision.sell], self._exchange.tokens[decision.buy]
        worth = tick.price(decision.sell) * 10**bought.decimals * 10**36
        market = worth // (tick.price(decision.buy) * 10**sold.decimals)
        terms = Trade(
            leader.strategy_id,
            self._exchange.pool(decision.sell, decision.buy).address,
            sold.address,
            bought.address,
            decision.portion,
            market * (10_000 - _LIMIT_BPS) // 10_000,
            tick.time + _DEADLINE_S,
        )
        if leader.plan.signs:
            order = Order(terms, nonce=tick.time, kind=OrderKind.LIMIT)
            signature = sign(order, leader.account, chain_id=CHAIN_ID, hub=self._hub.address)
            self._post(SignedOrder(CHAIN_ID, self._hub.address, leader.account.address, order, signature))
            return
        label = f"{leader.plan.name}: {decision.sell} for {decision.buy}"
        call = self._hub.functions.trade(tuple(asdict(terms).values()))
        self._chain.submit(leader.account, call, gas=5_000_000, label=label, may_fail=True)

    def holdings(self, leaders: Sequence[Leader], tick: Tick) -> list[dict[str, int]]:
        """What each leader's own vault holds: by symbol, in dollars with 8 decimals."""
        tokens = self._exchange.tokens
        questions = [
            (index, symbol, self._hub.functions.vaultBalance(leader.vault_id, tokens[symbol].address))
            for index, leader in enumerate(leaders)
            for symbol in (leader.plan.base, *leader.plan.tokens)
        ]
        answers = self._chain.read([question for _, _, question in questions])
        holdings: list[dict[str, int]] = [{} for _ in leaders]
        for (index, symbol, _), units in zip(questions, answers, strict=True):
            holdings[index][symbol] = units * tick.price(symbol) // 10 ** tokens[symbol].decimals
        return holdings
