"""What is decoded: a range of blocks with the hub's logs in chain order, and their events by type, column by
column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from indexer.chain.types import BlockRef, Header, Log
from indexer.decode.events import Event

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Run:
    """Logs that follow each other in one block and are of one type; None: of none in the ABI.

    `first` and `last` (excluded) are places in the range's logs, `row` the first one's row in the columns of
    its type.
    """

    kind: type[Event] | None
    header: Header | BlockRef
    first: int
    last: int
    row: int


@dataclass(frozen=True, slots=True)
class DecodedRange:
    """Blocks and the hub's logs in them, in order. Those without logs are left out where no header was read,
    but for the last.

    `columns` has one list of values for each field of each type of event; a run says which rows are its own.
    """

    headers: Sequence[Header | BlockRef]
    logs: Sequence[Log]
    runs: Sequence[Run]
    columns: dict[type[Event], list[list[Any]]]

    def values(self, run: Run) -> list[list[Any]]:
        """The run's part of each column of its type."""
        if run.kind is None:
            return []
        end = run.row + run.last - run.first
        return [column[run.row : end] for column in self.columns[run.kind]]

    def events_of(self, kind: type[E]) -> Iterator[tuple[Log, E]]:
        """Each event of a type with its log."""
        for run in self.runs:
            if run.kind is kind:
                for log, values in zip(
                    self.logs[run.first : run.last], zip(*self.values(run), strict=True), strict=True
                ):
                    yield log, kind(*values)

    def column(self, kind: type[Event], field: str) -> list[Any]:
        """All values of a field of a type of event."""
        columns = self.columns.get(kind)
        return columns[[each.name for each in fields(kind)].index(field)] if columns else []

    @property
    def unknown(self) -> list[Log]:
        """Logs whose event the ABI does not have."""
        return [log for run in self.runs if run.kind is None for log in self.logs[run.first : run.last]]
