"""The page of a report: everything in one file, nothing from anywhere else."""

import base64
import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from backtest.history import History

_SHOWN_REFUSALS = 50
_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 64rem; margin: 2rem auto;
        padding: 0 1rem }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.15rem; margin-top: 2rem }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% }}
th, td {{ border-bottom: 1px solid #e4e7eb; padding: .35rem .6rem; text-align: right; white-space: nowrap }}
th:first-child, td:first-child {{ text-align: left }}
th {{ color: #52606d; font-weight: 600 }}
img {{ display: block; width: 100%; margin: 1.5rem 0 }}
</style></head>
<body><h1>{title}</h1>
{body}
</body></html>
"""
_GROUP_COLUMNS = {
    "followers": "Followers",
    "deposited": "Deposited",
    "net_on_leaving": "On leaving",
    "return": "Return",
    "copied": "Copied",
    "reduced": "Reduced",
    "skipped": "Skipped",
    "copy_fees": "Copy fees",
    "execution_cost": "Execution",
}


def page(
    history: History,
    summary: Mapping[str, Any],
    reasons: Sequence[Sequence[object]],
    images: Mapping[str, bytes],
) -> str:
    """Return the page of a run: ``images`` are PNG by name."""
    base = html.escape(history.tokens.symbols[0])
    groups = [
        ("Policy", *_GROUP_COLUMNS.values()),
        *(
            (name, *(_shown(key, each[key]) for key in _GROUP_COLUMNS))
            for name, each in summary["groups"].items()
        ),
    ]
    sections = [
        _table([("Fact", "Value"), *_facts(history, summary)]),
        "<h2>By policy</h2>",
        f"<p>Money in {base}. On leaving: after every fee, at the last prices. Execution: what fills were "
        "worse than the oracle.</p>",
        _table(groups),
        *(_image(name, image) for name, image in images.items()),
        "<h2>Skips and reductions</h2>",
        _table(reasons),
    ]
    refused = summary["refused_trades"]
    if refused:
        rows = [(each["line"], each["time"], each["why"]) for each in refused[:_SHOWN_REFUSALS]]
        sections += ["<h2>Trades that the hub would refuse</h2>", _table([("Line", "Time", "Why"), *rows])]
    return _FRAME.format(title=html.escape(f"Backtest of {history.source}"), body="\n".join(sections))


def iso(seconds: int) -> str:
    """Return a moment as 2024-01-05T00:00:23Z."""
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _facts(history: History, summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    tokens, moments = history.tokens, history.moments
    counted = zip(tokens.symbols, tokens.decimals, strict=True)
    stops = ", ".join(f"{reason} {count:,}" for reason, count in summary["stops"].items())
    return [
        ("History", f"{summary['history']}: {summary['trades']:,} trades, {len(moments):,} lines"),
        ("Span", f"{iso(moments[0].time)} to {iso(moments[-1].time)}"),
        ("Tokens", ", ".join(f"{symbol} ({decimals} decimals)" for symbol, decimals in counted)),
        ("Followers", f"{sum(each['followers'] for each in summary['groups'].values()):,}"),
        ("Leader's return", f"{summary['leader_return']:+.2%}"),
        ("Copied trades", f"{summary['copied_trades']:,}"),
        ("Trades that the hub would refuse", f"{len(summary['refused_trades']):,}"),
        ("Stops", stops or "none"),
    ]


def _shown(key: str, value: Any) -> str:
    if key == "return":
        return f"{value:+.2%}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _image(name: str, image: bytes) -> str:
    return f'<img alt="{name}" src="data:image/png;base64,{base64.b64encode(image).decode()}">'


def _table(rows: Sequence[Sequence[object]]) -> str:
    head, *body = rows
    cells = "".join(f"<th>{html.escape(str(each))}</th>" for each in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(each))}</td>" for each in row) + "</tr>" for row in body
    )
    return f'<div class="wide"><table><tr>{cells}</tr>{lines}</table></div>'
