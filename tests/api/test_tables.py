"""Tables of more than a page: all rows, of one block, whole or not at all."""

import csv
import io
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api import formats, tables
from api.app import create_app
from api.formats import ARROW, CSV, PARQUET
from api.snapshot import MAX_READERS
from indexer.ledger.database import open_engine
from tests.api.test_formats import table
from tests.api.test_problems import check
from tests.api.world import CAROL, Chain, fill_world, joining

VAULTS = 250
KEY = {"Accept": CSV}


def crowd(engine: Engine) -> Chain:
    """More vaults than two pages have."""
    chain = fill_world(engine)
    chain.mine([event for number in range(VAULTS) for event in joining(100 + number, CAROL, number, 500)])
    return chain


@pytest.fixture(scope="module")
def engine_of_many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path_factory.mktemp('tables') / 'lockstep.db'}")
    crowd(opened)
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def many(engine_of_many: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(engine_of_many), raise_server_exceptions=False) as opened:
        yield opened


def pages(client: TestClient, path: str, **filters: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    body: dict[str, Any] = {"next_cursor": ""}
    while body["next_cursor"] is not None:
        cursor = {"cursor": body["next_cursor"]} if body["next_cursor"] else {}
        body = client.get(path, params={"limit": 100, **filters, **cursor}).json()
        found += body["data"]
    return found


@pytest.mark.parametrize("form", [CSV, PARQUET, ARROW])
def test_a_table_has_the_rows_of_all_pages(many: TestClient, form: str) -> None:
    whole = pages(many, "/v1/vaults")
    assert len(whole) == VAULTS + 5 + 1
    answer = many.get("/v1/vaults?limit=100000", headers={"Accept": form})
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "link" not in answer.headers
    rows = table(many, "/v1/vaults?limit=100000", form)
    assert [str(row["id"]) for row in rows] == [str(row["id"]) for row in whole]
    assert [row["owner"] for row in rows] == [row["owner"] for row in whole]


def test_what_comes_after_a_table_is_linked(many: TestClient) -> None:
    path, sizes, ids = "/v1/vaults?limit=120&strategy_id=1", [], []
    while path:
        answer = many.get(path, headers=KEY)
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        sizes.append(len(rows))
        ids += [int(row["id"]) for row in rows]
        path = answer.headers.get("link", "").split(">")[0].removeprefix("<")
    assert sizes == [120, 120, 15]
    assert ids == [row["id"] for row in pages(many, "/v1/vaults", strategy_id=1)]


def test_a_block_that_comes_meanwhile_is_in_no_page(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = crowd(engine)
    at, written = chain.number, tables._write

    def mining(*arguments: Any) -> dict[str, Any]:
        chain.mine(joining(1_000 + chain.number, CAROL, chain.number, 500))
        return written(*arguments)

    monkeypatch.setattr(tables, "_write", mining)
    with TestClient(create_app(engine), raise_server_exceptions=False) as client:
        answer = client.get("/v1/vaults?limit=100000", headers=KEY)
    assert chain.number == at + 3
    assert answer.headers["as-of-block"].startswith(f"{at} 0x")
    assert len(answer.text.splitlines()) == VAULTS + 6 + 1


def test_too_large_or_too_slow_a_table_says_how_to_go_on(
    many: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = check(many.get("/v1/vaults?limit=100001", headers=KEY), 422, "invalid-request")
    assert "limit=100000" in problem["remedy"]
    assert "Link" in problem["remedy"]
    check(many.get("/v1/vaults?limit=101"), 422, "invalid-request")
    monkeypatch.setattr(tables, "MOST_SECONDS", -1)
    problem = check(many.get("/v1/vaults?limit=200", headers=KEY), 503, "too-slow")
    assert "limit" in problem["remedy"]
    assert many.get("/v1/vaults?limit=100", headers=KEY).status_code == 200


def test_a_problem_of_a_later_page_is_the_answer(many: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tables._write

    def spoiled(*arguments: Any) -> dict[str, Any]:
        return {**written(*arguments), "next_cursor": "nonsense"}

    monkeypatch.setattr(tables, "_write", spoiled)
    for form in (CSV, PARQUET, ARROW):
        check(many.get("/v1/vaults?limit=200", headers={"Accept": form}), 422, "invalid-cursor")


def test_a_full_disk_and_a_client_that_leaves_end_a_table(
    many: TestClient, engine_of_many: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither can be had for the asking: the write, and the look at the client, are stood in for."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    for form in (CSV, PARQUET, ARROW):
        with monkeypatch.context() as patched:
            patched.setattr(tables, "_write", full)
            check(many.get("/v1/vaults?limit=200", headers={"Accept": form}), 503, "no-room")
    asked, written = [], tables._write

    def counted(*arguments: Any) -> dict[str, Any]:
        asked.append(1)
        return written(*arguments)

    async def gone(_: Any) -> bool:
        return True

    monkeypatch.setattr(tables, "_write", counted)
    monkeypatch.setattr(tables.Request, "is_disconnected", gone)
    many.get("/v1/vaults?limit=200", headers=KEY)
    assert len(asked) == 1
    pool: Any = engine_of_many.pool
    assert pool.checkedout() == 0


def test_a_client_that_has_the_block_need_not_read_again(many: TestClient) -> None:
    first = many.get("/v1/vaults?limit=101", headers=KEY)
    again = many.get("/v1/vaults?limit=101", headers={**KEY, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_reader_gives_its_snapshot_back(many: TestClient, engine_of_many: Engine) -> None:
    for _ in range(MAX_READERS + 1):
        assert many.get("/v1/vaults?limit=101&owner=0x" + "00" * 20, headers=KEY).status_code == 200
        check(many.get("/v1/vaults/2", headers=KEY), 406, "not-a-table")
    pool: Any = engine_of_many.pool
    assert pool.checkedout() == 0


def test_text_says_what_it_stands_for(many: TestClient) -> None:
    answer = many.get("/v1/trades/1-1/copies", headers={"Accept": PARQUET})
    schema = pq.read_schema(io.BytesIO(answer.content))
    meanings = {field.name: (field.metadata or {}).get(b"lockstep") for field in schema}
    assert meanings["fill.sold.units"] == b"integer"
    assert meanings["fill.sold.decimal"] == meanings["fill.price"] == b"decimal"
    assert meanings["event.time"] == b"time"
    assert meanings["copy_id"] is None


@pytest.mark.parametrize("form", [CSV, PARQUET, ARROW])
def test_memory_does_not_grow_with_the_rows(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_GROUP", 500)
    columns, rows = [formats.Column("a", str)], [["x" * 100]] * 500
    peaks = []
    for times in (1, 3, 30):  # the first loads what a form needs
        with Path(os.devnull).open("wb") as nowhere:
            tracemalloc.start()
            writer = formats.WRITERS[form](nowhere, columns)
            for _ in range(times):
                writer.write(rows)
            writer.close()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[2] < peaks[1] * 1.5, peaks
