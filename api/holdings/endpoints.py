"""Paths of vaults' copies, limits and equity, and of portfolios."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from accounting.windows import WindowName
from api.addresses import Address
from api.curves import CurvePoint
from api.holdings import limits, service
from api.holdings.schemas import Limit, Portfolio
from api.paging import PageQuery
from api.problems import responses
from api.reasons.catalogue import ReasonName
from api.schemas import Answer, Page
from api.snapshot import OpenSnapshot
from api.trades.schemas import Copy, CopyStatus
from api.vaults.endpoints import VaultId

router = APIRouter(prefix="/v1", tags=["vaults"])


class VaultCopiesQuery(PageQuery):
    """Parameters of the list of a vault's copies."""

    outcome: Annotated[CopyStatus | None, Field(description="Only fills, or only skips.")] = None
    reason: Annotated[ReasonName | None, Field(description="Only skips for this reason.")] = None


class EquityQuery(BaseModel):
    """Parameters of a curve."""

    model_config = ConfigDict(extra="forbid")

    window: Annotated[WindowName, Field(description="How far back it goes.")] = "90d"


@router.get(
    "/vaults/{vault_id}/copies",
    operation_id="listVaultCopies",
    summary="What trades did in a vault",
    responses=responses(404),
)
def list_vault_copies(
    snapshot: OpenSnapshot, vault_id: VaultId, query: Annotated[VaultCopiesQuery, Query()]
) -> Page[Copy]:
    """Every trade that visited the vault, newest first: a fill with its price against the leader's and the
    oracle's, or a skip with its reason and what to do about it.
    """
    return service.list_copies(
        snapshot,
        vault_id,
        outcome=query.outcome,
        reason=query.reason,
        limit=query.limit,
        cursor=query.cursor,
    )


@router.get(
    "/vaults/{vault_id}/limits",
    operation_id="listVaultLimits",
    summary="How far a vault is from its limits",
    responses=responses(404),
)
def list_vault_limits(snapshot: OpenSnapshot, vault_id: VaultId) -> Answer[list[Limit]]:
    """Each limit of the vault's own policy, where the vault stands against it, and what happens then.

    At the latest recorded prices; the hub looks at its oracle when it visits the vault. Limits that are not
    set are left out, and the loss budget, whose use the hub alone keeps.
    """
    return limits.get_limits(snapshot, vault_id)


@router.get(
    "/vaults/{vault_id}/equity",
    operation_id="getVaultEquity",
    summary="A vault's equity over time",
    responses=responses(404),
)
def get_vault_equity(
    snapshot: OpenSnapshot, vault_id: VaultId, query: Annotated[EquityQuery, Query()]
) -> Answer[list[CurvePoint]]:
    """Equity, net deposits and growth at the ends of days, or of hours for 24h, and now; at most 400 points.

    Each point is valued at the prices that had been recorded until then.
    """
    return service.get_equity(snapshot, vault_id, query.window)


@router.get(
    "/portfolios/{owner}", operation_id="getPortfolio", summary="All of an owner", responses=responses()
)
def get_portfolio(
    snapshot: OpenSnapshot, owner: Annotated[Address, Path(description="The owner's address.")]
) -> Answer[Portfolio]:
    """An owner's vaults with positions, lots, profit, fees by kind, returns and sync score, and the totals.

    Every address has a portfolio: that of one that never came here is empty.
    """
    return service.get_portfolio(snapshot, owner)
