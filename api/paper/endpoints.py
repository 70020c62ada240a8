"""Paths of play money."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.paper import service
from api.paper.schemas import PaperOpening, PaperStatement
from api.paper.service import PlayMoney, play_money
from api.problems import responses
from api.schemas import Answer
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/paper/vaults", tags=["paper"])

ThePlayMoney = Annotated[PlayMoney, Depends(play_money)]
PaperVaultId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}$", description="The id that opening it answered.", examples=["9f" * 16])
]


@router.post(
    "", operation_id="openPaperVault", summary="Follow a leader with play money", responses=responses(429)
)
def open_paper_vault(
    snapshot: OpenSnapshot, kept: ThePlayMoney, body: PaperOpening
) -> Answer[PaperStatement]:
    """Opens a vault of play money that copies what the leader trades from this block on.

    No wallet, no registration: whoever knows the id can read it. It gets the price of each trade's first
    batch within its own rules, and pays the strategy's copy fees. The oldest vaults make room for new ones.
    """
    return service.open_vault(snapshot, kept, body)


@router.get(
    "/{vault_id}",
    operation_id="getPaperVault",
    summary="A statement of play money",
    responses=responses(404),
)
def get_paper_vault(
    snapshot: OpenSnapshot, kept: ThePlayMoney, vault_id: PaperVaultId
) -> Answer[PaperStatement]:
    """What a vault of play money holds and has made, each fill, and each skip with its reason.

    Reckoned anew from the ledger each time. Once a stop is reached that its policy answers with suspend or
    exit, it is carried out at the next clearing of the strategy, at the oracle's price less five bps.
    """
    return service.get_statement(snapshot, kept, vault_id)
