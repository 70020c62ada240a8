"""Paths of proposals. Nothing here is sent to the chain: people send it, with wallets of their own."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access.caller import STAFF, ByAdministrator, ByEither, TheDoor
from api.access.problems import refusals
from api.admin.proposals import schemas, service
from api.admin.reasons import Reasoned
from api.paging import PageQuery
from api.problems import responses
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1/admin/proposals", tags=["staff"])
_Number = Annotated[int, Path(ge=1, lt=2**63, description="The proposal's number.", examples=[4])]


@router.get(
    "",
    operation_id="listProposals",
    summary="Proposals",
    responses=responses(401, 403),
    dependencies=STAFF,
)
def list_proposals(
    door: TheDoor, snapshot: OpenSnapshot, query: Annotated[PageQuery, Query()]
) -> schemas.Proposals:
    """Calls of the hub's owner or guardian that were proposed, the newest first. For all staff."""
    return service.list_proposals(door.office(snapshot).proposals, query)


@router.get(
    "/{number}",
    operation_id="getProposal",
    summary="A proposal",
    responses=responses(401, 403, 404),
    dependencies=STAFF,
)
def get_proposal(door: TheDoor, snapshot: OpenSnapshot, number: _Number) -> schemas.Proposal:
    """One proposal; once two people have agreed, with the transactions to send. For all staff."""
    kept = door.office(snapshot).proposals
    with refusals():
        return service.present(kept, kept.find(number))


@router.post("", operation_id="propose", summary="Propose a call", responses=responses(401, 403))
def propose(by: ByEither, door: TheDoor, snapshot: OpenSnapshot, body: schemas.Proposed) -> schemas.Proposal:
    """Draws up a call of the hub's owner or guardian; for operators and administrators.

    It is ready when an administrator other than who proposed it has confirmed it, within a week.
    """
    kept = door.office(snapshot).proposals
    with refusals():
        return service.present(kept, kept.propose(body.act, body.arguments(), by=by, why=body.why))


@router.post(
    "/{number}/confirmation",
    operation_id="confirmProposal",
    summary="Confirm a proposal",
    responses=responses(401, 403, 404, 409),
)
def confirm_proposal(
    by: ByAdministrator, door: TheDoor, snapshot: OpenSnapshot, number: _Number
) -> schemas.Proposal:
    """Says that a second person has read it and agrees; for administrators. The answer has what to send."""
    kept = door.office(snapshot).proposals
    with refusals():
        return service.present(kept, kept.confirm(number, by=by))


@router.post(
    "/{number}/withdrawal",
    operation_id="withdrawProposal",
    summary="Take a proposal back",
    responses=responses(401, 403, 404, 409),
)
def withdraw_proposal(
    by: ByEither, door: TheDoor, snapshot: OpenSnapshot, number: _Number, body: Reasoned
) -> schemas.Proposal:
    """Ends a proposal, also a ready one. What was sent already only the timelock's cancellers can stop."""
    kept = door.office(snapshot).proposals
    with refusals():
        return service.present(kept, kept.withdraw(number, by=by, why=body.why))
