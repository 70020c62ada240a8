"""`lockstep notify`: tells people what concerns them, by webhook, e-mail, chat and push, until Ctrl-C."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from access.sealing import VARIABLE, Seal
from api.snapshot import DeploymentKey
from cli.failure import told
from cli.logs import log_to_stderr
from cli.options import DATABASE_URL, DatabaseUrl
from cli.serve import open_ledger
from indexer.errors import IndexerError
from indexer.sync.deployment import read_deployment
from notices.book.push_key import VARIABLE as PUSH_KEY
from notices.book.push_key import PushKey
from notices.service import Settings, run

SMTP = "LOCKSTEP_SMTP_URL"
CONTACT = "LOCKSTEP_PUSH_CONTACT"


class NoKeyError(IndexerError):
    """There is no key that opens channels."""


def notify(
    database_url: DatabaseUrl = DATABASE_URL,
    *,
    deployment: Annotated[
        Path | None,
        typer.Option(
            envvar="LOCKSTEP_DEPLOYMENT",
            help="Deployment file that says whose notices are told; needed only if there are several.",
        ),
    ] = None,
    link: Annotated[
        str, typer.Option(envvar="LOCKSTEP_LINK", help="Where the dApp is: what notices link to.")
    ] = "http://127.0.0.1:8000",
    local_channels: Annotated[
        bool,
        typer.Option(
            "--local-channels",
            envvar="LOCKSTEP_LOCAL_CHANNELS",
            help="For trials: webhooks may reach private addresses, by http, too. Give it to `serve`, too.",
        ),
    ] = False,
) -> None:
    """Tell people what they asked to hear of. Any number may run on one database; nothing is told twice.

    The key of channels is in LOCKSTEP_SECRET_KEY, as for `lockstep serve`; the mail server, if there is one,
    in LOCKSTEP_SMTP_URL, as mailtos://user:password@smtp.example.org:587?from=lockstep@example.org; the key
    of push messages in LOCKSTEP_PUSH_KEY, as for `lockstep serve`, and whom push services may write to about
    them in LOCKSTEP_PUSH_CONTACT, as mailto:you@example.org.
    """
    log_to_stderr()
    with told():
        keys = os.environ.get(VARIABLE)
        if not keys:
            raise NoKeyError(f"{VARIABLE} is not set.", remedy="Give the same key as to `lockstep serve`.")
        seal, engine = Seal(keys), open_ledger(database_url)
        key = None
        if deployment is not None:
            place = read_deployment(deployment)
            key = DeploymentKey(place.chain_id, place.hub)
        push_key = os.environ.get(PUSH_KEY)
        settings = Settings(
            link,
            os.environ.get(SMTP) or None,
            PushKey(push_key) if push_key else None,
            os.environ.get(CONTACT) or None,
            local=local_channels,
        )
        try:
            asyncio.run(_run(engine, key, seal, settings))
        finally:
            engine.dispose()


async def _run(engine: Engine, key: DeploymentKey | None, seal: Seal, settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run(engine, key, seal, settings, stop)
