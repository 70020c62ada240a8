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
from accounting.columns import Days, Trades, day_figures
from accounting.conduct import Evidence, entries_of, rank
from accounting.trips import closed_trades
from accounting.windows import DAY_S, HOUR_S, WINDOWS, WindowName, boundaries, start_of, step_of
from indexer.derived.followers import Copied, Figures, Leader, read_copied, read_followers
from indexer.derived.lives import read_lives
from indexer.derived.points import (
    NOW,
    Point,
    Subject,
    Track,
    first_recent,
    read_pasts,
    read_points,
    read_price_history,
)
from indexer.ledger.bulk import write_rows
from indexer.ledger.models import Deployment, LeaderMetrics, Strategy, StrategyToken, Vault

FEW_COPIERS = 50
"""Up to so many followers are looked at with their leader each time; more of them once an hour."""

_CHUNK = 100
_NUMBERS = tuple(LeaderMetrics.__table__.columns.keys())[10:]
_AMOUNTS = frozenset({"max_drawdown_amount", "capital_under_copy", "own_stake"})
_COUNTS = frozenset(
    {"closed_trades", "wash_trades", "longest_winning_streak", "longest_losing_streak", "copiers"}
)
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
    _count(connection, deployment_id)


def _count(connection: Connection, deployment_id: int) -> None:
    """Tell those who keep answers with metrics that there are others."""
    counted = {"metrics_version": Deployment.metrics_version + 1}
    connection.execute(update(Deployment).where(Deployment.id == deployment_id).values(counted))


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


def refresh(connection: Connection, deployment_id: int, strategy_ids: Sequence[int], at: Moment) -> None:
    """Make the metrics of strategies anew, as of the ledger's last block."""
    for start in range(0, len(strategy_ids), _CHUNK):
        _refresh(connection, deployment_id, strategy_ids[start : start + _CHUNK], at)
    if strategy_ids:
        _count(connection, deployment_id)  # last, for a block's writer waits for this row


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


def _refresh(connection: Connection, deployment_id: int, strategy_ids: Sequence[int], at: Moment) -> None:
    leaders = read_leaders(connection, deployment_id, strategy_ids)
    if not leaders:
        return
    rows = _rows(connection, deployment_id, leaders, at)
    connection.execute(
        delete(LeaderMetrics).where(
            LeaderMetrics.deployment_id == deployment_id, LeaderMetrics.strategy_id.in_(strategy_ids)
        )
    )
    write_rows(connection, LeaderMetrics, rows)


def _rows(
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], at: Moment
) -> list[tuple[Any, ...]]:
    tracks = _tracks(connection, deployment_id, leaders, at.time)
    lives = read_lives(connection, deployment_id, [leader.subject.vault_id for leader in leaders])
    copied = read_copied(connection, deployment_id, leaders)
    former = _former(connection, deployment_id, [leader.strategy.strategy_id for leader in leaders])
    kept = {
        strategy_id: known
        for strategy_id, known in former.items()
        if known[0] + HOUR_S > at.time >= known[0] and copied[strategy_id].copiers > FEW_COPIERS
    }
    looked_at = [leader for leader in leaders if leader.strategy.strategy_id not in kept]
    of_followers = read_followers(connection, deployment_id, looked_at, at.time)
    rows: list[tuple[Any, ...]] = []
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
    connection: Connection, deployment_id: int, leaders: Sequence[Leader], now: int
) -> dict[int, Track]:
    """Vault id → the vault at the ends of days and of the last hours since its opening, and now."""
    subjects = [leader.subject for leader in leaders]
    times = [*boundaries(now, min(each.opened for each in subjects)), NOW]
    recent = first_recent(times)
    pasts = read_pasts(connection, deployment_id, subjects, recent)
    prices = {
        tokens: read_price_history(connection, deployment_id, tokens, recent)
        for tokens in {each.tokens for each in subjects}
    }
    return {each.vault_id: pasts[each.vault_id].track(times, prices[each.tokens]) for each in subjects}


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


class _Life:
    """A leader's vault over all its time, cut into windows."""

    def __init__(self, subject: Subject, events: Sequence[Event], track: Track) -> None:
        self._opened = subject.opened
        self._base = subject.base
        self._track = track
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
        days = self._days(start, step_of(window))
        returns, exposures = days.returns, days.exposures
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

    def _days(self, start: int, step: int) -> Days:
        """The vault at the points of a window; none where its worth was unknown at one of them."""
        track, last = self._track, len(self._track.times) - 1
        first = bisect_left(track.times, start)
        within = [at for at in range(first, last) if track.times[at] % step == 0]
        within += [last] if last >= 0 else []
        if not within or not all(track.known[at] for at in within):
            return Days(np.zeros(0), (), (), ())
        growth = [track.growth[at] for at in within]
        equity, cash, net_deposits = (
            [column[at] for at in within] for column in (track.equity, track.cash, track.net_deposits)
        )
        if self._opened >= start:
            growth.insert(0, 1.0)
            for column in (equity, cash, net_deposits):
                column.insert(0, net_deposits[0])
        return Days(np.array(growth), equity, cash, net_deposits)

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
    return int(figure) if name in _AMOUNTS or name in _COUNTS else float(figure)
