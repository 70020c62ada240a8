"""All leaders over one window in columns, in memory: chosen, sorted and cut into pages without the database.

A board is as of one block and one version of the metrics, and nobody changes it. Leaders stand at places, by
their strategies' ids. An amount is compared by its rank among the board's own, so it is exact however large.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from api.leaders.query import METRIC_NAMES, LeadersFilter
from api.leaders.repository import LeaderRow, StrategyCells
from api.leaders.schemas import MetricName
from api.schemas import Token
from indexer.derived.leaders import AMOUNTS, COUNTS

FACTS = ("strategy_id", "as_of_block", "as_of_time", "history_days", "bars", "warnings")
COLUMNS = (*FACTS, *METRIC_NAMES)

_MOST_WRITTEN = 4_000
"""Leaders whose answer is kept as it was written; some two kilobytes each."""

Array = np.ndarray[Any, Any]


class Known(NamedTuple):
    """Whose strategy it is, and the leader's own vault."""

    strategy: StrategyCells
    status: str
    opened_block: int
    opened: int


class Told(NamedTuple):
    """What depends on what the operator says of leaders: who is left out, and leaders as they were written,
    by place, with the names of tokens then.
    """

    said: str
    tokens: Mapping[str, Token]
    suspended: frozenset[str]
    written: dict[int, bytes]


class Columns:
    """Rows of metrics by `COLUMNS`, in the order of strategies."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.by_name = columns
        self.ids = columns["strategy_id"]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> "Columns":
        """Make columns of rows."""
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
        return cls._sorted({name: _column(name, each) for name, each in zip(COLUMNS, cells, strict=True)})

    def with_rows(self, rows: Sequence[Sequence[Any]]) -> "Columns":
        """Return these with rows that are new, or come in the place of older ones."""
        if not rows:
            return self
        new = Columns.of(rows)
        stay = ~np.isin(self.ids, new.ids)
        return self._sorted(
            {name: np.concatenate((each[stay], new.by_name[name])) for name, each in self.by_name.items()}
        )

    @classmethod
    def _sorted(cls, columns: Mapping[str, Array]) -> "Columns":
        order = np.argsort(columns["strategy_id"], kind="stable")
        return cls({name: each[order] for name, each in columns.items()})


class Board:
    """What leaders can be found by over a window; ``known`` has every strategy that has metrics."""

    def __init__(self, window: str, columns: Columns, known: Mapping[int, Known]) -> None:
        self.window = window
        self.columns = columns
        self.known = known
        self._told = Told("", {}, frozenset(), {})
        listed = [known[each] for each in columns.ids.tolist()]
        self._listed = listed
        self._count = len(listed)
        self._left = np.array([each.status == "Left" for each in listed], bool)
        self._names = [each.strategy.name.lower() for each in listed]
        self._leaders = [each.strategy.leader.lower() for each in listed]
        self._levels: dict[str, list[int]] = {}
        self._numbers: dict[str, Array] = {}
        self._orders: dict[str, tuple[Array, Array]] = {}
        self._masks: dict[Hashable, Array] = {}

    def choose(
        self,
        query: LeadersFilter,
        *,
        after: tuple[str | None, int] | None,
        limit: int,
        suspended: Set[str] = frozenset(),
    ) -> list[int]:
        """Return the places of leaders by a metric, those without a value last; given a key, after it.

        ``suspended`` are leaders' lower-case addresses who are left out.
        """
        chosen = self._chosen(query, suspended)
        known, unknown = (places[chosen[places]] for places in self._order(query.sort))
        down = query.order == "desc"
        if down:
            known, unknown = known[::-1], unknown[::-1]
        if after is not None:
            value, number = after
            if value is None:
                known, unknown = known[:0], unknown[self._beyond(unknown, number, down=down)]
            else:
                numbers = self._number(query.sort)[known]
                low, high = self._bounds(query.sort, Decimal(value))
                farther = numbers < low if down else numbers > high
                same = (numbers >= low) & (numbers <= high)
                known = known[farther | (same & self._beyond(known, number, down=down))]
        found: list[int] = np.concatenate((known[:limit], unknown[:limit])).tolist()
        return found[:limit]

    def row(self, place: int) -> LeaderRow:
        """Return a leader's metrics and whose they are."""
        metrics: dict[str, Any] = {"window": self.window}
        for name, column in self.columns.by_name.items():
            metrics[name] = _cell(name, column[place])
        return LeaderRow(metrics, *self._listed[place], tokens=frozenset())

    def value(self, place: int, name: MetricName) -> float | int | None:
        """Return one of a leader's metrics; None where it has no value."""
        found: float | int | None = _cell(name, self.columns.by_name[name][place])
        return found

    def as_told(
        self, said: str, tokens: Mapping[str, Token], suspended: Callable[[], frozenset[str]]
    ) -> Told:
        """Return what is known under what the operator says, made anew when that is another text, or tokens
        have other names.
        """
        told = self._told
        if (told.said, told.tokens) != (said, tokens) or len(told.written) > _MOST_WRITTEN:
            told = self._told = Told(said, tokens, suspended(), {})
        return told

    def _chosen(self, query: LeadersFilter, suspended: Set[str]) -> Array:
        chosen = np.ones(self._count, bool)
        for name, is_lower, value in query.bounds():
            numbers, (low, high) = self._number(name), self._bounds(name, value)
            chosen &= numbers >= low if is_lower else numbers <= high
        if query.min_history_days is not None:
            chosen &= self.columns.by_name["history_days"] >= query.min_history_days
        if query.base_token is not None:
            chosen &= self._bases(query.base_token)
        if query.closed is not None:
            chosen &= self._left == query.closed
        if query.search is not None:
            chosen &= self._called(query.search.lower())
        if suspended and not query.suspended:
            chosen &= self._not(suspended)
        return chosen

    def _bases(self, token: str) -> Array:
        return self._mask(token, lambda: [each.strategy.base_token == token for each in self._listed])

    def _not(self, suspended: Set[str]) -> Array:
        return self._mask(frozenset(suspended), lambda: [each not in suspended for each in self._leaders])

    def _mask(self, key: Hashable, make: Callable[[], list[bool]]) -> Array:
        if key not in self._masks:
            if len(self._masks) > len(METRIC_NAMES):
                self._masks = {}
            self._masks[key] = np.array(make(), bool)
        return self._masks[key]

    def _called(self, words: str) -> Array:
        found = np.array([words in name for name in self._names], bool)
        if words.startswith("0x"):
            found |= np.array([each.startswith(words) for each in self._leaders], bool)
        return found

    def _order(self, name: str) -> tuple[Array, Array]:
        """Places by a metric and then by strategy, and those without a value."""
        if name not in self._orders:
            numbers = self._number(name)
            missing = np.isnan(numbers)
            places = np.argsort(numbers, kind="stable")  # what is not a number comes last
            self._orders[name] = places[: self._count - int(missing.sum())], np.flatnonzero(missing)
        return self._orders[name]

    def _beyond(self, places: Array, number: int, *, down: bool) -> Array:
        found: Array = self.columns.ids[places] < number if down else self.columns.ids[places] > number
        return found

    def _number(self, name: str) -> Array:
        """A metric as numbers that order as it does; what has no value is not a number."""
        if name not in AMOUNTS:
            return self.columns.by_name[name]
        if name not in self._numbers:
            amounts = self.columns.by_name[name].tolist()
            levels = sorted({each for each in amounts if each is not None})
            ranks = {each: float(rank) for rank, each in enumerate(levels)}
            self._levels[name] = levels
            self._numbers[name] = np.array([ranks.get(each) for each in amounts], float)
        return self._numbers[name]

    def _bounds(self, name: str, value: Decimal) -> tuple[float, float]:
        """The least number that is not below a value of a metric, and the greatest that is not above it."""
        if name not in AMOUNTS:
            return float(value), float(value)
        self._number(name)
        levels = self._levels[name]
        return bisect_left(levels, value), bisect_right(levels, value) - 1


def _column(name: str, cells: Sequence[Any]) -> Array:
    if name in AMOUNTS or name in {"bars", "warnings"}:
        column = np.empty(len(cells), object)
        column[:] = cells
        return column
    return np.array(cells, float if name in METRIC_NAMES else np.int64)


def _cell(name: str, value: Any) -> Any:
    """A column's value as the database has it."""
    if name in AMOUNTS or isinstance(value, str):
        return value
    if value != value:  # noqa: PLR0124 (what is not a number is no value)
        return None
    return int(value) if name in COUNTS or name in FACTS else float(value)
