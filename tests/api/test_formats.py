"""Lists as tables have the rows of their JSON, for every list, with the columns of its model."""

import csv
import io
import json
from multiprocessing import get_context
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api import snapshot
from api.app import create_app
from api.formats import ARROW, CSV, PARQUET
from api.rates import MOST_CLIENTS, Buckets
from indexer.decode import events as e
from indexer.ledger.database import open_engine
from tests.api.test_problems import check
from tests.api.world import CAROL, LEADER, USDC, Chain, fill_world

LISTS = [
    "/v1/strategies",
    "/v1/strategies/1/trades",
    "/v1/strategies/1/fees",
    "/v1/leaders?window=24h",
    "/v1/metrics",
    "/v1/vaults",
    "/v1/vaults/2/copies",
    "/v1/vaults/2/equity",
    "/v1/vaults/2/limits",
    "/v1/trades",
    "/v1/trades/1-1/copies",
    "/v1/orders",
    "/v1/tokens",
    "/v1/pools",
    "/v1/reason-codes",
    "/v1/fees",
    f"/v1/accounts/{LEADER}/fees",
]


def flat(row: dict[str, Any], name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def table(client: TestClient, path: str, form: str) -> list[dict[str, Any]]:
    answer = client.get(path, headers={"Accept": form})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(form)
    if form == CSV:
        return list(csv.DictReader(io.StringIO(answer.text)))
    if form == PARQUET:
        found: list[dict[str, Any]] = pq.read_table(io.BytesIO(answer.content)).to_pylist()
        return found
    rows: list[dict[str, Any]] = pa.ipc.open_stream(answer.content).read_all().to_pylist()
    return rows


def test_every_list_is_the_same_in_every_form(client: TestClient) -> None:
    for path in LISTS:
        rows = client.get(path).json()["data"]
        for form in (CSV, PARQUET, ARROW):
            found = table(client, path, form)
            assert len(found) == len(rows), (path, form)
            for cells, row in zip(found, rows, strict=True):
                assert cells, path
                for name, cell in cells.items():
                    value = flat(row, name)
                    if isinstance(value, list | dict):
                        value = json.dumps(value, separators=(",", ":"))
                    if form == CSV:
                        value = "" if value is None else str(value)
                    assert cell == value, (path, form, name)


def test_an_amount_is_text_and_a_count_a_number(client: TestClient) -> None:
    (row, *_) = table(client, "/v1/trades/1-1/copies", PARQUET)
    assert row["fill.sold.units"] == "5000000000"
    assert (row["vault_id"], row["is_leader"]) == (1, True)


def test_pages_are_linked_and_say_their_block(client: TestClient, chain: Chain) -> None:
    path, found = "/v1/trades?limit=1", []
    while path:
        answer = client.get(path, headers={"Accept": "text/csv;q=1, */*;q=0.1"})
        assert answer.headers["as-of-block"].startswith(f"{chain.number} 0x")
        found += list(csv.DictReader(io.StringIO(answer.text)))
        link = answer.headers.get("link", "")
        path = link.split(">")[0].removeprefix("<")
    assert [row["id"] for row in found] == ["1-3", "1-2", "1-1"]


@pytest.mark.parametrize("path", ["/v1/vaults/2", "/v1/protocol", "/v1/vaults/2/statement"])
def test_what_is_no_list_is_no_table(client: TestClient, path: str) -> None:
    check(client.get(path, headers={"Accept": CSV}), 406, "not-a-table")
    assert client.get(path, headers={"Accept": "text/html, */*"}).status_code == 200


def test_an_error_stays_a_problem_document(client: TestClient) -> None:
    for form in (CSV, PARQUET, ARROW):
        check(client.get("/v1/trades?limit=0", headers={"Accept": form}), 422, "invalid-request")
        check(client.get("/v1/nothing", headers={"Accept": form}), 404, "no-such-path")


def test_until_the_next_block_a_client_need_not_read_again(client: TestClient, chain: Chain) -> None:
    for path in ("/v1/vaults/2", "/v1/trades?limit=1", "/v1/tokens"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    chain.mine([e.Deposited(CAROL, USDC, 1, CAROL)])
    later = client.get("/v1/vaults/2", headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
    assert later.headers["etag"] != first.headers["etag"]


def test_what_changes_between_blocks_has_no_tag(client: TestClient) -> None:
    for path in ("/v1/orders", "/v1/keepers", "/v1/protocol", "/v1/incidents", "/v1/deployments", "/ready"):
        assert "etag" not in client.get(path).headers, path


def test_who_asks_too_often_waits(engine: Engine, chain: Chain) -> None:
    del chain
    with TestClient(create_app(engine, buckets=Buckets(3))) as client:
        answers = [client.get("/health") for _ in range(3)]
        assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0"]
        assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
        refused = client.get("/v1/vaults")
        check(refused, 429, "too-many-requests")
        assert refused.headers["retry-after"] == "20"


def test_a_bucket_fills_again_and_clients_do_not_share_one() -> None:
    now = [0.0]
    buckets = Buckets(60, lambda: now[0])
    assert [buckets.take("a")[0] for _ in range(61)] == [True] * 60 + [False]
    assert buckets.take("b") == (True, 59, 1)
    now[0] = 1.0
    assert [buckets.take("a")[0] for _ in range(2)] == [True, False]
    now[0] = 1_000.0
    assert buckets.take("a") == (True, 59, 1)


def test_of_too_many_clients_the_one_heard_of_longest_ago_is_forgotten() -> None:
    now = [0.0]
    buckets = Buckets(2, lambda: now[0])
    assert [buckets.take("first")[1] for _ in range(2)] == [1, 0]
    for number in range(2 * MOST_CLIENTS):
        now[0] += 1e-6
        buckets.take(str(number))
    assert buckets.take("first") == (True, 1, 30)
    assert buckets.take(str(2 * MOST_CLIENTS - 1))[1] == 0


def test_processes_that_part_share_what_an_address_may_ask() -> None:
    buckets = Buckets(3)
    child = get_context("fork").Process(target=buckets.take, args=("a",))
    child.start()
    child.join()
    assert buckets.take("a")[1] == 1


def test_a_statement_that_takes_too_long_is_given_up(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:

    engine = open_engine(postgresql_url)
    fill_world(engine)
    monkeypatch.setattr(snapshot, "STATEMENT_TIMEOUT_MS", 50)
    snapshot._deployments.cache_clear()  # it has the former limit
    with engine.connect() as locked, TestClient(create_app(engine), raise_server_exceptions=False) as client:
        locked.execute(text("LOCK TABLE vaults IN ACCESS EXCLUSIVE MODE"))
        check(client.get("/v1/vaults"), 503, "too-slow")
        locked.rollback()
        assert client.get("/v1/vaults").status_code == 200
    snapshot._deployments.cache_clear()
    engine.dispose()
