"""What is held of one token and what it cost, by average cost and by first in, first out.

Quantities are token units, costs are units of the strategy's base token. The two methods answer
the same two questions through one interface and are never mixed in one book.

Rounding: the cost that leaves with a part of a holding rounds up, so a realised gain is never overstated;
what the rounding took too early is missing from what stays, and the sale of the last unit takes exactly the
cost that is left. Over the life of a position no unit of cost appears or disappears.
"""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple, Protocol


class OversoldError(ValueError):
    """More was taken from a position than it holds: the events are incomplete or out of order."""

    def __init__(self, quantity: int, held: int) -> None:
        super().__init__(
            f"cannot take {quantity} units from a position of {held}: "
            "events are missing or out of order; rebuild the ledger from its raw logs"
        )


class Position(Protocol):
    """A holding of one token under one cost method, changed in place.

    ``quantity`` is the units held, ``cost`` the base token units that these have cost, and ``realized`` the
    result in base token units that the book has realised with the token.
    """

    quantity: int
    cost: int
    realized: int

    def add(self, quantity: int, cost: int, time: int) -> None:
        """Take in ``quantity`` more units that cost ``cost`` in all, bought at unix second ``time``."""

    def remove(self, quantity: int) -> int:
        """Give up ``quantity`` units and return the cost that left with them.

        Raises `OversoldError`, with nothing changed, when it holds fewer.
        """


class AveragePosition:
    """Average cost: every unit held has cost the same."""

    __slots__ = ("cost", "quantity", "realized")

    def __init__(self, quantity: int = 0, cost: int = 0, realized: int = 0) -> None:
        self.quantity = quantity
        self.cost = cost
        self.realized = realized

    def add(self, quantity: int, cost: int, time: int) -> None:
        """Merge the new units into the average; ``time`` does not matter to it."""
        del time
        self.quantity += quantity
        self.cost += cost

    def remove(self, quantity: int) -> int:
        """Take units at the average cost, rounded up."""
        held = self.quantity
        if quantity > held:
            raise OversoldError(quantity, held)
        cost = -(-self.cost * quantity // held) if quantity else 0
        self.quantity = held - quantity
        self.cost -= cost
        return cost


class Lot(NamedTuple):
    """Units bought together: ``quantity`` left of them, their ``cost``, and when (unix seconds)."""

    quantity: int
    cost: int
    time: int


class FifoPosition:
    """First in, first out: what was bought first leaves first.

    ``lots`` are in the order they came in; their quantities and costs add up to the position's.
    """

    __slots__ = ("cost", "lots", "quantity", "realized")

    def __init__(self, lots: Iterable[Lot] = ()) -> None:
        self.realized = 0
        self.lots = deque(lots)
        self.quantity = sum(lot.quantity for lot in self.lots)
        self.cost = sum(lot.cost for lot in self.lots)

    def add(self, quantity: int, cost: int, time: int) -> None:
        """Append a lot."""
        self.lots.append(Lot(quantity, cost, time))
        self.quantity += quantity
        self.cost += cost

    def remove(self, quantity: int) -> int:
        """Use up lots from the oldest on; a lot that is split gives up its cost rounded up."""
        if quantity > self.quantity:
            raise OversoldError(quantity, self.quantity)
        left, removed = quantity, 0
        while left:
            oldest = self.first_lot()
            if left < oldest.quantity:
                part = -(-oldest.cost * left // oldest.quantity)
                self.split_first(left, part)
                removed += part
                break
            self.drop_first()
            left -= oldest.quantity
            removed += oldest.cost
        self.quantity -= quantity
        self.cost -= removed
        return removed

    def first_lot(self) -> Lot:
        """Return the oldest lot; asked for only while something is held."""
        return self.lots[0]

    def split_first(self, quantity: int, cost: int) -> None:
        """Take ``quantity`` units and their ``cost`` out of the oldest lot, which has more."""
        oldest = self.lots[0]
        self.lots[0] = Lot(oldest.quantity - quantity, oldest.cost - cost, oldest.time)

    def drop_first(self) -> None:
        """Forget the oldest lot, of which nothing is left."""
        self.lots.popleft()
