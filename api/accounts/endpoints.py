"""Paths of accounts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.accounts import service
from api.accounts.schemas import Account, EarnedFee
from api.addresses import Address
from api.paging import PageQuery
from api.problems import responses
from api.schemas import Answer, Page
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/accounts", tags=["accounts"])


@router.get("/{owner}", operation_id="getAccount", summary="What an owner holds", responses=responses())
def get_account(
    snapshot: OpenSnapshot, owner: Annotated[Address, Path(description="The owner's address.")]
) -> Answer[Account]:
    """An owner's idle balances, the sum in their vaults, and fees to claim.

    Every address has an account: one that never came here is empty, not missing.
    """
    return service.get_account(snapshot, owner)


@router.get(
    "/{owner}/fees", operation_id="listFees", summary="What an address earned in fees", responses=responses()
)
def list_fees(
    snapshot: OpenSnapshot,
    owner: Annotated[Address, Path(description="Leader, treasury, referrer or keeper.")],
    query: Annotated[PageQuery, Query()],
) -> Page[EarnedFee]:
    """Every line of its fee balances, newest first: what each vault and batch paid it, and what it claimed.

    They add up to the account's `claimable_fees`, to the unit.
    """
    return service.list_fees(snapshot, owner, limit=query.limit, cursor=query.cursor)
