"""The commands of whoever runs a ledger: hash, rebuild, verify, doctor, and `index` with several of all."""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine, delete, func, insert, select, update
from typer.testing import CliRunner

from cli.main import app
from indexer.ledger.database import open_engine
from indexer.ledger.models import (
    Balance,
    Base,
    Deployment,
    Posting,
    RawLog,
    Reconciliation,
    Token,
    Trade,
    VaultHour,
)
from simulation.proxy import Call, Proxy, RefusedError
from tests.indexer.paper_chain import PaperChain
from tests.indexer.story import EXTENSION, HUB, tell
from tests.indexer.tables import content

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """A database with a ledger, and the deployment file beside it."""

    chain: PaperChain
    url: str
    file: Path

    def _options(self, command: str, rpc_url: str | None) -> list[str]:
        options = ["--database-url", self.url, "--deployment", str(self.file)]
        return (
            options
            if command in {"export", "hash", "rebuild"}
            else [*options, "--rpc-url", rpc_url or self.chain.url]
        )

    async def beside(self, command: str, *arguments: str, rpc_url: str) -> tuple[int, str]:
        """Run it as a process of its own, beside a proxy of this one; its exit code and what it said."""
        start = [sys.executable, "-W", "ignore", "-c", "from cli.main import main; main()", command]
        process = await asyncio.create_subprocess_exec(
            *start,
            *arguments,
            *self._options(command, rpc_url),
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "250"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    def run(self, command: str, *arguments: str, rpc_url: str | None = None) -> Result:
        options = self._options(command, rpc_url)
        # A wide terminal: tables fold their columns in a narrow one.
        return CliRunner().invoke(app, [command, *arguments, *options], env={"COLUMNS": "250"})

    def good(self, command: str, *arguments: str) -> str:
        result = self.run(command, *arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def hash(self, *arguments: str) -> str:
        found = re.fullmatch(r"(0x[0-9a-f]{64}) at block \d+\n", self.good("hash", *arguments))
        assert found
        return found[1]


def place_at(chain: PaperChain, url: str, folder: Path, **file: Any) -> Place:
    path = folder / f"deployment{len(list(folder.glob('deployment*')))}.json"
    path.write_text(json.dumps({"chain_id": 31_337, "hub": HUB, "extension": EXTENSION, "block": 1} | file))
    return Place(chain, url, path)


@pytest.fixture
def place(chain: PaperChain, database_url: str, tmp_path: Path) -> Place:
    told, _ = tell(61, 40)
    chain.mine_all(told, gap=2)
    # Live blocks of now: the clock of the story is years behind.
    return place_at(chain, database_url, tmp_path)


@pytest.fixture
def ledger(place: Place) -> Iterator[Engine]:
    place.good("index", "--once", "--reconcile-every", "0")
    engine = open_engine(place.url)
    yield engine
    engine.dispose()


COUNTS = {"metrics_version", "metrics_taken", "made"}


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table with every column, clocks too; not how often leaders' metrics were made."""
    with engine.connect() as connection:
        return {
            name: [
                {column: value for column, value in row._mapping.items() if column not in COUNTS}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in Base.metadata.tables.items()
        }


# hash


def test_hash_is_the_same_for_other_ranges_databases_restarts_and_reorgs(
    place: Place, ledger: Engine, tmp_path: Path
) -> None:
    other = Place(place.chain, f"sqlite:///{tmp_path / 'other.db'}", place.file)
    whole = place.chain.height
    snapshot = place.chain.snapshot()
    place.chain.mine_all(tell(62, 3)[0][:0], each=1)
    for _ in range(3):
        place.chain.mine(later=5)
    other.good("index", "--once")
    other.good("index", "--once")
    place.chain.revert(snapshot)
    for _ in range(5):
        place.chain.mine()
    other.good("index", "--once")
    assert other.hash() != place.hash()  # it is further
    place.good("index", "--once")
    assert other.hash() == place.hash()
    assert other.hash("--block", str(whole)) == place.hash("--block", str(whole))


def test_hash_at_a_past_block_is_the_hash_of_that_time_and_changes_nothing(
    chain: PaperChain, database_url: str, tmp_path: Path
) -> None:
    told, _ = tell(63, 30)
    place = place_at(chain, database_url, tmp_path)
    hashes = {}
    for at in range(0, 30, 5):
        chain.mine_all(told[at : at + 5], each=1, gap=0)
        place.good("index", "--once")
        hashes[chain.height] = place.hash()
    engine = open_engine(database_url)
    before = everything(engine)
    assert len(set(hashes.values())) == 6
    assert {block: place.hash("--block", str(block)) for block in hashes} == hashes
    assert everything(engine) == before
    engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        update(Balance).values(amount=Balance.amount),
        update(Trade).where(Trade.sequence == 1).values(completed_block=None),
        update(Token).values(decimals=7),
        delete(Posting).where(Posting.line == 1, Posting.block_number == 1),
    ],
    ids=["nothing", "a trade", "a token", "postings"],
)
def test_hash_tells_of_any_change(place: Place, ledger: Engine, change: Any) -> None:
    before, rows = place.hash(), content(ledger)
    with ledger.begin() as connection:
        connection.execute(change)
    assert (place.hash() == before) == (content(ledger) == rows)


def test_hash_of_each_table_is_there_for_who_looks_for_the_difference(place: Place, ledger: Engine) -> None:
    before = json.loads(place.good("hash", "--json"))
    with ledger.begin() as connection:
        connection.execute(update(Token).values(symbol="XYZ"))
    after = json.loads(place.good("hash", "--json"))
    changed = {name for name in before["tables"] if before["tables"][name] != after["tables"][name]}
    assert changed == {"tokens"}
    assert before["tables"]["postings"]["rows"] > 100


def test_hash_of_a_block_that_the_ledger_has_not_is_refused(place: Place, ledger: Engine) -> None:
    result = place.run("hash", "--block", "100000")
    assert result.exit_code == 1
    assert "has no block 100000" in result.output


# export


def test_ledger_that_starts_from_an_exported_file_has_the_same_hash(
    place: Place, ledger: Engine, tmp_path: Path
) -> None:
    file = str(tmp_path / "logs.parquet")
    assert f"logs in {file}" in place.good("export", file)
    other = Place(place.chain, f"sqlite:///{tmp_path / 'other.db'}", place.file)
    other.good("index", "--once", "--from-parquet", file)
    assert other.hash() == place.hash()
    again = place.run("export", file)
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert other.run("index", "--once", "--from-parquet", str(place.file)).exit_code == 1


def test_whole_ledger_is_exported_as_tables(place: Place, ledger: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    said = place.good("export", "--ledger", str(folder))
    about = json.loads((folder / "ledger.json").read_text())
    assert f"as of block {about['block']['number']}" in said
    with ledger.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(Posting))
    assert about["tables"]["postings"]["rows"] == count
    assert place.run("export", "--ledger", str(folder)).exit_code == 1
    assert place.run("export").exit_code == 2
    assert place.run("export", "logs.parquet", "--ledger", str(folder)).exit_code == 2


# rebuild


def test_rebuild_without_a_node_leaves_every_table_bit_for_bit(place: Place, ledger: Engine) -> None:
    before = everything(ledger)
    place.chain.close()
    said = place.good("rebuild")
    assert "The tables are what they were." in said
    assert everything(ledger) == before


DAMAGES: list[Callable[[Any], None]] = [
    lambda connection: connection.execute(delete(Posting).where(Posting.line == 0)),
    lambda connection: connection.execute(update(Balance).values(amount=1)),
    lambda connection: [
        connection.execute(delete(table))
        for name, table in Base.metadata.tables.items()
        if name not in {"deployments", "blocks", "raw_logs", "tokens", "leases"}
    ],
]


@pytest.mark.parametrize("damage", DAMAGES, ids=["postings gone", "balances wrong", "all gone"])
def test_rebuild_mends_whatever_was_damaged(place: Place, ledger: Engine, damage: Any) -> None:
    before, rows = place.hash(), content(ledger)
    with ledger.begin() as connection:
        damage(connection)
    assert "now they are" in place.good("rebuild")
    assert content(ledger) == rows
    assert place.hash() == before


def test_rebuild_that_fails_changes_nothing(place: Place, ledger: Engine) -> None:
    with ledger.begin() as connection:  # a log is gone: what follows contradicts itself
        connection.execute(delete(RawLog).where(RawLog.event == "StrategyCreated"))
    before = everything(ledger)
    result = place.run("rebuild")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    after = everything(ledger)
    assert {**after, "leases": []} == {**before, "leases": []}


# verify


def test_statement_from_the_chain_alone_is_the_ledgers(place: Place, ledger: Engine) -> None:
    said = place.good("verify", "2")
    assert "0 figures differ" in said
    assert "flows.net_deposits" in said
    both = json.loads(place.good("verify", "2", "--json", "--method", "fifo"))
    assert both["ledger"] == both["chain"]
    assert both["ledger"]["data"]["method"] == "fifo"
    assert len(both["ledger"]["data"]["lines"]) > 1


def test_statement_that_the_chain_contradicts_is_shown_with_the_difference(
    place: Place, ledger: Engine
) -> None:
    with ledger.begin() as connection:
        account = select(Balance.account_id).where(Balance.account_kind == "vault", Balance.account == "2")
        connection.execute(
            update(Posting)
            .where(Posting.account_id.in_(account), Posting.purpose == "allocation")
            .values(amount=10**60)
        )
    # A posting shows in its line; the figures over the whole life are the read models'.
    result = place.run("verify", "2", "--json")
    assert result.exit_code == 3, result.output
    differences = {each["figure"]: each for each in json.loads(result.stdout)["differences"]}
    assert [each["ledger"] for name, each in differences.items() if name.endswith("amount.units")] == [
        str(10**60)
    ]
    with ledger.begin() as connection:
        connection.execute(update(VaultHour).where(VaultHour.vault_id == 2).values(deposited=10**60))
    result = place.run("verify", "2", "--json")
    assert result.exit_code == 3, result.output
    differences = {each["figure"]: each for each in json.loads(result.stdout)["differences"]}
    deposited = differences["data.flows.deposited.units"]
    assert deposited["ledger"] == str(10**60)
    assert int(deposited["chain"]) < 10**13
    shown = place.run("verify", "2")
    assert shown.exit_code == 3
    assert "differs" in shown.output


def test_verifying_a_vault_that_does_not_exist_is_refused(place: Place, ledger: Engine) -> None:
    result = place.run("verify", "4000")
    assert result.exit_code == 1
    assert "4000" in result.output
    assert "Traceback" not in result.output


# doctor


def findings(place: Place, **options: Any) -> tuple[int, dict[str, dict[str, str]]]:
    result = place.run("doctor", "--json", **options)
    return result.exit_code, {each["check"]: each for each in json.loads(result.stdout)}


def test_doctor_finds_nothing_bad_in_a_ledger_that_is_well(place: Place, ledger: Engine) -> None:
    code, found = findings(place)
    assert code == 0, found
    assert {name for name, each in found.items() if each["verdict"] == "warning"} == {
        "clock",  # the chain on paper made its last block years ago
        "indexer",
        "reconciliation",
    }
    assert all(each["remedy"] for each in found.values() if each["verdict"] != "good")
    assert found["hub"]["verdict"] == found["oldest logs"]["verdict"] == found["state"]["verdict"] == "good"


def test_doctor_names_a_dead_node_and_what_to_do(place: Place, ledger: Engine) -> None:
    code, found = findings(place, rpc_url="http://127.0.0.1:1")
    assert code == 3
    assert "does not answer" in found["node http://127.0.0.1:1"]["found"]
    assert "--rpc-url" in found["node http://127.0.0.1:1"]["remedy"]
    assert found["database"]["verdict"] == "good"  # the rest is looked at all the same


def test_doctor_sees_a_ledger_behind_one_that_differed_and_unknown_events(
    place: Place, ledger: Engine
) -> None:
    with ledger.begin() as connection:
        connection.execute(update(Deployment).values(head_number=Deployment.checkpoint_number + 500))
        connection.execute(
            insert(Reconciliation).values(
                deployment_id=1,
                checked_us=time.time_ns() // 1000,
                block_number=7,
                block_hash="0x",
                balances_checked=9,
                mismatches=2,
            )
        )
        connection.execute(update(RawLog).where(RawLog.log_index == 0).values(event=None))
    code, found = findings(place)
    assert code == 3
    assert "500 blocks" in found["lag"]["found"]
    assert "2 figures differed from the chain at block 7" in found["reconciliation"]["found"]
    assert "lockstep rebuild" in found["events"]["remedy"]


def test_doctor_without_a_database_says_how_to_get_one(place: Place, tmp_path: Path) -> None:
    nowhere = Place(place.chain, f"sqlite:///{tmp_path / 'none.db'}", place.file)
    code, found = findings(nowhere)
    assert code == 3
    assert "lockstep index" in found["database"]["remedy"]
    assert not (tmp_path / "none.db").exists()


async def test_doctor_sees_through_a_node_that_has_pruned(place: Place, ledger: Engine, proxy: Proxy) -> None:
    def pruned(call: Call, result: Any) -> Any:
        if call["method"] == "eth_getLogs":
            return []
        if call["method"] == "eth_call" and call["params"][1] != "latest":
            raise RefusedError("missing trie node")
        return result

    proxy.fault = pruned
    code, found = await asyncio.to_thread(findings, place, rpc_url=proxy.url)
    assert code == 3
    assert "bloom" in found["oldest logs"]["found"]
    assert "pruned the hub's first blocks" in found["oldest logs"]["remedy"]
    assert "missing trie node" in found["state"]["found"]


def test_doctor_sees_a_clock_that_is_behind(place: Place, ledger: Engine) -> None:
    ahead = int(time.time()) + 3600
    place.chain.request("evm_mine", ahead)
    code, found = findings(place)
    assert code == 3
    assert "future" in found["clock"]["found"]
    assert "NTP" in found["clock"]["remedy"]


def test_doctor_prints_a_table_for_people(place: Place, ledger: Engine) -> None:
    said = place.good("doctor")
    assert "what to do" in said
    assert "0 bad, 3 warnings" in said


# several of all


def test_second_hub_needs_to_be_let_in_and_then_lives_beside_the_first(
    place: Place, ledger: Engine, tmp_path: Path
) -> None:
    late = place_at(place.chain, place.url, tmp_path, block=1)
    later_hub = "0x" + "00" * 18 + "0CC1"
    code = place.chain.request("eth_getCode", HUB, "latest")
    place.chain.request("anvil_setCode", later_hub, code)
    second = place_at(place.chain, place.url, tmp_path, hub=later_hub)
    before = place.hash()
    refused = second.run("index", "--once")
    assert refused.exit_code == 1
    assert "--beside-others" in refused.output
    second.good("index", "--once", "--beside-others")
    second.good("index", "--once")  # it is in now
    assert late.hash() == before
    assert second.hash() != before
    place.chain.mine_all(tell(64, 4)[0][:0], gap=0)
    for _ in range(2):
        place.chain.mine()
    place.good("index", "--once")
    with ledger.connect() as connection:
        heights = connection.execute(
            select(Deployment.id, Deployment.checkpoint_number).order_by(Deployment.id)
        ).all()
    assert [tuple(row) for row in heights] == [(1, place.chain.height), (2, place.chain.height - 2)]
    assert "0 figures differ" in place.good("verify", "2")
    place.good("rebuild")


def test_several_endpoints_come_as_options_or_by_comma(place: Place) -> None:
    url = f"http://127.0.0.1:1, {place.chain.url},http://127.0.0.1:2"
    indexed = place.run("index", "--once", rpc_url=url)
    assert indexed.exit_code == 0, indexed.output
    assert "The ledger is at block" in indexed.output
    broken = place.run("index", "--once", "--rpc-url", "http://127.0.0.1:1", rpc_url="http://127.0.0.1:2")
    assert broken.exit_code == 1
    assert "127.0.0.1:1" in broken.output
    assert "127.0.0.1:2" in broken.output
