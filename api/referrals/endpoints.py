"""Paths of a referrer's own figures."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.access.caller import SignedIn
from api.problems import responses
from api.referrals import schemas, service
from api.schemas import Answer, Page
from api.snapshot import OpenSnapshot
from api.social.book import TheBook

router = APIRouter(prefix="/v1/referrals", tags=["referrals"])


@router.get(
    "", operation_id="getReferrals", summary="What your referrals came to", responses=responses(401, 403)
)
def get_referrals(of: TheBook, caller: SignedIn, snapshot: OpenSnapshot) -> Answer[schemas.Referrals]:
    """Vaults that name the caller as referrer: how many, what they brought, and what can be claimed.

    All of it from the chain, by campaign where vaults' owners said which. Nobody's address is told, and of
    fewer than five people nothing that would be somebody's own.
    """
    return service.get_referrals(of, snapshot, caller)


@router.get(
    "/statement",
    operation_id="getReferralStatement",
    summary="Your referral income by month",
    responses=responses(401, 403, 404),
)
def get_referral_statement(
    caller: SignedIn, snapshot: OpenSnapshot, query: Annotated[schemas.ReferralStatementQuery, Query()]
) -> Page[schemas.ReferralLine]:
    """What the caller earned as referrer, by month, strategy, kind of fee and token, the newest month first.

    It adds up to what the fee balance was credited for it, to the unit.
    """
    return service.get_statement(snapshot, caller, query)
