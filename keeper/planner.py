"""From what is seen to what should be done: a pure function. The same state gives the same plan.

Order: exits, then stops, then entries, then upkeep; within one of these, every leader's first before any
leader's second. What is left out is said, with a reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keeper.state import ClosingVault, OpenTrade, OrderState, State, StrategyState, Urgency

CLOSES_AT_ONCE = 60
"""Vaults in one `closeVaults`; the simulator halves what does not fit into a transaction."""
ORDERS_OF_A_LEADER = 8
"""Orders of one leader that are tried at a head; which of more than these rotates."""
SETTLES_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Continue:
    """The next batch of a strategy's open trade."""


@dataclass(frozen=True, slots=True)
class Execute:
    """Carry an order."""

    digest: str


@dataclass(frozen=True, slots=True)
class Close:
    """Sell what vaults hold of a token in one of `pools`, and carry out the stops they have reached."""

    token: str
    pools: tuple[str, ...]
    vault_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Settle:
    """Charge vaults' fees; `escrow`: divide what was held back."""

    vault_ids: tuple[int, ...]
    escrow: bool


@dataclass(frozen=True, slots=True)
class ApplyTerms:
    """Let pending terms begin."""


@dataclass(frozen=True, slots=True)
class Prune:
    """Fill an empty position."""

    position: int


Action = Continue | Execute | Close | Settle | ApplyTerms | Prune


@dataclass(frozen=True, slots=True)
class Intent:
    """Something to be done. Two keepers that see the same give it the same `key`.

    Of the intents of one `group` only the first that the chain accepts is carried out.
    """

    key: str
    urgency: Urgency
    strategy_id: int
    action: Action
    group: str


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is not done now, and why: a fixed word."""

    key: str
    urgency: Urgency
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in this order, and what not."""

    intents: tuple[Intent, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Transactions on their way at a time. The more urgent may use what the less urgent leave free."""

    exits: int = 16
    stops: int = 12
    entries: int = 8
    upkeep: int = 2

    def room(self, urgency: Urgency) -> int:
        """How many may be on their way for one more of this urgency to be sent."""
        return (self.exits, self.stops, self.entries, self.upkeep)[urgency]


def plan(state: State, limits: Limits) -> Plan:
    """What a keeper that sees `state` should do."""
    intents: list[Intent] = []
    left: list[Left] = []
    for found in (*_trades(state), *_orders(state), *_closes(state), *_upkeep(state)):
        (intents if isinstance(found, Intent) else left).append(found)  # type: ignore[arg-type]
    leaders = {strategy.id: strategy.leader for strategy in state.strategies}
    chosen: list[Intent] = []
    groups: set[str] = set()
    for intent in _fairly(intents, leaders):
        if why := _withheld(intent, state, limits, len(groups | {intent.group})):
            left.append(Left(intent.key, intent.urgency, why))
        else:
            chosen.append(intent)
            groups.add(intent.group)
    return Plan(tuple(chosen), tuple(left))


def _withheld(intent: Intent, state: State, limits: Limits, nth: int) -> str | None:
    if intent.key in state.busy:
        return "claimed"
    if state.carries is None or intent.urgency > state.carries:
        return "breaker"
    if state.in_flight + nth > limits.room(intent.urgency):
        return "backlog"
    return None


def _fairly(intents: Sequence[Intent], leaders: dict[int, str]) -> list[Intent]:
    """By urgency; within one, each leader's first group, then each one's second, and so on."""
    ranks: dict[tuple[Urgency, str], dict[str, int]] = defaultdict(dict)
    keyed = []
    for at, intent in enumerate(intents):
        of_leader = ranks[intent.urgency, leaders.get(intent.strategy_id, "")]
        rank = of_leader.setdefault(intent.group, len(of_leader))
        keyed.append((intent.urgency, rank, at, intent))
    return [intent for *_, intent in sorted(keyed, key=lambda each: each[:3])]


# ---------------------------------------------------------------- open trades


def _trades(state: State) -> Iterator[Intent | Left]:
    waiting = _most_urgent_order(state.orders)
    for strategy in state.strategies:
        trade = strategy.trade
        if trade is None or trade.cursor >= trade.count:
            continue
        expired = state.time > trade.deadline
        urgency = Urgency.EXIT if trade.is_exit or expired else Urgency.ENTRY
        key = f"continue:{strategy.id}:{trade.sequence}:{trade.cursor}"
        # Whoever waits for a strategy's next trade waits for this one to end.
        urgency = min(urgency, waiting.get(strategy.id, urgency))
        if why := _trade_stopped(state, strategy, trade, expired=expired):
            yield Left(key, urgency, why)
        else:
            yield Intent(key, urgency, strategy.id, Continue(), group=key)


def _trade_stopped(state: State, strategy: StrategyState, trade: OpenTrade, *, expired: bool) -> str | None:
    if expired:  # nothing is traded, and the strategy may trade again
        return None
    if state.halted or strategy.halted:
        return "halted"
    return None if trade.is_exit else _operator_stopped(state, strategy)


def _operator_stopped(state: State, strategy: StrategyState) -> str | None:
    held = state.held
    if held.entries or strategy.leader in held.leaders or strategy.id in held.strategies:
        return "operator_stop"
    return None


def _most_urgent_order(orders: Iterable[OrderState]) -> dict[int, Urgency]:
    found: dict[int, Urgency] = {}
    for order in orders:
        if order.is_exit and (order.trigger is None or _triggered(order)):
            urgency = _urgency(order)
            found[order.strategy_id] = min(found.get(order.strategy_id, urgency), urgency)
    return found


# ---------------------------------------------------------------- orders


def _orders(state: State) -> Iterator[Intent | Left]:
    strategies = {strategy.id: strategy for strategy in state.strategies}
    newest: dict[tuple[str, int], int] = {}
    for order in state.orders:
        name = (order.leader, order.nonce)
        newest[name] = max(newest.get(name, order.place), order.place)
    tried: Counter[str] = Counter()
    for order in _rotated(state):
        key, urgency = f"order:{order.digest}", _urgency(order)
        strategy = strategies.get(order.strategy_id)
        why = (
            "replaced"
            if newest[order.leader, order.nonce] != order.place
            else _order_stopped(state, order, strategy)
        )
        if why is None and tried[order.leader] >= ORDERS_OF_A_LEADER:
            why = "flood"
        if why is not None:
            yield Left(key, urgency, why)
            continue
        tried[order.leader] += 1
        group = f"trade:{order.strategy_id}"
        yield Intent(key, urgency, order.strategy_id, Execute(order.digest), group)


def _rotated(state: State) -> Iterator[OrderState]:
    """Orders by urgency and age; a leader with more than are tried at once begins elsewhere at each head."""
    of_leader: dict[str, list[OrderState]] = defaultdict(list)
    for order in sorted(state.orders, key=lambda each: (_urgency(each), each.place)):
        of_leader[order.leader].append(order)
    for orders in of_leader.values():
        too_many = len(orders) > ORDERS_OF_A_LEADER
        start = state.number * ORDERS_OF_A_LEADER % len(orders) if too_many else 0
        yield from orders[start:]
        yield from orders[:start]


def _order_stopped(state: State, order: OrderState, strategy: StrategyState | None) -> str | None:
    if strategy is None or state.time > order.deadline:
        return "not_now"
    held = state.held
    if order.leader in held.leaders or order.strategy_id in held.strategies:
        return "operator_stop"
    if held.entries and not order.is_exit:
        return "operator_stop"
    if state.halted or strategy.halted:
        return "halted"
    return _not_yet(order) or _in_the_way(state, strategy)


def _not_yet(order: OrderState) -> str | None:
    if order.price is None:
        return "no_price"
    return "not_triggered" if order.trigger is not None and not _triggered(order) else None


def _in_the_way(state: State, strategy: StrategyState) -> str | None:
    if strategy.trade is not None:
        return "fanout_open"
    return "on_its_way" if strategy.id in state.busy_strategies else None


def _triggered(order: OrderState) -> bool:
    if order.trigger is None or order.price is None:
        return False
    if order.trigger.rises:
        return order.price >= order.trigger.price
    return order.price <= order.trigger.price


def _urgency(order: OrderState) -> Urgency:
    if not order.is_exit:
        return Urgency.ENTRY
    return Urgency.EXIT if order.trigger is None else Urgency.STOP


# ---------------------------------------------------------------- closes


def _closes(state: State) -> Iterator[Intent]:
    batches: dict[tuple[Urgency, int, str, tuple[str, ...]], list[ClosingVault]] = defaultdict(list)
    for vault in state.vaults:
        urgency = Urgency.STOP if vault.stops else Urgency.EXIT
        for sale in vault.sales:
            batches[urgency, vault.strategy_id, sale.token, sale.pools].append(vault)
    for (urgency, strategy_id, token, pools), vaults in sorted(batches.items()):
        ids = tuple(sorted({vault.id for vault in vaults})[:CLOSES_AT_ONCE])
        key = f"close:{strategy_id}:{token}:{urgency.name.lower()}"
        yield Intent(key, urgency, strategy_id, Close(token, pools, ids), group=key)


# ---------------------------------------------------------------- upkeep


def _upkeep(state: State) -> Iterator[Intent]:
    for strategy in state.strategies:
        if strategy.terms_due:
            key = f"terms:{strategy.id}"
            yield Intent(key, Urgency.UPKEEP, strategy.id, ApplyTerms(), group=key)
        # From the end: what is moved into a hole is then never a hole itself.
        if strategy.holes and strategy.trade is None:
            position = max(strategy.holes)
            key = f"prune:{strategy.id}:{position}"
            yield Intent(key, Urgency.UPKEEP, strategy.id, Prune(position), group=key)
    dues: dict[tuple[int, bool], list[tuple[int, int]]] = defaultdict(list)
    for due in state.dues:
        dues[due.strategy_id, due.escrow].append((due.vault_id, due.period))
    for (strategy_id, escrow), vaults in sorted(dues.items()):
        some = sorted(vaults)[:SETTLES_AT_ONCE]
        name = "escrow" if escrow else "settle"
        key = f"{name}:{strategy_id}:{some[0][0]}:{some[0][1]}"
        action = Settle(tuple(vault_id for vault_id, _ in some), escrow)
        yield Intent(key, Urgency.UPKEEP, strategy_id, action, group=key)
