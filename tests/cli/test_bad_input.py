"""What cannot work is refused with what to do, exit code 1, nothing lost and nothing half-written."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from sqlalchemy import Engine, event, inspect

from indexer.ledger.database import open_engine
from simulation.proxy import Call, Proxy, RefusedError
from tests.cli.test_operating import place_at
from tests.indexer.encoding import topic_of
from tests.indexer.paper_chain import PARTS, PaperChain, emitter
from tests.indexer.story import EXTENSION, HUB, USDC, tell
from tests.indexer.tables import content


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    for each in said:
        assert each in result.output


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_node_of_another_chain(chain: PaperChain, database_url: str, tmp_path: Path) -> None:
    place = place_at(chain, database_url, tmp_path, chain_id=8453)
    refused(
        place.run("index", "--once"), "is on chain 31337, not on 8453", "Give the URL of a node of chain 8453"
    )
    assert tables(database_url) == set()


def test_address_without_code(chain: PaperChain, database_url: str, tmp_path: Path) -> None:
    place = place_at(chain, database_url, tmp_path, hub=USDC)
    refused(place.run("index", "--once"), f"no contract at {USDC}", "deployment file")
    assert tables(database_url) == set()


def test_hub_of_another_abi(chain: PaperChain, database_url: str, tmp_path: Path) -> None:
    chain.set_code(emitter(topic_of(name) for name in PARTS[0][1:]))
    place = place_at(chain, database_url, tmp_path)
    refused(place.run("index", "--once"), f"cannot emit {PARTS[0][0]}", "install the Lockstep it was")
    assert tables(database_url) == set()


def test_database_of_another_deployment(chain: PaperChain, database_url: str, tmp_path: Path) -> None:
    told, _ = tell(65, 5)
    chain.mine_all(told)
    place_at(chain, database_url, tmp_path).good("index", "--once")
    other = "0x" + "00" * 18 + "0CC1"
    chain.request("anvil_setCode", other, chain.request("eth_getCode", HUB, "latest"))
    second = place_at(chain, database_url, tmp_path, hub=other)
    engine = open_engine(database_url)
    before = content(engine)
    for command in ("index", "reconcile", "hash", "rebuild"):
        more = ["--once"] if command == "index" else []
        refused(second.run(command, *more), f"The database holds hub {HUB} on chain 31337", "--database-url")
    refused(second.run("verify", "2"), f"The database holds hub {HUB}")
    assert content(engine) == before
    engine.dispose()


def test_deployment_file_of_another_hub(chain: PaperChain, database_url: str, tmp_path: Path) -> None:
    place = place_at(chain, database_url, tmp_path, extension=USDC)
    refused(place.run("index", "--once"), f"names {EXTENSION}", "--deployment")
    assert tables(database_url) == set()


async def test_node_that_has_pruned_the_logs(
    chain: PaperChain, proxy: Proxy, database_url: str, tmp_path: Path
) -> None:
    told, _ = tell(66, 6)
    chain.mine_all(told)
    proxy.fault = lambda call, result: [] if call["method"] == "eth_getLogs" else result
    place = place_at(chain, database_url, tmp_path)
    code, said = await place.beside("index", "--once", rpc_url=proxy.url)
    assert code == 1
    assert "has logs that the node did not send" in said
    assert "another RPC endpoint" in said
    assert "Traceback" not in said
    engine = open_engine(database_url)
    rows = content(engine)
    assert {name for name, found in rows.items() if found} == {"deployments", "blocks"}  # where it starts
    assert rows["deployments"][0]["checkpoint_number"] == 0
    engine.dispose()


async def test_node_that_has_pruned_the_state(
    chain: PaperChain, proxy: Proxy, database_url: str, tmp_path: Path
) -> None:
    told, _ = tell(67, 6)
    chain.mine_all(told)

    def pruned(call: Call, result: Any) -> Any:
        if call["method"] == "eth_call" and call["params"][1] != "latest":
            raise RefusedError("missing trie node 0xab")
        return result

    place = place_at(chain, database_url, tmp_path)
    assert (await place.beside("index", "--once", rpc_url=proxy.url))[0] == 0
    proxy.fault = pruned
    code, said = await place.beside("reconcile", rpc_url=proxy.url)
    assert code == 1
    assert "missing trie node" in said
    assert "still has the blocks" in said
    # Indexing needs no state: it goes on, and says that the comparison is put off.
    code, said = await place.beside("index", "--once", rpc_url=proxy.url)
    assert code == 0
    assert "reconcile_put_off" in said


def test_disk_that_is_full(chain: PaperChain, tmp_path: Path) -> None:
    told, _ = tell(68, 60)
    chain.mine_all(told[:20])
    place = place_at(chain, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
    place.good("index", "--once")
    engine = open_engine(place.url)
    before = content(engine)
    chain.mine_all(told[20:])
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        refused(place.run("index", "--once"), "disk is full", "disk space")
    finally:
        event.remove(Engine, "connect", limit)
    after = content(engine)
    assert {**after, "deployments": []} == {**before, "deployments": []}
    assert after["deployments"][0]["checkpoint_number"] == before["deployments"][0]["checkpoint_number"]
    engine.dispose()
    place.good("index", "--once")  # there is room again


@contextmanager
def connection_lost(url: str, when: Callable[[str], bool]) -> Iterator[list[str]]:
    """Have the server end the writer's connection at a statement, and within a COPY."""
    lost: list[str] = []

    def lose(text: str) -> None:
        if not lost and when(text):
            lost.append(text)
            with psycopg.connect(url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    enter = psycopg.Copy.__enter__

    def entered(self: Any) -> Any:
        opened = enter(self)
        lose("COPY " + str(self.cursor._query and self.cursor._query.query))
        return opened

    def before(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        lose(text)

    event.listen(Engine, "before_cursor_execute", before)
    psycopg.Copy.__enter__ = entered  # type: ignore[method-assign]
    try:
        yield lost
    finally:
        psycopg.Copy.__enter__ = enter  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", before)


@pytest.mark.parametrize("table", ["raw_logs", "postings", "balances"])
def test_connection_that_is_lost_while_a_table_is_written(
    chain: PaperChain, postgresql_url: str, tmp_path: Path, table: str
) -> None:
    told, _ = tell(69, 30)
    chain.mine_all(told[:10])
    place = place_at(chain, postgresql_url, tmp_path)
    place.good("index", "--once")
    engine = open_engine(postgresql_url)
    before = content(engine)
    engine.dispose()
    chain.mine_all(told[10:])

    def writes(text: str) -> bool:
        return re.match(rf'\s*(INSERT INTO|COPY) "?{table}\b', text) is not None

    with connection_lost(postgresql_url, writes) as lost:
        refused(place.run("index", "--once"), "The database failed", "its connection")
    assert lost
    assert content(engine) == before
    place.good("index", "--once")
    clean = place_at(chain, f"sqlite:///{tmp_path / 'clean.db'}", tmp_path)
    clean.good("index", "--once")
    assert place.hash() == clean.hash()
    engine.dispose()


def test_connection_that_is_lost_in_a_migration(
    chain: PaperChain, postgresql_url: str, tmp_path: Path
) -> None:
    place = place_at(chain, postgresql_url, tmp_path)
    with connection_lost(postgresql_url, lambda text: "CREATE TABLE postings" in text) as lost:
        refused(place.run("index", "--once"), "The database failed", "disk space")
    assert lost
    assert tables(postgresql_url) == set()
    place.good("index", "--once")
