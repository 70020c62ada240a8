"""`lockstep serve`: the HTTP API over a ledger's database."""

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from eth_utils.address import is_address, to_checksum_address
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from access.proposals import Governance
from access.sealing import VARIABLE, Seal
from access.sign_in import Site, local_domains
from api.app import create_app
from api.live.talk import MOST_TEXT
from api.rates import Buckets
from api.snapshot import DeploymentKey
from cli.failure import told
from cli.options import DATABASE_URL, DatabaseUrl
from cli.workers import listeners, run
from demo.checkout import Checkout
from inbox.wallets import NodeWallets
from indexer.errors import IndexerError
from indexer.ledger.database import open_engine
from indexer.ledger.migrations import ensure_current
from indexer.sync.deployment import read_deployment
from notices.book.push_key import VARIABLE as PUSH_KEY
from notices.book.push_key import PushKey


class CannotServeError(IndexerError):
    """There is nothing to serve, or nowhere to."""


def serve(
    database_url: DatabaseUrl = DATABASE_URL,
    host: Annotated[
        str, typer.Option(envvar="LOCKSTEP_HOST", help="Address to listen on; 0.0.0.0 for every one.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(envvar="LOCKSTEP_PORT", min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    ] = 8000,
    *,
    deployment: Annotated[
        Path | None,
        typer.Option(
            envvar="LOCKSTEP_DEPLOYMENT",
            help="Deployment file that says which hub to serve; needed only if the database holds several.",
        ),
    ] = None,
    web: Annotated[
        Path | None,
        typer.Option(
            envvar="LOCKSTEP_WEB",
            help="Folder of the built dApp to serve beside the API. Left out: what `make web` built in this "
            "checkout, if it has.",
        ),
    ] = None,
    domain: Annotated[
        list[str] | None,
        typer.Option(
            envvar="LOCKSTEP_DOMAIN",
            help="Domain, with the port where it is not 443, at which people open this server by https and "
            "sign in; repeat the option for several. Left out: the address it listens on, by http.",
        ),
    ] = None,
    local_channels: Annotated[
        bool,
        typer.Option(
            "--local-channels",
            envvar="LOCKSTEP_LOCAL_CHANNELS",
            help="For trials: webhooks may lead to private addresses, by http, too.",
        ),
    ] = False,
    secret_key: Annotated[
        str | None,
        typer.Option(
            envvar=VARIABLE,
            help="Key that keeps second factors unreadable in the database: `lockstep access new-key`. "
            "Give it in the environment. Left out: nobody can be operator or administrator.",
        ),
    ] = None,
    push_key: Annotated[
        str | None,
        typer.Option(
            envvar=PUSH_KEY,
            help="Key that push messages to browsers are signed with: `lockstep access new-push-key`. "
            "Give it in the environment, to `notify`, too. Left out: there are none.",
        ),
    ] = None,
    timelock: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_TIMELOCK",
            help="OpenZeppelin TimelockController that owns the hub: what staff proposes is drawn up for it. "
            "Left out: for the owner itself.",
        ),
    ] = None,
    timelock_delay: Annotated[
        int, typer.Option(envvar="LOCKSTEP_TIMELOCK_DELAY", min=0, help="Seconds that it makes a call wait.")
    ] = 172_800,
    oracle: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_ORACLE", help="The hub's oracle, for which price feeds are proposed, if any are."
        ),
    ] = None,
    rpc_url: Annotated[
        str | None,
        typer.Option(
            envvar="LOCKSTEP_RPC_URL",
            help="Node that is asked whether a contract wallet signed, and nothing else. "
            "Left out: only keys can sign.",
        ),
    ] = None,
    requests_a_minute: Annotated[
        int,
        typer.Option(
            envvar="LOCKSTEP_REQUESTS_A_MINUTE",
            min=0,
            help="Requests that one address may make in a minute; 0: no limit, for a server behind a proxy.",
        ),
    ] = 3_000,
    workers: Annotated[
        int,
        typer.Option(
            envvar="LOCKSTEP_WORKERS",
            min=1,
            max=64,
            help="Processes that answer; about one for each core that the database leaves.",
        ),
    ] = 1,
) -> None:
    """Serve the API over the ledger that `lockstep index` keeps, and take orders, until Ctrl-C."""
    with told():
        open_ledger(database_url).dispose()
        key = None if deployment is None else _key(deployment)
        pages = _web(web)
        seal = None if secret_key is None else Seal(secret_key)
        pushes = None if push_key is None else PushKey(push_key).public
        governance = Governance(_contract(timelock), timelock_delay, _contract(oracle))
        sockets = _listen(host, port, workers)
        if pages is None:
            typer.echo("The dApp is not built, so the API is served alone: `make web` builds it.")
        at = _url(sockets[0])
        typer.echo(f"Serving on {at}, described at {at}/docs. Ctrl-C ends it.")
        buckets = Buckets(requests_a_minute) if requests_a_minute else None

        def work(listener: socket.socket) -> None:
            engine = open_ledger(database_url)
            app = create_app(
                engine,
                key,
                wallets=None if rpc_url is None else NodeWallets(rpc_url),
                web=pages,
                buckets=buckets,
                site=_site(domain, listener),
                seal=seal,
                governance=governance,
                push_key=pushes,
                local_channels=local_channels,
            )
            server = _Server(
                uvicorn.Config(app, log_level="warning", ws_max_size=MOST_TEXT, timeout_graceful_shutdown=10)
            )
            server.let_go = app.state.feeds.close
            with suppress(KeyboardInterrupt):  # uvicorn raises it again after it has finished open requests
                server.run(sockets=[listener])
            engine.dispose()

        if workers == 1:
            work(sockets[0])
        else:
            run(work, sockets)


class _Server(uvicorn.Server):
    """Lets those go who listen to live streams, which do not end by themselves."""

    let_go: Callable[[], None]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take Ctrl-C."""
        self.let_go()
        super().handle_exit(sig, frame)


def _site(domains: list[str] | None, listener: socket.socket) -> Site:
    """Where people sign in: at the domains given, by https; else where this process listens, by http."""
    if domains:
        return Site(tuple(name.strip() for value in domains for name in value.split(",")), secure=True)
    return Site(local_domains(listener.getsockname()[1]), secure=False)


def _contract(text: str | None) -> str | None:
    if text is not None and not is_address(text):
        raise CannotServeError(f"'{text}' is no address.", remedy="Give 0x and 40 hexadecimal digits.")
    return None if text is None else to_checksum_address(text)


def open_ledger(url: str) -> Engine:
    """Open a database that has a ledger of this version. Raises an `IndexerError`."""
    # SQLite would create a missing file, and an empty ledger would look like an answer.
    path = _sqlite_path(url)
    if path is not None and not path.exists():
        raise CannotServeError(
            f"There is no database at {path}.",
            remedy="Run `lockstep index` or `make demo` first, or give another --database-url.",
        )
    engine = open_engine(url)
    ensure_current(engine)
    return engine


def _web(folder: Path | None) -> Path | None:
    """The dApp's folder: the one that was asked for must be there, the checkout's own need not."""
    if folder is None:
        return Checkout.here().web
    if not (folder / "index.html").is_file():
        raise CannotServeError(
            f"There is no dApp in {folder}: it has no index.html.",
            remedy="Run `make web` and give --web build/web, or leave --web out.",
        )
    return folder


def _sqlite_path(url: str) -> Path | None:
    if "://" not in url:
        return Path(url)
    with suppress(ArgumentError):  # `open_engine` says what is wrong with it
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            return Path(parsed.database)
    return None


def _key(deployment: Path) -> DeploymentKey:
    found = read_deployment(deployment)
    return DeploymentKey(found.chain_id, found.hub)


def _listen(host: str, port: int, count: int) -> list[socket.socket]:
    try:
        return listeners(host, port, count)
    except OSError as error:
        raise CannotServeError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}.",
            remedy="Give a free --port (0 takes any) or another --host, or stop what listens there.",
        ) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
