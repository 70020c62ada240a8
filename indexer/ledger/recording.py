"""Raw logs as a Parquet file: written from a ledger, and read in place of a node's answers.

A row is a log as in `raw_logs`, with its block's hash and time, in chain order. A row group ends with a block
and has some thousand logs, so that memory stays flat. The file's metadata says whose logs they are and up to
which block they are all there are. A file is believed as a node is: headers prove it afterwards.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped] # Arrow has no annotations
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from sqlalchemy import Connection, Engine, func, select

from indexer.chain.types import BlockLogs, BlockRef, Header, Log
from indexer.ledger.checkpoint import Checkpoint
from indexer.ledger.database import snapshot
from indexer.ledger.errors import RecordingError
from indexer.ledger.models import Block, Deployment, RawLog

_LOGS_AT_ONCE = 8_000
_MOST_BYTES = 256 << 20
"""Of a row group, unpacked: more is no file of ours, and might not fit into memory."""

_WORD = 32
_KEY = b"lockstep_raw_logs"
_VERSION = 1
_HASH = re.compile(r"0x[0-9a-f]{64}")

_SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=False)
        for name, kind in (
            ("block_number", pa.int64()),
            ("block_hash", pa.string()),
            ("block_time", pa.int64()),
            ("tx_hash", pa.string()),
            ("tx_index", pa.int32()),
            ("log_index", pa.int32()),
            ("topics", pa.binary()),
            ("data", pa.binary()),
        )
    ]
)
_COLUMNS = (
    RawLog.block_number,
    RawLog.block_hash,
    Block.time,
    RawLog.tx_hash,
    RawLog.tx_index,
    RawLog.log_index,
    RawLog.topics,
    RawLog.data,
)


def write_recording(
    engine: Engine, deployment_id: int, path: Path, *, on_progress: Callable[[int, int], None] | None = None
) -> int:
    """Write a ledger's raw logs up to its checkpoint into a new file, and say how many there are.

    `on_progress` gets logs done and logs to do. Raises `RecordingError`; there is no file then.
    """
    if path.exists():
        raise RecordingError(f"{path} exists already.", remedy="Give another name, or remove the file.")
    unfinished = path.with_name(f"{path.name}.part")
    done = 0
    try:
        with snapshot(engine) as connection:
            schema = _SCHEMA.with_metadata({_KEY: json.dumps(_about(connection, deployment_id))})
            counted = select(func.count()).where(RawLog.deployment_id == deployment_id)
            total = connection.scalar(counted) or 0
            _require_all(connection, deployment_id, total)
            with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
                for rows in _groups(connection, deployment_id):
                    columns = zip(zip(*rows, strict=True), _SCHEMA.types, strict=True)
                    arrays = [pa.array(values, kind) for values, kind in columns]
                    writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
                    done += len(rows)
                    if on_progress is not None:
                        on_progress(done, total)
        os.replace(unfinished, path)
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written: {error}.",
            remedy="Check that its folder exists and can be written to, and the disk's space.",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return done


class Recording:
    """A file of raw logs: of which hub, and up to which block."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises `RecordingError` unless it is whole and says what it is."""
        self._path = path
        try:
            self._file = pq.ParquetFile(path)
            known = json.loads((self._file.schema_arrow.metadata or {})[_KEY])
            if known["version"] != _VERSION:
                raise self._error(f"is of version {known['version']}, and this Lockstep reads {_VERSION}")
            if self._file.schema_arrow.remove_metadata() != _SCHEMA:
                raise self._error("has other columns than a file of raw logs")
            self.chain_id, self.hub = int(known["chain_id"]), str(known["hub"])
            self.last = Checkpoint(int(known["last"]), str(known["last_hash"]), int(known["last_time"]))
        except (OSError, pa.ArrowException) as error:
            raise self._error(f"cannot be read ({error})") from error
        except (KeyError, TypeError, ValueError) as error:
            raise self._error("is not a file of raw logs") from error

    def read(self, first: int, last: int) -> Iterator[list[BlockLogs]]:
        """The blocks with logs from `first` to `last`, some at a time, in order; the recording's last block
        comes even without logs. Raises `RecordingError` where the file contradicts itself.
        """
        before: Header | BlockRef = BlockRef(-1, "", 0, 0)
        for at in range(self._file.num_row_groups):
            for_now = self._read_group(at, before)
            before = for_now[-1].header if for_now else before
            if wanted := [block for block in for_now if first <= block.header.number <= last]:
                yield wanted
            if before.number > last:
                return
        if before.number < self.last.number and first <= self.last.number <= last:
            end = BlockRef(self.last.number, self.last.hash, self.last.time, time.time_ns() // 1000)
            yield [BlockLogs(end, ())]

    def _read_group(self, at: int, before: Header | BlockRef) -> list[BlockLogs]:
        size = self._file.metadata.row_group(at).total_byte_size
        if size > _MOST_BYTES:
            raise self._error(f"has a row group of {size >> 20} MB")
        try:
            columns = [column.to_pylist() for column in self._file.read_row_group(at).columns]
        except (OSError, ValueError, pa.ArrowException) as error:
            raise self._error(f"cannot be read ({error})") from error
        if any(None in column for column in columns):
            raise self._error("lacks values")
        rows = zip(*columns, strict=True)
        seen, address, blocks = time.time_ns() // 1000, bytes.fromhex(self.hub[2:]), []
        for (number, block_hash, block_time), group in groupby(rows, itemgetter(0, 1, 2)):
            header = BlockRef(number, block_hash, block_time, seen)
            if not (before.number < number <= self.last.number and before.time <= block_time):
                raise self._error(f"tells of block {number} twice or out of order")
            logs = [
                Log(address, number, block_hash, tx_hash, tx_index, index, _words(topics), data)
                for _, _, _, tx_hash, tx_index, index, topics, data in group
            ]
            indexes = [log.log_index for log in logs]
            hashes = {block_hash, *map(attrgetter("tx_hash"), logs)}
            if indexes != sorted(set(indexes)) or not all(map(_HASH.fullmatch, hashes)):
                raise self._error(f"has no proper logs of block {number}")
            blocks.append(BlockLogs(header, tuple(logs)))
            before = header
        return blocks

    def _error(self, problem: str) -> RecordingError:
        return RecordingError(
            f"{self._path} {problem}.",
            remedy="Give a file that `lockstep export` wrote, or index without it: the node has all it has.",
        )


def _about(connection: Connection, deployment_id: int) -> dict[str, object]:
    row = connection.execute(select(Deployment.__table__).where(Deployment.id == deployment_id)).one()
    return {
        "version": _VERSION,
        "chain_id": row.chain_id,
        "hub": row.hub,
        "last": row.checkpoint_number,
        "last_hash": row.checkpoint_hash,
        "last_time": row.checkpoint_time,
    }


def _require_all(connection: Connection, deployment_id: int, found: int) -> None:
    told = select(func.sum(Block.log_count)).where(Block.deployment_id == deployment_id)
    there_were = connection.scalar(told) or 0
    if found != there_were:
        raise RecordingError(
            f"The ledger's blocks had {there_were} logs, and {found} are here.",
            remedy="Attach the parts of raw_logs that were detached, then export again.",
        )


def _groups(connection: Connection, deployment_id: int) -> Iterator[list[tuple[Any, ...]]]:
    """The logs' rows in whole blocks, some thousand at a time."""
    rows = connection.execution_options(yield_per=_LOGS_AT_ONCE).execute(
        select(*_COLUMNS)
        .join(Block, (Block.deployment_id == RawLog.deployment_id) & (Block.number == RawLog.block_number))
        .where(RawLog.deployment_id == deployment_id)
        .order_by(RawLog.block_number, RawLog.log_index)
    )
    found: list[tuple[Any, ...]] = []
    for row in rows:
        if len(found) >= _LOGS_AT_ONCE and row[0] != found[-1][0]:
            yield found
            found = []
        found.append(tuple(row))
    if found:
        yield found


def _words(topics: bytes) -> tuple[bytes, ...]:
    return tuple(topics[at : at + _WORD] for at in range(0, len(topics), _WORD))
