"""Databases for every suite: a SQLite file, and a PostgreSQL server that lives as long as the test run."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from indexer.ledger.database import open_engine

_LIBC = ctypes.CDLL(None)


def _program(name: str) -> str | None:
    """PostgreSQL's programs are on the PATH, or where Debian keeps them, newest version first."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(debian[0]) if debian else None)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A temporary server's URL, without database name. Skips where PostgreSQL is not installed."""
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        if os.environ.get("CI"):
            pytest.fail(
                "PostgreSQL's initdb and postgres are missing: on CI half of the ledger would go untested"
            )
        pytest.skip("PostgreSQL is not installed")
    # It refuses to run as root; whoever runs the tests as root has another user to give.
    user = None
    if os.geteuid() == 0:
        users = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in users else "nobody"
    folder = Path(tempfile.mkdtemp(prefix="lockstep-postgresql-"))
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-U", "lockstep", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        user=user,
        cwd=folder,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [postgres, *arguments],
            stdout=log,
            stderr=log,
            user=user,
            cwd=folder,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, from a library already loaded
        )
    try:
        url = f"postgresql://lockstep@127.0.0.1:{port}"
        _wait_until_up(url, server, folder / "log")
        yield url
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _die_with_parent() -> None:
    """Have the kernel stop the server when the test run is killed outright. Only Linux can."""
    if sys.platform == "linux":
        _LIBC.prctl(1, signal.SIGTERM)


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"{url}/postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                pytest.fail(f"PostgreSQL did not start: {log.read_text()}")
            time.sleep(0.05)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgresql_server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield f"{postgresql_server}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lockstep.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database of each kind."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()
