"""`lockstep demo`: the whole system on a local chain, with a market, leaders and followers."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from cli.failure import told
from demo.anvil import CHAIN_ID
from demo.checkout import Checkout
from demo.prices import PRICE_UNIT, Tick
from demo.session import OnProgress, Settings, go_on, session
from demo.tables import show as show_summary
from demo.world import World

# Tables keep their shape in a file or a pipe, which have no width of their own.
console = Console(width=None if sys.stdout.isatty() else 110)


def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End after the summary instead of serving on.")
    ] = False,
    market: Annotated[
        Path | None,
        typer.Option(
            envvar="LOCKSTEP_MARKET",
            help="Recorded market to replay: a day of swaps or hourly prices, gzipped CSV. "
            "Left out: a synthetic market.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Everything that is drawn comes from it.", min=0)] = 7,
    port: Annotated[
        int | None,
        typer.Option(help="Port of the API; 0 takes any. Left out: 8000, any with --once.", min=0, max=65535),
    ] = None,
    rpc_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the chain; 0 takes any. Left out: 8545, any with --once.", min=0, max=65535
        ),
    ] = None,
) -> None:
    """Watch leaders trade and followers being copied, on the real Uniswap V3 on a local chain.

    Starts a chain, deploys Uniswap and Lockstep, runs a market, indexes everything into SQLite, serves the
    API and prints a summary, which it also writes to build/demo/summary.json. Then it lives on until Ctrl-C.
    Exits with 3 if the ledger differs from the chain or somebody did not get the leader's price.
    """
    # Ended by a service manager or by Ctrl-C: the same orderly end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    _log_to(Checkout.here().build / "demo.log")
    settings = Settings(
        seed,
        market,
        api_port=port if port is not None else 0 if once else 8000,
        rpc_port=rpc_port if rpc_port is not None else 0 if once else 8545,
    )
    try:
        with told():
            _run(settings, once=once)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _run(settings: Settings, *, once: bool) -> None:
    bar = _bar()
    with bar, session(settings, _reporter(bar)) as running:
        _finish(bar)
        bar.stop()
        show_summary(running.summary, console)
        console.print(f"Written to {running.summary_file}.", highlight=False, soft_wrap=True)
        if not running.summary.holds:
            raise typer.Exit(3)
        if once:
            return
        visitor = running.world.welcome(settings.seed)
        console.print(
            f"\nTo copy somebody yourself, give a wallet the network {running.rpc_url} (chain {CHAIN_ID}) "
            f"and this key, which has 10,000 USDC of play money and is no secret: 0x{visitor.key.hex()}",
            highlight=False,
            soft_wrap=True,
        )
        console.print(
            f"\nThe market goes on: {running.api_url} shows it. API: {running.api_url}/docs. "
            f"Chain: {running.rpc_url}. Ctrl-C ends it.\n",
            highlight=False,
        )
        with console.status("") as status:
            go_on(running, lambda tick, world: status.update(_line(tick, world)))


def _log_to(path: Path) -> None:
    """Log lines would tear the progress display apart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=path.open("w")))


def _bar() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True))


def _reporter(bar: Progress) -> OnProgress:
    """One line a stage: a new description ends the stage before."""
    tasks: dict[str, TaskID] = {}

    def report(description: str, done: int, total: int) -> None:
        if description not in tasks:
            _finish(bar)
            tasks[description] = bar.add_task(description, total=total or None)
        bar.update(tasks[description], completed=done)

    return report


def _finish(bar: Progress) -> None:
    for task in bar.tasks:
        size = task.total or 1
        bar.update(task.id, total=size, completed=size)


def _line(tick: Tick, world: World) -> str:
    trades = sum(leader.trades for leader in world.leaders.all)
    weth, wbtc = tick.weth // PRICE_UNIT, tick.wbtc // PRICE_UNIT
    return f"step {len(world.ticks)}: WETH {weth:,} USD, WBTC {wbtc:,} USD, {trades} trades"
