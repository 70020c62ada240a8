"""Arrow tables of the API as frames: text becomes the exact number or the time that it stands for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped] # no annotations

if TYPE_CHECKING:
    import polars

_READ: Mapping[bytes, Callable[[str], Any]] = {
    b"integer": int,
    b"decimal": Decimal,
    b"time": datetime.fromisoformat,
}
_DIGITS = 38
"""Of the widest decimal that Arrow's readers agree on."""


def to_pandas(table: pa.Table) -> Any:
    """Return a pandas frame; `attrs["as_of_block"]` is the block's number and hash."""
    import pandas as pd  # type: ignore[import-untyped] # stubs are a package of their own

    columns = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        meaning = _meaning(field)
        if meaning is None:
            columns[field.name] = column.to_pandas(types_mapper=_nullable().get)
        elif meaning == b"time":
            columns[field.name] = pd.to_datetime(column.to_pandas(), utc=True, format="ISO8601")
        else:
            columns[field.name] = pd.Series(_values(column, meaning), dtype=object)
    frame = pd.DataFrame(columns)
    frame.attrs["as_of_block"] = (table.schema.metadata or {}).get(b"as_of_block", b"").decode()
    return frame


def to_polars(table: pa.Table) -> "polars.DataFrame":
    """Return a Polars frame."""
    import polars as pl

    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        meaning = _meaning(field)
        if meaning is None:
            columns.append(pl.Series(field.name, column.to_pylist(), _polars_type(field.type)))
        else:
            values = _values(column, meaning)
            fitting = _fitting(values, meaning)
            kept = column.to_pylist() if fitting is None else values
            columns.append(pl.Series(field.name, kept, pl.String if fitting is None else fitting))
    return pl.DataFrame(columns)


def _meaning(field: pa.Field) -> bytes | None:
    return (field.metadata or {}).get(b"lockstep")


def _values(column: pa.ChunkedArray, meaning: bytes) -> list[Any]:
    read = _READ[meaning]
    return [None if text is None else read(text) for text in column.to_pylist()]


def _nullable() -> dict[Any, Any]:
    import pandas as pd

    return {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def _polars_type(kind: pa.DataType) -> Any:
    import polars as pl

    return {pa.int64(): pl.Int64, pa.bool_(): pl.Boolean}.get(kind, pl.String)


def _fitting(values: list[Any], meaning: bytes) -> Any:
    """The type that holds every value exactly; None where there is none."""
    import polars as pl

    if meaning == b"time":
        return pl.Datetime("us", "UTC")
    known = [value for value in values if value is not None]
    if meaning == b"integer":
        return pl.Int128 if all(abs(value) < 10**_DIGITS for value in known) else None
    scale = max((-int(value.as_tuple().exponent) for value in known), default=0)
    whole = max((value.adjusted() + 1 for value in known), default=1)
    return pl.Decimal(_DIGITS, max(scale, 0)) if max(scale, 0) + max(whole, 1) <= _DIGITS else None
