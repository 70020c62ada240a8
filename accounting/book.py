"""A vault's book: what came in, what was traded, what it cost, what was earned. Pure, one event at a time.

All money is in units of the strategy's base token unless a name says otherwise. For every prefix of events,
and under either cost method, to the unit:

    equity - (deposited - withdrawn) = realized + unrealized - costs

Treatment, each a choice that is shown in the statement:

- Every fee is a cost of its own kind, not part of a position's cost and not of a realised result.
- Selling for the base token realises a result. The fee then is in the token sold and counts at the price of
  that sale, rounded down.
- A swap between two other tokens realises nothing: the cost moves on to the token bought, and the fee counts
  at its share of the cost, rounded down. No price is needed, so no later price can change a closed period.
- What a batch paid its keeper is missing from what its vaults got. A vault's part of it counts at the price
  of the fill, or in a swap between two other tokens at its share of the cost.
- A fee taken in kind counts at the value its event gives, and realises the difference to cost, as a
  withdrawal does. Without a value it counts at cost.
- A withdrawal in kind counts at the value its event gives, and realises the difference to cost. Without a
  value it counts at cost.
- What is held back of a withdrawal without a price counts as withdrawn. What of it turns out to be a fee
  comes back for that, at its value then (without one: at none), and is no longer withdrawn.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from accounting.position import AveragePosition, FifoPosition, OversoldError, Position
from accounting.rounding import mul_div_down
from accounting.valuation import Price, equity_of

CostMethod = Literal["average_cost", "fifo"]
CostKind = Literal["copy", "keeper", "performance", "management", "subscription", "withdrawal"]
COST_KINDS: tuple[CostKind, ...] = get_args(CostKind)
_EMPTY: Mapping[CostMethod, Callable[[], Position]] = {"average_cost": AveragePosition, "fifo": FifoPosition}


class Deposit(NamedTuple):
    """``amount`` base token units came into the vault at unix second ``time``."""

    time: int
    amount: int


class Withdrawal(NamedTuple):
    """``amount`` units of ``token`` left the vault; ``value`` in base units, None when no price was known."""

    time: int
    token: str
    amount: int
    value: int | None


class Charge(NamedTuple):
    """A fee of ``amount`` units of ``token``; ``value`` in base units, None when no price was known."""

    time: int
    kind: CostKind
    token: str
    amount: int
    value: int | None


class Return(NamedTuple):
    """``amount`` units that had been held back came back, to be charged; ``value`` as of a withdrawal."""

    time: int
    token: str
    amount: int
    value: int | None


class Fill(NamedTuple):
    """The vault paid ``amount_in + fee`` units of ``token_in`` for ``amount_out`` units of ``token_out``.

    ``keeper_fee`` units more were bought with it and went to whoever carried the batch.
    """

    time: int
    token_in: str
    token_out: str
    amount_in: int
    fee: int
    amount_out: int
    keeper_fee: int = 0


Event = Deposit | Withdrawal | Charge | Return | Fill


@dataclass(frozen=True, slots=True)
class Profit:
    """The result of a book in base token units; what needs a price is None when one is ``missing``."""

    equity: int | None
    realized: int
    unrealized: int | None
    costs: Mapping[CostKind, int]
    net: int | None
    missing: tuple[str, ...]


class Book:
    """The state of a vault's accounts after some events, changed in place by each.

    ``cash`` is the balance of the base token; ``positions`` holds every other token ever held, empty ones
    included; ``costs`` has every kind. Every change raises `OversoldError` when it spends more than is held.
    ``position`` makes an empty position of the method, where it is to be another than the usual.
    """

    __slots__ = ("_position", "base", "cash", "costs", "deposited", "positions", "withdrawn")

    def __init__(self, base: str, method: CostMethod, position: Callable[[], Position] | None = None) -> None:
        self.base = base
        self.positions: dict[str, Position] = {}
        self.cash = 0
        self.deposited = 0
        self.withdrawn = 0
        self.costs: dict[CostKind, int] = dict.fromkeys(COST_KINDS, 0)
        self._position = position or _EMPTY[method]

    def apply(self, event: Event) -> None:
        """Book an event."""
        match event:
            case Deposit(_, amount):
                self.deposit(amount)
            case Withdrawal(_, token, amount, value):
                self.withdraw(token, amount, value)
            case Charge(_, kind, token, amount, value):
                self.charge(kind, token, amount, value)
            case Return(time, token, amount, value):
                self.take_back(token, amount, value, time)
            case Fill():
                self.fill(event)

    def deposit(self, amount: int) -> None:
        """Base token came in."""
        self.cash += amount
        self.deposited += amount

    def withdraw(self, token: str, amount: int, value: int | None) -> None:
        """``amount`` of ``token`` left, worth ``value`` base token units if that is known."""
        self.withdrawn += self._take(token, amount, value)

    def charge(self, kind: CostKind, token: str, amount: int, value: int | None) -> None:
        """A fee was taken in kind."""
        self.costs[kind] += self._take(token, amount, value)

    def take_back(self, token: str, amount: int, value: int | None, time: int) -> None:
        """What had been held back of a withdrawal came back at ``time``, to be charged next."""
        if token == self.base:
            self.cash += amount
            self.withdrawn -= amount
            return
        self.position(token).add(amount, value or 0, time)
        self.withdrawn -= value or 0

    def fill(self, fill: Fill) -> None:
        """A trade's part in the vault."""
        if fill.token_in == self.base:
            self._buy(fill)
        elif fill.token_out == self.base:
            self._sell(fill)
        else:
            self._switch(fill)

    @property
    def realized(self) -> int:
        """The result of what was sold, withdrawn or paid, before costs, in base token units."""
        return sum(held.realized for held in self.positions.values())

    @property
    def total_costs(self) -> int:
        """All that was paid in fees, in base token units."""
        return sum(self.costs.values())

    def balances(self) -> dict[str, int]:
        """Return token → units held, the base token included."""
        return {self.base: self.cash} | {token: held.quantity for token, held in self.positions.items()}

    def profit(self, prices: Mapping[str, Price]) -> Profit:
        """Return the result with what is held valued at ``prices`` (token → price in the base token)."""
        equity, costs = equity_of(self.base, self.balances(), prices), dict(self.costs)
        if equity.value is None:
            return Profit(None, self.realized, None, costs, None, equity.missing)
        cost = sum(held.cost for held in self.positions.values())
        unrealized = equity.value - self.cash - cost
        net = self.realized + unrealized - self.total_costs
        return Profit(equity.value, self.realized, unrealized, costs, net, ())

    def position(self, token: str) -> Position:
        """Return what is held of a token other than the base, an empty position where it never was."""
        held = self.positions.get(token)
        if held is None:
            held = self.positions[token] = self._position()
        return held

    def _spend(self, amount: int) -> None:
        if amount > self.cash:
            raise OversoldError(amount, self.cash)
        self.cash -= amount

    def _take(self, token: str, amount: int, value: int | None) -> int:
        """Take out ``amount`` of ``token``, and return what that counts as."""
        if token == self.base:
            self._spend(amount)
            return amount
        held = self.position(token)
        cost = held.remove(amount)
        counted = cost if value is None else value
        held.realized += counted - cost
        return counted

    def _buy(self, fill: Fill) -> None:
        time, _, token, amount_in, fee, amount_out, keeper_fee = fill
        keeper = mul_div_down(amount_in, keeper_fee, amount_out + keeper_fee) if keeper_fee else 0
        self._spend(amount_in + fee)
        self.position(token).add(amount_out, amount_in - keeper, time)
        self.costs["copy"] += fee
        self.costs["keeper"] += keeper

    def _sell(self, fill: Fill) -> None:
        _, token, _, amount_in, fee, amount_out, keeper_fee = fill
        held = self.position(token)
        cost = held.remove(amount_in + fee)
        proceeds = amount_out + keeper_fee
        fee_value = mul_div_down(fee, proceeds, amount_in) if amount_in else 0
        self.cash += amount_out
        held.realized += proceeds + fee_value - cost
        self.costs["copy"] += fee_value
        self.costs["keeper"] += keeper_fee

    def _switch(self, fill: Fill) -> None:
        time, sold, bought, amount_in, fee, amount_out, keeper_fee = fill
        spent = amount_in + fee
        cost = self.position(sold).remove(spent)
        fee_cost = mul_div_down(cost, fee, spent) if spent else 0
        keeper = mul_div_down(cost - fee_cost, keeper_fee, amount_out + keeper_fee) if keeper_fee else 0
        self.position(bought).add(amount_out, cost - fee_cost - keeper, time)
        self.costs["copy"] += fee_cost
        self.costs["keeper"] += keeper


def keep(base: str, method: CostMethod, events: Iterable[Event]) -> Book:
    """Return the book of a vault after all its ``events``, in chain order."""
    book = Book(base, method)
    for event in events:
        book.apply(event)
    return book
