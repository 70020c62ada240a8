"""Paths of vaults."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.addresses import Address
from api.paging import PageQuery
from api.problems import responses
from api.schemas import UINT32_MAX, Answer, Page
from api.snapshot import OpenSnapshot
from api.vaults import service
from api.vaults.schemas import Vault, VaultStatus

router = APIRouter(prefix="/v1/vaults", tags=["vaults"])

VaultId = Annotated[int, Path(ge=0, le=UINT32_MAX, description="Vault id.", examples=[42])]


class VaultsQuery(PageQuery):
    """Parameters of the list of vaults."""

    owner: Annotated[Address | None, Field(description="Only this owner's.")] = None
    strategy_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only those of this strategy.", examples=[3])
    ] = None
    status: Annotated[VaultStatus | None, Field(description="Only those in this status.")] = None


@router.get("", operation_id="listVaults", summary="Vaults of an owner or a strategy", responses=responses())
def list_vaults(snapshot: OpenSnapshot, query: Annotated[VaultsQuery, Query()]) -> Page[Vault]:
    """Vaults with what they hold, by id. An owner without vaults has an empty list."""
    return service.list_vaults(
        snapshot,
        owner=query.owner,
        strategy_id=query.strategy_id,
        status=query.status,
        limit=query.limit,
        cursor=query.cursor,
    )


@router.get("/{vault_id}", operation_id="getVault", summary="A vault", responses=responses(404))
def get_vault(snapshot: OpenSnapshot, vault_id: VaultId) -> Answer[Vault]:
    """One vault: its owner, its policy in force, and what it holds."""
    return service.get_vault(snapshot, vault_id)
