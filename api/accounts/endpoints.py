"""Paths of accounts."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.accounts import service
from api.accounts.schemas import Account
from api.addresses import Address
from api.problems import responses
from api.schemas import Answer
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
