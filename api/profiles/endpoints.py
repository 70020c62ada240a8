"""Paths of profiles."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access.caller import InSession, SignedIn, TheDoor
from api.notifications.schemas import Done
from api.problems import responses
from api.profiles import schemas, service
from api.snapshot import OpenSnapshot
from api.social.book import TheBook

router = APIRouter(prefix="/v1", tags=["social"])

_Who = Annotated[
    str,
    Path(
        pattern=r"^(0x[0-9a-fA-F]{40}|[A-Za-z](_?[A-Za-z0-9]){2,19})$",
        description="A handle, or an address.",
        examples=["AnnaTrades"],
    ),
]


@router.get("/profile", operation_id="getMyProfile", summary="Your profile", responses=responses(401, 403))
def get_my_profile(of: TheBook, caller: SignedIn, snapshot: OpenSnapshot) -> schemas.MyProfile:
    """The caller's profile, and the handles that are kept for them."""
    return service.my_profile(of, snapshot, caller)


@router.post(
    "/profile/claim-texts",
    operation_id="prepareClaim",
    summary="What to sign for a handle",
    responses=responses(401, 403, 409, 429),
)
def prepare_claim(
    of: TheBook, caller: InSession, door: TheDoor, snapshot: OpenSnapshot, body: schemas.ClaimOrder
) -> schemas.ClaimText:
    """The text that the caller's wallet signs to claim a handle. It moves no money and costs nothing."""
    return service.claim_text(of, snapshot, door, caller, body)


@router.post(
    "/profile/handle",
    operation_id="claimHandle",
    summary="Claim a handle",
    responses=responses(401, 403, 409, 429),
)
def claim_handle(
    of: TheBook, caller: InSession, door: TheDoor, snapshot: OpenSnapshot, body: schemas.SignedClaim
) -> schemas.Profile:
    """Gives the caller the handle that their wallet signed for within ten minutes, by key or by contract.

    One handle at a time, three in all; those that were left stay with the address. Text and signature are
    public, so that anybody can check who is behind the handle.
    """
    return service.claim(of, snapshot, door, caller, body)


@router.put(
    "/profile",
    operation_id="writeProfile",
    summary="Change your profile",
    responses=responses(401, 403, 409),
)
def write_profile(
    of: TheBook, caller: InSession, snapshot: OpenSnapshot, body: schemas.ProfileWords
) -> schemas.Profile:
    """Replaces what the caller says of themselves. Text is plain; characters that nobody sees are refused."""
    return service.write(of, snapshot, caller, body)


@router.delete(
    "/profile",
    operation_id="removeProfile",
    summary="Take your profile off",
    responses=responses(401, 403, 409),
)
def remove_profile(of: TheBook, caller: InSession, snapshot: OpenSnapshot) -> Done:
    """Takes everything off that the caller said of themselves, and their name from what they wrote.

    The handle stays theirs, so that nobody else can pass for them.
    """
    return service.remove(of, snapshot, caller)


@router.get("/profiles/{who}", operation_id="getProfile", summary="A profile", responses=responses(404))
def get_profile(of: TheBook, snapshot: OpenSnapshot, who: _Who) -> schemas.Profile:
    """Who goes by a handle, or which handle an address has, with the signature that proves it."""
    return service.get_profile(of, snapshot, who)


@router.get("/profiles", operation_id="listProfiles", summary="Profiles of addresses", responses=responses())
def list_profiles(
    of: TheBook, snapshot: OpenSnapshot, query: Annotated[schemas.ProfilesQuery, Query()]
) -> schemas.Profiles:
    """The profiles of up to fifty addresses; those without one are left out. There is no list of people."""
    return service.list_profiles(of, snapshot, query.address)
