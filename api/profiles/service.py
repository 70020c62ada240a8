"""Answers about profiles."""

import json

from eth_utils.address import to_checksum_address

from api.access.caller import Caller
from api.access.door import Door
from api.notifications.schemas import Done
from api.profiles import schemas
from api.schemas import utc, utc_of_microseconds
from api.snapshot import Snapshot
from api.social.book import Social, address_of
from api.social.present import hidden_of
from api.social.problems import ProfileNotFoundError, refusals
from inbox.clock import now_us
from social import models
from social.claims import LIFE_S, Claim, Outside, OutsideSite
from social.names import Name


def claim_text(
    of: Social, snapshot: Snapshot, door: Door, caller: Caller, body: schemas.ClaimOrder
) -> schemas.ClaimText:
    """Return what the caller has to sign."""
    address, issued = address_of(caller), now_us() // 1_000_000
    with refusals():
        name = of.made(snapshot).profiles.can_claim(address, body.handle)
    claim = _claim(door, address, name, body, issued)
    return schemas.ClaimText(handle=name.shown, text=claim.text, issued=issued, expires=utc(issued + LIFE_S))


def claim(
    of: Social, snapshot: Snapshot, door: Door, caller: Caller, body: schemas.SignedClaim
) -> schemas.Profile:
    """Give the caller a handle."""
    address, profiles = address_of(caller), of.made(snapshot).profiles
    with refusals():
        signed = _claim(door, address, profiles.can_claim(address, body.handle), body, body.issued)
        made = profiles.claim(signed, bytes.fromhex(body.signature[2:]), door.desk.wallets)
    return present(made)


def write(of: Social, snapshot: Snapshot, caller: Caller, body: schemas.ProfileWords) -> schemas.Profile:
    """Give the caller's profile other words."""
    with refusals():
        return present(of.made(snapshot).profiles.write(address_of(caller), body.about, body.links))


def remove(of: Social, snapshot: Snapshot, caller: Caller) -> Done:
    """Take the caller's profile off."""
    with refusals():
        of.made(snapshot).profiles.remove(address_of(caller))
    return Done()


def my_profile(of: Social, snapshot: Snapshot, caller: Caller) -> schemas.MyProfile:
    """Return the caller's own."""
    book, address = of.found(snapshot), address_of(caller)
    if book is None:
        return schemas.MyProfile(profile=None, reserved=[])
    found = book.profiles.of(address)
    return schemas.MyProfile(
        profile=None if found is None else present(found), reserved=book.profiles.reserved(address)
    )


def get_profile(of: Social, snapshot: Snapshot, who: str) -> schemas.Profile:
    """Return the profile of a handle or an address. Raises `ProfileNotFoundError`."""
    book = of.found(snapshot)
    found = None
    if book is not None:
        is_address = who.startswith("0x")
        profiles = book.profiles
        found = profiles.of(str(to_checksum_address(who))) if is_address else profiles.by_handle(who)
    if found is None:
        raise ProfileNotFoundError(f"Nobody goes by {who}.", remedy="Ask for a handle, or for an address.")
    return present(found)


def list_profiles(of: Social, snapshot: Snapshot, addresses: list[str]) -> schemas.Profiles:
    """Return the profiles of those addresses that have one."""
    book = of.found(snapshot)
    rows = {} if book is None else book.profiles.among(addresses)
    return schemas.Profiles(profiles=[present(row) for row in rows.values()])


def present(row: models.Profile) -> schemas.Profile:
    """Return a profile; of one that staff hid, the handle and its proof alone."""
    hidden = hidden_of(row)
    return schemas.Profile(
        handle=row.handle,
        address=row.address,
        about=row.about if hidden is None else "",
        links=json.loads(row.links) if hidden is None else [],
        created=utc_of_microseconds(row.created_us),
        changed=utc_of_microseconds(row.changed_us),
        hidden=hidden,
        proof=schemas.Proof(
            text=row.claim, signature=row.signature, signed=utc_of_microseconds(row.signed_us)
        ),
        outside=_outside(row) if hidden is None else None,
    )


def _outside(row: models.Profile) -> schemas.OutsideProof | None:
    if row.outside_site is None or row.outside_name is None:
        return None
    domain = row.claim.partition(":")[0]
    post = f"{row.handle} on {domain} is my wallet {row.address}: {row.signature}"
    return schemas.OutsideProof(site=OutsideSite(row.outside_site), name=row.outside_name, post=post)


def _claim(door: Door, address: str, name: Name, body: schemas.ClaimOrder, issued: int) -> Claim:
    told = body.outside
    outside = None if told is None else Outside(told.site, told.name)
    return Claim(address, name, outside, issued, door.site.domains[0])
