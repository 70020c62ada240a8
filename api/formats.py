"""Rows as tables: CSV, Parquet or Arrow, written as the rows come, so that memory stays flat.

A row's nested parts become columns with dots, what has no fixed parts becomes JSON text. The columns follow
from the answer's model and not from its rows, so every page has the same ones. Parquet and Arrow say of a
column of text whether it means an integer, a decimal or a time (field metadata `lockstep`): an amount of 256
bits fits no number of theirs.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import IO, Annotated, Any, Literal, NamedTuple, Protocol, Union, get_args, get_origin

from pydantic import BaseModel

from api.exports.cells import csv_lines, text_cell
from api.schemas import Amount

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"

_GROUP = 10_000
"""Rows that are written together in Parquet and Arrow."""

Meaning = Literal["integer", "decimal", "time"]
_OF_AMOUNTS: Mapping[str, Meaning] = {"units": "integer", "decimal": "decimal"}


class Column(NamedTuple):
    """A name with dots, whether it is `int`, `bool` or `str`, and what a text stands for."""

    name: str
    kind: type
    meaning: Meaning | None = None


def columns_of(model: type[BaseModel], prefix: str = "") -> Iterator[Column]:
    """Give the columns of a row's model."""
    for name, field in model.model_fields.items():
        shown = prefix + (field.serialization_alias or field.alias or name)
        kind = bare(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from columns_of(kind, f"{shown}.")
        elif model is Amount:
            yield Column(shown, str, _OF_AMOUNTS.get(name))
        elif kind in {Decimal, datetime}:
            yield Column(shown, str, "decimal" if kind is Decimal else "time")
        else:
            yield Column(shown, kind if kind in {int, bool} else str)


def cells_of(row: Mapping[str, Any], columns: Sequence[Column]) -> list[Any]:
    """Return a row's cells; what is null on the way to one is None."""
    found = []
    for column in columns:
        value: Any = row
        for part in column.name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        plain = value is None or isinstance(value, column.kind)
        found.append(value if plain else json.dumps(value, separators=(",", ":")))
    return found


class Writer(Protocol):
    """Writes a table into a file, some rows at a time."""

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take the next rows' cells."""

    def close(self) -> None:
        """Write what is left, and the table's end; the file stays open."""


class CsvWriter:
    """CSV with a header."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._file = file
        self._put(list(csv_lines([column.name for column in columns], [])))

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take the next rows' cells."""
        safe = ([text_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
        self._put(list(csv_lines([], safe))[1:])

    def close(self) -> None:
        """Nothing is left."""

    def _put(self, lines: Sequence[str]) -> None:
        self._file.write("".join(lines).encode())


class _ArrowTable(ABC):
    """What Parquet and Arrow share: rows are collected and written in groups."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 (large, seldom needed; no types)

        kinds = {int: pa.int64(), bool: pa.bool_(), str: pa.string()}
        self._schema = pa.schema(
            [
                pa.field(
                    column.name,
                    kinds[column.kind],
                    metadata=None if column.meaning is None else {"lockstep": column.meaning},
                )
                for column in columns
            ]
        )
        self._waiting: list[Sequence[Any]] = []
        self._sink = self._open(file)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take the next rows' cells."""
        self._waiting += rows
        if len(self._waiting) >= _GROUP:
            self._put()

    def close(self) -> None:
        """Write what is left, and the table's end."""
        self._put()
        self._sink.close()

    def _put(self) -> None:
        import pyarrow as pa  # noqa: PLC0415

        rows, self._waiting = self._waiting, []
        values = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(self._schema)]
        self._sink.write_table(pa.Table.from_arrays(values, schema=self._schema))

    @abstractmethod
    def _open(self, file: IO[bytes]) -> Any:
        """Begin a file of the kind."""


class ParquetWriter(_ArrowTable):
    """A Parquet file."""

    def _open(self, file: IO[bytes]) -> Any:
        import pyarrow.parquet as pq  # type: ignore[import-untyped] # noqa: PLC0415

        return pq.ParquetWriter(file, self._schema)


class ArrowWriter(_ArrowTable):
    """An Arrow IPC stream."""

    def _open(self, file: IO[bytes]) -> Any:
        import pyarrow as pa  # noqa: PLC0415

        return pa.ipc.new_stream(file, self._schema)


WRITERS: Mapping[str, type[CsvWriter | ParquetWriter | ArrowWriter]] = {
    CSV: CsvWriter,
    PARQUET: ParquetWriter,
    ARROW: ArrowWriter,
}


def row_model(answer: Any) -> type[BaseModel] | None:
    """Return the model of a list's rows, from the model of its answer; None where the answer is no list."""
    if not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        return None
    fields = answer.model_fields
    if not {"data", "as_of_block"} <= fields.keys():
        return None
    kind = fields["data"].annotation
    row = bare(get_args(kind)[0]) if get_origin(kind) is list else None
    return row if isinstance(row, type) and issubclass(row, BaseModel) else None


def bare(annotation: Any) -> Any:
    """Return a type without its annotations and without None."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [each for each in get_args(annotation) if each is not NoneType]
        return bare(kinds[0]) if len(kinds) == 1 else annotation
    return annotation
