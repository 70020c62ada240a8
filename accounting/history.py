"""A vault's life replayed: its events and the recorded prices in chain order give the book and the returns.

Money is in base token units, times are unix seconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounting.book import Book, Charge, CostMethod, Deposit, Event, Fill, Profit, Return, Withdrawal
from accounting.quotes import Quote, QuoteBoard, RecordedPrice
from accounting.returns import Observation, growth_of, money_weighted_return


class Step(NamedTuple):
    """An event as booked, with its value if it moved a token, and the realised result and costs it added."""

    event: Event
    realized: int
    costs: int


@dataclass(frozen=True, slots=True)
class History:
    """What a vault's life comes to. ``steps`` are in the order of the events.

    ``observations`` is None when a flow happened while a token held had no recorded price, or the end did:
    the returns are then not defined.
    """

    book: Book
    profit: Profit
    prices: dict[str, RecordedPrice]
    steps: Sequence[Step]
    observations: Sequence[Observation] | None

    @property
    def time_weighted_return(self) -> Decimal | None:
        """Growth of one unit of money, without the effect of deposits and withdrawals; 0.05 is 5%."""
        return None if self.observations is None else growth_of(self.observations).time_weighted_return

    @property
    def money_weighted_return(self) -> Decimal | None:
        """The rate at which what the owner paid in grew, for the whole span; 0.05 is 5%."""
        return None if self.observations is None else money_weighted_return(self.observations).rate

    @property
    def max_drawdown(self) -> Decimal | None:
        """Largest fall of the growth index from a peak, seen at the vault's events and at the end."""
        return None if self.observations is None else growth_of(self.observations).drawdown


def replay(base: str, method: CostMethod, happenings: Iterable[Event | Quote], end: int) -> History:
    """Replay events and quotes in chain order up to unix second ``end``, at the latest quotes then.

    Raises `OversoldError` when an event spends what the vault does not hold.
    """
    book, board = Book(base, method), QuoteBoard()
    steps: list[Step] = []
    seen: list[Observation] = []
    complete = True
    for step, flow, equity in walk(book, board, happenings):
        steps.append(step)
        if equity is not None:
            seen.append(Observation(step.event.time, equity, flow or 0))
        elif flow is not None:
            complete = False
    prices = board.prices(book.balances(), base)
    profit = book.profit({token: found.price for token, found in prices.items()})
    if profit.equity is None:
        complete = False
    else:
        seen.append(Observation(end, profit.equity))
    return History(book, profit, prices, steps, seen if complete else None)


def walk(
    book: Book, board: QuoteBoard, happenings: Iterable[Event | Quote]
) -> Iterator[tuple[Step, int | None, int | None]]:
    """Take events and quotes in chain order into ``book`` and ``board``.

    Gives each event as booked with its flow, None for a fill or a fee, and the vault's worth just before a
    flow or just after the others, None where it is not known.
    """
    for happening in happenings:
        if isinstance(happening, Quote):
            board.record(happening)
            continue
        event = _valued(happening, board, book.base)
        flow = _flow(event)
        equity = None if flow is None else _equity(book, board)
        realized, costs = book.realized, book.total_costs
        book.apply(event)
        if flow is None:
            equity = _equity(book, board)
        yield Step(event, book.realized - realized, book.total_costs - costs), flow, equity


def _valued(event: Event, board: QuoteBoard, base: str) -> Event:
    if not isinstance(event, Withdrawal | Charge | Return) or event.value is not None:
        return event
    if event.token == base:
        return event._replace(value=event.amount)
    found = board.price(event.token, base)
    return event if found is None else event._replace(value=found.price.value(event.amount))


def _flow(event: Event) -> int | None:
    """Return what a deposit brings in or a withdrawal takes out, None for a fill or a fee."""
    match event:
        case Deposit(_, amount):
            return amount
        case Withdrawal(_, _, _, value):
            return -(value or 0)
        case Return(_, _, _, value):
            return value or 0
        case Fill() | Charge():
            return None


def _equity(book: Book, board: QuoteBoard) -> int | None:
    worths = board.worths(book.base, book.cash, book.positions)
    return None if worths is None else sum(worths.values())
