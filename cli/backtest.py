"""`lockstep backtest`: a recorded history through other policies, with a report."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from accounting.rounding import decimal_string
from backtest.choices import PRESETS, read_policies
from backtest.errors import BacktestError
from backtest.forms import BASE_DECIMALS, read_history, read_pool
from backtest.history import History
from backtest.market import PoolMarket, RecordedMarket
from cli.failure import told
from protocol.types import FeeTerms, StrategyLimits

console = Console(stderr=True)
_LATEST_S = 86_400

Policies = Annotated[
    list[str],
    typer.Option(
        "--policy", help=f"A preset ({', '.join(PRESETS)}), or a TOML file with one table a policy. Repeat."
    ),
]
Followers = Annotated[int, typer.Option(min=1, max=1_000_000, help="Followers of each policy.")]
Deposits = Annotated[
    str, typer.Option("--deposit", help="Base tokens of each follower, or LEAST:MOST, evenly spread.")
]
Output = Annotated[Path, typer.Option("--output", help="Folder for the report.")]


def backtest(
    file: Annotated[Path, typer.Argument(help="History as CSV, CSV.gz or Parquet; see docs/backtest.md.")],
    policy: Policies = ["plain", "balanced"],  # noqa: B006 - typer copies it
    followers: Followers = 1_000,
    deposit: Deposits = "1000:100000",
    output: Output = Path("build/backtest"),
    *,
    base: Annotated[str, typer.Option(help="The base token's symbol.")] = "USDC",
    decimals: Annotated[
        list[str] | None, typer.Option(help="SYMBOL=N: count this token in N decimals. Repeat.")
    ] = None,
    stake: Annotated[str, typer.Option(help="Base tokens that the leader begins with.")] = "50000",
    cost_bps: Annotated[
        int,
        typer.Option(
            min=0, max=1_000, help="How much worse than the oracle trades fill that were not recorded."
        ),
    ] = 5,
    pool: Annotated[
        Path | None,
        typer.Option(
            help="Recorded swaps of a Uniswap V3 pool of the base token and WETH: trades move its price."
        ),
    ] = None,
    copy_fee_bps: Annotated[int, typer.Option(min=0, max=100)] = 20,
    performance_fee_bps: Annotated[int, typer.Option(min=0, max=3_000)] = 1_000,
    management_fee_bps: Annotated[int, typer.Option(min=0, max=500)] = 0,
    withdrawal_fee_bps: Annotated[int, typer.Option(min=0, max=100)] = 0,
    max_slippage_bps: Annotated[int, typer.Option(min=1, max=1_000, help="The strategy's own bound.")] = 300,
    stop_bps: Annotated[
        int, typer.Option(min=0, max=5_000, help="The strategy's declared stop, for sizing by risk.")
    ] = 500,
) -> None:
    """Run a recorded history through policies: what would thousands of followers have got, and why not more?

    The same input gives the same files. In OUTPUT: report.html, plots as PNG, followers.csv, reasons.csv and
    summary.json.
    """
    with told():
        history = read_history(file, base=base, decimals=_decimals(decimals or ()))
        # matplotlib and the engine take a second to load, which no other command should pay.
        from backtest.run import Question, answer  # noqa: PLC0415

        question = Question(
            read_policies(policy),
            followers,
            deposits_of(deposit, history.tokens.decimals[0]),
            amount_of("--stake", stake, history.tokens.decimals[0]),
            FeeTerms(copy_fee_bps, performance_fee_bps, management_fee_bps, withdrawal_fee_bps),
            StrategyLimits(stop_bps=stop_bps),
            max_slippage_bps,
        )
        report = answer(history, question, _market(history, cost_bps, pool))
        files = report.write(output)
    say(report.summary(), files)


def say(summary: dict[str, object], files: Iterable[Path]) -> None:
    """The shortest answer, and where the long one is."""
    groups = summary["groups"]
    assert isinstance(groups, dict)  # noqa: S101 - what `Report.summary` makes
    for name, each in groups.items():
        console.print(
            f"{name}: {each['followers']:,} followers, {each['return']:+.2%} after all fees, "
            f"{each['copied']:,} copies, {each['skipped']:,} skips.",
            highlight=False,
        )
    console.print(f"The report is {next(iter(files))}.", highlight=False)


def deposits_of(text: str, decimals: int) -> tuple[int, int]:
    """The least and the most of ``LEAST:MOST``, in units. Raises `BacktestError`."""
    least, _, most = text.partition(":")
    bounds = amount_of("--deposit", least, decimals), amount_of("--deposit", most or least, decimals)
    if bounds[0] > bounds[1]:
        raise BacktestError(f"--deposit {text} is the wrong way round.", remedy="Write LEAST:MOST.")
    return bounds


def amount_of(option: str, text: str, decimals: int) -> int:
    """Base tokens as units. Raises `BacktestError`."""
    try:
        units = int(Decimal(text).scaleb(decimals))
    except (InvalidOperation, ValueError, OverflowError):
        units = 0
    if units < 10_000:
        least = decimal_string(10_000, decimals)
        raise BacktestError(f"{option} {text} is no amount.", remedy=f"Give base tokens, at least {least}.")
    return units


def _decimals(given: Iterable[str]) -> dict[str, int]:
    found = {}
    for each in given:
        symbol, _, number = each.partition("=")
        if not number.isdigit() or int(number) > 12:
            raise BacktestError(
                f"--decimals {each} is not SYMBOL=N.", remedy="Write --decimals WBTC=8; N is 0 to 12."
            )
        found[symbol] = int(number)
    return found


def _market(history: History, cost_bps: int, pool: Path | None) -> RecordedMarket:
    """The pool's recording has USDC units first, then WETH's wei."""
    tokens = history.tokens
    if pool is None:
        return RecordedMarket(tokens, cost_bps)
    if "WETH" not in tokens.symbols[1:]:
        raise BacktestError("The history has no WETH.", remedy="Leave out --pool, or name the token WETH.")
    weth = tokens.index("WETH")
    scales = (10 ** (BASE_DECIMALS - tokens.decimals[0]), 10 ** (18 - tokens.decimals[weth]))
    states = read_pool(pool)
    if history.moments[0].time < states[0].time or history.moments[-1].time > states[-1].time + _LATEST_S:
        raise BacktestError(
            f"{pool.name} does not cover the time of {history.source}.", remedy="Give the pool of that time."
        )
    return PoolMarket(tokens, cost_bps, pair=(0, weth), scales=scales, states=states)
