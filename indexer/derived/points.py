"""What vaults were worth at given times, from their hours and the prices of those times.

A vault is valued at a time by what it held then, at the latest prices recorded until then: a holding that its
owner does not touch is worth no more for it. Times are unix seconds at which an hour begins, or `NOW`, after
everything; amounts are base token units.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, and_, func, literal, select, union
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


def read_points(
    connection: Connection, deployment_id: int, subjects: Collection[Subject], times: Sequence[int]
) -> dict[int, list[Point]]:
    """Return vault id → its points at those of `times`, in order, at which it had been opened."""
    recent = next((time - time % DAY_S for time in times if time % DAY_S), NOW)
    hours = _read_hours(connection, deployment_id, [each.vault_id for each in subjects], recent)
    held = _read_holdings(connection, deployment_id, [each.vault_id for each in subjects], recent)
    boards = {
        tokens: _boards(connection, deployment_id, tokens, times, recent)
        for tokens in {each.tokens for each in subjects}
    }
    return {
        each.vault_id: list(_points(each, hours[each.vault_id], held, boards[each.tokens], times))
        for each in subjects
    }


def _points(
    subject: Subject,
    hours: Sequence[_Hour],
    held: Mapping[tuple[int, int], Mapping[str, int]],
    boards: Mapping[int, QuoteBoard],
    times: Sequence[int],
) -> Iterator[Point]:
    at = 0
    for time in times:
        while at < len(hours) and hours[at].hour < time:
            at += 1
        if at:
            yield Point(time, _day(subject, hours[at - 1], held, boards[time]))


def _day(
    subject: Subject,
    hour: _Hour,
    held: Mapping[tuple[int, int], Mapping[str, int]],
    board: QuoteBoard,
) -> Day | None:
    positions = {
        token: AveragePosition(units, 0, 0) for token, units in held[hour.vault_id, hour.hour].items()
    }
    worths = board.worths(
        subject.base, hour.cash, positions, since=subject.opened_block, among=subject.tokens
    )
    if worths is None or not hour.defined:
        return None
    equity = sum(worths.values())
    growth = Growth(Decimal(hour.level), invested=hour.invested, begun=hour.begun)
    growth.observe(equity)
    return Day(growth.level, equity, hour.cash, hour.deposited - hour.withdrawn)


def _wanted(table: Any, deployment_id: int, keys: Sequence[Any], recent: int, which: Any) -> Any:
    """The last hour of each day, and every one from `recent` on, of what `keys` tell apart."""
    day = table.hour - table.hour % literal(DAY_S, BigInteger)
    among = (table.deployment_id == deployment_id, which)
    last = select(*keys, func.max(table.hour).label("hour")).where(*among, table.hour < recent)
    late = select(*keys, table.hour).where(*among, table.hour >= recent)
    return union(last.group_by(*keys, day), late).subquery()


def _wanted_hours(deployment_id: int, vault_ids: Sequence[int], recent: int) -> Any:
    source = aliased(VaultHour)
    return _wanted(source, deployment_id, [source.vault_id], recent, source.vault_id.in_(vault_ids))


def _read_hours(
    connection: Connection, deployment_id: int, vault_ids: Sequence[int], recent: int
) -> dict[int, list[_Hour]]:
    wanted = _wanted_hours(deployment_id, vault_ids, recent)
    query = (
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
        )
        .join(wanted, and_(VaultHour.vault_id == wanted.c.vault_id, VaultHour.hour == wanted.c.hour))
        .where(VaultHour.deployment_id == deployment_id, VaultHour.vault_id.in_(vault_ids))
        .order_by(VaultHour.vault_id, VaultHour.hour)
    )
    found: defaultdict[int, list[_Hour]] = defaultdict(list)
    for row in connection.execute(query):
        found[row[0]].append(_Hour._make(row))
    return found


def _read_holdings(
    connection: Connection, deployment_id: int, vault_ids: Sequence[int], recent: int
) -> dict[tuple[int, int], dict[str, int]]:
    # The vault's hours, not its positions': what was sold out has rows of no units, or none.
    wanted = _wanted_hours(deployment_id, vault_ids, recent)
    query = (
        select(VaultPosition.vault_id, VaultPosition.hour, VaultPosition.token, VaultPosition.quantity)
        .join(wanted, and_(VaultPosition.vault_id == wanted.c.vault_id, VaultPosition.hour == wanted.c.hour))
        .where(
            VaultPosition.deployment_id == deployment_id,
            VaultPosition.vault_id.in_(vault_ids),
            VaultPosition.quantity != 0,
        )
    )
    found: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for vault_id, hour, token, units in connection.execute(query):
        found[vault_id, hour][token] = units
    return found


def _boards(
    connection: Connection, deployment_id: int, tokens: frozenset[str], times: Sequence[int], recent: int
) -> dict[int, QuoteBoard]:
    """Time → the prices between `tokens` recorded until then."""
    source, names = aliased(PriceHour), sorted(tokens)
    between = source.token_a.in_(names) & source.token_b.in_(names)
    wanted = _wanted(source, deployment_id, [source.token_a, source.token_b], recent, between)
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
        .where(PriceHour.deployment_id == deployment_id)
        .order_by(PriceHour.hour, PriceHour.token_a, PriceHour.token_b)
    )
    rows = connection.execute(query).all()
    board, at = QuoteBoard(), 0
    found: dict[int, QuoteBoard] = {}
    for time in times:
        before = at
        while at < len(rows) and rows[at][0] < time:
            board.record(Quote(*rows[at][1:]))
            at += 1
        if at != before or not found:
            shown = board.copy()
        found[time] = shown
    return found
