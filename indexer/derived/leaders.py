"""Keeps the metrics of leaders: which are due, and how a leader's are made anew.

A leader's rows are due as soon as a block has touched the leader's vault or a follower's, and else when an
hour of chain time has passed, since windows move and prices do. What many followers got is looked at once an
hour at most: that takes a look at each of their vaults.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from accounting.book import Event, Fill
from accounting.columns import Days, Floats, Trades, day_figures, exposure_of
from accounting.conduct import Evidence, entries_of, rank
from accounting.trips import closed_trades
from accounting.windows import DAY_S, HOUR_S, WINDOWS, WindowName, boundaries, start_of, step_of
from indexer.derived.apart import in_processes
from indexer.derived.followers import Copied, Figures, Leader, read_copied, read_followers
from indexer.derived.lives import read_lives
from indexer.derived.points import (
    NOW,
    Point,
    Prices,
    Subject,
    Track,
    read_pasts,
    read_points,
    recent_of,
)
from indexer.ledger.bulk import write_rows
from indexer.ledger.models import Deployment, LeaderMetrics, Strategy, StrategyToken, Vault

FEW_COPIERS = 50
"""Up to so many followers are looked at with their leader each time; more of them once an hour."""

_CHUNK = 100
_LEAST_PARTS = 3
"""To start another process takes as long as to make some parts."""

_FACTS = 10
_NUMBERS = tuple(LeaderMetrics.__table__.columns.keys())[_FACTS + 1 :]
AMOUNTS = frozenset({"max_drawdown_amount", "capital_under_copy", "own_stake"})
COUNTS = frozenset(
    {"closed_trades", "wash_trades", "longest_winning_streak", "longest_losing_streak", "copiers"}
)
"""The metrics that are whole numbers; all others are statistics in binary floating point."""
Row = tuple[Any, ...]
_OF_FOLLOWERS = ("copy_quality", *(name for name in _NUMBERS if name.startswith("follower_")))


@dataclass(frozen=True, slots=True)
class Moment:
    """The block that metrics are as of; `time` is unix seconds."""

    number: int
    time: int


_MARK_DUE = (
    update(LeaderMetrics)
    .where(
        LeaderMetrics.deployment_id == bindparam("deployment"),
        LeaderMetrics.strategy_id.in_(bindparam("strategies", expanding=True)),
        LeaderMetrics.due != 0,
    )
    .values(due=0)
)


def mark_due(connection: Connection, deployment_id: int, strategy_ids: Collection[int]) -> None:
    """Take note that something happened in vaults of strategies, in the transaction that writes it."""
    ids = sorted(strategy_ids)
    for at in range(0, len(ids), 500):
        connection.execute(_MARK_DUE, {"deployment": deployment_id, "strategies": ids[at : at + 500]})


def forget(connection: Connection, deployment_id: int, *, above: int = -1) -> None:
    """Remove what was made from blocks above one."""
    connection.execute(
        delete(LeaderMetrics).where(
            LeaderMetrics.deployment_id == deployment_id, LeaderMetrics.as_of_block > above
        )
    )
    _count(connection, deployment_id, "metrics_version", "metrics_taken")


def _count(connection: Connection, deployment_id: int, *names: str) -> int:
    """Tell those who keep metrics that there are others, and return their version.

    Whoever writes a block waits for this row; whoever reads it sees all that has the version, or nothing.
    """
    counted = dict.fromkeys(names, Deployment.metrics_version + 1)
    counting = update(Deployment).where(Deployment.id == deployment_id).values(counted)
    return connection.execute(counting.returning(Deployment.metrics_version)).scalar_one()


def list_due(connection: Connection, deployment_id: int, now: int, limit: int) -> Sequence[int]:
    """Return strategies whose metrics are to be made anew, those that were touched first."""
    query = (
        select(Strategy.strategy_id)
        .outerjoin(
            LeaderMetrics,
            and_(
                LeaderMetrics.deployment_id == Strategy.deployment_id,
                LeaderMetrics.strategy_id == Strategy.strategy_id,
                LeaderMetrics.window == "all",
            ),
        )
        .where(
            Strategy.deployment_id == deployment_id,
            or_(LeaderMetrics.due.is_(None), LeaderMetrics.due <= now),
        )
        .order_by(func.coalesce(LeaderMetrics.due, 0), Strategy.strategy_id)
        .limit(limit)
    )
    return connection.scalars(query).all()


def refresh(
    connection: Connection,
    deployment_id: int,
    strategy_ids: Sequence[int],
    at: Moment,
    *,
    processes: int = 1,
) -> None:
    """Make the metrics of strategies anew, as of the ledger's last block.

    Many of them are made in so many `processes` on PostgreSQL, which do not see what the connection's
    transaction has written.
    """
    parts = [strategy_ids[start : start + _CHUNK] for start in range(0, len(strategy_ids), _CHUNK)]
    processes = min(processes, len(parts) // _LEAST_PARTS)
    if processes > 1 and connection.dialect.name == "postgresql":
        made_apart = in_processes(connection, processes, _rows_of, parts, deployment_id, at)
        rows = [row for some in made_apart for row in some]
    else:
        prices = Prices(connection, deployment_id, recent_of(at.time))
        rows = [row for part in parts for row in _rows(connection, deployment_id, part, at, prices)]
    if not rows:
        return
    # Late, for a block's writer waits for this row.
    made = _count(connection, deployment_id, "metrics_version")
    for part in parts:
        connection.execute(
            delete(LeaderMetrics).where(
                LeaderMetrics.deployment_id == deployment_id, LeaderMetrics.strategy_id.in_(part)
            )
        )
    write_rows(connection, LeaderMetrics, ((*row[:_FACTS], made, *row[_FACTS:]) for row in rows))


def read_leaders(connection: Connection, deployment_id: int, strategy_ids: Collection[int]) -> list[Leader]:
    """Return strategies whose leader's vault is open, by id."""
    tokens: defaultdict[int, set[str]] = defaultdict(set)
    named = select(StrategyToken.strategy_id, StrategyToken.token).where(
        StrategyToken.deployment_id == deployment_id, StrategyToken.strategy_id.in_(strategy_ids)
    )
    for strategy_id, token in connection.execute(named):
        tokens[strategy_id].add(token)
    opened = (
        select(Strategy.__table__, Vault.block_number.label("opened_block"), Vault.block_time.label("opened"))
        .join(
            Vault,
            and_(Vault.deployment_id == Strategy.deployment_id, Vault.vault_id == Strategy.leader_vault_id),
        )
        .where(Strategy.deployment_id == deployment_id, Strategy.strategy_id.in_(strategy_ids))
        .order_by(Strategy.strategy_id)
    )
    found = []
    for row in connection.execute(opened).mappings():
        strategy = Strategy(**{name: row[name] for name in Strategy.__table__.columns.keys()})  # noqa: SIM118 (no mapping)
        place = (row["opened_block"], row["opened"])
        held = frozenset(tokens[strategy.strategy_id])
        found.append(Leader(strategy, Subject(strategy.leader_vault_id, strategy.base_token, held, *place)))
    return found


def points_of(
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int
) -> dict[int, list[Point]]:
    """Return vault id → the vault at the ends of days and of the last hours since its opening, and now."""
    subjects = [leader.subject for leader in leaders]
    times = [*boundaries(now, min(each.opened for each in subjects)), NOW]
    found = read_points(connection, deployment_id, subjects, times)
    return {
        each.vault_id: [
            Point(now if point.time == NOW else point.time, point.day) for point in found[each.vault_id]
        ]
        for each in subjects
    }


def _rows_of(
    connection: Connection, strategy_ids: Sequence[int], deployment_id: int, at: Moment
) -> list[Row]:
    """Rows of strategies, for a process that makes some of many."""
    prices = Prices(connection, deployment_id, recent_of(at.time))
    return _rows(connection, deployment_id, strategy_ids, at, prices)


def _rows(
    connection: Connection, deployment_id: int, strategy_ids: Sequence[int], at: Moment, prices: Prices
) -> list[Row]:
    leaders = read_leaders(connection, deployment_id, strategy_ids)
    if not leaders:
        return []
    tracks = _tracks(connection, deployment_id, leaders, at.time, prices)
    lives = read_lives(connection, deployment_id, [leader.subject.vault_id for leader in leaders])
    copied = read_copied(connection, deployment_id, leaders)
    former = _former(connection, deployment_id, [leader.strategy.strategy_id for leader in leaders])
    kept = {
        strategy_id: known
        for strategy_id, known in former.items()
        if known[0] + HOUR_S > at.time >= known[0] and copied[strategy_id].copiers > FEW_COPIERS
    }
    looked_at = [leader for leader in leaders if leader.strategy.strategy_id not in kept]
    of_followers = read_followers(connection, deployment_id, looked_at, at.time, prices)
    rows: list[Row] = []
    for leader in leaders:
        strategy_id, subject = leader.strategy.strategy_id, leader.subject
        followers_time, got = kept.get(strategy_id) or (at.time, of_followers[strategy_id])
        life = _Life(subject, lives[subject.vault_id], tracks[subject.vault_id])
        for window in WINDOWS:
            figures, bars, warnings = life.figures(window, copied[strategy_id], at.time)
            figures |= got[window]
            rows.append(
                (
                    deployment_id,
                    window,
                    strategy_id,
                    at.number,
                    at.time,
                    at.time - at.time % HOUR_S + HOUR_S,
                    followers_time,
                    (at.time - subject.opened) // DAY_S,
                    ",".join(bars),
                    ",".join(warnings),
                    *(_stored(name, figures.get(name)) for name in _NUMBERS),
                )
            )
    return rows


def _tracks(
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int, prices: Prices
) -> dict[int, Track]:
    """Vault id → the vault at the ends of days and of the last hours since its opening, and now."""
    subjects = [leader.subject for leader in leaders]
    times = [*boundaries(now, min(each.opened for each in subjects)), NOW]
    pasts = read_pasts(connection, deployment_id, subjects, recent_of(now))
    return {each.vault_id: pasts[each.vault_id].track(times, prices.of(each.tokens)) for each in subjects}


def _former(
    connection: Connection, deployment_id: int, strategy_ids: Sequence[int]
) -> dict[int, tuple[int, dict[WindowName, Figures]]]:
    """Strategy → when its followers were looked at last, and window → what they got."""
    found: dict[int, tuple[int, dict[WindowName, Figures]]] = {}
    columns = [getattr(LeaderMetrics, name) for name in _OF_FOLLOWERS]
    query = select(LeaderMetrics.strategy_id, LeaderMetrics.window, LeaderMetrics.followers_time, *columns)
    for strategy_id, window, time, *values in connection.execute(
        query.where(LeaderMetrics.deployment_id == deployment_id, LeaderMetrics.strategy_id.in_(strategy_ids))
    ):
        figures = {
            name: None if value is None else Decimal(repr(value))
            for name, value in zip(_OF_FOLLOWERS, values, strict=True)
        }
        found.setdefault(strategy_id, (time, {}))[1][window] = figures
    return found


class _Series:
    """A track at every so many seconds and now; until place `unknown` of it something was not known."""

    def __init__(self, track: Track, step: int) -> None:
        last = len(track.times) - 1
        at = [nth for nth in range(last) if track.times[nth] % step == 0] + ([last] if last >= 0 else [])
        self.times = [track.times[nth] for nth in at]
        self.growth = np.array([track.growth[nth] for nth in at], float)
        self.equity, self.cash, self.net_deposits = (
            [column[nth] for nth in at] for column in (track.equity, track.cash, track.net_deposits)
        )
        self.unknown = max((place for place, nth in enumerate(at) if not track.known[nth]), default=-1)
        self.exposures = list(map(exposure_of, self.equity, self.cash))


class _Life:
    """A leader's vault over all its time, cut into windows."""

    def __init__(self, subject: Subject, events: Sequence[Event], track: Track) -> None:
        self._opened = subject.opened
        self._base = subject.base
        self._series = {step: _Series(track, step) for step in {HOUR_S, DAY_S}}
        self._fills = [event for event in events if isinstance(event, Fill)]
        closed = closed_trades(subject.base, events)
        self._trades = Trades(closed)
        self._entries = entries_of(subject.base, events, closed)
        self._stake = track.equity[-1] if track.known and track.known[-1] else None

    def figures(
        self, window: WindowName, copied: Copied, now: int
    ) -> tuple[dict[str, Any], Sequence[str], Sequence[str]]:
        """Return the metrics by id, and what keeps the leader from being ranked."""
        start = start_of(window, now)
        days, exposures = self._days(start, step_of(window))
        returns = days.returns
        found = day_figures(days, returns, exposures, min(self._moved(start)))
        found |= self._trades.figures(start)
        held_at_first = 1 if days.equity and days.equity[0] else 0
        evidence = Evidence(
            returns if window != "24h" else [],
            exposures[held_at_first:],
            self._trades.since(start),
            [entry for entry in self._entries if entry.time >= start],
            self._stake,
            copied.capital,
        )
        verdict = rank(evidence)
        found |= {
            "copiers": copied.copiers,
            "capital_under_copy": copied.capital,
            "own_stake": self._stake,
        }
        return found | {"rank_score": verdict.score}, verdict.bars, verdict.warnings

    def _days(self, start: int, step: int) -> tuple[Days, Floats]:
        """The vault at the points of a window with its exposures; none where its worth was unknown at one of
        them.
        """
        series = self._series[step]
        first = bisect_left(series.times, start)
        if not first > series.unknown or first == len(series.times):
            return Days(np.zeros(0), (), (), ()), np.zeros(0)
        growth, exposures = series.growth[first:], series.exposures[first:]
        equity, cash, net_deposits = (
            column[first:] for column in (series.equity, series.cash, series.net_deposits)
        )
        if self._opened >= start:  # when all that was put in was cash
            growth = np.concatenate(([1.0], growth))
            exposures = [0.0 if net_deposits[0] else None, *exposures]
            equity, cash, net_deposits = (
                [net_deposits[0], *column] for column in (equity, cash, net_deposits)
            )
        known = np.array([each for each in exposures if each is not None], float)
        return Days(growth, equity, cash, net_deposits), known

    def _moved(self, start: int) -> tuple[int, int]:
        bought = sold = 0
        for fill in self._fills:
            if fill.time >= start:
                bought += fill.amount_in + fill.fee if fill.token_in == self._base else 0
                sold += fill.amount_out if fill.token_out == self._base else 0
        return bought, sold


def _stored(name: str, figure: Any) -> int | float | None:
    if figure is None:
        return None
    return int(figure) if name in AMOUNTS or name in COUNTS else float(figure)
