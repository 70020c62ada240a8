"""Paths of statements."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from accounting.book import CostMethod
from api.paging import PageQuery
from api.problems import responses
from api.snapshot import OpenSnapshot
from api.statements import service
from api.statements.schemas import StatementAnswer
from api.vaults.endpoints import VaultId
from api.written import written

router = APIRouter(prefix="/v1/vaults", tags=["vaults"])


class StatementQuery(PageQuery):
    """Parameters of a statement."""

    method: Annotated[CostMethod, Field(description="How the cost of what is sold is counted.")] = (
        "average_cost"
    )


@router.get(
    "/{vault_id}/statement",
    operation_id="getStatement",
    summary="A vault's statement",
    responses=responses(404),
)
@written
def get_statement(
    snapshot: OpenSnapshot, vault_id: VaultId, query: Annotated[StatementQuery, Query()]
) -> StatementAnswer:
    """What came in and left, every fill with its price against the leader's, every skip with its reason,
    fees, balances and the result.

    To the unit: `equity` - `net_deposits` = `realized_pnl` + `unrealized_pnl` - `costs.total`. Balances are
    valued at the latest price that the hub's oracle gave at a clearing; each says at which block. Where none
    was recorded the figure is null, with the reason. Lines are newest first, in pages; all other figures are
    over the whole life.
    """
    return service.get_statement(
        snapshot, vault_id, method=query.method, limit=query.limit, cursor=query.cursor
    )
