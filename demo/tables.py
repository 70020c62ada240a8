"""Shows a summary to a person at a terminal."""

from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table

from demo.summary import FollowerLine, LeaderLine, Summary


def show(summary: Summary, console: Console) -> None:
    """Prints the summary's tables and what they prove."""
    console.print()
    console.print(_leaders(summary.strategies))
    console.print()
    console.print(_followers(summary.follower_sample, summary.followers))
    console.print()
    for refusal in summary.refused_orders:
        console.print(f"Refused by the hub: {refusal.order}: {refusal.reason}", highlight=False)
    skipped = ", ".join(f"{count} {reason}" for reason, count in summary.copies_skipped.items())
    console.print(
        f"{summary.trades} trades, {summary.signed_orders} of them signed orders that a keeper carried: "
        f"{summary.copies_filled} copies filled, "
        f"{sum(summary.copies_skipped.values())} skipped ({skipped}).",
        highlight=False,
    )
    prices = summary.prices
    console.print(
        f"One price: of {prices.copies_checked} fills, leaders' included, none is more than "
        f"{prices.max_difference_units} units from its clearing's price.",
        highlight=False,
    )
    if prices.later_fills:
        worst = _bps(prices.worst_later_bps)
        console.print(
            f"{prices.later_fills} fills came in a later batch than their leader's: {worst} bps at worst.",
            highlight=False,
        )
    verdict = "equals" if summary.ledger_mismatches == 0 else "DIFFERS FROM"
    console.print(
        f"Ledger {verdict} chain: {summary.balances_checked} balances compared at block {summary.block}, "
        f"{summary.ledger_mismatches} differ.",
        style="bold green" if summary.holds else "bold red",
        highlight=False,
    )
    console.print(f"{summary.market}. {summary.seconds} s.", highlight=False)


def _leaders(lines: tuple[LeaderLine, ...]) -> Table:
    table = _table("Leaders", "strategy", "trades>", "return>", "own equity>", "followers")
    for line in lines:
        table.add_row(
            f"{line.strategy_id} {line.name}",
            str(line.trades),
            _percent(line.time_weighted_return),
            f"{_money(line.equity, line.base)} {line.base}",
            f"{line.active} active, {line.paused} paused, {line.left} left",
        )
    return table


def _followers(lines: tuple[FollowerLine, ...], total: int) -> Table:
    title = f"{len(lines)} of {total} followers"
    heads = (
        "vault>",
        "of",
        "status",
        "paid in>",
        "profit>",
        "fees>",
        "filled>",
        "skipped",
        "price vs leader",
    )
    table = _table(title, *heads)
    for line in lines:
        table.add_row(
            str(line.vault_id),
            str(line.strategy_id),
            line.status,
            f"{_money(line.deposited, line.base)} {line.base}",
            _money(line.net_pnl, line.base),
            _money(line.fees, line.base),
            str(line.filled),
            "\n".join(f"{count} {reason}" for reason, count in line.skipped.items()),
            _price(line),
        )
    return table


def _table(title: str, *heads: str) -> Table:
    """A head that ends in `>` stands over a column of numbers."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for head in heads:
        table.add_column(head.rstrip(">"), justify="right" if head.endswith(">") else "left", no_wrap=True)
    return table


def _price(line: FollowerLine) -> str:
    if not line.filled:
        return ""
    beside = "same" if line.price_units <= 1 else f"{line.price_units} units off"
    return beside if line.later_bps is None else f"{beside}; later {_bps(line.later_bps)} bps"


def _percent(fraction: str | None) -> str:
    return "unknown" if fraction is None else f"{Decimal(fraction):+.2%}"


def _bps(value: str | None) -> str:
    return f"{Decimal(value or 0):+.1f}"


def _money(decimal: str | None, symbol: str) -> str:
    if decimal is None:
        return "unknown"
    return f"{Decimal(decimal):,.{2 if symbol == 'USDC' else 5}f}"
