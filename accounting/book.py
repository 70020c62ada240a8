"""A vault's book: what came in, what was traded, what it cost, what was earned. Pure, one event at a time.

All money is in units of the strategy's base token unless a name says otherwise. For every prefix of events,
and under either cost method, to the unit:

    equity - (deposited - withdrawn) = realized + unrealized - costs

Treatment, each a choice that is shown in the statement:

- Every fee is a cost of its own kind, not part of a position's cost and not of a realised result. - Selling
for the base token realises a result. The fee then is in the token sold and counts at the price of that sale,
rounded down. - A swap between two other tokens realises nothing: the cost moves on to the token bought, and
the fee counts at its share of the cost, rounded down. No price is needed, so no later price can change a
closed period. - What a batch paid its keeper is missing from what its vaults got. A vault's part of it counts
at the price of the fill, or in a swap between two other tokens at its share of the cost. - A fee taken in
kind counts at the value its event gives, and realises the difference to cost, as a withdrawal does. Without a
value it counts at cost. - A withdrawal in kind counts at the value its event gives, and realises the
difference to cost. Without a value it counts at cost. - What is held back of a withdrawal without a price
counts as withdrawn. What of it turns out to be a fee comes back for that, at its value then (without one: at
none), and is no longer withdrawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from accounting.position import AveragePosition, FifoPosition, OversoldError, Position
from accounting.rounding import mul_div_down
from accounting.valuation import Price, equity_of

CostMethod = Literal["average_cost", "fifo"]
CostKind = Literal["copy", "keeper", "performance", "management", "subscription", "withdrawal"]
COST_KINDS: tuple[CostKind, ...] = get_args(CostKind)
_EMPTY: Mapping[CostMethod, Position] = {"average_cost": AveragePosition(), "fifo": FifoPosition()}


@dataclass(frozen=True, slots=True)
class Deposit:
    """``amount`` base token units came into the vault at unix second ``time``."""

    time: int
    amount: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``amount`` units of ``token`` left the vault; ``value`` in base units, None when no price was known."""

    time: int
    token: str
    amount: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee of ``amount`` units of ``token``; ``value`` in base units, None when no price was known."""

    time: int
    kind: CostKind
    token: str
    amount: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Return:
    """``amount`` units that had been held back came back, to be charged; ``value`` as of a withdrawal."""

    time: int
    token: str
    amount: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Fill:
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


@dataclass(frozen=True, slots=True)
class Book:
    """The state of a vault's accounts after some events.

    ``cash`` is the balance of the base token; ``positions`` holds every other token ever held, empty ones
    included; ``costs`` has every kind.
    """

    base: str
    method: CostMethod
    positions: Mapping[str, Position]
    cash: int = 0
    deposited: int = 0
    withdrawn: int = 0
    realized: int = 0
    costs: Mapping[CostKind, int] = field(default_factory=lambda: dict.fromkeys(COST_KINDS, 0))

    @classmethod
    def empty(cls, base: str, method: CostMethod) -> "Book":
        """Return the book of a vault that has just been opened."""
        return cls(base, method, {})

    def apply(self, event: Event) -> "Book":
        """Return the book after ``event``. Raises `OversoldError` when it spends more than is held."""
        match event:
            case Deposit(_, amount):
                return replace(self, cash=self.cash + amount, deposited=self.deposited + amount)
            case Withdrawal():
                return self._withdraw(event)
            case Charge():
                return self._charge(event)
            case Return():
                return self._return(event)
            case Fill():
                return self._fill(event)

    @property
    def total_costs(self) -> int:
        """All that was paid in fees, in base token units."""
        return sum(self.costs.values())

    def balances(self) -> dict[str, int]:
        """Return token → units held, the base token included."""
        return {self.base: self.cash} | {token: held.quantity for token, held in self.positions.items()}

    def profit(self, prices: Mapping[str, Price]) -> Profit:
        """Return the result with what is held valued at ``prices`` (token → price in the base token)."""
        equity = equity_of(self.base, self.balances(), prices)
        if equity.value is None:
            return Profit(None, self.realized, None, self.costs, None, equity.missing)
        cost = sum(held.cost for held in self.positions.values())
        unrealized = equity.value - self.cash - cost
        net = self.realized + unrealized - self.total_costs
        return Profit(equity.value, self.realized, unrealized, self.costs, net, ())

    def _position(self, token: str) -> Position:
        return self.positions.get(token, _EMPTY[self.method])

    def _spend(self, amount: int) -> int:
        if amount > self.cash:
            raise OversoldError(amount, self.cash)
        return self.cash - amount

    def _costing(self, **more: int) -> Mapping[CostKind, int]:
        return {kind: cost + more.get(kind, 0) for kind, cost in self.costs.items()}

    def _take(self, token: str, amount: int, value: int | None) -> tuple["Book", int]:
        """Return the book without ``amount`` of ``token``, and what that counts as."""
        if token == self.base:
            return replace(self, cash=self._spend(amount)), amount
        rest, cost = self._position(token).remove(amount)
        counted = cost if value is None else value
        positions = {**self.positions, token: rest}
        return replace(self, realized=self.realized + counted - cost, positions=positions), counted

    def _withdraw(self, event: Withdrawal) -> "Book":
        book, value = self._take(event.token, event.amount, event.value)
        return replace(book, withdrawn=book.withdrawn + value)

    def _charge(self, event: Charge) -> "Book":
        book, value = self._take(event.token, event.amount, event.value)
        return replace(book, costs=book._costing(**{event.kind: value}))

    def _return(self, event: Return) -> "Book":
        if event.token == self.base:
            return replace(self, cash=self.cash + event.amount, withdrawn=self.withdrawn - event.amount)
        value = event.value or 0
        held = self._position(event.token).add(event.amount, value, event.time)
        positions = {**self.positions, event.token: held}
        return replace(self, withdrawn=self.withdrawn - value, positions=positions)

    def _fill(self, fill: Fill) -> "Book":
        if fill.token_in == self.base:
            return self._buy(fill)
        return self._sell(fill) if fill.token_out == self.base else self._switch(fill)

    def _buy(self, fill: Fill) -> "Book":
        keeper = mul_div_down(fill.amount_in, fill.keeper_fee, _bought(fill))
        cost = fill.amount_in - keeper
        bought = self._position(fill.token_out).add(fill.amount_out, cost, fill.time)
        return replace(
            self,
            cash=self._spend(fill.amount_in + fill.fee),
            costs=self._costing(copy=fill.fee, keeper=keeper),
            positions={**self.positions, fill.token_out: bought},
        )

    def _sell(self, fill: Fill) -> "Book":
        rest, cost = self._position(fill.token_in).remove(fill.amount_in + fill.fee)
        proceeds = fill.amount_out + fill.keeper_fee
        fee_value = mul_div_down(fill.fee, proceeds, fill.amount_in) if fill.amount_in else 0
        return replace(
            self,
            cash=self.cash + fill.amount_out,
            realized=self.realized + proceeds + fee_value - cost,
            costs=self._costing(copy=fee_value, keeper=fill.keeper_fee),
            positions={**self.positions, fill.token_in: rest},
        )

    def _switch(self, fill: Fill) -> "Book":
        spent = fill.amount_in + fill.fee
        rest, cost = self._position(fill.token_in).remove(spent)
        fee_cost = mul_div_down(cost, fill.fee, spent) if spent else 0
        keeper = mul_div_down(cost - fee_cost, fill.keeper_fee, _bought(fill))
        bought = self._position(fill.token_out).add(fill.amount_out, cost - fee_cost - keeper, fill.time)
        positions = {**self.positions, fill.token_in: rest, fill.token_out: bought}
        return replace(self, costs=self._costing(copy=fee_cost, keeper=keeper), positions=positions)


def _bought(fill: Fill) -> int:
    """All that the fill bought; 1 for nothing, of which there is no part."""
    return fill.amount_out + fill.keeper_fee or 1


def keep(base: str, method: CostMethod, events: Iterable[Event]) -> Book:
    """Return the book of a vault after all its ``events``, in chain order."""
    book = Book.empty(base, method)
    for event in events:
        book = book.apply(event)
    return book
