"""A vault's running state, and what each fact changes in it. Pure arithmetic, in base token units.

The rules are those of `accounting.history`: a flow is seen at the vault's worth just before it, a fill or a
fee at the worth just after.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import cast

from accounting.book import COST_KINDS, Book, CostKind
from accounting.book import Fill as BookedFill
from accounting.execution import Executed, Rate
from accounting.position import FifoPosition, Lot
from accounting.quotes import QuoteBoard, RecordedPrice
from accounting.returns import Growth
from accounting.rounding import mul_div_down
from accounting.tracking import Batch, Share, Tracking, sync_score
from indexer.derived.facts import OWN_CHOICES, Flow, Swapped, Visit

HOUR_S = 3600
_FEES: dict[str, CostKind] = {f"{kind}_fee": kind for kind in COST_KINDS}

_FIRST_AHEAD = 8
"""Lots that are read when the first is asked for; each time after, twice as many."""

_KEPT = 16
"""Lots of a position that stay in memory from range to range."""

FetchLots = Callable[[int, int], Iterable[Lot]]
"""Lots as bought, from a number up to another, which is left out."""


class StoredLots(FifoPosition):
    """A FIFO position whose lots are in the database, and come from there when they are used up.

    `opened` and `closed` count its lots; of the oldest open one `taken_quantity` and `taken_cost` are gone.
    """

    __slots__ = ("_ahead", "_fresh", "closed", "fetch", "newest", "opened", "taken_cost", "taken_quantity")

    def __init__(self) -> None:
        super().__init__()
        self.opened = 0
        self.closed = 0
        self.taken_quantity = 0
        self.taken_cost = 0
        self.newest = Lot(0, 0, 0)
        self.fetch: FetchLots | None = None  # until something of it is in the database
        self._fresh: list[Lot] = []  # the newest lots, where older ones between are not in memory
        self._ahead = _FIRST_AHEAD

    def offer(self, lots: Iterable[Lot]) -> None:
        """Take the oldest open lots, as bought, before they are asked for."""
        if not self.lots:
            self._load(lots)

    def add(self, quantity: int, cost: int, time: int) -> None:
        """Append a lot."""
        complete = self.closed + len(self.lots) == self.opened
        self.newest = Lot(quantity, cost, time)
        (self.lots if complete else self._fresh).append(self.newest)
        self.opened += 1
        self.quantity += quantity
        self.cost += cost

    def first_lot(self) -> Lot:
        """Return the oldest open lot, from the database if need be."""
        if not self.lots:
            begin = self.opened - len(self._fresh)
            if self.closed == begin or self.fetch is None:
                self.lots.extend(self._fresh)
                self._fresh.clear()
            else:
                self._load(self.fetch(self.closed, min(begin, self.closed + self._ahead)))
                self._ahead *= 2
        return self.lots[0]

    def split_first(self, quantity: int, cost: int) -> None:
        """Take a part of the oldest open lot."""
        super().split_first(quantity, cost)
        self.taken_quantity += quantity
        self.taken_cost += cost

    def drop_first(self) -> None:
        """Close the oldest open lot."""
        super().drop_first()
        self.closed += 1
        self.taken_quantity = self.taken_cost = 0

    def open_lots(self) -> list[Lot]:
        """Return what is left of each open lot, oldest first, all of them from the database if need be."""
        self._ahead = self.opened
        if self.quantity:
            self.first_lot()
        known = self.closed + len(self.lots)
        rest = self.fetch(known, self.opened) if self.fetch and known < self.opened else ()
        return [*self.lots, *rest]

    def settle(self, fetch: FetchLots) -> None:
        """Take it that all lots are in the database now: only some of the oldest stay in memory."""
        self.fetch = fetch
        self._fresh.clear()
        self._ahead = _FIRST_AHEAD
        while len(self.lots) > _KEPT:
            self.lots.pop()

    def _load(self, lots: Iterable[Lot]) -> None:
        self.lots.extend(lots)
        if self.taken_quantity and self.lots:
            super().split_first(self.taken_quantity, self.taken_cost)


class VaultState:
    """A vault after some facts. `worths` is token → worth of what it holds, and `equity` all of it; None
    while a price is missing.

    `executed` sums up its fills, `skips` is reason → trades skipped for it, and `bought` token → base token
    units ever put into it. Of the leader's trades `copied` were filled, and `missed` skipped for no choice of
    the owner's.

    `hour` is that of its last fact, and `changed` whether the database does not know it yet.
    """

    __slots__ = (
        "_among",
        "_compared",
        "_since",
        "_valued",
        "average",
        "base",
        "bought",
        "changed",
        "copied",
        "equity",
        "executed",
        "fifo",
        "growth",
        "hour",
        "last",
        "leader",
        "lots",
        "missed",
        "returns_defined",
        "skips",
        "stored_hour",
        "strategy_id",
        "tracking",
        "vault_id",
        "worths",
    )

    def __init__(
        self,
        vault_id: int,
        base: str,
        leader: int | None,
        *,
        strategy_id: int,
        since: int,
        among: Collection[str],
    ) -> None:
        self.vault_id = vault_id
        self.strategy_id = strategy_id
        self.base = base
        self.leader = leader
        self.average = Book(base, "average_cost")
        self.fifo = Book(base, "fifo", StoredLots)
        self.growth = Growth()
        self.returns_defined = True
        self.tracking = Tracking(base)
        self.executed = Executed()
        self.skips: dict[str, int] = {}
        self.bought: dict[str, int] = {}
        self.copied = self.missed = 0
        self._compared: tuple[Mapping[str, int] | None, Mapping[str, int] | None] | int | None = None
        self.worths: dict[str, int] | None = None
        self.equity: int | None = None
        self.hour = 0
        self.last = (0, 0, 0)
        self.stored_hour: int | None = None
        self.changed = False
        self.lots: list[tuple[str, int, Visit | Flow, Lot]] = []
        self._since = since
        self._among = among
        self._valued = -1

    def value(self, board: QuoteBoard) -> None:
        """Bring `worths` to the latest prices."""
        if self._valued != board.version:
            self._valued = board.version
            book = self.average
            self.worths = board.worths(
                self.base, book.cash, book.positions, since=self._since, among=self._among
            )
            self.equity = None if self.worths is None else sum(self.worths.values())

    def price(self, token: str, board: QuoteBoard) -> RecordedPrice | None:
        """Return the latest price of a token since the vault was opened."""
        return board.price(token, self.base, since=self._since, among=self._among)

    def flow(self, flow: Flow, board: QuoteBoard) -> tuple[int | None, int | None] | None:
        """Take money in, out or as a fee. Returns its value and the equity before, or None for a fee."""
        self.value(board)
        equity, units, token = self.equity, abs(flow.amount), flow.token
        value: int | None = units
        if token != self.base:
            price = self.price(token, board)
            value = None if price is None else price.price.value(units)
        kind = _FEES.get(flow.purpose)
        if kind is not None:
            self.average.charge(kind, token, units, value)
            self.fifo.charge(kind, token, units, value)
            self._valued = -1
            self._observe(board)
            return None
        sign = 1
        if flow.purpose == "allocation":
            self.average.deposit(units)
            self.fifo.deposit(units)
            if self.leader is not None:
                self.tracking.deposit(units)
        elif flow.purpose == "escrow_fee":
            self.average.take_back(token, units, value, flow.block_time)
            self.fifo.take_back(token, units, value, flow.block_time)
            self._note_lot(token, flow)
        else:
            if self.leader is not None:
                self._give_up(value, equity, board)
            self.average.withdraw(token, units, value)
            self.fifo.withdraw(token, units, value)
            sign = -1
        self._valued = -1
        self.value(board)
        signed = sign * (value or 0)
        if equity is None:
            self.returns_defined = False
        else:
            self.growth.observe(equity, signed)
        return (None if value is None else signed), equity

    def fill(self, visit: Visit, cleared: Swapped, leader: Batch | None, board: QuoteBoard) -> None:
        """Take a fill in `cleared`; `leader` is the first clearing of a leader's trade."""
        token_in, token_out, batch = cleared
        amount_in, fee, amount_out = visit.amount_in, visit.fee, visit.amount_out
        self.copied += visit.is_leaders
        keeper = 0
        if batch.keeper_fee and batch.amount_out:
            keeper = mul_div_down(batch.keeper_fee, amount_out, batch.amount_out)
        book = self.average
        if self.leader is not None:
            held = book.cash if token_in == self.base else book.position(token_in).quantity
            self.tracking.trade(token_in, token_out, Share(amount_in + fee, held or 1), batch, leader)
        fill = BookedFill(visit.block_time, token_in, token_out, amount_in, fee, amount_out, keeper)
        book.fill(fill)
        self.fifo.fill(fill)
        if token_out != self.base:
            self._note_lot(token_out, visit)
            if token_in == self.base:
                self.bought[token_out] = self.bought.get(token_out, 0) + amount_in
        self.executed.add(
            Rate(amount_in, amount_out),
            None if leader is None else Rate(leader.amount_in, leader.amount_out),
            Rate(batch.amount_in, batch.oracle_out),
            sells_base=token_in == self.base if self.base in {token_in, token_out} else None,
        )
        self._valued = -1
        self._observe(board)

    def skip(self, visit: Visit, first: Swapped | None, board: QuoteBoard) -> None:
        """Take it that a trade was not made in the vault; `first` is the first clearing of a leader's that a
        follower did not copy.
        """
        reason = visit.reason or ""
        self.missed += visit.is_leaders and reason not in OWN_CHOICES
        self.skips[reason] = self.skips.get(reason, 0) + 1
        if first is not None:
            self.tracking.skip(*first)
            self.value(board)

    def compare(self, leader: "VaultState", board: QuoteBoard) -> None:
        """Take how alike the vault and its leader's are invested."""
        leader.value(board)
        self._compared = self.worths, leader.worths

    @property
    def score(self) -> int | None:
        """How alike the two were when they were last compared, scaled by 1e18; None for a leader, and where
        one of them was worth nothing or unknown.
        """
        if isinstance(
            self._compared, tuple
        ):  # worked out when it is asked for: most are compared again first
            mine, theirs = self._compared
            self._compared = None if mine is None or theirs is None else sync_score(mine, theirs)
        return self._compared

    @score.setter
    def score(self, score: int | None) -> None:
        self._compared = score

    def stored_lots(self) -> Iterator[tuple[str, StoredLots]]:
        """Give each token with its FIFO position."""
        for token, held in self.fifo.positions.items():
            yield token, cast(StoredLots, held)

    def _observe(self, board: QuoteBoard) -> None:
        self.value(board)
        if self.equity is not None:
            self.growth.observe(self.equity)

    def _give_up(self, value: int | None, equity: int | None, board: QuoteBoard) -> None:
        found = {
            token: known.price
            for token in self.tracking.held
            if token != self.base and (known := self.price(token, board))
        }
        self.tracking.withdraw(value, equity, found)

    def _note_lot(self, token: str, fact: Visit | Flow) -> None:
        """Keep the lot that the FIFO book has just taken in, to be written."""
        if token == self.base:
            return
        held = cast(StoredLots, self.fifo.position(token))
        lot = held.newest
        self.lots.append((token, held.opened - 1, fact, lot))
