import asyncio
from contextlib import suppress

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from api.app import create_app
from api.schemas import Page
from api.snapshot import MAX_READERS, Snapshot, Snapshots
from api.vaults import service
from api.vaults.schemas import Vault
from indexer.decode import events as e
from indexer.ledger.database import open_engine
from protocol.types import Reason, VaultStatus
from tests.api.world import CAROL, Chain, fill_world, joining


def everything(snapshot: Snapshot) -> Page[Vault]:
    return service.list_vaults(snapshot, owner=None, strategy_id=None, status=None, limit=100, cursor=None)


def test_block_and_rows_are_of_one_moment_while_the_indexer_writes(engine: Engine, chain: Chain) -> None:
    with Snapshots(engine, None).open() as snapshot:
        chain.mine([*joining(7, CAROL, 4, 500), e.VaultStatusSet(2, VaultStatus.LEFT, Reason.NONE)])
        seen = everything(snapshot)
    assert seen.as_of_block.number == 18
    assert [(vault.id, vault.status) for vault in seen.data][1] == (2, "Active")
    assert len(seen.data) == 6
    with Snapshots(engine, None).open() as snapshot:
        later = everything(snapshot)
    assert (later.as_of_block.number, len(later.data)) == (19, 7)


def test_a_snapshot_leaves_no_trace_of_an_attempt_to_write(engine: Engine, chain: Chain) -> None:
    before = chain.ledger.known_blocks(below=100, limit=100)
    # PostgreSQL refuses at once; on SQLite the transaction is rolled back.
    with suppress(DBAPIError), Snapshots(engine, None).open() as snapshot:
        snapshot.session.execute(text("DELETE FROM blocks"))
        assert engine.dialect.name == "sqlite"
    assert chain.ledger.known_blocks(below=100, limit=100) == before


async def test_many_requests_at_once_wait_for_their_turn_and_are_all_answered(
    engine: Engine, chain: Chain
) -> None:
    assert chain.number == 18
    transport = httpx.ASGITransport(create_app(engine))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        wanted = [client.get("/v1/vaults/2/statement") for _ in range(12 * MAX_READERS)]
        answers = await asyncio.wait_for(asyncio.gather(*wanted), 60)
    assert {answer.status_code for answer in answers} == {200}


def test_connections_come_back_with_the_statements_that_they_have_planned(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    fill_world(engine)
    with TestClient(create_app(engine)) as client:
        for vault in range(1, 7):
            assert client.get(f"/v1/vaults/{vault}/statement").status_code == 200
            assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a pool of several
        with engine.connect() as connection:
            planned = connection.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    assert planned is not None
    assert planned > 5
    engine.dispose()
