"""Staff by the server's shell: the first administrator, the allowlist, and the audit log with its check."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from access.sealing import Seal
from cli.main import app
from indexer.ledger.database import open_engine
from indexer.ledger.migrations import upgrade
from notices.book.push_key import PushKey

ANN, BEN = "0x" + "aA" * 20, "0x" + "bb" * 20


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'lockstep.db'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def run(database: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        app,
        ["access", *arguments],
        env={"LOCKSTEP_DATABASE_URL": database, "COLUMNS": "400", "TERM": "dumb"},
    )


def test_first_administrator_is_granted_here_and_all_of_it_is_noted(database: str) -> None:
    granted = run(database, "grant", ANN.lower(), "admin", "--why", "founder")
    assert granted.exit_code == 0, granted.output
    assert "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa is admin." in granted.output
    assert run(database, "allow", BEN, "--why", "joins").exit_code == 0
    assert run(database, "disallow", BEN, "--why", "leaves").exit_code == 0
    listed = run(database, "list").output
    assert "admin" in listed
    assert "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa" in listed
    log = run(database, "audit", "--verify")
    assert log.exit_code == 0, log.output
    acts = [act for line in log.output.splitlines() for act in _ACTS if f" {act} " in line]
    assert acts == ["address.disallowed", "address.allowed", "role.granted", "address.allowed"]
    assert "shell:" in log.output
    assert "4 rows" in log.output


_ACTS = ("address.allowed", "address.disallowed", "role.granted", "role.taken")


def test_last_administrator_and_strange_roles_are_refused(database: str) -> None:
    run(database, "grant", ANN.lower(), "admin")
    taken = run(database, "take", ANN.lower(), "admin", "--why", "holidays")
    assert taken.exit_code == 1
    assert "last administrator" in taken.output
    assert "Nobody can be made leader" in run(database, "grant", BEN, "leader").output
    assert run(database, "grant", BEN, "king").exit_code == 2
    assert "is no address" in run(database, "grant", "0x12", "admin").output
    assert run(database, "grant", BEN, "admin").exit_code == 0
    assert run(database, "take", ANN.lower(), "admin", "--why", "holidays").exit_code == 0


def test_log_that_somebody_changed_by_force_is_told(database: str) -> None:
    run(database, "grant", ANN.lower(), "admin")
    engine = open_engine(database)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER access_audit_update"))
        connection.execute(text("UPDATE access_audit SET actor = 'nobody' WHERE id = 1"))
    engine.dispose()
    found = run(database, "audit", "--verify")
    assert found.exit_code == 3
    assert "Row 1 is missing or not what was written." in found.output


def test_new_key_is_one_that_the_server_takes(database: str) -> None:
    said = run(database, "new-key").output.strip()
    name, key = said.split("=", 1)
    assert name == "LOCKSTEP_SECRET_KEY"
    seal = Seal(key)
    assert seal.open(seal.seal("secret")) == "secret"


def test_new_push_key_is_one_that_the_server_takes(database: str) -> None:
    name, key = run(database, "new-push-key").output.strip().split("=", 1)
    assert name == "LOCKSTEP_PUSH_KEY"
    assert len(PushKey(key).public) == 87


def test_missing_database_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    said = run(f"sqlite:///{path}", "list")
    assert said.exit_code == 1
    assert "There is no database" in said.output
    assert not path.exists()
