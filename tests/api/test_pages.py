"""The dApp's files beside the API: who gets a page, who the API, and what the browser is told to allow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from tests.api.world import Chain

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def browser(engine: Engine, chain: Chain, tmp_path: Path) -> Iterator[TestClient]:
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html><title>Lockstep</title>")
    (web / "assets" / "app-1.js").write_text("export {};")
    (tmp_path / "secret").write_text("not for anybody")
    with TestClient(create_app(engine, web=web), raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/", "/leaders/1", "/vaults/13", "/nowhere"])
def test_every_address_of_a_page_gets_the_page(browser: TestClient, path: str) -> None:
    answer = browser.get(path, headers=HTML)
    assert answer.status_code == 200
    assert "<title>Lockstep</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


def test_the_page_may_load_and_ask_this_server_alone(browser: TestClient) -> None:
    policy = browser.get("/", headers=HTML).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


def test_a_file_named_by_its_content_is_kept_for_good(browser: TestClient) -> None:
    answer = browser.get("/assets/app-1.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/v1/protocol", "/v1/nothing", "/health", "/openapi.json", "/docs"])
def test_the_api_answers_what_is_its_own_even_to_a_browser(browser: TestClient, path: str) -> None:
    assert "<title>Lockstep</title>" not in browser.get(path, headers=HTML).text


def test_what_is_no_page_and_no_file_is_a_problem_document(browser: TestClient) -> None:
    for path in ("/leaders/1", "/assets/app-2.js", "/v1/nothing"):
        answer = browser.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:lockstep:problem:no-such-path"


@pytest.mark.parametrize(
    "path", ["/../secret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "//etc/passwd", "/a%00b"]
)
def test_nothing_outside_the_folder_is_served(browser: TestClient, path: str) -> None:
    assert "not for anybody" not in browser.get(path).text
    assert browser.get(path).status_code == 404


def test_a_post_to_an_address_of_a_page_is_the_apis(browser: TestClient) -> None:
    assert browser.post("/leaders/1", headers=HTML).json()["status"] == 404


def test_without_the_dapp_the_root_leads_to_the_description(engine: Engine, chain: Chain) -> None:
    with TestClient(create_app(engine)) as client:
        assert client.get("/", follow_redirects=False).headers["location"] == "/docs"
