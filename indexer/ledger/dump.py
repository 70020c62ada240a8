"""The whole ledger as Parquet, a file a table, as of one block: for DuckDB, pandas and Polars.

Columns are those of the tables, without the number that this database gave the deployment. An amount has up
to 256 bits, more than any number of Parquet's readers (a decimal of more than 38 digits becomes a float in
DuckDB), so it is text of digits, as SQLite keeps it: DuckDB sums it as BIGNUM, Python as `int`. `ledger.json`
has the block and says what a table's rows are, and `views.sql` has the tables with amounts as BIGNUM.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped] # Arrow has no annotations
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    select,
)

from indexer.ledger.checkpoint import Checkpoint, read_checkpoint
from indexer.ledger.content import MEMORIES
from indexer.ledger.database import snapshot
from indexer.ledger.errors import RecordingError
from indexer.ledger.models import Amount, Base, Deployment

VERSION = 1
"""Of the files' form. Goes up when a column changes its meaning or goes."""

_ROWS_AT_ONCE = 20_000
_TYPES: tuple[tuple[type[Any], Any], ...] = (
    (Amount, pa.string()),
    (BigInteger, pa.int64()),
    (Integer, pa.int32()),
    (Boolean, pa.bool_()),
    (Float, pa.float64()),
    (String, pa.string()),
    (LargeBinary, pa.binary()),
)
_LEFT_OUT = frozenset({"deployment_id"})


@dataclass(frozen=True, slots=True)
class Dump:
    """What was written: the block, and how many rows of each table."""

    block: Checkpoint
    rows: dict[str, int]


def write_dump(
    engine: Engine,
    deployment_id: int,
    folder: Path,
    *,
    on_table: Callable[[int, int], None] | None = None,
) -> Dump:
    """Write a ledger into a new folder. `on_table` gets tables done and tables to do.

    Raises `RecordingError`; there is no folder then.
    """
    if folder.exists():
        raise RecordingError(f"{folder} exists already.", remedy="Give another name, or remove the folder.")
    unfinished = folder.with_name(f"{folder.name}.part")
    try:
        unfinished.mkdir()
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        with snapshot(engine) as connection:
            block = read_checkpoint(connection, deployment_id)
            written: dict[str, int] = {}
            for done, table in enumerate(_tables(), 1):
                written[table.name] = _write(connection, table, deployment_id, unfinished)
                if on_table is not None:
                    on_table(done, len(_tables()))
            about = _about(connection, deployment_id, written)
        (unfinished / "ledger.json").write_text(json.dumps(about, indent=2) + "\n")
        (unfinished / "views.sql").write_text("\n".join(map(_view, _tables())) + "\n")
        os.replace(unfinished, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Dump(block, written)


def _unwritable(folder: Path, error: OSError) -> RecordingError:
    return RecordingError(
        f"{folder} cannot be written: {error}.",
        remedy="Check that its parent can be written to, the disk's space, and that no .part of it is left.",
    )


def _tables() -> list[Table]:
    """What follows from the chain, and the metrics made of it; not what tells of this database."""
    return [table for name, table in sorted(Base.metadata.tables.items()) if name not in MEMORIES]


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.name not in _LEFT_OUT]


def _type(column: Column[Any]) -> Any:
    return next(kind for made, kind in _TYPES if isinstance(column.type, made))


def _write(connection: Connection, table: Table, deployment_id: int, folder: Path) -> int:
    """Write a table's rows in the order of its key, and count them."""
    columns = _columns(table)
    schema = pa.schema([pa.field(each.name, _type(each), nullable=bool(each.nullable)) for each in columns])
    amounts = [at for at, each in enumerate(columns) if isinstance(each.type, Amount)]
    query = select(*columns).where(table.c.deployment_id == deployment_id).order_by(*table.primary_key)
    count = 0
    with pq.ParquetWriter(folder / f"{table.name}.parquet", schema, compression="zstd") as writer:
        for rows in _groups(connection, query):
            values = [list(each) for each in zip(*rows, strict=True)]
            for at in amounts:
                values[at] = [None if units is None else str(units) for units in values[at]]
            arrays = [pa.array(each, kind) for each, kind in zip(values, schema.types, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(rows)
    return count


def _groups(connection: Connection, query: Any) -> Iterator[Any]:
    found = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
    yield from found.partitions(_ROWS_AT_ONCE)


def _about(connection: Connection, deployment_id: int, written: dict[str, int]) -> dict[str, Any]:
    row = connection.execute(select(Deployment.__table__).where(Deployment.id == deployment_id)).one()
    models = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    return {
        "version": VERSION,
        "chain_id": row.chain_id,
        "hub": row.hub,
        "block": {
            "number": row.checkpoint_number,
            "hash": row.checkpoint_hash,
            "time": row.checkpoint_time,
        },
        "tables": {
            table.name: {
                "rows": written[table.name],
                "key": [each.name for each in table.primary_key if each.name not in _LEFT_OUT],
                "about": cleandoc(models[table.name].__doc__ or ""),
                "columns": {each.name: _described(each) for each in _columns(table)},
            }
            for table in _tables()
        },
    }


def _described(column: Column[Any]) -> dict[str, Any]:
    kind = "amount" if isinstance(column.type, Amount) else str(_type(column))
    return {"type": kind, "nullable": bool(column.nullable)}


def _view(table: Table) -> str:
    """DuckDB's view of a table, for a session that runs in the folder."""
    amounts = [each.name for each in _columns(table) if isinstance(each.type, Amount)]
    cast = ", ".join(f'"{name}"::BIGNUM AS "{name}"' for name in amounts)
    replaced = f" REPLACE ({cast})" if amounts else ""
    return f"CREATE VIEW {table.name} AS SELECT *{replaced} FROM '{table.name}.parquet';"  # noqa: S608 (our own names)
