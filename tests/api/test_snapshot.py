from contextlib import suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from api.snapshot import Snapshots
from api.vaults import service
from indexer.decode import events as e
from tests.api.world import CAROL, Chain, joining


def test_block_and_rows_are_of_one_moment_while_the_indexer_writes(engine: Engine, chain: Chain) -> None:
    opening = Snapshots(engine, None).open()
    snapshot = next(opening)
    chain.mine([*joining(7, CAROL, 4, 500), e.VaultStatusSet(2, e.VaultStatus.LEFT)])
    everything = {"owner": None, "strategy_id": None, "status": None, "limit": 100, "cursor": None}
    seen = service.list_vaults(snapshot, **everything)
    assert seen.as_of_block.number == 18
    assert [(vault.id, vault.status) for vault in seen.data][1] == (2, "Active")
    assert len(seen.data) == 6
    opening.close()
    later = service.list_vaults(next(Snapshots(engine, None).open()), **everything)
    assert (later.as_of_block.number, len(later.data)) == (19, 7)


def test_a_snapshot_leaves_no_trace_of_an_attempt_to_write(engine: Engine, chain: Chain) -> None:
    before = chain.ledger.known_blocks(below=100, limit=100)
    opening = Snapshots(engine, None).open()
    session = next(opening).session
    with suppress(DBAPIError):  # PostgreSQL refuses at once; on SQLite the transaction is rolled back
        session.execute(text("DELETE FROM blocks"))
        assert engine.dialect.name == "sqlite"
    opening.close()
    assert chain.ledger.known_blocks(below=100, limit=100) == before
