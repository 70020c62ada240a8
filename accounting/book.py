"""A vault's book: what came in, what was traded, what it cost, what was earned. Pure, one event at a time.

All money is in units of the strategy's base token unless a name says otherwise. For every prefix of events,
and under either cost method, to the unit:

    equity - (deposited - withdrawn) = realized - copy_fees + unrealized

Treatment, each a choice that is shown in the statement:

- The copy fee is an expense of its own, not part of a position's cost and not of a realised result.
- Selling for the base token realises a result. The fee then is in the token sold and counts at the price of
  that sale, rounded down.
- A swap between two other tokens realises nothing: the cost moves on to the token bought, and the fee counts
  at its share of the cost, rounded down. No price is needed, so no later price can change a closed period.
- A withdrawal in kind counts at the value its event gives, and realises the difference to cost. Without a
  value it counts at cost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from accounting.position import AveragePosition, FifoPosition, OversoldError, Position
from accounting.rounding import mul_div_down
from accounting.valuation import Price, equity_of

CostMethod = Literal["average_cost", "fifo"]
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
class Fill:
    """The vault paid ``amount_in + fee`` units of ``token_in`` for ``amount_out`` units of ``token_out``."""

    time: int
    token_in: str
    token_out: str
    amount_in: int
    fee: int
    amount_out: int


Event = Deposit | Withdrawal | Fill


@dataclass(frozen=True, slots=True)
class Profit:
    """The result of a book in base token units; what needs a price is None when one is ``missing``."""

    equity: int | None
    realized: int
    unrealized: int | None
    copy_fees: int
    net: int | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The state of a vault's accounts after some events.

    ``cash`` is the balance of the base token; ``positions`` holds every other token ever held, empty ones
    included.
    """

    base: str
    method: CostMethod
    positions: Mapping[str, Position]
    cash: int = 0
    deposited: int = 0
    withdrawn: int = 0
    realized: int = 0
    copy_fees: int = 0

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
            case Fill(_, token_in, token_out) if token_in == self.base:
                cash = self._spend(event.amount_in + event.fee)
                bought = self._position(token_out).add(event.amount_out, event.amount_in, event.time)
                return replace(
                    self,
                    cash=cash,
                    copy_fees=self.copy_fees + event.fee,
                    positions={**self.positions, token_out: bought},
                )
            case Fill(_, _, token_out) if token_out == self.base:
                return self._sell(event)
            case Fill():
                return self._switch(event)

    def balances(self) -> dict[str, int]:
        """Return token → units held, the base token included."""
        return {self.base: self.cash} | {token: held.quantity for token, held in self.positions.items()}

    def profit(self, prices: Mapping[str, Price]) -> Profit:
        """Return the result with what is held valued at ``prices`` (token → price in the base token)."""
        equity = equity_of(self.base, self.balances(), prices)
        if equity.value is None:
            return Profit(None, self.realized, None, self.copy_fees, None, equity.missing)
        cost = sum(held.cost for held in self.positions.values())
        unrealized = equity.value - self.cash - cost
        net = self.realized + unrealized - self.copy_fees
        return Profit(equity.value, self.realized, unrealized, self.copy_fees, net, ())

    def _position(self, token: str) -> Position:
        return self.positions.get(token, _EMPTY[self.method])

    def _spend(self, amount: int) -> int:
        if amount > self.cash:
            raise OversoldError(amount, self.cash)
        return self.cash - amount

    def _withdraw(self, event: Withdrawal) -> "Book":
        if event.token == self.base:
            return replace(self, cash=self._spend(event.amount), withdrawn=self.withdrawn + event.amount)
        rest, cost = self._position(event.token).remove(event.amount)
        value = cost if event.value is None else event.value
        return replace(
            self,
            withdrawn=self.withdrawn + value,
            realized=self.realized + value - cost,
            positions={**self.positions, event.token: rest},
        )

    def _sell(self, fill: Fill) -> "Book":
        rest, cost = self._position(fill.token_in).remove(fill.amount_in + fill.fee)
        fee_value = mul_div_down(fill.fee, fill.amount_out, fill.amount_in) if fill.amount_in else 0
        return replace(
            self,
            cash=self.cash + fill.amount_out,
            realized=self.realized + fill.amount_out + fee_value - cost,
            copy_fees=self.copy_fees + fee_value,
            positions={**self.positions, fill.token_in: rest},
        )

    def _switch(self, fill: Fill) -> "Book":
        spent = fill.amount_in + fill.fee
        rest, cost = self._position(fill.token_in).remove(spent)
        fee_cost = mul_div_down(cost, fill.fee, spent) if spent else 0
        bought = self._position(fill.token_out).add(fill.amount_out, cost - fee_cost, fill.time)
        positions = {**self.positions, fill.token_in: rest, fill.token_out: bought}
        return replace(self, copy_fees=self.copy_fees + fee_cost, positions=positions)


def keep(base: str, method: CostMethod, events: Iterable[Event]) -> Book:
    """Return the book of a vault after all its ``events``, in chain order."""
    book = Book.empty(base, method)
    for event in events:
        book = book.apply(event)
    return book
