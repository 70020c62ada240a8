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

from sqlalchemy import BigInteger, Connection, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import aliased

from accounting.position import AveragePosition
from accounting.quotes import Quote, QuoteBoard
from accounting.returns import Growth
from accounting.risk import Day
from accounting.windows import DAY_S
from indexer.ledger.models import PriceHour, VaultHour, VaultPosition

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
    """Vaults' hours with what was held at the end of each."""
    source = aliased(VaultHour)
    of_them = source.vault_id.in_(bindparam("vaults", expanding=True))
    wanted = _wanted(source, [source.vault_id], of_them)
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
                VaultPosition.quantity != 0,
            ),
        )
        .where(VaultHour.deployment_id == bindparam("deployment"))
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

    def at(self, time: int) -> QuoteBoard:
        """Return the prices of the hours before a time."""
        return self._boards[bisect_left(self._hours, time) - 1]


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
