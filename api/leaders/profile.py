"""The profile of one leader: the curve, the months and the market mix are drawn up from the vault's hours."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from accounting.risk import Day
from accounting.rounding import STATISTICS, ratio
from accounting.windows import WINDOWS, WindowName
from api.curves import curve_of
from api.events import event_of
from api.leaders import repository
from api.leaders.schemas import LeaderProfile, MarketShare, Month, TermsVersion
from api.leaders.service import facts_of, window_of
from api.leaders.standing import standings
from api.problems import ApiError
from api.schemas import Answer, utc
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy
from api.terms.repository import list_terms
from api.terms.service import present_terms
from indexer.derived.leaders import points_of, read_leaders
from indexer.derived.points import Point
from indexer.derived.standing import load_states
from indexer.ledger.models import Strategy

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
        **facts_of(snapshot, rows["all"], standings(snapshot, [strategy.leader])[strategy.leader]),
        windows=[window_of(snapshot, rows[name]) for name in WINDOWS],
        months=_months(points),
        market_mix=_market_mix(snapshot, strategy),
        curve=curve_of(points, window, snapshot.time, tokens.by_address[strategy.base_token]),
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
