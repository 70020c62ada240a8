import time
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, insert, text

from api.app import create_app
from api.snapshot import DeploymentKey
from indexer.chain.types import Header
from indexer.ledger.models import Deployment, Reconciliation
from tests.api.world import BOB, CHAIN_ID, HALF_DONE, HUB, LEADER, Chain, empty_chain, header_of

HUGE = "9" * 40

BAD = [
    ("/v1/vaults/999", 404, "vault-not-found"),
    ("/v1/vaults/4294967295/statement", 404, "vault-not-found"),
    ("/v1/vaults/4294967296", 422, "invalid-request"),
    ("/v1/vaults/-1", 422, "invalid-request"),
    (f"/v1/vaults/{HUGE}", 422, "invalid-request"),
    (f"/v1/vaults/{'9' * 5000}", 422, "invalid-request"),
    ("/v1/vaults/1%20OR%201=1", 422, "invalid-request"),
    ("/v1/vaults/1'--", 422, "invalid-request"),
    ("/v1/vaults/1.5", 422, "invalid-request"),
    ("/v1/vaults/2/statement?method=lifo", 422, "invalid-request"),
    ("/v1/vaults?owner=0x12", 422, "invalid-request"),
    ("/v1/vaults?owner=';DROP TABLE vaults;--", 422, "invalid-request"),
    (f"/v1/vaults?owner={BOB.swapcase().replace('X', 'x', 1)}", 422, "invalid-request"),
    (f"/v1/vaults?onwer={BOB}", 422, "invalid-request"),
    ("/v1/vaults?status=active", 422, "invalid-request"),
    ("/v1/vaults?limit=0", 422, "invalid-request"),
    ("/v1/vaults?limit=101", 422, "invalid-request"),
    ("/v1/vaults?limit=true", 422, "invalid-request"),
    ("/v1/vaults?cursor=nonsense", 422, "invalid-cursor"),
    ("/v1/vaults?cursor=%00%ff", 422, "invalid-cursor"),
    ("/v1/vaults?cursor=WyJ2YXVsdHMiLHRydWVd", 422, "invalid-cursor"),  # ["vaults",true]
    ("/v1/vaults?cursor=WyJ2YXVsdHMiLDFlMjBd", 422, "invalid-cursor"),  # ["vaults",1e20]
    ("/v1/vaults?cursor=WyJ2YXVsdHMiLDk5OTk5OTk5OTk5OTk5OTk5OTk5OV0", 422, "invalid-cursor"),
    ("/v1/strategies/9", 404, "strategy-not-found"),
    ("/v1/strategies/9/trades", 404, "strategy-not-found"),
    ("/v1/trades?strategy_id=9", 404, "strategy-not-found"),
    ("/v1/trades/1-99", 404, "trade-not-found"),
    ("/v1/trades/1-99/copies", 404, "trade-not-found"),
    ("/v1/trades/18446744073709551615", 404, "trade-not-found"),
    ("/v1/trades/18446744073709551616", 422, "invalid-request"),
    ("/v1/trades/4294967296-1", 422, "invalid-request"),
    ("/v1/trades/one", 422, "invalid-request"),
    ("/v1/trades/%D9%A3-%D9%A1", 422, "invalid-request"),  # digits, but not 0 to 9
    ("/v1/trades/1-1/copies?reason=Because", 422, "invalid-request"),
    (f"/v1/orders/{HALF_DONE[:-1]}0", 404, "order-not-found"),
    (f"/v1/orders/{HALF_DONE[:-1]}", 422, "invalid-request"),
    (f"/v1/orders/{HALF_DONE[2:]}", 422, "invalid-request"),
    ("/v1/orders?leader=0x12", 422, "invalid-request"),
    ("/v1/orders?nonce=41", 422, "invalid-request"),
    (f"/v1/accounts/{LEADER}0", 422, "invalid-request"),
    ("/v1/accounts/0x%00", 422, "invalid-request"),
    ("/v1/nothing", 404, "no-such-path"),
]


def check(answer: Response, status: int, slug: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert problem["type"] == f"urn:lockstep:problem:{slug}"
    assert problem["status"] == status
    for part in ("title", "detail", "remedy", "instance"):
        assert problem[part], part
    return problem


@pytest.mark.parametrize(("path", "status", "slug"), BAD, ids=[path[:60] for path, _, _ in BAD])
def test_bad_input_gets_a_problem_document(client: TestClient, path: str, status: int, slug: str) -> None:
    check(client.get(path), status, slug)


def test_a_problem_names_the_parameter_at_fault(client: TestClient) -> None:
    problem = check(client.get("/v1/vaults?limit=0&cursor=" + "x" * 201), 422, "invalid-request")
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert {error["at"] for error in errors} == {"query.limit", "query.cursor"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_api_only_reads(client: TestClient, method: str) -> None:
    check(client.request(method, "/v1/vaults"), 405, "method-not-allowed")


@pytest.mark.parametrize(
    "body", [b"\xffl", b"{", b"", b"[1]", b"null", b"\x00", b'{"a": 1e999}', b"[" * 5_000]
)
def test_a_body_that_cannot_be_read_is_a_problem(client: TestClient, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    check(client.post("/v1/orders", content=body, headers=kind), 422, "invalid-request")


def test_an_empty_database_is_not_ready_and_says_to_index(engine: Engine) -> None:
    chain = empty_chain(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM deployments"))
    del chain
    client = TestClient(create_app(engine))
    for path in ("/v1/vaults", "/v1/vaults/1", "/ready"):
        problem = check(client.get(path), 503, "ledger-not-ready")
        assert "lockstep index" in str(problem["remedy"])
    assert client.get("/health").json() == {"status": "ok"}


def test_of_several_deployments_one_must_be_chosen(engine: Engine, chain: Chain) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Deployment).values(chain_id=1, hub=LEADER, start_block=1))
    check(TestClient(create_app(engine)).get("/v1/vaults"), 503, "ledger-not-ready")
    chosen = TestClient(create_app(engine, DeploymentKey(CHAIN_ID, HUB)))
    assert len(chosen.get("/v1/vaults").json()["data"]) == 6
    other = TestClient(create_app(engine, DeploymentKey(1, LEADER)))
    check(other.get("/v1/vaults"), 503, "ledger-not-ready")


def head(number: int, *, seconds_ago: int = 0) -> Header:
    return replace(header_of(number), seen_us=time.time_ns() // 1_000 - seconds_ago * 1_000_000)


def test_a_ledger_that_lags_is_not_ready(client: TestClient, chain: Chain) -> None:
    chain.ledger.note_head(head(chain.number + 10))
    assert client.get("/ready").json()["lag_blocks"] == 10
    chain.ledger.note_head(head(chain.number + 11))
    problem = check(client.get("/ready"), 503, "not-ready")
    assert "11 blocks behind" in str(problem["detail"])


def test_a_ledger_whose_indexer_fell_silent_is_not_ready(client: TestClient, chain: Chain) -> None:
    chain.ledger.note_head(head(chain.number, seconds_ago=240))
    assert client.get("/ready").status_code == 200
    chain.ledger.note_head(head(chain.number + 1, seconds_ago=301))
    problem = check(client.get("/ready"), 503, "not-ready")
    assert "no new block since" in str(problem["detail"])


@pytest.mark.parametrize(("mismatches", "status"), [(0, 200), (2, 503)])
def test_a_ledger_that_differs_from_the_chain_is_not_ready(
    client: TestClient, engine: Engine, chain: Chain, mismatches: int, status: int
) -> None:
    chain.ledger.note_head(head(chain.number))
    with engine.begin() as connection:
        connection.execute(
            insert(Reconciliation).values(
                deployment_id=chain.ledger.deployment_id,
                checked_us=1_704_456_123_000_001,
                block_number=18,
                block_hash="0x00",
                balances_checked=30,
                mismatches=mismatches,
            )
        )
    answer = client.get("/ready")
    assert answer.status_code == status
    if not mismatches:
        assert answer.json()["reconciliation"] == {
            "block": 18,
            "checked": "2024-01-05T12:02:03.000001Z",
            "balances_checked": 30,
            "mismatches": 0,
        }


def test_a_failing_database_is_a_problem_without_its_innards(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE vaults RENAME TO elsewhere"))
    problem = check(client.get("/v1/vaults"), 503, "database-unavailable")
    assert "SELECT" not in str(problem)


def test_a_defect_is_a_problem_with_an_incident_number(engine: Engine, chain: Chain) -> None:
    with engine.begin() as connection:  # a clearing that no longer names a listed token
        connection.execute(text("DELETE FROM tokens"))
    del chain
    client = TestClient(create_app(engine), raise_server_exceptions=False)
    problem = check(client.get("/v1/trades"), 500, "unexpected")
    assert "incident" in str(problem["remedy"])
