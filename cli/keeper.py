"""`lockstep keeper`: carries orders, finishes fan-outs, fires stops, settles fees, until Ctrl-C."""

import asyncio
import os
import signal
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from cli.failure import told
from cli.logs import log_to_stderr
from cli.options import (
    DATABASE_URL,
    DEPLOYMENT,
    RPC_URLS,
    DatabaseUrl,
    DeploymentPath,
    RpcUrls,
    split_urls,
)
from inbox.migrations import upgrade
from indexer.chain.rpc import RpcClient
from indexer.ledger.database import open_engine
from indexer.sync.deployment import Deployment, read_deployment
from keeper.breakers import Tolerance
from keeper.gas import GWEI, GasPolicy
from keeper.keys import (
    KeyUnavailableError,
    RemoteSigner,
    Signer,
    from_keystore,
    from_secret,
    parse_address,
)
from keeper.metrics import Metrics
from keeper.service import Settings, open_keeper

KEY = "LOCKSTEP_KEEPER_KEY"
PASSWORD = "LOCKSTEP_KEEPER_PASSWORD"  # noqa: S105 - the variable's name


def keeper(
    rpc_url: RpcUrls = RPC_URLS,
    database_url: DatabaseUrl = DATABASE_URL,
    deployment: DeploymentPath = DEPLOYMENT,
    *,
    name: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_KEEPER_NAME",
            help="Its name in the database: the same after a restart, another for each keeper. "
            "Left out: the machine's.",
        ),
    ] = None,
    keystore: Annotated[
        Path | None,
        typer.Option(
            envvar="LOCKSTEP_KEEPER_KEYSTORE",
            help=f"Encrypted keystore file; its password is in {PASSWORD}. "
            f"Without it the key itself is in {KEY}, or behind --signer-url.",
        ),
    ] = None,
    signer_url: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_SIGNER_URL",
            help="A remote signer with eth_signTransaction, as web3signer or clef.",
        ),
    ] = None,
    address: Annotated[
        str | None, typer.Option(envvar="LOCKSTEP_KEEPER_ADDRESS", help="The remote signer's address.")
    ] = None,
    private_relay: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_PRIVATE_RELAY",
            help="A relay with eth_sendPrivateTransaction, tried before the public pool.",
        ),
    ] = None,
    max_base_fee: Annotated[
        float,
        typer.Option(
            envvar="LOCKSTEP_MAX_BASE_FEE",
            min=0.001,
            help="Gwei above which entries wait; stops wait above 4 times, exits above 16 times it.",
        ),
    ] = 200,
    priority_fee: Annotated[
        float, typer.Option(envvar="LOCKSTEP_PRIORITY_FEE", min=0, help="Gwei for the block's builder.")
    ] = 1,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            envvar="LOCKSTEP_METRICS_PORT",
            min=1,
            max=65535,
            help="Port on loopback for Prometheus. Left out: none.",
        ),
    ] = None,
    stale_after: Annotated[
        int,
        typer.Option(
            envvar="LOCKSTEP_STALE_AFTER",
            min=0,
            help="Seconds since the newest block after which only exits go on; 0: never, for chains that "
            "are not dated by the clock.",
        ),
    ] = 120,
) -> None:
    """Run a keeper. Any number may run on one chain and one database; nothing is done twice.

    Can be ended at any moment, also by kill -9: what it has begun is in the database, and it goes on there.
    """
    log_to_stderr()
    with told():
        place = read_deployment(deployment)
        engine = open_engine(database_url)
        settings = Settings(
            name=name or socket.gethostname()[:64],
            gas=GasPolicy(round(max_base_fee * GWEI), round(priority_fee * GWEI)),
            tolerance=Tolerance(stale_s=stale_after or None),
            private_relay=private_relay,
        )
        metrics = Metrics()
        if metrics_port is not None:
            metrics.serve("127.0.0.1", metrics_port)
        try:
            upgrade(engine)
            asyncio.run(
                _run(split_urls(rpc_url), engine, place, settings, metrics, keystore, signer_url, address)
            )
        finally:
            engine.dispose()


async def _run(  # noqa: PLR0917 - one call, right above
    rpc_urls: list[str],
    engine: Engine,
    place: Deployment,
    settings: Settings,
    metrics: Metrics,
    keystore: Path | None,
    signer_url: str | None,
    address: str | None,
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        rpc = await stack.enter_async_context(RpcClient(*rpc_urls, timeout_s=5, attempts=2))
        signer = await _signer(stack, keystore, signer_url, address)
        opened = open_keeper(rpc, engine, place, signer, settings, metrics=metrics)
        running = await stack.enter_async_context(opened)
        await running.run(stop)


async def _signer(
    stack: AsyncExitStack, keystore: Path | None, signer_url: str | None, address: str | None
) -> Signer:
    if keystore is not None:
        return from_keystore(keystore, os.environ.get(PASSWORD, ""))
    if signer_url is not None:
        remote = await stack.enter_async_context(RpcClient(signer_url, timeout_s=5, attempts=2))
        return RemoteSigner(remote, parse_address(address or ""))
    if secret := os.environ.get(KEY):
        return from_secret(secret)
    raise KeyUnavailableError(
        "A keeper needs a key for the gas of its transactions.",
        remedy=f"Give --keystore (its password in {PASSWORD}), --signer-url with --address, or set {KEY}.",
    )
