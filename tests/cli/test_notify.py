"""`lockstep notify` refuses in words, and ends in order when it is asked to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine, inspect
from typer.testing import CliRunner

from access.sealing import new_key
from cli.notify import notify
from indexer.ledger.database import open_engine
from tests.api.world import fill_world

app = typer.Typer()
app.command()(notify)


def fails(*arguments: str, key: str | None) -> str:
    environment = {"LOCKSTEP_DEPLOYMENT": None, "LOCKSTEP_SECRET_KEY": key}
    result = CliRunner().invoke(app, arguments, env=environment)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'lockstep.db'}")
    fill_world(engine)
    yield engine
    engine.dispose()


def test_without_a_key_or_a_ledger_it_says_what_to_do(database: Engine, tmp_path: Path) -> None:
    assert "LOCKSTEP_SECRET_KEY is not set" in fails("--database-url", str(database.url), key=None)
    assert "is no key" in fails("--database-url", str(database.url), key="short")
    none = tmp_path / "none.db"
    assert "There is no database" in fails("--database-url", str(none), key=new_key())
    assert not none.exists()


def test_process_makes_its_tables_and_ends_in_order(database: Engine) -> None:
    environment = {**os.environ, "LOCKSTEP_SECRET_KEY": new_key()}
    environment.pop("LOCKSTEP_DEPLOYMENT", None)
    program = Path(sys.executable).with_name("lockstep")
    command = [program, "notify", "--database-url", str(database.url)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as child:
        begun = time.monotonic()
        while not inspect(database).has_table("notice_cursors"):
            assert child.poll() is None
            assert time.monotonic() - begun < 60
            time.sleep(0.1)
        time.sleep(0.5)
        child.send_signal(signal.SIGTERM)
        _, said = child.communicate(timeout=30)
    assert child.returncode == 0, said
    assert "Traceback" not in said
