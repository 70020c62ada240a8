"""Revenue by period: what leaders, protocol, referrers and keepers earned, from fees and clearings.

Every figure is a sum of the events' own amounts. Together they are what the fee balances were credited, which
is booked from the same events line by line: `tests/api/test_fees.py` compares the two, to the unit.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, func, literal, select
from sqlalchemy.orm import Session

from accounting.windows import DAY_S
from api.fees.schemas import Period, Revenue, Role
from api.fees.service import SHAPES, span_of
from api.schemas import Answer, utc
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy
from indexer.ledger.models import Clearing, Fee, amount_sum


class _Earned(NamedTuple):
    day: int
    role: Role
    source: str
    token: str
    amount: int
    events: int


def list_revenue(
    snapshot: Snapshot,
    *,
    period: Period,
    since: date | None,
    until: date | None,
    strategy_id: int | None,
) -> Answer[list[Revenue]]:
    """Return revenue by period, newest first. Raises `StrategyNotFoundError` and `InvalidRequestError`."""
    if strategy_id is not None:
        require_strategy(snapshot, strategy_id)
    span = span_of(period, since, until)
    totals: defaultdict[tuple[str, Role, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for each in _earned(snapshot.session, snapshot.deployment_id, span, strategy_id):
        if each.amount:
            key = (utc(each.day).strftime(SHAPES[period]), each.role, each.source, each.token)
            totals[key][0] += each.amount
            totals[key][1] += each.events
    keys = sorted(sorted(totals, key=lambda key: key[1:]), key=lambda key: key[0], reverse=True)
    data = [
        Revenue(
            period=key[0],
            role=key[1],
            source=cast(Any, key[2]),
            amount=snapshot.tokens.amount(key[3], totals[key][0]),
            events=totals[key][1],
        )
        for key in keys
    ]
    return Answer(as_of_block=snapshot.block, data=data)


def _earned(
    session: Session, deployment_id: int, span: tuple[int, int], strategy_id: int | None
) -> Iterator[_Earned]:
    """What was earned day by day."""
    fees = _by_day(
        Fee, deployment_id, span, (Fee.kind, Fee.token), (Fee.to_leader, Fee.to_protocol, Fee.to_referrer)
    )
    swaps = _by_day(
        Clearing,
        deployment_id,
        span,
        (Clearing.token_in, Clearing.token_out),
        (Clearing.copy_fees, Clearing.protocol_fees, Clearing.dust_in, Clearing.dust, Clearing.keeper_fee),
    )
    if strategy_id is not None:
        fees = fees.where(Fee.strategy_id == strategy_id)
        swaps = swaps.where(Clearing.trade_id.between(strategy_id << 32, (strategy_id + 1 << 32) - 1))
    for day, kind, token, events, to_leader, to_protocol, to_referrer in session.execute(fees):
        yield _Earned(day, "leader", kind, token, to_leader, events)
        yield _Earned(day, "protocol", kind, token, to_protocol, events)
        yield _Earned(day, "referrer", kind, token, to_referrer, events)
    for day, sold, bought, events, charged, protocol, dust_in, dust, keeper in session.execute(swaps):
        yield _Earned(day, "leader", "copy", sold, charged - protocol, events)
        yield _Earned(day, "protocol", "copy", sold, protocol, events)
        yield _Earned(day, "protocol", "dust", sold, dust_in, events)
        yield _Earned(day, "protocol", "dust", bought, dust, events)
        yield _Earned(day, "keeper", "keeper", bought, keeper, events)


def _by_day(
    table: Any, deployment_id: int, span: tuple[int, int], keys: tuple[Any, ...], amounts: tuple[Any, ...]
) -> Any:
    day = (table.block_time - table.block_time % literal(DAY_S, BigInteger)).label("day")
    return (
        select(day, *keys, func.count(), *(amount_sum(each) for each in amounts))
        .where(table.deployment_id == deployment_id, table.block_time >= span[0], table.block_time < span[1])
        .group_by(day, *keys)
    )
