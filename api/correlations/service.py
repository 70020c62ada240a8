"""Answers about how alike leaders are, from their vaults at the ends of days."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations

from accounting.correlation import correlate, returns_by_day
from accounting.windows import DAY_S, WindowName, start_of
from api.correlations.schemas import Correlation
from api.schemas import Answer
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy
from indexer.derived.leaders import points_of, read_leaders


def list_correlations(
    snapshot: Snapshot, strategy_ids: Collection[int], window: WindowName
) -> Answer[list[Correlation]]:
    """Return every pair of strategies. Raises `StrategyNotFoundError`."""
    wanted = sorted(set(strategy_ids))
    for strategy_id in wanted:
        require_strategy(snapshot, strategy_id)
    returns = _returns(snapshot, wanted, start_of(window, snapshot.time))
    data = []
    for first, second in combinations(wanted, 2):
        found = correlate(returns[first], returns[second])
        days = sorted(returns[first].keys() & returns[second].keys())
        data.append(
            Correlation(
                first_id=first,
                second_id=second,
                correlation=found.value,
                days=found.days,
                since=_day(days[0]) if days else None,
                until=_day(days[-1]) if days else None,
            )
        )
    return Answer(as_of_block=snapshot.block, data=data)


def _returns(
    snapshot: Snapshot, strategy_ids: Collection[int], start: int
) -> dict[int, Mapping[int, Decimal]]:
    """Strategy → end of a whole day in the window → its leader's return."""
    connection, deployment_id = snapshot.session.connection(), snapshot.deployment_id
    leaders = read_leaders(connection, deployment_id, strategy_ids)
    points = points_of(connection, deployment_id, leaders, snapshot.time)
    found: dict[int, Mapping[int, Decimal]] = {}
    for leader in leaders:
        ends = points[leader.subject.vault_id][:-1]  # the last one is now
        growth = {
            end: day.growth for end, day in ends if day is not None and end % DAY_S == 0 and end >= start
        }
        found[leader.strategy.strategy_id] = returns_by_day(growth)
    return found


def _day(end: int) -> date:
    return datetime.fromtimestamp(end - DAY_S, UTC).date()
