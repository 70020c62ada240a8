"""Answers about fees. Every figure is a sum of postings, so the standings equal the balances on chain."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from api.accounts.schemas import FeeSource
from api.fees import repository
from api.fees.repository import DaySum
from api.fees.schemas import FeeStanding, FeeStatement, FeeSum, Period, SourceAmount, StrategyFees
from api.paging import cut, decode_cursor
from api.problems import FieldError, InvalidRequestError
from api.schemas import Answer, Page, utc
from api.snapshot import Snapshot
from api.strategies.existence import require_strategy

FOR_EVER = 2**62
MOST_DAYS = 366

SHAPES: Mapping[Period, str] = {"day": "%Y-%m-%d", "month": "%Y-%m", "all": "all"}


def list_statements(
    snapshot: Snapshot,
    *,
    period: Period,
    since: date | None,
    until: date | None,
    limit: int,
    cursor: str | None,
) -> Page[FeeStatement]:
    """Return a page of recipients, those first who were credited first."""
    after = decode_cursor("fee recipients", 1, cursor)
    rows = repository.list_recipients(
        snapshot.session, snapshot.deployment_id, after=None if after is None else after[0], limit=limit + 1
    )
    page, next_cursor = cut("fee recipients", limit, rows, lambda row: (row[0],))
    recipients = [address for _, address in page]
    data = _statements(snapshot, recipients, period, span_of(period, since, until))
    return Page(as_of_block=snapshot.block, data=data, next_cursor=next_cursor)


def get_statement(
    snapshot: Snapshot, recipient: str, *, period: Period, since: date | None, until: date | None
) -> Answer[FeeStatement]:
    """Return an address's fees; every address has a statement, most are empty."""
    (found,) = _statements(snapshot, [recipient], period, span_of(period, since, until))
    return Answer(as_of_block=snapshot.block, data=found)


def get_strategy_fees(snapshot: Snapshot, strategy_id: int) -> Answer[list[StrategyFees]]:
    """Return what a strategy's vaults have paid. Raises `StrategyNotFoundError`."""
    require_strategy(snapshot, strategy_id)
    amount = snapshot.tokens.amount
    rows = repository.sum_charged(snapshot.session, snapshot.deployment_id, strategy_id)
    data = [
        StrategyFees(
            source=cast(Any, row.kind),
            charged=amount(row.token, row.amount),
            to_leader=amount(row.token, row.to_leader),
            to_protocol=amount(row.token, row.to_protocol),
            to_referrers=amount(row.token, row.to_referrers),
            charges=row.charges,
        )
        for row in rows
    ]
    return Answer(as_of_block=snapshot.block, data=data)


def span_of(period: Period, since: date | None, until: date | None) -> tuple[int, int]:
    """Return the seconds from the first day to the end of the last. Raises `InvalidRequestError`."""
    if since is not None and until is not None and since > until:
        _refuse("`since` is after `until`.", "Give the earlier day as `since`.")
    if period == "day" and (since is None or ((until or since) - since).days >= MOST_DAYS or until is None):
        detail = f"By day at most {MOST_DAYS} days can be had at once."
        _refuse(detail, "Give `since` and `until`, or period=month.")
    first = 0 if since is None else _second(since)
    return first, FOR_EVER if until is None else _second(until + timedelta(days=1))


def _refuse(detail: str, remedy: str) -> None:
    raise InvalidRequestError(detail, remedy=remedy, errors=[FieldError(at="query.since", detail=detail)])


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _statements(
    snapshot: Snapshot, recipients: Collection[str], period: Period, span: tuple[int, int]
) -> list[FeeStatement]:
    session, deployment_id = snapshot.session, snapshot.deployment_id
    balances = repository.list_balances(session, deployment_id, recipients)
    pending: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for account, token, purpose, units in repository.sum_pending(session, deployment_id, recipients):
        if units:
            pending[account, token].append((purpose, units))
    days: defaultdict[str, list[DaySum]] = defaultdict(list)
    for day in repository.sum_by_day(session, deployment_id, recipients):
        days[day.recipient].append(day)
    return [
        FeeStatement(
            recipient=each,
            standings=_standings(snapshot, each, days[each], balances, pending),
            sums=_sums(snapshot, [day for day in days[each] if span[0] <= day.day < span[1]], period),
        )
        for each in recipients
    ]


def _standings(
    snapshot: Snapshot,
    recipient: str,
    days: Sequence[DaySum],
    balances: Mapping[tuple[str, str], int],
    pending: Mapping[tuple[str, str], Sequence[tuple[str, int]]],
) -> list[FeeStanding]:
    found = []
    for token in snapshot.tokens.by_address:
        claimed = -sum(day.amount for day in days if day.token == token and day.purpose == "fee_claim")
        credited = sum(day.amount for day in days if day.token == token and day.purpose != "fee_claim")
        if (recipient, token) in balances:
            amount = snapshot.tokens.amount
            found.append(
                FeeStanding(
                    credited=amount(token, credited),
                    claimed=amount(token, claimed),
                    pending=amount(token, balances[recipient, token]),
                    pending_by_source=[
                        SourceAmount(source=cast(FeeSource, purpose), amount=amount(token, units))
                        for purpose, units in pending.get((recipient, token), ())
                    ],
                )
            )
    return found


def _sums(snapshot: Snapshot, days: Sequence[DaySum], period: Period) -> list[FeeSum]:
    totals: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for day in days:
        total = totals[utc(day.day).strftime(SHAPES[period]), day.purpose, day.token]
        total[0] += day.amount
        total[1] += day.lines
    order = sorted(totals, key=lambda key: key[1:])
    return [
        FeeSum(
            period=key[0],
            source=cast(FeeSource, key[1]),
            amount=snapshot.tokens.amount(key[2], totals[key][0]),
            lines=totals[key][1],
        )
        for key in sorted(order, key=lambda key: key[0], reverse=True)
    ]
