import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import typer
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from cli.serve import serve
from indexer.ledger.database import open_engine
from indexer.ledger.migrations import upgrade

app = typer.Typer()
app.command()(serve)


def fails(*arguments: str) -> str:
    """Run the command and return what it says; it must refuse in words, without a traceback."""
    result = CliRunner().invoke(app, arguments, env={"LOCKSTEP_DEPLOYMENT": None})
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)
    return result.output


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'lockstep.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


def test_a_missing_database_is_not_created_but_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    for url in (f"sqlite:///{path}", str(path)):
        said = fails("--database-url", url)
        assert f"There is no database at {path}" in said
        assert "lockstep index" in said
    assert not path.exists()


def test_a_folder_without_a_dapp_is_refused(database: Engine, tmp_path: Path) -> None:
    said = fails("--database-url", str(database.url), "--web", str(tmp_path))
    assert f"There is no dApp in {tmp_path}" in said.replace("\n", "")
    assert "make web" in said


def test_a_database_from_a_newer_version_is_refused(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    said = fails("--database-url", str(database.url))
    assert "revision 9999" in said
    assert "newer Lockstep" in said


def test_a_database_without_tables_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    assert "lockstep index" in fails("--database-url", f"sqlite:///{path}")


def test_an_unreachable_server_is_refused() -> None:
    assert "cannot be opened" in fails("--database-url", "postgresql://nobody@127.0.0.1:1/none")


def test_what_is_no_url_is_refused() -> None:
    assert "sqlite:///" in fails("--database-url", "mysql://localhost/x")


def test_a_key_that_is_none_and_a_timelock_that_is_no_address_are_refused(database: Engine) -> None:
    assert "new-key" in fails("--database-url", str(database.url), "--secret-key", "password")
    assert "new-push-key" in fails("--database-url", str(database.url), "--push-key", "password")
    assert "no address" in fails("--database-url", str(database.url), "--timelock", "0x12")


def test_a_port_in_use_is_refused_with_a_remedy(database: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = fails("--database-url", str(database.url), "--port", str(port))
    assert f"port {port}" in said
    assert "--port" in said


def test_a_port_in_use_is_refused_by_several_processes_too(database: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        said = fails("--database-url", str(database.url), "--port", str(port), "--workers", "2")
    assert f"port {port}" in said


@pytest.mark.parametrize("workers", [1, 3])
def test_it_serves_until_interrupted(database: Engine, workers: int) -> None:
    program = [sys.executable, "-m", "tests.cli.test_serve", "--database-url", str(database.url)]
    server = subprocess.Popen(
        [*program, "--port", "0", "--workers", str(workers), "--requests-a-minute", "20"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert server.stdout is not None
    try:
        where = server.stdout.readline().split("Serving on ")[1].split(",")[0]
        assert _get(f"{where}/health").json() == {"status": "ok"}
        assert _get(f"{where}/ready").status_code == 503
        # Each is a connection of its own, which any of the processes may get: all count together.
        assert 429 in {_get(f"{where}/health").status_code for _ in range(40)}
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _get(url: str) -> httpx.Response:
    give_up = time.monotonic() + 20
    while True:
        try:
            return httpx.get(url)
        except httpx.ConnectError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    app()
