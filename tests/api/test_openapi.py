from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from api.app import create_app


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(create_engine("sqlite://")))


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_operations_have_stable_names_words_and_a_tag(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, operation in found]
    assert sorted(names) == [
        "actOnLeader",
        "actOnUser",
        "addCampaign",
        "addChannel",
        "addComment",
        "addReview",
        "addRule",
        "annotate",
        "askChannelCode",
        "beginSecondFactor",
        "changeAnnotation",
        "changeCampaign",
        "changeComment",
        "changeReview",
        "changeRule",
        "claimHandle",
        "closeIncident",
        "confirmChannel",
        "confirmProposal",
        "createKey",
        "endAllSessions",
        "endCampaign",
        "endSession",
        "follow",
        "getAccount",
        "getCampaign",
        "getComment",
        "getFeeStatement",
        "getHealth",
        "getLeader",
        "getMonthlyStatement",
        "getMyProfile",
        "getOrder",
        "getOverview",
        "getPaperVault",
        "getPortfolio",
        "getProfile",
        "getProposal",
        "getProtocol",
        "getProtocolFees",
        "getPushKey",
        "getReadiness",
        "getReferralStatement",
        "getReferrals",
        "getReview",
        "getSession",
        "getSocialSummary",
        "getStatement",
        "getStrategy",
        "getTaxLots",
        "getTrade",
        "getTransaction",
        "getUser",
        "getVault",
        "getVaultEquity",
        "giveCode",
        "liftStop",
        "listAccruedFees",
        "listAnnotations",
        "listAudit",
        "listCampaigns",
        "listCandles",
        "listCases",
        "listChannels",
        "listComments",
        "listCopies",
        "listCorrelations",
        "listDeliveries",
        "listDeployments",
        "listFeeStatements",
        "listFees",
        "listFollows",
        "listIncidents",
        "listKeeperTransactions",
        "listKeepers",
        "listKeys",
        "listLeaders",
        "listMarkets",
        "listMetrics",
        "listMyPosts",
        "listOrders",
        "listPools",
        "listProfiles",
        "listProposals",
        "listReasonCodes",
        "listRevenue",
        "listReviews",
        "listRules",
        "listSentTransactions",
        "listSessions",
        "listSignals",
        "listStrategies",
        "listStrategyFees",
        "listStrategyTrades",
        "listTokens",
        "listTrades",
        "listUsers",
        "listVaultCopies",
        "listVaultLimits",
        "listVaults",
        "moderate",
        "noteCampaign",
        "openIncident",
        "openPaperVault",
        "postOrder",
        "prepareClaim",
        "prepareSignIn",
        "propose",
        "removeChannel",
        "removeProfile",
        "removeRule",
        "removeSecondFactor",
        "report",
        "retryDelivery",
        "revokeKey",
        "setStop",
        "signIn",
        "signOut",
        "silenceChannel",
        "streamEvents",
        "tellIncident",
        "unfollow",
        "withdrawAnnotation",
        "withdrawComment",
        "withdrawOrder",
        "withdrawProposal",
        "withdrawReview",
        "writeProfile",
    ]
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    for where, operation in found:
        assert operation["summary"], where
        assert len(operation["description"]) > 40, where
        assert set(operation["tags"]) <= described, where


def test_every_parameter_and_property_is_described_with_an_example(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (where, parameter["name"])
    for name, schema in document["components"]["schemas"].items():
        for key, part in schema.get("properties", {}).items():
            assert part.get("description"), (name, key)
            if _is_leaf(part):
                assert part.get("examples") or "const" in part, (name, key)


def test_every_operation_answers_errors_with_a_problem_document(document: dict[str, Any]) -> None:
    problem = {"$ref": "#/components/schemas/Problem"}
    for where, operation in operations(document):
        if operation["operationId"] == "getHealth":
            continue
        errors = {code: answer for code, answer in operation["responses"].items() if code != "200"}
        assert {"422", "503"} <= errors.keys(), where
        for answer in errors.values():
            assert answer["content"] == {"application/problem+json": {"schema": problem}}, where


def test_nothing_is_a_float_and_every_reference_resolves(document: dict[str, Any]) -> None:
    for node in _nodes(document):
        if isinstance(node, dict):
            assert node.get("type") != "number", node
            if "$ref" in node:
                name = node["$ref"].removeprefix("#/components/schemas/")
                assert name in document["components"]["schemas"]


def test_the_page_needs_no_other_server(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "http://" not in page
    assert "https://" not in page
    script = page.split('<script src="')[1].split('"')[0]
    assert len(client.get(script).content) > 100_000


def _is_leaf(part: dict[str, Any]) -> bool:
    kinds = [option.get("type") for option in part.get("anyOf", [part])]
    return any(kind in ("string", "integer", "boolean") for kind in kinds)


def _nodes(value: Any) -> Iterator[Any]:
    yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _nodes(part)


def test_the_root_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.url.path == "/docs"
    assert answer.status_code == 200
