"""Paths of campaigns."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.access.caller import InSession, SignedIn
from api.campaigns import schemas, service
from api.notifications.schemas import Done
from api.problems import responses
from api.snapshot import OpenSnapshot
from api.social.book import TheBook
from social.names import FORM, MOST

router = APIRouter(prefix="/v1", tags=["referrals"])

_Code = Annotated[
    str, Path(min_length=3, max_length=MOST, pattern=FORM, description="Its code.", examples=["winter24"])
]


@router.get(
    "/campaigns", operation_id="listCampaigns", summary="Your campaigns", responses=responses(401, 403)
)
def list_campaigns(of: TheBook, caller: SignedIn, snapshot: OpenSnapshot) -> schemas.Campaigns:
    """The codes that stand for the caller. What each brought is at `/v1/referrals`."""
    return service.list_own(of, snapshot, caller)


@router.post(
    "/campaigns",
    operation_id="addCampaign",
    summary="Make a campaign",
    responses=responses(401, 403, 404, 409, 429),
)
def add_campaign(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: schemas.CampaignOrder
) -> schemas.Campaign:
    """Makes a code that stands for the caller's address: a dApp writes the address into the vaults it opens.

    The contract pays the referrer from the leader's part, where the leader's terms share it.
    """
    return service.add(of, snapshot, caller, body)


@router.get(
    "/campaigns/{code}",
    operation_id="getCampaign",
    summary="Whom a code stands for",
    responses=responses(404),
)
def get_campaign(of: TheBook, snapshot: OpenSnapshot, code: _Code) -> schemas.Campaign:
    """Which address a vault names that is opened by the code, and whether the campaign runs."""
    return service.get(of, snapshot, code)


@router.put(
    "/campaigns/{code}",
    operation_id="changeCampaign",
    summary="Change a campaign",
    responses=responses(401, 403, 404, 409),
)
def change_campaign(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, code: _Code, body: schemas.CampaignWords
) -> schemas.Campaign:
    """Gives one of the caller's campaigns another title and end, while it has not ended."""
    return service.change(of, snapshot, caller, code, body)


@router.delete(
    "/campaigns/{code}",
    operation_id="endCampaign",
    summary="End a campaign",
    responses=responses(401, 403, 404, 409),
)
def end_campaign(of: TheBook, caller: InSession, snapshot: OpenSnapshot, code: _Code) -> schemas.Campaign:
    """Ends one of the caller's campaigns now. The code stays theirs: an old link must not pay another."""
    return service.end(of, snapshot, caller, code)


@router.post(
    "/campaign-notes",
    operation_id="noteCampaign",
    summary="Say which campaign brought you",
    responses=responses(401, 403, 404, 409),
)
def note_campaign(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: schemas.CampaignNoteOrder
) -> Done:
    """Says, within a week of its opening and once, that a campaign brought a vault of the caller's.

    It must fit the chain: the vault names the campaign's referrer and was opened while it ran. The referrer
    sees sums, and never who said it.
    """
    return service.note(of, snapshot, caller, body)
