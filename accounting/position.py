"""What is held of one token and what it cost: by average cost, and by FIFO lots.

Quantities are units of the token held, costs are units of the strategy's base token. The two methods answer
the same two questions through one interface and are never mixed in one book.

Rounding: the cost that leaves with a part of a holding rounds up, so a realised gain is never overstated;
what the rounding took too early is missing from what stays, and the sale of the last unit takes exactly the
cost that is left. Over the life of a position no unit of cost appears or disappears.
"""

from dataclasses import dataclass
from typing import Protocol, Self

from accounting.rounding import mul_div_up


class OversoldError(ValueError):
    """More was taken from a position than it holds: the events are incomplete or out of order."""

    def __init__(self, quantity: int, held: int) -> None:
        super().__init__(
            f"cannot take {quantity} units from a position of {held}: "
            "events are missing or out of order; rebuild the ledger from its raw logs"
        )


class Position(Protocol):
    """A holding of one token under one cost method. Values, never changed in place."""

    @property
    def quantity(self) -> int:
        """Units held."""

    @property
    def cost(self) -> int:
        """Base token units that the units held have cost."""

    def add(self, quantity: int, cost: int, time: int) -> Self:
        """Return the position with ``quantity`` more units that cost ``cost`` in all, bought at ``time``."""

    def remove(self, quantity: int) -> tuple[Self, int]:
        """Return the position without ``quantity`` units, and the cost that left with them.

        Raises `OversoldError` when it holds fewer.
        """


@dataclass(frozen=True, slots=True)
class AveragePosition:
    """Average cost: every unit held has cost the same."""

    quantity: int = 0
    cost: int = 0

    def add(self, quantity: int, cost: int, time: int) -> Self:
        """Merge the new units into the average; ``time`` does not matter to it."""
        del time
        return type(self)(self.quantity + quantity, self.cost + cost)

    def remove(self, quantity: int) -> tuple[Self, int]:
        """Take units at the average cost, rounded up."""
        if quantity > self.quantity:
            raise OversoldError(quantity, self.quantity)
        if quantity == 0:
            return self, 0
        cost = mul_div_up(self.cost, quantity, self.quantity)
        return type(self)(self.quantity - quantity, self.cost - cost), cost


@dataclass(frozen=True, slots=True)
class Lot:
    """Units bought together: ``quantity`` left of them, their ``cost``, and when (unix seconds)."""

    quantity: int
    cost: int
    time: int


@dataclass(frozen=True, slots=True)
class FifoPosition:
    """First in, first out: what was bought first leaves first. ``lots`` are in the order they came in."""

    lots: tuple[Lot, ...] = ()

    @property
    def quantity(self) -> int:
        """Units held over all lots."""
        return sum(lot.quantity for lot in self.lots)

    @property
    def cost(self) -> int:
        """Base token units over all lots."""
        return sum(lot.cost for lot in self.lots)

    def add(self, quantity: int, cost: int, time: int) -> Self:
        """Append a lot."""
        return type(self)((*self.lots, Lot(quantity, cost, time)))

    def remove(self, quantity: int) -> tuple[Self, int]:
        """Use up lots from the oldest on; a lot that is split gives up its cost rounded up."""
        left, removed = quantity, 0
        for index, lot in enumerate(self.lots):
            if left < lot.quantity:
                cost = mul_div_up(lot.cost, left, lot.quantity)
                rest = Lot(lot.quantity - left, lot.cost - cost, lot.time)
                return type(self)((rest, *self.lots[index + 1 :])), removed + cost
            left -= lot.quantity
            removed += lot.cost
        if left:
            raise OversoldError(quantity, quantity - left)
        return type(self)(), removed
