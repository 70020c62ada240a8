"""Paths of strategies."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.addresses import Address
from api.paging import PageQuery
from api.problems import responses
from api.schemas import UINT32_MAX, Answer, Page
from api.snapshot import OpenSnapshot
from api.strategies import service
from api.strategies.schemas import Strategy, StrategyDetail
from api.trades import service as trades
from api.trades.schemas import Trade

router = APIRouter(prefix="/v1/strategies", tags=["strategies"])

StrategyId = Annotated[int, Path(ge=0, le=UINT32_MAX, description="Strategy id.", examples=[3])]


class StrategiesQuery(PageQuery):
    """Parameters of the list of strategies."""

    leader: Annotated[Address | None, Field(description="Only this leader's.")] = None


@router.get("", operation_id="listStrategies", summary="Strategies", responses=responses())
def list_strategies(snapshot: OpenSnapshot, query: Annotated[StrategiesQuery, Query()]) -> Page[Strategy]:
    """The leaders' offers with their terms and how many follow, by id: no ranking, none left out."""
    return service.list_strategies(snapshot, leader=query.leader, limit=query.limit, cursor=query.cursor)


@router.get("/{strategy_id}", operation_id="getStrategy", summary="A strategy", responses=responses(404))
def get_strategy(snapshot: OpenSnapshot, strategy_id: StrategyId) -> Answer[StrategyDetail]:
    """One strategy: what it may trade, its terms, its followers, and the returns of the leader's own vault.

    Returns are time-weighted and money-weighted, for the whole span and not annualised.
    """
    return service.get_strategy(snapshot, strategy_id)


@router.get(
    "/{strategy_id}/trades",
    operation_id="listStrategyTrades",
    summary="A strategy's trades, newest first",
    responses=responses(404),
)
def list_strategy_trades(
    snapshot: OpenSnapshot, strategy_id: StrategyId, query: Annotated[PageQuery, Query()]
) -> Page[Trade]:
    """The strategy's trades with how many vaults each filled and skipped."""
    return trades.list_trades(
        snapshot, strategy_id=strategy_id, kind=None, limit=query.limit, cursor=query.cursor
    )
