"""Handles and profiles: claimed by a signature, changed and taken off by their owner."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.orm import Session

from inbox.clock import Clock, now_us
from inbox.intake import ContractWallets
from inbox.writing import insert_new, writing
from social import claims
from social.claims import Claim
from social.errors import NameTakenError, NoProfileError, TooManyPostsError
from social.models import Handle, Profile
from social.names import Name, name_of, skeleton_of
from social.words import check_link, paragraphs

MOST_HANDLES = 3
"""Handles that an address may have claimed, ever: whoever leaves one must not leave it to an impostor."""
MOST_ABOUT = 500


class Profiles:
    """Everybody's profiles, on all hubs of a database."""

    def __init__(self, engine: Engine, *, clock: Clock = now_us) -> None:
        self._engine = engine
        self._clock = clock

    def can_claim(self, address: str, handle: str) -> Name:
        """Return the name that an address may claim. Raises `BadNameError`, `NameTakenError` and
        `TooManyPostsError`.
        """
        name = name_of(handle)
        with self._engine.connect() as connection:
            _check_free(connection, address, name)
        return name

    def claim(self, claim: Claim, signature: bytes, wallets: ContractWallets | None) -> Profile:
        """Give an address the handle that it signed for; its profile's words stay.

        Raises as `can_claim`, `BadClaimError`, and `NodeAwayError`.
        """
        now = self._clock()
        claims.check(claim, signature, wallets, now_s=now // 1_000_000)
        address, name, outside = claim.address, claim.handle, claim.outside
        signed = {
            "skeleton": name.skeleton,
            "handle": name.shown,
            "claim": claim.text,
            "signature": "0x" + signature.hex(),
            "signed_us": claim.issued_s * 1_000_000,
            "outside_site": None if outside is None else outside.site,
            "outside_name": None if outside is None else outside.name,
            "changed_us": now,
            "removed_us": None,
        }
        with writing(self._engine) as connection:
            _check_free(connection, address, name)
            own = {"skeleton": name.skeleton, "handle": name.shown, "address": address, "since_us": now}
            if not insert_new(connection, Handle, **own):
                again = update(Handle).where(Handle.skeleton == name.skeleton)
                connection.execute(again.values(handle=name.shown, since_us=now))
            new = {"about": "", "links": "[]", "created_us": now, "hidden_us": None, "hidden_code": None}
            if not insert_new(connection, Profile, address=address, **signed, **new):
                connection.execute(update(Profile).where(Profile.address == address).values(**signed))
        return self.require(address)

    def write(self, address: str, about: str, links: Sequence[str]) -> Profile:
        """Give a profile other words. Raises `NoProfileError` and `BadTextError`."""
        told = {
            "about": paragraphs(about, least=0, most=MOST_ABOUT),
            "links": json.dumps([check_link(each) for each in dict.fromkeys(links)]),
            "changed_us": self._clock(),
        }
        live = (Profile.address == address, Profile.removed_us.is_(None))
        with writing(self._engine) as connection:
            if connection.execute(update(Profile).where(*live).values(**told)).rowcount != 1:
                raise _missing()
        return self.require(address)

    def remove(self, address: str) -> None:
        """Take everything off that somebody told of themselves. Raises `NoProfileError`.

        The handle stays theirs, and what staff said of the profile stays with the address.
        """
        now = self._clock()
        nothing = dict.fromkeys(("skeleton", "handle", "claim", "signature", "about"), "") | {
            "links": "[]",
            "outside_site": None,
            "outside_name": None,
            "changed_us": now,
            "removed_us": now,
        }
        live = (Profile.address == address, Profile.removed_us.is_(None))
        with writing(self._engine) as connection:
            if connection.execute(update(Profile).where(*live).values(**nothing)).rowcount != 1:
                raise _missing()

    def of(self, address: str) -> Profile | None:
        """The profile of an address."""
        return self.among([address]).get(address)

    def require(self, address: str) -> Profile:
        """The profile of an address. Raises `NoProfileError`."""
        found = self.of(address)
        if found is None:
            raise _missing()
        return found

    def among(self, addresses: Collection[str]) -> dict[str, Profile]:
        """Address → profile, of those that have one."""
        query = select(Profile).where(Profile.address.in_(set(addresses)), Profile.removed_us.is_(None))
        with Session(self._engine, expire_on_commit=False) as session:
            return {row.address: row for row in session.scalars(query)}

    def by_handle(self, handle: str) -> Profile | None:
        """The profile that goes by a handle, or by one that looks like it."""
        named = (Profile.skeleton == skeleton_of(handle), Profile.removed_us.is_(None))
        with Session(self._engine, expire_on_commit=False) as session:
            return session.scalars(select(Profile).where(*named)).one_or_none()

    def reserved(self, address: str) -> list[str]:
        """The handles that are kept for an address, the newest first."""
        query = select(Handle.handle).where(Handle.address == address).order_by(Handle.since_us.desc())
        with self._engine.connect() as connection:
            return list(connection.scalars(query))


def _check_free(connection: Connection, address: str, name: Name) -> None:
    holder = connection.scalar(select(Handle.address).where(Handle.skeleton == name.skeleton))
    if holder not in {None, address}:
        raise NameTakenError(
            f"{name.shown} is taken, or looks like one that is.", remedy="Take another handle."
        )
    claimed = connection.scalar(select(func.count()).where(Handle.address == address)) or 0
    if holder is None and claimed >= MOST_HANDLES:
        raise TooManyPostsError(
            f"The address has claimed {claimed} handles.",
            remedy="Take one of them again: GET /v1/profile lists them.",
        )


def _missing() -> NoProfileError:
    return NoProfileError(
        "The address has no handle.", remedy="Claim one: POST /v1/profile/claim-texts, sign, send it back."
    )
