"""The profile of one leader: the curve, the months and the market mix are drawn up from the vault's hours."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from accounting.days import Day
from accounting.rounding import STATISTICS, ratio
from accounting.windows import WINDOWS, WindowName, start_of, step_of
from api.curves import curve_of
from api.events import event_of
from api.leaders import repository
from api.leaders.repository import StrategyCells
from api.leaders.schemas import LeaderProfile, MarketShare, Month, TermsVersion
from api.leaders.service import facts_of, window_of
from api.leaders.standing import standings
from api.problems import ApiError
from api.schemas import Answer, utc
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy
from api.terms.repository import list_terms
from api.terms.service import present_terms
from api.transactions.service import gas_of_sender
from indexer.derived.points import (
    NOW,
    Past,
    Point,
    PriceHistory,
    Subject,
    read_pasts,
    read_price_history,
    recent_of,
)

_PLACES = Decimal("1e-12")
_BEGIN: Day | None = Day(Decimal(1), 0, 0, 0)


class LeaderNotReadyError(ApiError):
    """The leader's metrics are being made."""

    status, slug, title = 503, "leader-not-ready", "The leader's metrics are not made yet"


def get_leader(snapshot: Snapshot, strategy_id: int, window: WindowName) -> Answer[LeaderProfile]:
    """Return a leader's profile with the curve of a window.

    Raises `StrategyNotFoundError`, and `LeaderNotReadyError` for a strategy of the newest blocks.
    """
    session, deployment_id, tokens = snapshot.session, snapshot.deployment_id, snapshot.tokens
    rows = repository.list_windows(session, deployment_id, strategy_id)
    if len(rows) < len(WINDOWS):
        require_strategy(snapshot, strategy_id)
        raise LeaderNotReadyError(
            f"The metrics of strategy {strategy_id} are not made yet.",
            remedy="Try again in a few seconds: the indexer makes them after the block.",
        )
    row, now = rows["all"], snapshot.time
    strategy = row.strategy
    place = (row.opened_block, row.opened)
    subject = Subject(strategy.leader_vault_id, strategy.base_token, row.tokens, *place)
    past, prices = _past(snapshot, subject)
    ends = _month_ends(now, subject.opened)
    points = [
        point._replace(time=now) if point.time == NOW else point
        for point in past.points(_times(window, now, subject.opened, ends), prices)
    ]
    terms = list_terms(session, deployment_id, [strategy_id]).values()
    profile = LeaderProfile(
        **facts_of(snapshot, row, standings(snapshot, [strategy.leader])[strategy.leader]),
        windows=[window_of(snapshot, rows[name]) for name in WINDOWS],
        months=_months(points, frozenset(ends)),
        market_mix=_market_mix(snapshot, strategy, past.worths(prices)),
        curve=curve_of(points, window, now, tokens.by_address[strategy.base_token]),
        gas=gas_of_sender(snapshot, strategy.leader),
        terms_history=[
            TermsVersion(terms=present_terms(row, strategy.base_token, tokens), since=event_of(row))
            for row in terms
        ],
    )
    return Answer(as_of_block=snapshot.block, data=profile)


def _past(snapshot: Snapshot, subject: Subject) -> tuple[Past, PriceHistory]:
    """The leader's vault, and the prices of its tokens: those of the same tokens are the same."""
    connection, deployment_id = snapshot.session.connection(), snapshot.deployment_id
    recent = recent_of(snapshot.time)
    past = read_pasts(connection, deployment_id, [subject], recent)[subject.vault_id]

    def prices() -> PriceHistory:
        return read_price_history(connection, deployment_id, subject.tokens, recent)

    return past, snapshot.kept(("past prices", subject.tokens), prices)


def _times(window: WindowName, now: int, opened: int, ends: Sequence[int]) -> list[int]:
    """The points of the window, the ends of all months, and now."""
    start, step = start_of(window, now), step_of(window)
    return [*sorted({*range(max(start, opened - opened % step + step), now, step), *ends}), NOW]


def _month_ends(now: int, opened: int) -> list[int]:
    """When each month ended since an opening and before now."""
    year, month = utc(opened).timetuple()[:2]
    ends: list[int] = []
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        end = int(datetime(year, month, 1, tzinfo=UTC).timestamp())
        if end >= now:
            return ends
        ends.append(end)


def _months(points: Sequence[Point], ends: Collection[int]) -> list[Month]:
    """Growth from the end of one month to that of the next, and to now; the first begins at 1."""
    found, before = [], _BEGIN
    for point in (*(point for point in points[:-1] if point.time in ends), *points[-1:]):
        month = utc(point.time - 1).strftime("%Y-%m")  # midnight ends the day before
        found.append(Month(month=month, time_weighted_return=_grown(before, point.day)))
        before = point.day
    return found


def _grown(before: Day | None, after: Day | None) -> Decimal | None:
    if before is None or after is None or not before.growth:
        return None
    return STATISTICS.subtract(STATISTICS.divide(after.growth, before.growth), Decimal(1)).quantize(_PLACES)


def _market_mix(
    snapshot: Snapshot, strategy: StrategyCells, worths: Mapping[str, int] | None
) -> list[MarketShare]:
    bought = repository.list_bought(snapshot.session, snapshot.deployment_id, strategy.leader_vault_id)
    equity, whole = sum((worths or {}).values()), sum(bought.values())
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
