"""A PostgreSQL server of one's own on loopback, for tests and benchmarks: gone when the block ends."""

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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

_LIBC = ctypes.CDLL(None)
_START_TIMEOUT_S = 60


class PostgresqlMissingError(Exception):
    """PostgreSQL's programs are not installed, or the server does not start."""


@contextmanager
def postgresql(settings: Mapping[str, str] | None = None, keep: Path | None = None) -> Iterator[str]:
    """Run a server and give its URL, without database name. Raises `PostgresqlMissingError`.

    `settings` are PostgreSQL's own, by name. What it holds stays in the folder `keep`, if one is given.
    """
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        raise PostgresqlMissingError("PostgreSQL is not installed")
    # It refuses to run as root; whoever runs this as root has another user to give.
    user = None
    if os.geteuid() == 0:
        users = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in users else "nobody"
    folder = Path(tempfile.mkdtemp(prefix="lockstep-postgresql-"))
    data = folder / "data" if keep is None else keep.resolve()
    if keep is not None:
        data.mkdir(parents=True, exist_ok=True)
    if user is not None:
        shutil.chown(folder, user)
        if keep is not None:
            shutil.chown(data, user)
    if not (data / "PG_VERSION").exists():
        subprocess.run(  # noqa: S603 - a program of the machine's own
            [initdb, "-D", data, "-U", "lockstep", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments: list[str | Path] = ["-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    for name, value in {"fsync": "off", **(settings or {})}.items():
        arguments += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - a program of the machine's own
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
        server.send_signal(signal.SIGINT)  # its clients are gone, or wait in vain
        server.wait(300)
        shutil.rmtree(folder)


@contextmanager
def database(server: str) -> Iterator[str]:
    """The URL of an empty database on a server, dropped when the block ends."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        create(connection, name)
        yield f"{server}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def create(connection: psycopg.Connection, name: str, template: str = "template1") -> None:
    """Make a database as a copy of another, which nobody may be connected to.

    File by file, as before PostgreSQL 15: it takes half the time for small ones where nothing is synced.
    """
    strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
    connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{strategy}'.encode())


def _program(name: str) -> str | None:
    """PostgreSQL's programs are on the PATH, or where Debian keeps them, newest version first."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(debian[0]) if debian else None)


def _die_with_parent() -> None:
    """Have the kernel stop the server when its parent is killed outright. Only Linux can."""
    if sys.platform == "linux":
        _LIBC.prctl(1, signal.SIGTERM)


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(f"{url}/postgres").close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > give_up:
                raise PostgresqlMissingError(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.05)
