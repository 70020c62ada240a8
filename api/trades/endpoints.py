"""Paths of trades."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.paging import PageQuery
from api.problems import responses
from api.reasons.catalogue import ReasonName
from api.schemas import UINT32_MAX, Answer, Page
from api.snapshot import OpenSnapshot
from api.trades import service
from api.trades.ids import TradeIdPath
from api.trades.schemas import Copy, CopyStatus, Trade, TradeDetail, TradeKind
from api.written import written

router = APIRouter(prefix="/v1/trades", tags=["trades"])


class TradesQuery(PageQuery):
    """Parameters of the list of trades."""

    strategy_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only this strategy's.", examples=[3])
    ] = None
    kind: Annotated[TradeKind | None, Field(description="Only those of this kind.")] = None


class CopiesQuery(PageQuery):
    """Parameters of the list of a trade's copies."""

    status: Annotated[CopyStatus | None, Field(description="Only fills, or only skips.")] = None
    reason: Annotated[ReasonName | None, Field(description="Only skips for this reason.")] = None


@router.get("", operation_id="listTrades", summary="Trades, newest first", responses=responses(404))
def list_trades(snapshot: OpenSnapshot, query: Annotated[TradesQuery, Query()]) -> Page[Trade]:
    """Trades with how many vaults each filled and skipped: leaders', closes, and what owners did alone."""
    return service.list_trades(
        snapshot,
        strategy_id=query.strategy_id,
        kind=query.kind,
        limit=query.limit,
        cursor=query.cursor,
    )


@router.get(
    "/{trade_id}", operation_id="getTrade", summary="A trade with its clearings", responses=responses(404)
)
def get_trade(snapshot: OpenSnapshot, trade_id: TradeIdPath) -> Answer[TradeDetail]:
    """One trade, the swaps that cleared it, and its skips by reason.

    The first clearing holds the leader's own fill; a long list of followers continues in later ones, each at
    one price for all of its vaults.
    """
    return service.get_trade(snapshot, trade_id)


@router.get(
    "/{trade_id}/copies", operation_id="listCopies", summary="What a trade did", responses=responses(404)
)
@written
def list_copies(
    snapshot: OpenSnapshot, trade_id: TradeIdPath, query: Annotated[CopiesQuery, Query()]
) -> Page[Copy]:
    """What the trade did in every vault it visited, in the contract's order: a fill, or a skip with its
    reason.

    Every fill shows its price against the leader's and against the oracle's.
    """
    return service.list_copies(
        snapshot,
        trade_id,
        status=query.status,
        reason=query.reason,
        limit=query.limit,
        cursor=query.cursor,
    )
