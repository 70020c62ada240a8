"""A report of a run: plots as PNG, tables as CSV, and one HTML page that needs nothing else.

The same run gives the same bytes: no clock, no random ids, no machine's fonts.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from accounting.rounding import decimal_string
from backtest.engine import Engine, Setting
from backtest.history import History
from backtest.leaving import Leaving
from backtest.page import iso, page
from protocol.types import Reason

_INK, _MUTED, _GRID = "#1f2933", "#7b8794", "#e4e7eb"
_COLOURS = ("#2563eb", "#d97706", "#059669", "#9333ea", "#dc2626", "#0891b2", "#65a30d", "#be185d")
_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": _MUTED,
    "axes.grid": True,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.dpi": 110,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "grid.color": _GRID,
    "legend.frameon": False,
    "text.color": _INK,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
}


@dataclass(frozen=True, slots=True)
class Report:
    """A run and what it came to."""

    history: History
    setting: Setting
    engine: Engine
    leaving: Sequence[Leaving]

    def write(self, folder: Path) -> list[Path]:
        """Write all files into ``folder``; their paths, the page first."""
        folder.mkdir(parents=True, exist_ok=True)
        images = {name: _png(figure) for name, figure in self._figures().items()}
        files: dict[str, bytes] = {f"{name}.png": image for name, image in images.items()}
        files["followers.csv"] = _table(self._followers())
        files["reasons.csv"] = _table(self._reasons())
        files["summary.json"] = (json.dumps(self.summary(), indent=2) + "\n").encode()
        files = {"report.html": self._page(images).encode()} | files
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return [folder / name for name in files]

    def summary(self) -> dict[str, Any]:
        """The run in figures: by group, and in all. Money is whole base tokens as text."""
        record, crowd = self.engine.record, self.engine.crowd
        groups = {}
        net = np.array([each.net for each in self.leaving], dtype=np.int64)
        for number, name in enumerate(self.setting.names):
            mine = record.group == number
            deposits = int(crowd.invested[mine].sum())
            groups[name] = {
                "followers": int(mine.sum()),
                "deposited": self._money(deposits),
                "net_on_leaving": self._money(int(net[mine].sum())),
                "return": round(int(net[mine].sum()) / max(deposits, 1) - 1, 6),
                "copied": int(record.copied[mine].sum()),
                "reduced": int(record.reduced[mine].sum()),
                "skipped": int(record.skipped[mine].sum()),
                "copy_fees": self._money(int(record.copy_fees[mine].sum())),
                "execution_cost": self._money(int(record.execution[mine].sum())),
            }
        return {
            "history": self.history.source,
            "base_token": self.history.tokens.symbols[0],
            "trades": self.history.trades,
            "copied_trades": record.trades,
            "refused_trades": [
                {"line": line, "time": iso(time), "why": why} for line, time, why in record.refused
            ],
            "leader_return": round(record.curves.leader[-1] - 1, 6) if record.curves.leader else None,
            "groups": groups,
            "stops": {reason.label: count for reason, count in sorted(record.stops.items())},
        }

    # ---------------------------------------------------------------- tables

    def _followers(self) -> Iterable[Sequence[object]]:
        record, crowd = self.engine.record, self.engine.crowd
        yield (
            "follower",
            "policy",
            "deposit",
            "equity",
            "fees_on_leaving",
            "net_on_leaving",
            "return",
            "status",
            "copied",
            "reduced",
            "skipped",
            "copy_fees",
            "execution_cost",
        )
        statuses = ("none", "active", "paused", "left", "suspended", "exiting")
        for at, leaving in enumerate(self.leaving):
            deposit = int(crowd.invested[at])
            yield (
                at + 1,
                self.setting.names[int(record.group[at])],
                self._money(deposit),
                self._money(leaving.equity),
                self._money(leaving.fees),
                self._money(leaving.net),
                f"{leaving.net / deposit - 1:.6f}",
                statuses[int(crowd.status[at])],
                int(record.copied[at]),
                int(record.reduced[at]),
                int(record.skipped[at]),
                self._money(int(record.copy_fees[at])),
                self._money(int(record.execution[at])),
            )

    def _reasons(self) -> Iterable[Sequence[object]]:
        record = self.engine.record
        yield "policy", "reason", "skipped", "reduced"
        for number, name in enumerate(self.setting.names):
            for reason in Reason:
                skipped, reduced = int(record.skips[number, reason]), int(record.reductions[number, reason])
                if skipped or reduced:
                    yield name, reason.label, skipped, reduced

    def _money(self, units: int) -> str:
        return decimal_string(units, self.history.tokens.decimals[0])

    # ---------------------------------------------------------------- plots

    def _figures(self) -> dict[str, Figure]:
        with mpl.rc_context(_STYLE):
            return {
                "equity": self._equity(),
                "drift": self._drift(),
                "costs": self._costs(),
                "skips": self._skips(),
            }

    def _equity(self) -> Figure:
        curves, figure, axes = self.engine.record.curves, *_over_time("Equity for one unit put in")
        times = _times(curves.time)
        spread = np.array(curves.spread)
        axes.fill_between(
            times, spread[:, 0], spread[:, 2], color=_GRID, label="5th to 95th percentile of followers", lw=0
        )
        groups = np.array(curves.groups)
        for number, name in enumerate(self.setting.names):
            axes.plot(times, groups[:, number], color=_colour(number), lw=1.4, label=f"{name} (mean)")
        axes.plot(times, curves.leader, color=_INK, lw=1.8, label="leader")
        axes.axhline(1, color=_MUTED, lw=0.8)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3f}"))
        _legend(axes)
        return figure

    def _drift(self) -> Figure:
        curves = self.engine.record.curves
        figure, axes = _over_time("Drift from the leader: mean part of equity held in other tokens")
        drift = np.array(curves.drift)
        for number, name in enumerate(self.setting.names):
            axes.plot(_times(curves.time), drift[:, number], color=_colour(number), lw=1.2, label=name)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
        _legend(axes)
        return figure

    def _costs(self) -> Figure:
        curves, unit = self.engine.record.curves, 10.0 ** self.history.tokens.decimals[0]
        base = self.history.tokens.symbols[0]
        figure, axes = _over_time(f"Costs of all followers so far, in {base}")
        times = _times(curves.time)
        for number, (name, values) in enumerate(
            (("copy fees", curves.copy_fees), ("execution, against the oracle", curves.execution))
        ):
            axes.plot(times, np.array(values) / unit, color=_colour(number), lw=1.6, label=name)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.axhline(0, color=_MUTED, lw=0.8)
        _legend(axes)
        return figure

    def _skips(self) -> Figure:
        skips = self.engine.record.skips
        reasons = [reason for reason in Reason if skips[:, reason].any()]
        reasons.sort(key=lambda reason: int(skips[:, reason].sum()))
        figure = Figure(figsize=(9, 1.6 + 0.36 * max(len(reasons), 2)), layout="constrained")
        axes = figure.add_subplot()
        axes.set_title("Copies that were skipped, by reason")
        axes.grid(visible=False, axis="y")
        left = np.zeros(len(reasons))
        labels = [reason.label for reason in reasons]
        for number, name in enumerate(self.setting.names):
            values = np.array([skips[number, reason] for reason in reasons], dtype=np.float64)
            axes.barh(labels, values, left=left, color=_colour(number), height=0.62, label=name)
            left += values
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        if reasons:
            for at, total in enumerate(left):
                axes.annotate(
                    f"{total:,.0f}", (total, at), xytext=(4, 0), textcoords="offset points", va="center"
                )
            axes.margins(x=0.1)
            axes.set_ylim(-0.6, max(len(reasons), 2) - 0.4)
            _legend(axes, below=-0.55 / figure.get_figheight() / 0.55)
        else:
            axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", color=_MUTED)
            axes.set_axis_off()
        return figure

    def _page(self, images: Mapping[str, bytes]) -> str:
        return page(self.history, self.summary(), list(self._reasons()), images)


def _over_time(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    locator = AutoDateLocator(tz=UTC, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=UTC))  # type: ignore[no-untyped-call]
    axes.margins(x=0.01)
    return figure, axes


def _legend(axes: Axes, *, below: float = -0.1) -> None:
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, below), ncols=5)


def _times(seconds: Sequence[int]) -> Any:
    return [datetime.fromtimestamp(each, tz=UTC) for each in seconds]


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _table(rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()
