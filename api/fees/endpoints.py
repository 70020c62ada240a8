"""Paths of fees."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.addresses import Address
from api.fees import accrued, revenue, service
from api.fees.schemas import AccruedFee, FeeStatement, Period, Revenue, StrategyFees
from api.paging import PageQuery
from api.problems import responses
from api.schemas import UINT32_MAX, Answer, Page
from api.snapshot import OpenSnapshot
from api.strategies.endpoints import StrategyId

router = APIRouter(prefix="/v1", tags=["fees"])

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_a_day(value: object) -> object:
    """Leave what is written as a day; the library would take a number for seconds as well."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("give a day as 2024-01-05")
    return value


_Day = Annotated[
    date | None,
    BeforeValidator(_as_a_day),
    Field(ge=date(1970, 1, 1), le=date(9998, 12, 31), description="A day, UTC.", examples=["2024-01-05"]),
]


class _Span(BaseModel):
    """What sums are made over."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[Period, Field(description="Sums by day, by month, or of all.")] = "month"
    since: _Day = None
    until: _Day = None


class FeesQuery(PageQuery, _Span):
    """Parameters of the list of recipients."""


class FeeQuery(_Span):
    """Parameters of one recipient's fees."""


class RevenueQuery(_Span):
    """Parameters of revenue."""

    strategy_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only what came of this strategy.", examples=[3])
    ] = None


@router.get("/revenue", operation_id="listRevenue", summary="Revenue by period", responses=responses(404))
def list_revenue(snapshot: OpenSnapshot, query: Annotated[RevenueQuery, Query()]) -> Answer[list[Revenue]]:
    """What leaders, protocol, referrers and keepers earned, by what for and token, newest period first.

    All of it together is what the fee balances were credited, to the unit.
    """
    return revenue.list_revenue(
        snapshot,
        period=query.period,
        since=query.since,
        until=query.until,
        strategy_id=query.strategy_id,
    )


@router.get("/fees", operation_id="listFeeStatements", summary="Fees by recipient", responses=responses())
def list_fee_statements(snapshot: OpenSnapshot, query: Annotated[FeesQuery, Query()]) -> Page[FeeStatement]:
    """Everybody who was ever credited a fee: what for, by period, what was claimed, what is pending.

    `pending` is the fee balance on chain, to the unit; the sums of all periods add up to it.
    """
    return service.list_statements(
        snapshot,
        period=query.period,
        since=query.since,
        until=query.until,
        limit=query.limit,
        cursor=query.cursor,
    )


@router.get(
    "/fees/{recipient}", operation_id="getFeeStatement", summary="A recipient's fees", responses=responses()
)
def get_fee_statement(
    snapshot: OpenSnapshot,
    recipient: Annotated[Address, Path(description="Leader, treasury, referrer or keeper.")],
    query: Annotated[FeeQuery, Query()],
) -> Answer[FeeStatement]:
    """One recipient's statement. Its single lines are at `/v1/accounts/{owner}/fees`."""
    return service.get_statement(
        snapshot, recipient, period=query.period, since=query.since, until=query.until
    )


@router.get(
    "/strategies/{strategy_id}/fees",
    operation_id="listStrategyFees",
    summary="What a strategy's vaults paid",
    responses=responses(404),
)
def list_strategy_fees(snapshot: OpenSnapshot, strategy_id: StrategyId) -> Answer[list[StrategyFees]]:
    """By kind and token, over all time, with the parts of leader, protocol and referrers, which add up."""
    return service.get_strategy_fees(snapshot, strategy_id)


@router.get(
    "/strategies/{strategy_id}/accrued-fees",
    operation_id="listAccruedFees",
    summary="Fees on gains, not charged yet",
    responses=responses(404),
)
def list_accrued_fees(
    snapshot: OpenSnapshot, strategy_id: StrategyId, query: Annotated[PageQuery, Query()]
) -> Page[AccruedFee]:
    """What each follower's vault would owe for its gain if all of it left now, with everybody's part.

    At the latest recorded prices; a vault with a holding that has none is left out. What is owed for time is
    not told: events do not say when it was last charged.
    """
    return accrued.list_accrued(snapshot, strategy_id, limit=query.limit, cursor=query.cursor)
