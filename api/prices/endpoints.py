"""Path of prices over time."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.addresses import Address
from api.paging import PageQuery
from api.prices import service
from api.prices.schemas import Candle, Step
from api.problems import responses
from api.schemas import Page
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/prices", tags=["trades"])


class CandlesQuery(PageQuery):
    """Parameters of the list of candles."""

    limit: Annotated[int, Field(ge=1, le=500, description="Most candles on a page.", examples=[200])] = 200
    token: Annotated[Address, Field(description="What is priced.")]
    base: Annotated[Address, Field(description="What it is priced in.")]
    step: Annotated[Step, Field(description="How much time a candle covers.")] = "1h"


@router.get("", operation_id="listCandles", summary="A pair's price over time", responses=responses())
def list_candles(snapshot: OpenSnapshot, query: Annotated[CandlesQuery, Query()]) -> Page[Candle]:
    """Candles of the oracle's price as every clearing on the hub recorded it, newest first.

    That is the price that the ledger values holdings with; nobody else's market is asked. Steps without a
    record are left out: the close before them held. A pair that was never traded has none.
    """
    return service.list_candles(
        snapshot,
        token=query.token,
        base=query.base,
        step=query.step,
        limit=query.limit,
        cursor=query.cursor,
    )
