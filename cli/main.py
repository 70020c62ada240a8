"""The entry point of `lockstep`: which sub-commands there are, in the order in which one meets them."""

from importlib.metadata import version
from typing import Annotated

import typer

from cli.access import app as access
from cli.backtest import backtest
from cli.content import hash_content
from cli.demo import demo
from cli.doctor import doctor
from cli.export import export
from cli.index import index
from cli.keeper import keeper
from cli.notify import notify
from cli.order import app as order
from cli.paper import app as paper
from cli.rebuild import rebuild
from cli.reconcile import reconcile
from cli.replay import replay
from cli.serve import serve
from cli.simulate import simulate
from cli.stop import app as stop
from cli.verify import verify

app = typer.Typer(
    name="lockstep",
    help="On-chain copy trading: leader and followers settle in one transaction, at one price.\n\n"
    "Start with `lockstep demo`. Against a real deployment: `index` fills the ledger from the chain, "
    "`reconcile` proves it against the chain, `serve` answers questions about it and takes leaders' orders, "
    "`keeper` carries them, `notify` tells people. `backtest` and `replay` run recorded histories and a "
    "strategy's real one through other policies, `paper` follows a leader with play money, `simulate` lives "
    "through a market that misbehaves. When in doubt: `doctor` says what is wrong, `verify` recomputes a "
    "statement from the chain alone, `rebuild` makes every table anew from the raw logs, `hash` tells "
    "whether two ledgers are the same, `export` writes the raw logs into a file. `access` says who is staff. "
    "Every option that has an environment variable names it in the command's --help.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback means a defect of ours: show it as it is, without local variables (URLs have passwords).
    pretty_exceptions_show_locals=False,
)
_COMMANDS = (
    demo,
    index,
    reconcile,
    serve,
    keeper,
    notify,
    backtest,
    replay,
    simulate,
    doctor,
    verify,
    rebuild,
    export,
)
for command in _COMMANDS:
    app.command()(command)
app.command("hash")(hash_content)
app.add_typer(access, name="access")
app.add_typer(order, name="order")
app.add_typer(paper, name="paper")
app.add_typer(stop, name="stop")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        typer.echo(f"lockstep {version('lockstep')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version  # answered by its callback


def main() -> None:
    """Run the program with the arguments it was started with."""
    app()
