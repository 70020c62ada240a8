"""`lockstep simulate`: a market that misbehaves, and whether anything was lost, repeated, stuck or wrong."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TimeRemainingColumn
from rich.table import Table

from cli.failure import told
from cli.logs import log_to_stderr
from demo.checkout import Checkout
from simulation.verdict import Verdict, judge
from simulation.world import STEP_S, Plan, open_world


def simulate(
    *,
    seed: Annotated[int, typer.Option(min=0, help="Draws the world. The same one draws the same.")] = 1,
    hours: Annotated[float, typer.Option(min=0.1, max=168, help="Simulated hours.")] = 4,
    faults: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.05,
            help="Share of the nodes' answers that are bent. With any, there are reorgs, kills, dear gas, "
            "thin pools, silent feeds and wrong clocks as well; with 0, there is nothing of it.",
        ),
    ] = 0.05,
    followers: Annotated[int, typer.Option(min=16, max=1_000, help="Followers in all.")] = 32,
    keepers: Annotated[int, typer.Option(min=1, max=8, help="Keepers on one database.")] = 2,
    result: Annotated[Path | None, typer.Option(help="Write the verdict to this file, as JSON.")] = None,
) -> None:
    """Let leaders, followers, keepers and an indexer live through a seeded, hostile market, and judge it.

    Exit code 1 if an order was lost, a copy made twice, a fan-out or an exit left unfinished, or the ledger
    differs from the chain: the seed is then worth keeping.
    """
    plan = Plan(seed, round(hours * 3_600 / STEP_S), faults, followers, keepers)
    console = Console()
    log_to_stderr(logging.ERROR)
    with told():
        verdict = asyncio.run(_live(plan, console))
    if result is not None:
        result.write_text(json.dumps({"seed": seed, "hours": hours, **verdict.document()}, indent=2) + "\n")
    _show(verdict, plan, console)
    if not verdict.is_clean:
        raise typer.Exit(1)


async def _live(plan: Plan, console: Console) -> Verdict:
    folder = Checkout.here().build / "simulation"
    bar = Progress(
        *Progress.get_default_columns()[:3], TimeRemainingColumn(), console=console, transient=True
    )
    with bar:
        task = bar.add_task("Starting", total=None)
        async with open_world(
            plan, folder, progress=lambda stage: bar.update(task, description=stage)
        ) as world:
            bar.update(task, description="Living")
            await world.live(lambda done, total: bar.update(task, completed=done, total=total))
            bar.update(task, description="Judging", total=None)
            return await judge(world)


def _show(verdict: Verdict, plan: Plan, console: Console) -> None:
    hours = plan.steps * STEP_S / 3_600
    table = Table(
        title=f"{hours:g} simulated hours, seed {plan.seed}, faults {plan.faults:.0%}", show_header=False
    )
    table.add_column()
    table.add_column(justify="right")
    must_be_zero = {
        "Orders lost": verdict.lost_orders,
        "Executed twice": verdict.duplicate_executions,
        "Fan-outs stuck": verdict.stuck_fanouts,
        "Exits unfinished": verdict.unfinished_exits,
        "Ledger differs from chain": verdict.ledger_mismatches,
    }
    for name, count in must_be_zero.items():
        table.add_row(name, f"[bold {'red' if count else 'green'}]{count}[/]")
    table.add_section()
    ends = f"{verdict.filled} filled, {verdict.expired} expired, {verdict.cancelled} cancelled"
    table.add_row("Orders", f"{verdict.orders}: {ends}, {verdict.rejected} rejected")
    table.add_row("Trades", f"{verdict.trades}")
    table.add_row(
        "Copies", f"{verdict.copies}, {verdict.copies_in_leaders_transaction} with the leader's own swap"
    )
    table.add_row("Fill rate of what the rules allowed", f"{verdict.fill_rate:.2%}")
    for reason, count in verdict.skips.items():
        table.add_row(f"  skipped: {reason.replace('_', ' ')}", str(count))
    table.add_section()
    table.add_row("Answers bent", str(verdict.bent_answers))
    table.add_row("Reorgs", f"{verdict.reorgs}, up to {verdict.deepest_reorg} blocks")
    table.add_row("Keepers killed", str(verdict.kills))
    table.add_row("Keepers' transactions taken back", str(verdict.transactions_taken_back))
    console.print(table)
