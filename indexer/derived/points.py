"""What vaults were worth at given times, from their hours and the prices of those times.

A vault is valued at a time by what it held then, at the latest prices recorded until then: a holding that its
owner does not touch is worth no more for it. Times are unix seconds at which an hour begins, or `NOW`, after
everything; amounts are base token units.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import BigInteger, Connection, and_, bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from accounting.days import Day
from accounting.position import AveragePosition
from accounting.quotes import Quote, QuoteBoard, RecordedPrice
from accounting.rounding import STATISTICS, ratio
from accounting.windows import DAY_S, start_of
from indexer.ledger.models import PriceHour, VaultHour, VaultPosition

_CHUNK = 4_000

NOW = 2**62
"""Later than any hour."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A vault to look at: ``tokens`` are those of its strategy, ``base`` among them; ``opened`` is a time."""

    vault_id: int
    base: str
    tokens: frozenset[str]
    opened_block: int
    opened: int


class Point(NamedTuple):
    """A vault at a time: None for the day where what it held had no price, or its returns are not defined."""

    time: int
    day: Day | None


class _Hour(NamedTuple):
    vault_id: int
    hour: int
    cash: int
    deposited: int
    withdrawn: int
    defined: bool
    level: str
    invested: int
    copied: int
    missed: int


def _wanted(table: Any, keys: Sequence[Any], which: Any) -> Any:
    """The last hour of each day, and every one from `recent` on, of what `keys` tell apart."""
    day = table.hour - table.hour % literal(DAY_S, BigInteger)
    recent = bindparam("recent", type_=BigInteger)
    among = (table.deployment_id == bindparam("deployment"), which)
    last = select(*keys, func.max(table.hour).label("hour")).where(*among, table.hour < recent)
    late = select(*keys, table.hour).where(*among, table.hour >= recent)
    return union_all(last.group_by(*keys, day), late).subquery()


def _pasts() -> Any:
    source = aliased(VaultHour)
    of_them = source.vault_id.in_(bindparam("vaults", expanding=True))
    return _hours(_wanted(source, [source.vault_id], of_them))


def _hours(wanted: Any) -> Any:
    """The hours of vaults that are wanted, with what was held at the end of each."""
    among: Any = bindparam("vaults", expanding=True)
    return (
        select(
            VaultHour.vault_id,
            VaultHour.hour,
            VaultHour.cash,
            VaultHour.deposited,
            VaultHour.average_withdrawn,
            VaultHour.returns_defined,
            VaultHour.growth,
            VaultHour.invested,
            VaultHour.copied,
            VaultHour.missed,
            VaultPosition.token,
            VaultPosition.quantity,
        )
        .join(wanted, and_(VaultHour.vault_id == wanted.c.vault_id, VaultHour.hour == wanted.c.hour))
        .outerjoin(
            VaultPosition,
            and_(
                VaultPosition.deployment_id == VaultHour.deployment_id,
                VaultPosition.vault_id == VaultHour.vault_id,
                VaultPosition.hour == VaultHour.hour,
                VaultPosition.vault_id.in_(among),
                VaultPosition.quantity != 0,
            ),
        )
        .where(VaultHour.deployment_id == bindparam("deployment"), VaultHour.vault_id.in_(among))
        .order_by(VaultHour.vault_id, VaultHour.hour)
    )


_PASTS = _pasts()  # made once: to make it takes longer than to run it for a vault


def read_points(
    connection: Connection, deployment_id: int, subjects: Collection[Subject], times: Sequence[int]
) -> dict[int, list[Point]]:
    """Return vault id → its points at those of `times`, in order, at which it had been opened."""
    recent = first_recent(times)
    pasts = read_pasts(connection, deployment_id, subjects, recent)
    prices = Prices(connection, deployment_id, recent)
    return {each.vault_id: pasts[each.vault_id].points(times, prices.of(each.tokens)) for each in subjects}


def recent_of(now: int) -> int:
    """Return when the first day begins of which hours are looked at in windows that end `now`."""
    first = start_of("24h", now)
    return first - first % DAY_S


def first_recent(times: Sequence[int]) -> int:
    """Return when the first day begins of which hours are among `times`; the days before have ends alone."""
    return next((time - time % DAY_S for time in times if time % DAY_S), NOW)


class PriceHistory:
    """The prices between some tokens as they were recorded until any time. Threads may share it.

    Times are told apart by places, which count the hours with records before them.
    """

    def __init__(self, rows: Sequence[Any]) -> None:
        board = QuoteBoard()
        self._hours = [-1]
        self._boards = [board.copy()]
        for hour, quotes in groupby(rows, itemgetter(0)):
            for row in quotes:
                board.record(Quote(*row[1:]))
            self._hours.append(hour)
            self._boards.append(board.copy())
        self._direct: dict[tuple[str, str], list[RecordedPrice | None]] = {}
        self._places: dict[int, int] = {}

    def place(self, time: int) -> int:
        """Return the place of a time."""
        found = self._places.get(time)
        if found is None:
            found = self._places[time] = bisect_left(self._hours, time) - 1
        return found

    def board(self, place: int) -> QuoteBoard:
        """Return the prices of the hours before the times of a place."""
        return self._boards[place]

    def direct(self, token: str, base: str) -> list[RecordedPrice | None]:
        """Return the latest price of the pair itself at each place."""
        key = (token, base)
        if key not in self._direct:
            self._direct[key] = [board.direct(token, base) for board in self._boards]
        return self._direct[key]


class Prices:
    """The prices between tokens at the ends of days, and of all hours from `recent` on: read once of those of
    the same tokens.
    """

    def __init__(self, connection: Connection, deployment_id: int, recent: int) -> None:
        self._connection = connection
        self._deployment_id = deployment_id
        self._recent = recent
        self._known: dict[frozenset[str], PriceHistory] = {}

    def of(self, tokens: frozenset[str]) -> PriceHistory:
        """Return the prices between some tokens."""
        if tokens not in self._known:
            found = read_price_history(self._connection, self._deployment_id, tokens, self._recent)
            self._known[tokens] = found
        return self._known[tokens]


class Track:
    """A vault at times, in columns; `known` says where its worth and returns were, the others are zeros."""

    __slots__ = ("cash", "equity", "growth", "known", "net_deposits", "times")

    def __init__(self, times: Sequence[int]) -> None:
        self.times = times
        self.known: list[bool] = []
        self.growth: list[float] = []
        self.equity: list[int] = []
        self.cash: list[int] = []
        self.net_deposits: list[int] = []

    def add(self, growth: float, equity: int, cash: int, net_deposits: int) -> None:
        """Add what is known at the next time."""
        self.known.append(True)
        self.growth.append(growth)
        self.equity.append(equity)
        self.cash.append(cash)
        self.net_deposits.append(net_deposits)

    def add_unknown(self) -> None:
        """Add that nothing is known at the next time."""
        self.add(0.0, 0, 0, 0)
        self.known[-1] = False


class Past:
    """A vault's hours with what it held, to be valued at any time."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._hours: list[_Hour] = []
        self._starts: list[int] = []
        self._held: list[dict[str, int]] = []

    def take(self, hour: _Hour, token: str | None, units: int | None) -> None:
        """Take a row, in order: an hour, and what was held of one token then."""
        if not self._starts or self._starts[-1] != hour.hour:
            self._hours.append(hour)
            self._starts.append(hour.hour)
            self._held.append({})
        if token is not None and units:
            self._held[-1][token] = units

    def points(self, times: Iterable[int], prices: PriceHistory) -> list[Point]:
        """Return the vault at those of `times` at which it had been opened."""
        return [
            Point(time, self._day(at, prices.place(time), prices))
            for time in times
            if (at := bisect_left(self._starts, time) - 1) >= 0
        ]

    def track(self, times: Sequence[int], prices: PriceHistory) -> Track:
        """Return the same as `points` in columns, with growth in binary floating point."""
        hours = self._hours
        places = (np.searchsorted(self._starts, times) - 1).tolist()
        opened = bisect_left(places, 0)
        times, places = times[opened:], places[opened:]
        levels = [float(hour.level) for hour in hours]
        track = Track(times)
        for time, at in zip(times, places, strict=True):
            hour = hours[at]
            worth = self._worth(at, prices.place(time), prices) if hour.defined else None
            if worth is None:
                track.add_unknown()
                continue
            level, invested = levels[at], hour.invested
            growth = level * (worth / invested) if invested > 0 else level
            track.add(growth, worth, hour.cash, hour.deposited - hour.withdrawn)
        return track

    def copied(self, time: int) -> tuple[int, int]:
        """Return how many of the leader's trades had been copied before a time, and how many missed."""
        at = bisect_left(self._starts, time) - 1
        return (self._hours[at].copied, self._hours[at].missed) if at >= 0 else (0, 0)

    def worths(self, prices: PriceHistory) -> dict[str, int] | None:
        """Return token → worth of what is held now, as `QuoteBoard.worths`; None before anything happened."""
        if not self._hours:
            return None
        subject, board = self._subject, prices.board(prices.place(NOW))
        positions = {token: AveragePosition(units, 0, 0) for token, units in self._held[-1].items()}
        return board.worths(
            subject.base,
            self._hours[-1].cash,
            positions,
            since=subject.opened_block,
            among=subject.tokens,
        )

    def _worth(self, at: int, place: int, prices: PriceHistory) -> int | None:
        """The worth of all that is held after the hour `at`; None where something of it has no price."""
        subject = self._subject
        base, since = subject.base, subject.opened_block
        worth = self._hours[at].cash
        for token, units in self._held[at].items():
            found = prices.direct(token, base)[place]
            if found is None or found.block < since:
                found = prices.board(place).price(token, base, since=since, among=subject.tokens)
            if found is None:
                return None
            worth += found.price.value(units)
        return worth

    def _day(self, at: int, place: int, prices: PriceHistory) -> Day | None:
        hour = self._hours[at]
        worth = self._worth(at, place, prices) if hour.defined else None
        if worth is None:
            return None
        level = Decimal(hour.level)
        if hour.invested > 0:  # as `Growth.observe` has it
            level = STATISTICS.multiply(level, ratio(worth, hour.invested))
        return Day(level, worth, hour.cash, hour.deposited - hour.withdrawn)


def read_pasts(
    connection: Connection, deployment_id: int, subjects: Collection[Subject], recent: int
) -> dict[int, Past]:
    """Return vault id → its past: the last hour of each day, and every one from `recent` on."""
    found = {each.vault_id: Past(each) for each in subjects}
    known = {"deployment": deployment_id, "recent": recent, "vaults": sorted(found)}
    for *hour, token, units in connection.execute(_PASTS, known).all():
        found[hour[0]].take(_Hour._make(hour), token, units)
    return found


def read_pasts_before(
    connection: Connection, deployment_id: int, subjects: Sequence[Subject], times: Sequence[int]
) -> dict[int, Past]:
    """Return vault id → its past: of the hours before the first of `times`, between two of them, and after,
    the last ones.
    """
    found = {each.vault_id: Past(each) for each in subjects}
    query = _before(len(times))
    known: dict[str, Any] = {"deployment": deployment_id}
    known |= {f"time_{at}": time for at, time in enumerate(times)}
    for ids in (sorted(found)[at : at + _CHUNK] for at in range(0, len(found), _CHUNK)):
        for *hour, token, units in connection.execute(query, {**known, "vaults": ids}).all():
            found[hour[0]].take(_Hour._make(hour), token, units)
    return found


@cache
def _before(count: int) -> Any:
    """Vaults' last hours before so many times, with what was held at the end of each."""
    source = aliased(VaultHour)
    given = [bindparam(f"time_{at}", type_=BigInteger) for at in range(count)]
    span = case(*((source.hour < time, literal(at)) for at, time in enumerate(given)), else_=literal(count))
    last = (
        select(source.vault_id, func.max(source.hour).label("hour"))
        .where(
            source.deployment_id == bindparam("deployment"),
            source.vault_id.in_(bindparam("vaults", expanding=True)),
        )
        .group_by(source.vault_id, span)
    )
    return _hours(last.subquery())


def read_price_history(
    connection: Connection, deployment_id: int, tokens: frozenset[str], recent: int
) -> PriceHistory:
    """Return the prices between `tokens`: at the end of each day, and at every hour from `recent` on."""
    source, names = aliased(PriceHour), sorted(tokens)
    between = source.token_a.in_(names) & source.token_b.in_(names)
    wanted = _wanted(source, [source.token_a, source.token_b], between)
    query = (
        select(
            PriceHour.hour,
            PriceHour.recorded_time,
            PriceHour.recorded_block,
            PriceHour.token_a,
            PriceHour.token_b,
            PriceHour.amount_a,
            PriceHour.amount_b,
        )
        .join(
            wanted,
            and_(
                PriceHour.token_a == wanted.c.token_a,
                PriceHour.token_b == wanted.c.token_b,
                PriceHour.hour == wanted.c.hour,
            ),
        )
        .where(PriceHour.deployment_id == bindparam("deployment"))
        .order_by(PriceHour.hour, PriceHour.token_a, PriceHour.token_b)
    )
    known = {"deployment": deployment_id, "recent": recent}
    return PriceHistory(connection.execute(query, known).all())
