"""Answers that are given again: the same bytes until the next block, and never an older one."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from api.app import create_app
from indexer.decode import events as e
from indexer.ledger.models import Deployment, LeaderMetrics
from protocol.types import Reason
from tests.api.world import CAROL, LEADER, USD, USDC, Chain, trade_id


def told(engine: Engine) -> list[str]:
    """Statements that the database is asked from now on."""
    heard: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    return heard


def test_the_same_question_is_answered_without_reading_again(
    client: TestClient, engine: Engine, chain: Chain
) -> None:
    first = client.get("/v1/vaults/2/statement")
    heard = told(engine)
    again = client.get("/v1/vaults/2/statement")
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert [statement for statement in heard if "vaults" in statement] == []
    chain.mine([e.Deposited(CAROL, USDC, 1, CAROL)])
    later = client.get("/v1/vaults/2/statement")
    assert later.json()["as_of_block"]["number"] == first.json()["as_of_block"]["number"] + 1


def test_forms_queries_and_deployments_are_kept_apart(client: TestClient) -> None:
    whole, page = client.get("/v1/vaults"), client.get("/v1/vaults?limit=1")
    table = client.get("/v1/vaults", headers={"Accept": "text/csv"})
    assert len(whole.json()["data"]) > len(page.json()["data"]) == 1
    assert table.headers["content-type"].startswith("text/csv")
    assert client.get("/v1/vaults", headers={"Accept": "text/csv"}).content == table.content
    assert client.get("/v1/vaults").json() == whole.json()


def test_leaders_are_read_again_when_their_metrics_are_made_anew(client: TestClient, engine: Engine) -> None:
    first = client.get("/v1/leaders")
    assert client.get("/v1/leaders", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    with Session(engine) as session:
        version = session.scalars(select(Deployment.metrics_version)).one() + 1
        session.execute(update(LeaderMetrics).values(history_days=77, made=version))
        session.execute(update(Deployment).values(metrics_version=version))
        session.commit()
    later = client.get("/v1/leaders", headers={"If-None-Match": first.headers["etag"]})
    assert {leader["history_days"] for leader in later.json()["data"]} <= {77}
    assert later.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    "path", ["vaults/2/statement", "trades/1-3/copies", "leaders?window=all", "leaders/1?window=24h"]
)
def test_block_that_touches_it_changes_an_answer_and_its_removal_takes_that_back(
    client: TestClient, chain: Chain, path: str
) -> None:
    last = chain.ledger.checkpoint

    def told() -> Any:
        """What is said now, twice the same, but for when it was last looked at."""
        first, again = (client.get(f"/v1/{path}") for _ in range(2))
        assert again.content == first.content
        found = first.json()
        assert found["as_of_block"]["number"] == chain.ledger.checkpoint.number
        for row in found["data"] if isinstance(found["data"], list) else found["data"].get("windows", []):
            row.pop("as_of_block", None)
            row.pop("as_of", None)
        return found

    before = told()
    third, paid = trade_id(1, 3), 100 * USD
    chain.mine(
        [
            e.CopySkipped(third, 2, 1, Reason.COOLDOWN),
            *(e.Allocated(vault, LEADER, USDC, paid) for vault in (1, 2)),
        ]
    )
    after = told()
    assert after["data"] != before["data"]
    chain.ledger.roll_back(last)
    chain.ledger.refresh_leaders(100)
    assert told() == before


def test_what_is_refused_is_not_kept(client: TestClient, chain: Chain) -> None:
    assert client.get("/v1/vaults/99").status_code == 404
    chain.mine([e.Deposited(CAROL, USDC, 1, CAROL)])
    assert client.get("/v1/vaults/99").status_code == 404


async def test_requests_at_once_are_all_answered_as_of_a_block_not_older_than_they(
    engine: Engine, chain: Chain
) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(engine)), base_url="http://api"
    ) as client:
        for _ in range(3):
            chain.mine([e.Deposited(CAROL, USDC, 1, CAROL)])
            answers = await asyncio.gather(*(client.get(f"/v1/vaults/{at % 3 + 1}") for at in range(30)))
            assert {answer.json()["as_of_block"]["number"] for answer in answers} == {chain.number}
