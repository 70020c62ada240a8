"""The real hub on the real Uniswap: the ledger equals its books to the wei, and the commands say so."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from sqlalchemy import Engine, func, select, update
from typer import Typer
from typer.testing import CliRunner

from cli.index import index
from cli.reconcile import reconcile as reconcile_command
from demo.anvil import Anvil, anvil
from demo.checkout import Checkout
from demo.prices import synthetic
from demo.world import SETUP_S, World
from inbox.migrations import upgrade as make_inbox
from indexer.chain.heads import Heads
from indexer.chain.reader import ChainReader
from indexer.chain.rpc import RpcClient
from indexer.chain.types import Header
from indexer.ledger.database import open_engine
from indexer.ledger.migrations import upgrade
from indexer.ledger.models import (
    Balance,
    Copy,
    Policy,
    RawLog,
    Reconciliation,
    ReconciliationDifference,
    Reorg,
    StrategyLimits,
    Terms,
    Token,
    Vault,
)
from indexer.sync.deployment import Deployment, read_deployment
from indexer.sync.errors import EmptyLedgerError
from indexer.sync.reconcile import Report, reconcile
from indexer.sync.service import Indexer, open_indexer
from tests.deployments import DEPLOYMENTS
from tests.indexer.encoding import ABI
from tests.indexer.tables import content

STEPS = 60
FOLDER = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Lived:
    """A world that has lived so long, on a chain that goes on."""

    node: Anvil
    world: World
    deployment: Deployment
    file: Path


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    checkout = Checkout(FOLDER, tmp_path_factory.mktemp("demo"), DEPLOYMENTS)
    data = synthetic(5, STEPS)
    log = checkout.build / "anvil.log"
    inbox = open_engine(f"sqlite:///{checkout.build / 'inbox.db'}")
    make_inbox(inbox)
    with (
        anvil(checkout.anvil, genesis_time=data.ticks[0].time - SETUP_S, log=log) as node,
        World.create(node, checkout, data, 5, inbox, progress=lambda _: None) as world,
    ):
        for tick in data.ticks[:-10]:
            world.live(tick)
        yield Lived(node, world, read_deployment(world.deployment.file), world.deployment.file)
    inbox.dispose()


@pytest.fixture
async def reader(lived: Lived) -> AsyncIterator[ChainReader]:
    async with RpcClient(lived.node.http_url) as rpc:
        yield ChainReader(rpc)


async def bring_to_head(lived: Lived, engine: Engine) -> int:
    async with open_indexer(lived.node.http_url, engine, lived.deployment) as indexer:
        await indexer.backfill_to_head()
        await indexer.prove()
        return indexer.unknown_logs


async def test_every_balance_is_the_hubs_own(engine: Engine, lived: Lived, reader: ChainReader) -> None:
    unknown = await bring_to_head(lived, engine)
    report = await reconcile(reader, engine, lived.deployment)
    assert report.differences == ()
    with engine.connect() as connection:
        vaults = connection.scalar(select(func.count()).select_from(Vault))
        filled = connection.scalar(select(func.count()).where(Copy.status == "filled"))
        tokens = connection.execute(select(Token.symbol, Token.decimals).order_by(Token.symbol)).all()
        stored = connection.execute(select(Reconciliation.__table__)).one()
        raw = connection.scalar(select(func.count()).where(RawLog.event.is_(None)))
    assert vaults is not None
    assert vaults > 40
    assert filled is not None
    assert filled > 50
    assert report.balances_checked > 2 * vaults
    assert [tuple(token) for token in tokens] == [("USDC", 6), ("WBTC", 8), ("WETH", 18)]
    assert (stored.block_number, stored.block_hash) == (report.block.number, report.block.hash)
    assert (stored.balances_checked, stored.mismatches) == (report.balances_checked, 0)
    assert unknown == raw == 0


async def test_ledger_agrees_after_every_step_of_the_market(
    tmp_path: Path, lived: Lived, reader: ChainReader
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'steps.db'}")
    snapshot = lived.world.chain.request("evm_snapshot")
    blocks = set()
    async with open_indexer(lived.node.http_url, engine, lived.deployment) as indexer:
        for tick in lived.world.data.ticks[-10:]:
            await asyncio.to_thread(lived.world.live, tick)  # its keeper has a loop of its own
            await indexer.backfill_to_head()
            report = await reconcile(reader, engine, lived.deployment)
            assert report.differences == ()
            blocks.add(report.block.number)
        assert len(blocks) == 10
        # And once more after the chain took all ten steps back.
        lived.world.chain.request("evm_revert", snapshot)
        for _ in range(40):
            lived.world.chain.request("evm_mine")
        await indexer.backfill_to_head()
        await indexer.prove()
    report = await reconcile(reader, engine, lived.deployment)
    assert report.differences == ()
    clean = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    await bring_to_head(lived, clean)
    assert content(engine) == content(clean)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Reorg)) == 1
    engine.dispose()
    clean.dispose()


class UpTo(ChainReader):
    """Reads the chain as if it ended at a block."""

    last = 0

    async def head(self) -> Header:
        found = await self.header(self.last)
        assert found
        return found


async def agrees_every(lived: Lived, folder: Path, step: int) -> None:
    """Index one stretch of blocks after the other, and compare each time with the hub and `balanceOf`."""
    engine = open_engine(f"sqlite:///{folder / 'every.db'}")
    head = int(lived.world.chain.request("eth_blockNumber"), 16)
    async with RpcClient(lived.node.http_url) as rpc:
        reader = UpTo(rpc)
        reader.last = lived.deployment.block
        indexer = await Indexer.start(reader, Heads(reader, None), engine, lived.deployment)
        compared, empty = 0, 0
        for reader.last in [*range(lived.deployment.block + step, head, step), head]:
            await indexer.backfill_to_head()
            try:
                report = await reconcile(reader, engine, lived.deployment)
            except EmptyLedgerError:
                assert compared == 0  # before the first token is listed there is nothing
                empty += 1
                continue
            assert report.differences == ()
            assert report.block.number == reader.last
            compared += 1
        assert compared + empty >= (head - lived.deployment.block) // step
        assert compared > 10 * empty
    engine.dispose()


async def test_ledger_agrees_at_some_blocks_of_the_whole_life(lived: Lived, tmp_path: Path) -> None:
    await agrees_every(lived, tmp_path, 41)


@pytest.mark.deep
@pytest.mark.timeout(3600)
async def test_ledger_agrees_at_every_block_of_the_whole_life(lived: Lived, tmp_path: Path) -> None:
    await agrees_every(lived, tmp_path, 1)


async def test_one_wei_too_many_is_found_named_and_stored(
    engine: Engine, lived: Lived, reader: ChainReader
) -> None:
    await bring_to_head(lived, engine)
    with engine.begin() as connection:
        row = connection.execute(
            select(Balance.__table__).where(Balance.account_kind == "vault").limit(1)
        ).one()
        connection.execute(
            update(Balance)
            .where(
                Balance.account_kind == "vault", Balance.account == row.account, Balance.token == row.token
            )
            .values(amount=row.amount + 1)
        )
    report: Report = await reconcile(reader, engine, lived.deployment)
    ours = [each for each in report.differences if each.account_kind != "hub"]
    assert [(each.account, each.token, each.ledger_amount - each.chain_amount) for each in ours] == [
        (row.account, row.token, 1)
    ]
    with engine.connect() as connection:
        assert connection.scalar(select(Reconciliation.mismatches)) == len(report.differences)
        stored = connection.execute(
            select(ReconciliationDifference.__table__).where(ReconciliationDifference.account == row.account)
        ).one()
    assert (stored.ledger_amount, stored.chain_amount) == (row.amount + 1, row.amount)


@pytest.mark.parametrize("figure", ["mark", "invested", "policy_revision", "terms_version"])
async def test_figure_of_a_vault_that_is_one_too_high_is_found_and_named(
    engine: Engine, lived: Lived, reader: ChainReader, figure: str
) -> None:
    await bring_to_head(lived, engine)
    with engine.begin() as connection:
        [now] = connection.scalars(select(getattr(Vault, figure)).where(Vault.vault_id == 2)).all()
        connection.execute(update(Vault).where(Vault.vault_id == 2).values({figure: now + 1}))
    report = await reconcile(reader, engine, lived.deployment)
    assert [(each.account_kind, each.account) for each in report.differences] == [(figure, "2")]
    assert report.differences[0].ledger_amount - report.differences[0].chain_amount == 1


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        (Policy, "max_drawdown_bps", "policy"),
        (Policy, "size", "policy"),
        (Terms, "performance_bps", "terms"),
        (Terms, "subscription", "terms"),
        (StrategyLimits, "min_stake", "limits"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.__tablename__,
)
async def test_rule_that_is_one_too_high_is_found_and_named(
    engine: Engine, lived: Lived, reader: ChainReader, *, table: Any, column: str, kind: str
) -> None:
    await bring_to_head(lived, engine)
    whose = table.vault_id if table is Policy else table.strategy_id
    with engine.begin() as connection:
        [last, now] = connection.execute(select(whose, getattr(table, column)).order_by(whose.desc())).first()
        connection.execute(update(table).where(whose == last).values({column: now + 1}))
    report = await reconcile(reader, engine, lived.deployment)
    assert {(each.account_kind, each.token) for each in report.differences} == {(kind, column)}
    assert {each.ledger_amount - each.chain_amount for each in report.differences} == {1}


async def test_empty_ledger_cannot_be_reconciled(engine: Engine, lived: Lived, reader: ChainReader) -> None:
    upgrade(engine)
    with pytest.raises(EmptyLedgerError) as caught:
        await reconcile(reader, engine, lived.deployment)
    assert "lockstep index" in caught.value.remedy


def test_packaged_abi_has_the_events_of_the_compiled_hub(lived: Lived) -> None:
    compiled = lived.world.deployment.hub.abi
    events = {entry["name"]: entry for entry in compiled if entry["type"] == "event"}
    del events["EIP712DomainChanged"]  # which no code emits: ERC-5267 has it for domains that change
    assert events == ABI


# The commands


def program() -> Typer:
    app = Typer()
    app.command("index")(index)
    app.command("reconcile")(reconcile_command)
    return app


def options(lived: Lived, database_url: str) -> list[str]:
    place = ["--deployment", str(lived.file)]
    return ["--rpc-url", lived.node.http_url, "--database-url", database_url, *place]


def test_index_once_then_reconcile_exits_with_zero(database_url: str, lived: Lived) -> None:
    runner = CliRunner()
    indexed = runner.invoke(program(), ["index", "--once", *options(lived, database_url)])
    assert indexed.exit_code == 0, indexed.output
    assert "The ledger is at block" in indexed.output
    compared = runner.invoke(program(), ["reconcile", "--json", *options(lived, database_url)])
    assert compared.exit_code == 0, compared.output
    report = json.loads(compared.stdout)
    assert report["mismatches"] == 0
    assert report["balances_checked"] > 100


def test_reconcile_of_a_wrong_ledger_exits_with_three_and_shows_the_difference(
    database_url: str, lived: Lived
) -> None:
    runner = CliRunner()
    runner.invoke(program(), ["index", "--once", *options(lived, database_url)])
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(update(Balance).where(Balance.account_kind == "vault").values(amount=12_345))
    engine.dispose()
    compared = runner.invoke(program(), ["reconcile", *options(lived, database_url)], env={"COLUMNS": "200"})
    assert compared.exit_code == 3
    assert "12345" in compared.output


def test_known_errors_are_a_sentence_and_a_remedy_without_traceback(lived: Lived, tmp_path: Path) -> None:
    runner = CliRunner()
    good = options(lived, f"sqlite:///{tmp_path / 'l.db'}")
    nowhere = ["--rpc-url", "http://127.0.0.1:1", *good[2:]]
    cases = [
        (["index", "--once", *nowhere], "does not answer", "--rpc-url"),
        (["index", "--once", *good, "--deployment", "/none.json"], "cannot be read", "scripts/deploy.py"),
        (["index", "--once", *good, "--database-url", "mysql://x/y"], "cannot use", "sqlite:///"),
        (
            ["reconcile", *good, "--database-url", f"sqlite:///{tmp_path}/none.db"],
            "no database",
            "lockstep index",
        ),
    ]
    for arguments, problem, remedy in cases:
        result = runner.invoke(program(), arguments)
        assert result.exit_code == 1
        assert problem in result.output
        assert remedy in result.output
        assert "Traceback" not in result.output
    assert not (tmp_path / "none.db").exists()


def start_index(
    lived: Lived, database_url: str, *more: str, said: int | IO[bytes] = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    code = "import typer; from cli.index import index; typer.run(index)"
    return subprocess.Popen(
        [sys.executable, "-c", code, *options(lived, database_url), *more],
        stdout=subprocess.DEVNULL,
        stderr=said,
        cwd=FOLDER,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )


async def test_kill_at_any_moment_loses_nothing(database_url: str, lived: Lived, tmp_path: Path) -> None:
    clean_url = f"sqlite:///{tmp_path / 'clean.db'}"
    begun = time.monotonic()
    start_index(lived, clean_url, "--once").wait(60)
    whole = time.monotonic() - begun
    for part in range(5):
        process = start_index(lived, database_url)
        await asyncio.sleep(whole * (0.5 + 0.1 * part))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    killed, clean = open_engine(database_url), open_engine(clean_url)
    await bring_to_head(lived, killed)
    assert content(killed) == content(clean)
    killed.dispose()
    clean.dispose()


def test_ctrl_c_ends_following_in_order(lived: Lived, tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'live.db'}"
    output = tmp_path / "output"
    with output.open("wb") as said:
        process = start_index(lived, database_url, said=said)
    try:
        wait_for_checkpoint(database_url, lived)
        process.send_signal(signal.SIGINT)
        process.wait(10)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "The ledger is at block" in output.read_text()
    assert "Traceback" not in output.read_text()


def wait_for_checkpoint(database_url: str, lived: Lived) -> None:
    head: Any = int(lived.world.chain.request("eth_blockNumber"), 16)
    engine = open_engine(database_url)
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with engine.connect() as connection:
            if (
                engine.dialect.has_table(connection, "deployments")
                and head == connection.exec_driver_sql("SELECT checkpoint_number FROM deployments").scalar()
            ):
                break
        time.sleep(0.05)
    else:
        pytest.fail("the indexer did not reach the head")
    engine.dispose()
