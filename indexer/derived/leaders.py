"""Keeps the metrics of leaders: which are due, and how a leader's are made anew.

A leader's rows are due as soon as a block has touched the leader's vault or a follower's, and else when an
hour of chain time has passed, since windows move and prices do. What many followers got is looked at once an
hour at most: that takes a look at each of their vaults.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from accounting.book import Event, Fill
from accounting.conduct import Entry, Evidence, entries_of, rank
from accounting.risk import Day, daily_returns, risk_metrics
from accounting.rounding import ratio
from accounting.trips import ClosedTrade, closed_trades
from accounting.windows import DAY_S, HOUR_S, WINDOWS, WindowName, boundaries, start_of, step_of
from indexer.derived.followers import Copied, Figures, read_copied, read_copy_quality, read_spread
from indexer.derived.lives import read_lives
from indexer.derived.points import NOW, Point, Subject, read_points
from indexer.derived.standing import load_states
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


def mark_due(connection: Connection, deployment_id: int, vault_ids: Collection[int]) -> None:
    """Take note that something happened in vaults, in the transaction that writes it."""
    ids = sorted(vault_ids)
    for at in range(0, len(ids), 500):
        touched = select(Vault.strategy_id).where(
            Vault.deployment_id == deployment_id, Vault.vault_id.in_(ids[at : at + 500])
        )
        connection.execute(
            update(LeaderMetrics)
            .where(LeaderMetrics.deployment_id == deployment_id, LeaderMetrics.strategy_id.in_(touched))
            .values(due=0)
        )


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


@dataclass(frozen=True, slots=True)
class Leader:
    """A strategy with its leader's own vault."""

    strategy: Strategy
    subject: Subject


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
    points = points_of(connection, deployment_id, leaders, at.time)
    vault_ids = [leader.subject.vault_id for leader in leaders]
    lives = read_lives(connection, deployment_id, vault_ids)
    _, board = load_states(connection, deployment_id, vault_ids)
    former = _former(connection, deployment_id, strategy_ids)
    rows: list[tuple[Any, ...]] = []
    for leader in leaders:
        strategy, subject = leader.strategy, leader.subject
        copied = read_copied(connection, deployment_id, strategy, board, subject.opened_block)
        known = former.get(strategy.strategy_id)
        followers_time = at.time
        fresh = known is not None and known[0] + HOUR_S > at.time >= known[0]
        if known is not None and fresh and copied.copiers > FEW_COPIERS:
            followers_time, of_followers = known
        else:
            of_followers = _of_followers(connection, deployment_id, strategy, at.time)
        life = _Life(subject, lives[subject.vault_id], points[subject.vault_id])
        for window in WINDOWS:
            figures, bars, warnings = life.figures(window, copied, at.time)
            figures |= of_followers[window]
            rows.append(
                (
                    deployment_id,
                    window,
                    strategy.strategy_id,
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
    connection.execute(
        delete(LeaderMetrics).where(
            LeaderMetrics.deployment_id == deployment_id, LeaderMetrics.strategy_id.in_(strategy_ids)
        )
    )
    write_rows(connection, LeaderMetrics, rows)


def _of_followers(
    connection: Connection, deployment_id: int, strategy: Strategy, now: int
) -> dict[WindowName, Figures]:
    quality = read_copy_quality(connection, deployment_id, strategy, now)
    spread = read_spread(connection, deployment_id, strategy, now)
    return {window: {"copy_quality": quality[window], **spread[window]} for window in WINDOWS}


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

    def __init__(self, subject: Subject, events: Sequence[Event], points: Sequence[Point]) -> None:
        self._opened = subject.opened
        self._base = subject.base
        self._points = points
        self._fills = [event for event in events if isinstance(event, Fill)]
        self._closed = closed_trades(subject.base, events)
        self._entries = entries_of(subject.base, events, self._closed)

    def figures(
        self, window: WindowName, copied: Copied, now: int
    ) -> tuple[Figures, Sequence[str], Sequence[str]]:
        """Return the metrics by id, and what keeps the leader from being ranked."""
        start = start_of(window, now)
        closed: list[ClosedTrade] = [trade for trade in self._closed if trade.closed >= start]
        entries: list[Entry] = [entry for entry in self._entries if entry.time >= start]
        days = self._days(start, step_of(window))
        bought, sold = self._moved(start)
        found: Figures = dict(risk_metrics(days, closed, bought, sold))
        latest = self._points[-1].day if self._points else None
        stake = None if latest is None else latest.equity
        evidence = Evidence(
            daily_returns(days) if window != "24h" else [],
            [ratio(day.equity - day.cash, day.equity) for day in days[1:] if day.equity],
            closed,
            entries,
            stake,
            copied.capital,
        )
        verdict = rank(evidence)
        found |= {
            "copiers": Decimal(copied.copiers),
            "capital_under_copy": None if copied.capital is None else Decimal(copied.capital),
            "own_stake": None if stake is None else Decimal(stake),
            "rank_score": verdict.score,
        }
        return found, verdict.bars, verdict.warnings

    def _days(self, start: int, step: int) -> list[Day]:
        """The vault at the points of a window; none where its worth was unknown at one of them."""
        within = [
            point
            for at, point in enumerate(self._points)
            if point.time >= start and (point.time % step == 0 or at == len(self._points) - 1)
        ]
        if not within or any(point.day is None for point in within):
            return []
        days = [point.day for point in within if point.day is not None]
        if self._opened >= start:
            put_in = days[0].net_deposits
            days.insert(0, Day(Decimal(1), put_in, put_in, put_in))
        return days

    def _moved(self, start: int) -> tuple[int, int]:
        bought = sold = 0
        for fill in self._fills:
            if fill.time >= start:
                bought += fill.amount_in + fill.fee if fill.token_in == self._base else 0
                sold += fill.amount_out if fill.token_out == self._base else 0
        return bought, sold


def _stored(name: str, figure: Decimal | None) -> int | float | None:
    if figure is None:
        return None
    return int(figure) if name in _AMOUNTS or name in _COUNTS else float(figure)
