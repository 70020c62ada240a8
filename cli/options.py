"""Options that several commands share, each with the environment variable that stands in for it."""

from pathlib import Path
from typing import Annotated

import typer

RpcUrl = Annotated[
    str,
    typer.Option("--rpc-url", envvar="LOCKSTEP_RPC_URL", help="HTTP JSON-RPC endpoint of a node."),
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

RPC_URL = "http://127.0.0.1:8545"
DATABASE_URL = "sqlite:///build/demo/lockstep.db"
DEPLOYMENT = Path("build/demo/deployment.json")
