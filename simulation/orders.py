"""What simulated leaders sign, and how it reaches the inbox: late, twice, in another order."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from demo.anvil import CHAIN_ID
from demo.exchange import Exchange
from demo.leaders import Leader
from demo.prices import Tick
from inbox.errors import FloodError
from inbox.intake import check
from inbox.orders import Orders
from orders.document import SignedOrder
from orders.order import WAD, Order, OrderKind, Trade, sign

_SCALE = 10**36
_PORTIONS = (WAD // 4, WAD // 2, WAD)
_ROOM_BPS = (20, 60, 150, 300)
_LIVES_S = (600, 1_800, 3_600)
_TRIGGER_BPS = (30, 80, 200)
_FLOOD = 70
"""Orders in one minute by a leader that has gone mad."""


@dataclass(slots=True)
class Post:
    """Messages on their way to the inbox. Who gets no answer sends again."""

    chance: random.Random
    is_foul: bool
    _waiting: list[tuple[int, int, SignedOrder]] = field(default_factory=list)
    _count: int = 0

    def send(self, signed: SignedOrder, step: int) -> None:
        """It arrives some time."""
        due = step
        if self.is_foul:
            due += self.chance.choice((0, 0, 0, 1, 2))
            if self.chance.random() < 0.1:  # lost: sent again when no answer has come
                due += 3
            if self.chance.random() < 0.1:
                self._add(due + self.chance.randint(0, 3), signed)
        self._add(due, signed)

    def due(self, step: int) -> Sequence[SignedOrder]:
        """What arrives now, in any order."""
        ready = [each for each in self._waiting if each[0] <= step]
        self._waiting = [each for each in self._waiting if each[0] > step]
        if self.is_foul:
            self.chance.shuffle(ready)
        return [signed for *_, signed in ready]

    def _add(self, due: int, signed: SignedOrder) -> None:
        self._count += 1
        self._waiting.append((due, self._count, signed))


@dataclass(slots=True)
class Desk:
    """The leaders' orders. `accepted`: every order the inbox has taken, by digest; `refused`: floods."""

    inbox: Orders
    exchange: Exchange
    leaders: Sequence[Leader]
    post: Post
    chance: random.Random
    hub: str
    accepted: dict[str, SignedOrder] = field(default_factory=dict)
    refused: int = 0
    _nonces: dict[int, int] = field(default_factory=dict)

    def decide(self, step: int, tick: Tick, holdings: Sequence[dict[str, int]]) -> None:
        """Each leader signs something, or not. `holdings`: dollars by symbol, for each leader."""
        for leader, held in zip(self.leaders, holdings, strict=True):
            if self.chance.random() >= 0.3:
                continue
            count = _FLOOD if self.post.is_foul and self.chance.random() < 0.005 else 1
            for _ in range(count):
                if (signed := self._order(leader, tick, held)) is not None:
                    self.post.send(signed, step)

    def deliver(self, step: int) -> None:
        """The inbox receives what has arrived, as the API does."""
        for signed in self.post.due(step):
            check(signed, chain_id=self.inbox.chain_id, hub=self.inbox.hub, wallets=None)
            try:
                self.inbox.receive(signed)
            except FloodError:
                self.refused += 1
            else:
                self.accepted["0x" + signed.digest.hex()] = signed

    def _order(self, leader: Leader, tick: Tick, held: dict[str, int]) -> SignedOrder | None:
        base = leader.plan.base
        sell = max(held, key=lambda symbol: held[symbol] * self.chance.random())
        buys = [other for pair in leader.plan.pairs if sell in pair for other in pair if other != sell]
        if not held[sell] or not buys:
            return None
        buy = self.chance.choice(buys)
        kind = OrderKind.MARKET
        if self.chance.random() < 0.5:
            exits = (OrderKind.STOP_LOSS, OrderKind.TAKE_PROFIT, OrderKind.STOP_LIMIT)
            kind = self.chance.choice((OrderKind.LIMIT, *(exits if buy == base else ())))
        price, trigger = self._price(tick, sell, buy), 0
        if kind in {OrderKind.STOP_LOSS, OrderKind.STOP_LIMIT}:
            trigger = price * (10_000 - self.chance.choice(_TRIGGER_BPS)) // 10_000
        elif kind is OrderKind.TAKE_PROFIT:
            trigger = price * (10_000 + self.chance.choice(_TRIGGER_BPS)) // 10_000
        limit = (trigger or price) * (10_000 - self.chance.choice(_ROOM_BPS)) // 10_000
        partial = kind is OrderKind.LIMIT and self.chance.random() < 0.5
        sold, bought = self.exchange.tokens[sell].address, self.exchange.tokens[buy].address
        pool = self.exchange.pool(sell, buy).address
        trade = Trade(
            leader.strategy_id,
            pool,
            sold,
            bought,
            self.chance.choice(_PORTIONS),
            limit,
            tick.time + self.chance.choice(_LIVES_S),
        )
        nonce = self._nonces[leader.strategy_id] = self._nonces.get(leader.strategy_id, 0) + 1
        order = Order(trade, nonce, kind, WAD // 10 if partial else WAD, trigger)
        who = leader.account
        signature = sign(order, who, chain_id=CHAIN_ID, hub=self.hub)  # type: ignore[arg-type]
        return SignedOrder(CHAIN_ID, self.hub, who.address, order, signature)  # type: ignore[arg-type]

    def _price(self, tick: Tick, sell: str, buy: str) -> int:
        sold, bought = self.exchange.tokens[sell], self.exchange.tokens[buy]
        worth = tick.price(sell) * int(10**bought.decimals) * _SCALE
        return worth // (tick.price(buy) * int(10**sold.decimals))
