"""The whole ledger as Parquet, read by DuckDB: every row of one block, and amounts that add up exactly."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, select

from indexer.ledger import dump as dumps
from indexer.ledger.checkpoint import read_checkpoint
from indexer.ledger.database import open_engine
from indexer.ledger.dump import write_dump
from indexer.ledger.errors import RecordingError
from indexer.ledger.models import Base
from tests.indexer.story import tell
from tests.indexer.test_ledger import append, in_blocks, new_ledger

SEED = 61


def tell_to(engine: Engine) -> Engine:
    events, _ = tell(SEED, 100)
    append(new_ledger(engine), in_blocks(events, random.Random(SEED)), random.Random(SEED))
    return engine


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path_factory.mktemp('told') / 'lockstep.db'}")
    yield tell_to(opened)
    opened.dispose()


@pytest.fixture
def folder(told: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dumps, "_ROWS_AT_ONCE", 50)
    found = tmp_path / "ledger"
    write_dump(told, 1, found)
    return found


@pytest.fixture
def duck(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session in the folder, with its views."""
    monkeypatch.chdir(folder)
    with duckdb.connect() as opened:
        opened.execute((folder / "views.sql").read_text())
        yield opened


def test_both_databases_give_the_same_files(folder: Path, postgresql_url: str, tmp_path: Path) -> None:
    other = open_engine(postgresql_url)
    write_dump(tell_to(other), 1, tmp_path / "other")
    other.dispose()
    for path in folder.glob("*.parquet"):
        first, second = pq.read_table(path), pq.read_table(tmp_path / "other" / path.name)
        assert first.schema == second.schema
        clocks = {"seen_us", "processed_us"} & set(first.schema.names)
        rows = [each.drop_columns(list(clocks)).to_pylist() for each in (first, second)]
        assert sorted(map(repr, rows[0])) == sorted(map(repr, rows[1])), path.name


def test_every_row_of_every_table_is_there(
    told: Engine, folder: Path, duck: duckdb.DuckDBPyConnection
) -> None:
    about = json.loads((folder / "ledger.json").read_text())
    assert {path.stem for path in folder.glob("*.parquet")} == about["tables"].keys()
    assert about["tables"].keys() >= {"postings", "entries", "balances", "copies", "fees", "leader_metrics"}
    with told.connect() as connection:
        assert about["block"]["number"] == read_checkpoint(connection, 1).number
        for name, described in about["tables"].items():
            table = Base.metadata.tables[name]
            names = list(described["columns"])
            assert names == pq.read_schema(folder / f"{name}.parquet").names
            assert set(names) == set(table.columns.keys()) - {"deployment_id"}
            rows = connection.execute(select(*(table.c[each] for each in names))).all()
            found = duck.execute(f"FROM '{name}.parquet'").fetchall()
            amounts = {at for at, each in enumerate(names) if described["columns"][each]["type"] == "amount"}
            stored = [
                tuple(_text(cell) if at in amounts else cell for at, cell in enumerate(r)) for r in rows
            ]
            assert sorted(map(repr, found)) == sorted(map(repr, stored)), name
            assert described["rows"] == len(rows)
            assert described["about"], name
    assert about["tables"]["postings"]["rows"] > 150


def test_postings_sum_to_zero_per_token_and_to_every_balance(duck: duckdb.DuckDBPyConnection) -> None:
    sums = duck.execute("""
        SELECT b.token, sum(p.amount) = 0::BIGNUM, count(*)
        FROM postings p JOIN balances b USING (account_id) GROUP BY b.token
    """).fetchall()
    assert len(sums) > 1
    assert all(zero for _, zero, _ in sums)
    wrong = duck.execute("""
        SELECT count(*) FROM balances b JOIN
            (SELECT account_id, sum(amount) AS amount FROM postings GROUP BY ALL) p USING (account_id)
        WHERE b.amount <> p.amount
    """).fetchone()
    assert wrong == (0,)
    entries = duck.execute("""
        SELECT count(*) FROM (
            SELECT sum(p.amount) AS amount FROM postings p JOIN balances b USING (account_id)
            GROUP BY p.block_number, p.entry_log_index, p.purpose, b.token
        ) WHERE amount <> 0::BIGNUM
    """).fetchone()
    assert entries == (0,)


def test_amounts_of_256_bits_add_up(duck: duckdb.DuckDBPyConnection) -> None:
    most = 2**256 - 1
    found = duck.execute(f"SELECT sum(x::BIGNUM)::VARCHAR FROM (VALUES ('{most}'), ('-{most - 7}')) t(x)")  # noqa: S608
    assert found.fetchone() == ("7",)
    limits = duck.execute("SELECT max(limit_price)::VARCHAR FROM trades").fetchone()
    stored = duck.execute("SELECT limit_price FROM 'trades.parquet'").fetchall()
    assert limits is not None
    assert int(limits[0]) == max(int(price) for (price,) in stored)


def test_what_is_there_is_not_written_over_and_a_failure_leaves_nothing(
    told: Engine, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RecordingError, match="exists already"):
        write_dump(told, 1, folder)
    with pytest.raises(RecordingError, match="cannot be written"):
        write_dump(told, 1, tmp_path / "no" / "such")

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dumps, "_write", full)
    with pytest.raises(RecordingError, match="No space"):
        write_dump(told, 1, tmp_path / "second")
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"ledger"}


def test_a_block_that_comes_meanwhile_is_in_no_table(
    told: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, halts = dumps._write, Base.metadata.tables["halts"]
    with told.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(halts))

    def interrupting(connection: Any, table: Any, *rest: Any) -> int:
        if table.name == "balances":
            with told.begin() as other:
                place = {"deployment_id": 1, "block_number": 10**6, "log_index": 0, "block_time": 0}
                other.execute(halts.insert().values(**place, tx_hash="0x", strategy_id=0, halted=True))
        return written(connection, table, *rest)

    monkeypatch.setattr(dumps, "_write", interrupting)
    assert write_dump(told, 1, tmp_path / "ledger").rows["halts"] == before


def _text(units: int | None) -> str | None:
    return None if units is None else str(units)
