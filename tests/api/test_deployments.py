"""One database, several hubs: each is asked for by the path, and none sees another's rows."""

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from indexer.ledger.checkpoint import add_deployment
from tests.api.world import CHAIN_ID, HUB, Chain, address, header_of

OTHER = address("another hub")


def test_single_deployment_is_found_with_and_without_its_path(client: TestClient) -> None:
    [only] = client.get("/v1/deployments").json()["data"]
    assert (only["chain_id"], only["hub"], only["start_block"]) == (CHAIN_ID, HUB, 10)
    assert only["as_of_block"]["number"] == 18
    assert only["path"] == f"/deployments/{CHAIN_ID}/{HUB}"
    for path in ("/v1/vaults", "/v1/vaults/2/statement", "/v1/trades/1-1", "/v1/protocol"):
        plain = client.get(path)
        assert plain.status_code == 200
        assert client.get(only["path"] + path).json() == plain.json()
    lower = client.get(f"/deployments/{CHAIN_ID}/{HUB.lower()}/v1/protocol")
    assert lower.status_code == 200


def test_of_several_each_is_asked_for_by_its_path(engine: Engine, chain: Chain) -> None:
    add_deployment(engine, 8453, OTHER, header_of(9))
    client = TestClient(create_app(engine))
    paths = [each["path"] for each in client.get("/v1/deployments").json()["data"]]
    first, second = (client.get(f"{path}/v1/vaults").json() for path in paths)
    assert (len(first["data"]), len(second["data"])) == (6, 0)
    assert (first["as_of_block"]["number"], second["as_of_block"]["number"]) == (18, 9)
    undecided = client.get("/v1/vaults").json()
    assert undecided["status"] == 503
    assert "/v1/deployments" in undecided["remedy"]


def test_deployment_that_the_database_does_not_hold_is_a_problem_document(client: TestClient) -> None:
    for path in (f"/deployments/1/{HUB}", f"/deployments/{CHAIN_ID}/{OTHER}", f"/deployments/{CHAIN_ID}/x"):
        answer = client.get(f"{path}/v1/vaults")
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:lockstep:problem:deployment-not-found"
        assert "GET /v1/deployments" in answer.json()["remedy"]
    assert client.get(f"/deployments/{CHAIN_ID}/{HUB}/v1/nothing").json()["status"] == 404
