"""Options that several commands share, each with the environment variable that stands in for it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

RpcUrls = Annotated[
    list[str],
    typer.Option(
        "--rpc-url",
        envvar="LOCKSTEP_RPC_URL",
        help="HTTP JSON-RPC endpoint of a node. Several, for fail-over and a majority: repeat the option, or "
        "separate them by commas.",
    ),
]
DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database-url",
        envvar="LOCKSTEP_DATABASE_URL",
        help="sqlite:///path/to/file.db or postgresql://user@host/name.",
    ),
]
DeploymentPath = Annotated[
    Path,
    typer.Option(
        "--deployment",
        envvar="LOCKSTEP_DEPLOYMENT",
        help="File that scripts/deploy.py wrote: the hub's chain, address and block.",
    ),
]

RPC_URLS = ["http://127.0.0.1:8545"]
DATABASE_URL = "sqlite:///build/demo/lockstep.db"
DEPLOYMENT = Path("build/demo/deployment.json")


def split_urls(given: Iterable[str]) -> list[str]:
    """Every URL of a repeatable option whose values may have several, separated by commas."""
    return [url.strip() for value in given for url in value.split(",") if url.strip()]
