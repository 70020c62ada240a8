"""What vaults were worth at given times, from their hours and the prices of those times.

A vault is valued at a time by what it held then, at the latest prices recorded until then: a holding that its
owner does not touch is worth no more for it. Times are unix seconds at which an hour begins, or `NOW`, after
everything; amounts are base token units.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import BigInteger, Connection, and_, bindparam, func, literal, select, union, union_all
from sqlalchemy.orm import aliased

from accounting.days import Day
from accounting.position import AveragePosition
from accounting.quotes import Quote, QuoteBoard, RecordedPrice
from accounting.returns import Growth
from accounting.windows import DAY_S
from indexer.ledger.models import PriceHour, Vault, VaultHour, VaultPosition

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
    begun: bool
    level: str
    invested: int


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
            VaultHour.begun,
            VaultHour.growth,
            VaultHour.invested,
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
    prices = {
        tokens: read_price_history(connection, deployment_id, tokens, recent)
        for tokens in {each.tokens for each in subjects}
    }
    return {each.vault_id: pasts[each.vault_id].points(times, prices[each.tokens]) for each in subjects}


def first_recent(times: Sequence[int]) -> int:
    """Return when the first day begins of which hours are among `times`; the days before have ends alone."""
    return next((time - time % DAY_S for time in times if time % DAY_S), NOW)


class PriceHistory:
    """The prices between some tokens as they were recorded until any time. Threads may share it."""

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

    def at(self, time: int) -> QuoteBoard:
        """Return the prices of the hours before a time."""
        return self._boards[bisect_left(self._hours, time) - 1]

    def direct(self, token: str, base: str, times: Sequence[int]) -> list[RecordedPrice | None]:
        """Return the latest price of the pair itself at each of `times`, in order."""
        key = (token, base)
        if key not in self._direct:
            self._direct[key] = [board.direct(token, base) for board in self._boards]
        known = self._direct[key]
        return [known[at - 1] for at in np.searchsorted(self._hours, times).tolist()]


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
            Point(time, self._day(at, prices.at(time)))
            for time in times
            if (at := bisect_left(self._starts, time) - 1) >= 0
        ]

    def track(self, times: Sequence[int], prices: PriceHistory) -> Track:
        """Return the same as `points` in columns, with growth in binary floating point."""
        subject, hours, held = self._subject, self._hours, self._held
        base, since, among = subject.base, subject.opened_block, subject.tokens
        places = (np.searchsorted(self._starts, times) - 1).tolist()
        opened = bisect_left(places, 0)
        times, places = times[opened:], places[opened:]
        tokens = {token for at in set(places) for token in held[at]}
        direct = {token: prices.direct(token, base, times) for token in tokens}
        levels = [float(hour.level) for hour in hours]
        track = Track(times)
        for nth, (time, at) in enumerate(zip(times, places, strict=True)):
            hour = hours[at]
            worth, priced = hour.cash, hour.defined
            for token, units in held[at].items():
                found = direct[token][nth]
                if found is None or found.block < since:
                    found = prices.at(time).price(token, base, since=since, among=among)
                if found is None:
                    priced = False
                    break
                worth += found.price.value(units)
            if not priced:
                track.add_unknown()
                continue
            level, invested = levels[at], hour.invested
            growth = level * (worth / invested) if invested > 0 else level
            track.add(growth, worth, hour.cash, hour.deposited - hour.withdrawn)
        return track

    def worths(self, prices: PriceHistory) -> dict[str, int] | None:
        """Return token → worth of what is held now, as `QuoteBoard.worths`; None before anything happened."""
        return self._worths(len(self._hours) - 1, prices.at(NOW)) if self._hours else None

    def _worths(self, at: int, board: QuoteBoard) -> dict[str, int] | None:
        subject = self._subject
        positions = {token: AveragePosition(units, 0, 0) for token, units in self._held[at].items()}
        return board.worths(
            subject.base,
            self._hours[at].cash,
            positions,
            since=subject.opened_block,
            among=subject.tokens,
        )

    def _day(self, at: int, board: QuoteBoard) -> Day | None:
        hour = self._hours[at]
        worths = self._worths(at, board)
        if worths is None or not hour.defined:
            return None
        equity = sum(worths.values())
        growth = Growth(Decimal(hour.level), invested=hour.invested, begun=hour.begun)
        growth.observe(equity)
        return Day(growth.level, equity, hour.cash, hour.deposited - hour.withdrawn)


def read_pasts(
    connection: Connection, deployment_id: int, subjects: Collection[Subject], recent: int
) -> dict[int, Past]:
    """Return vault id → its past: the last hour of each day, and every one from `recent` on."""
    found = {each.vault_id: Past(each) for each in subjects}
    known = {"deployment": deployment_id, "recent": recent, "vaults": sorted(found)}
    for *hour, token, units in connection.execute(_PASTS, known):
        found[hour[0]].take(_Hour._make(hour), token, units)
    return found


def read_points_before(
    connection: Connection, deployment_id: int, subjects: Sequence[Subject], times: Sequence[int]
) -> dict[int, dict[int, Day | None]]:
    """Return vault id → time → the vault as it was then, at those of a few `times` at which something had
    happened in it, and `NOW`.
    """
    found = {each.vault_id: Past(each) for each in subjects}
    for ids in (sorted(found)[at : at + _CHUNK] for at in range(0, len(found), _CHUNK)):
        known = {"deployment": deployment_id, "vaults": ids}
        for *hour, token, units in connection.execute(_before([*times, NOW]), known):
            found[hour[0]].take(_Hour._make(hour), token, units)
    prices = {
        tokens: read_price_history(connection, deployment_id, tokens, first_recent([*times, NOW]))
        for tokens in {each.tokens for each in subjects}
    }
    return {
        each.vault_id: {
            point.time: point.day for point in found[each.vault_id].points([*times, NOW], prices[each.tokens])
        }
        for each in subjects
    }


def _before(times: Sequence[int]) -> Any:
    """Vaults' last hours before some times, with what was held at the end of each."""
    lasts = []
    for time in times:
        newest = aliased(VaultHour)
        last = (
            select(func.max(newest.hour))
            .where(
                newest.deployment_id == Vault.deployment_id,
                newest.vault_id == Vault.vault_id,
                newest.hour < literal(time, BigInteger),
            )
            .correlate(Vault)
            .scalar_subquery()
        )
        lasts.append(
            select(Vault.vault_id, last.label("hour")).where(
                Vault.deployment_id == bindparam("deployment"),
                Vault.vault_id.in_(bindparam("vaults", expanding=True)),
            )
        )
    return _hours(union(*lasts).subquery())


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
