"""Closed trades: what each sale made or lost after its fees, and how long it had been held.

A sale for the base token closes a trade: the units sold are matched with those bought first (FIFO). What they
cost includes the copy and keeper's fees of the purchase, what they brought is after those of the sale. A swap
between two other tokens closes nothing: cost and time of purchase go on with the token bought. Units that are
withdrawn, or taken as a fee, leave without a trade. Money: base token units, times: unix seconds.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from accounting.book import Charge, Deposit, Event, Fill, Return, Withdrawal
from accounting.position import OversoldError
from accounting.rounding import STATISTICS, mul_div_down, mul_div_up, ratio


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """A sale of ``token`` that brought ``proceeds`` for what had ``cost``; ``held_s`` is the mean time held,
    weighted by units, rounded down.
    """

    token: str
    closed: int
    cost: int
    proceeds: int
    held_s: int

    @property
    def result(self) -> int:
        """What it made, after fees."""
        return self.proceeds - self.cost

    @property
    def is_wash(self) -> bool:
        """Whether it was in and out again at about the same price: nothing was risked and nothing shown."""
        return self.held_s < WASH_HELD_S and abs(self.result) * _WASH_PART < self.cost


@dataclass(frozen=True, slots=True)
class Disposal:
    """``quantity`` units of ``token``, bought together at ``acquired`` and sold at ``disposed``.

    ``cost`` and ``proceeds`` are base token units, after the fees of both sides. Units that came by a swap
    count as bought when what was given for them was.
    """

    token: str
    acquired: int
    disposed: int
    quantity: int
    cost: int
    proceeds: int


WASH_HELD_S = 300
_WASH_PART = 1_000


@dataclass(slots=True)
class _Bought:
    quantity: int
    cost: int
    time: int


class _Holding:
    """What was bought of a token, oldest first."""

    def __init__(self) -> None:
        self._lots: deque[_Bought] = deque()

    def add(self, quantity: int, cost: int, time: int) -> None:
        if quantity:
            self._lots.append(_Bought(quantity, cost, time))

    def take(self, quantity: int) -> list[_Bought]:
        """Return the oldest ``quantity`` units, in the parts in which they had been bought."""
        left, parts = quantity, []
        while left:
            if not self._lots:
                raise OversoldError(quantity, quantity - left)
            lot = self._lots[0]
            part = min(left, lot.quantity)
            paid = mul_div_up(lot.cost, part, lot.quantity)
            lot.quantity, lot.cost = lot.quantity - part, lot.cost - paid
            left -= part
            parts.append(_Bought(part, paid, lot.time))
            if not lot.quantity:
                self._lots.popleft()
        return parts


def closed_trades(base: str, events: Iterable[Event]) -> list[ClosedTrade]:
    """Return the closed trades of a vault's events, in their order. Raises `OversoldError`."""
    return [_closed(token, fill, parts) for token, fill, parts in _sales(base, events)]


def disposals(base: str, events: Iterable[Event]) -> Iterator[Disposal]:
    """Return each lot that a closed trade sold, oldest first. Raises `OversoldError`.

    Its proceeds are the trade's by units, rounded down; the trade's last lot has what is left over, so they
    add up to the trade.
    """
    for token, fill, parts in _sales(base, events):
        whole, left = sum(part.quantity for part in parts), fill.amount_out
        for at, part in enumerate(parts, 1):
            got = left if at == len(parts) else mul_div_down(fill.amount_out, part.quantity, whole)
            left -= got
            yield Disposal(token, part.time, fill.time, part.quantity, part.cost, got)


_Sale = tuple[str, Fill, Sequence[_Bought]]


def _sales(base: str, events: Iterable[Event]) -> list[_Sale]:
    """Every sale for the base token: the token sold, the fill, and in which parts it had been bought."""
    holdings: defaultdict[str, _Holding] = defaultdict(_Holding)
    closed: list[_Sale] = []
    for event in events:
        match event:
            case Deposit():
                continue
            case Withdrawal() | Charge():
                if event.token != base:
                    holdings[event.token].take(event.amount)
            case Return():
                if event.token != base:
                    holdings[event.token].add(event.amount, event.value or 0, event.time)
            case Fill():
                _fill(base, event, holdings, closed)
    return closed


def _fill(base: str, fill: Fill, holdings: defaultdict[str, _Holding], closed: list[_Sale]) -> None:
    spent = fill.amount_in + fill.fee
    if fill.token_in == base:
        holdings[fill.token_out].add(fill.amount_out, spent, fill.time)
        return
    if not spent:
        return
    parts = holdings[fill.token_in].take(spent)
    if fill.token_out == base:
        closed.append((fill.token_in, fill, parts))
    else:
        holdings[fill.token_out].add(fill.amount_out, sum(part.cost for part in parts), _bought(parts))


def _bought(parts: Sequence[_Bought]) -> int:
    """The mean time at which units were bought, rounded down."""
    return sum(part.quantity * part.time for part in parts) // sum(part.quantity for part in parts)


def _closed(token: str, fill: Fill, parts: Sequence[_Bought]) -> ClosedTrade:
    cost = sum(part.cost for part in parts)
    return ClosedTrade(token, fill.time, cost, fill.amount_out, fill.time - _bought(parts))


def win_rate(trades: Sequence[ClosedTrade]) -> Decimal | None:
    """Return the share of closed trades that made something after fees; None without any."""
    return ratio(sum(trade.result > 0 for trade in trades), len(trades)) if trades else None


def profit_factor(trades: Sequence[ClosedTrade]) -> Decimal | None:
    """Return what winners made over what losers lost; None where none lost."""
    lost = -sum(trade.result for trade in trades if trade.result < 0)
    return ratio(sum(trade.result for trade in trades if trade.result > 0), lost) if lost else None


def average_duration(trades: Sequence[ClosedTrade]) -> Decimal | None:
    """Return the mean time held in seconds, each trade counting once; None without any."""
    if not trades:
        return None
    return STATISTICS.divide(Decimal(sum(trade.held_s for trade in trades)), Decimal(len(trades)))


def longest_streaks(trades: Sequence[ClosedTrade]) -> tuple[int, int]:
    """Return the most closed trades in a row that made something, and that lost something, after fees."""
    longest = {True: 0, False: 0}
    for won, run in groupby(trade.result > 0 for trade in trades if trade.result):
        longest[won] = max(longest[won], sum(1 for _ in run))
    return longest[True], longest[False]


def trade_returns(trades: Sequence[ClosedTrade]) -> list[Decimal]:
    """Return what each closed trade made for a unit of its cost, after fees; those without cost left out."""
    return [ratio(trade.result, trade.cost) for trade in trades if trade.cost]
