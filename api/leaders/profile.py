"""The profile of one leader: the curve, the months and the market mix are drawn up from the vault's hours."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from accounting.risk import Day
from accounting.rounding import STATISTICS, ratio
from accounting.windows import WINDOWS, WindowName, start_of, step_of
from api.events import event_of
from api.leaders import repository
from api.leaders.schemas import CurvePoint, LeaderProfile, MarketShare, Month, TermsVersion
from api.leaders.service import facts_of, window_of
from api.problems import ApiError
from api.schemas import Amount, Answer, utc
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy
from api.terms.repository import list_terms
from api.terms.service import present_terms
from indexer.derived.leaders import points_of, read_leaders
from indexer.derived.points import Point
from indexer.derived.store import load_states
from indexer.ledger.models import Strategy

MOST_POINTS = 400

_PLACES = Decimal("1e-12")


class LeaderNotReadyError(ApiError):
    """The leader's metrics are being made."""

    status, slug, title = 503, "leader-not-ready", "The leader's metrics are not made yet"


def get_leader(snapshot: Snapshot, strategy_id: int, window: WindowName) -> Answer[LeaderProfile]:
    """Return a leader's profile with the curve of a window.

    Raises `StrategyNotFoundError`, and `LeaderNotReadyError` for a strategy of the newest blocks.
    """
    strategy = require_strategy(snapshot, strategy_id)
    session, deployment_id, tokens = snapshot.session, snapshot.deployment_id, snapshot.tokens
    rows = repository.list_windows(session, deployment_id, strategy_id)
    if len(rows) < len(WINDOWS):
        raise LeaderNotReadyError(
            f"The metrics of strategy {strategy_id} are not made yet.",
            remedy="Try again in a few seconds: the indexer makes them after the block.",
        )
    connection = session.connection()
    leaders = read_leaders(connection, deployment_id, [strategy_id])
    points = points_of(connection, deployment_id, leaders, snapshot.time)[strategy.leader_vault_id]
    terms = list_terms(session, deployment_id, [strategy_id]).values()
    profile = LeaderProfile(
        **facts_of(snapshot, rows["all"]),
        windows=[window_of(snapshot, rows[name]) for name in WINDOWS],
        months=_months(points),
        market_mix=_market_mix(snapshot, strategy),
        curve=_curve(snapshot, strategy, points, window),
        terms_history=[
            TermsVersion(terms=present_terms(row, strategy.base_token, tokens), since=event_of(row))
            for row in terms
        ],
    )
    return Answer(as_of_block=snapshot.block, data=profile)


def _months(points: Sequence[Point]) -> list[Month]:
    """Growth from the last point of one month to that of the next; the first begins at 1."""
    last: dict[str, Day | None] = {}
    for point in points:
        last[utc(point.time - 1).strftime("%Y-%m")] = point.day  # midnight ends the day before
    ends: list[tuple[str, Day | None]] = [("", Day(Decimal(1), 0, 0, 0)), *last.items()]
    return [
        Month(month=month, time_weighted_return=_grown(before, after))
        for (_, before), (month, after) in pairwise(ends)
    ]


def _grown(before: Day | None, after: Day | None) -> Decimal | None:
    if before is None or after is None or not before.growth:
        return None
    return STATISTICS.subtract(STATISTICS.divide(after.growth, before.growth), Decimal(1)).quantize(_PLACES)


def _market_mix(snapshot: Snapshot, strategy: Strategy) -> list[MarketShare]:
    bought = repository.sum_bought(snapshot.session, snapshot.deployment_id, strategy)
    connection = snapshot.session.connection()
    states, board = load_states(connection, snapshot.deployment_id, [strategy.leader_vault_id])
    state = states[strategy.leader_vault_id]
    state.value(board)
    worths, equity, whole = state.worths, state.equity, sum(bought.values())
    tokens = {*bought, *(token for token, worth in (worths or {}).items() if worth)}
    shares = [
        MarketShare(
            token=snapshot.tokens.by_address[token],
            bought=ratio(bought.get(token, 0), whole or 1).quantize(_PLACES),
            held=None
            if not equity or worths is None
            else ratio(worths.get(token, 0), equity).quantize(_PLACES),
        )
        for token in tokens
    ]
    return sorted(shares, key=lambda share: (-share.bought, share.token.address))


def _curve(
    snapshot: Snapshot, strategy: Strategy, points: Sequence[Point], window: WindowName
) -> list[CurvePoint]:
    start, step = start_of(window, snapshot.time), step_of(window)
    within = [point for point in points[:-1] if point.time >= start and point.time % step == 0]
    base = snapshot.tokens.by_address[strategy.base_token]
    every = -(-len(within) // (MOST_POINTS - 1)) or 1
    peak = Decimal(0)
    found = []
    for at, point in enumerate([*within, *points[-1:]]):
        if at < len(within) and (len(within) - 1 - at) % every:
            continue
        day = point.day
        drawdown = None
        if day is not None:
            peak = max(peak, day.growth)
            drawdown = _fall(peak, day.growth)
        found.append(
            CurvePoint(
                time=utc(point.time),
                equity=None if day is None else Amount.of(base, day.equity),
                growth=None if day is None else day.growth.quantize(_PLACES),
                drawdown=drawdown,
            )
        )
    return found


def _fall(peak: Decimal, growth: Decimal) -> Decimal:
    """The fall from a peak as a share of it; 0 where all was lost before."""
    return STATISTICS.divide(STATISTICS.subtract(peak, growth), peak).quantize(_PLACES) if peak else peak
