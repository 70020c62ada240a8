"""What the API says of profiles, and what it is told about them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from access.sign_in import MAX_MESSAGE
from api.addresses import Address
from api.schemas import ADDRESS_EXAMPLE, Schema
from api.social.schemas import WRITTEN_EXAMPLE, Hidden, Told
from inbox.intake import MAX_SIGNATURE_BYTES
from social.claims import OutsideSite
from social.names import FORM, MOST
from social.profiles import MOST_ABOUT
from social.words import LINK, MOST_LINKS

MOST_ADDRESSES = 50
_LAST_SECOND = 2**33
_Handle = Annotated[str, Field(min_length=3, max_length=MOST, pattern=FORM)]
_Link = Annotated[str, Field(max_length=200, pattern=LINK)]
_CLAIM_EXAMPLE = "lockstep.example: the wallet 0x… claims the handle AnnaTrades.\n…"


class OutsideHandle(Told):
    """A handle elsewhere, which the caller says is theirs, too."""

    site: OutsideSite = Field(description="Where.", examples=["github"])
    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$", description="The handle there.", examples=["anna"])


class ClaimOrder(Told):
    """A handle to be claimed."""

    handle: _Handle = Field(
        description="3 to 20 Latin letters, digits and single `_`, beginning with a letter. What looks like "
        "another's is theirs, in capitals or not.",
        examples=["AnnaTrades"],
    )
    outside: OutsideHandle | None = Field(default=None, description="A handle elsewhere; null: none.")


class ClaimText(Schema):
    """What a wallet signs to claim a handle."""

    handle: str = Field(description="The handle.", examples=["AnnaTrades"])
    text: str = Field(
        description="Sign exactly this (EIP-191, `personal_sign`).",
        max_length=MAX_MESSAGE,
        examples=[_CLAIM_EXAMPLE],
    )
    issued: int = Field(description="Unix second in the text: send it back.", examples=[1704456000])
    expires: datetime = Field(
        description="Until when the signature is taken, UTC.", examples=[WRITTEN_EXAMPLE]
    )


class SignedClaim(ClaimOrder):
    """A claim with its signature: the text is made anew from the other fields."""

    issued: Annotated[int, Field(strict=True, ge=0, le=_LAST_SECOND)] = Field(
        description="Unix second in the signed text.", examples=[1704456000]
    )
    signature: str = Field(
        pattern=rf"^0x([0-9a-fA-F]{{2}}){{1,{MAX_SIGNATURE_BYTES}}}$",
        description="65 bytes of a key, or what the contract wallet takes (ERC-1271).",
        examples=["0x5b…1c"],
    )


class ProfileWords(Told):
    """What somebody says of themselves. All of it is replaced."""

    about: str = Field(
        max_length=MOST_ABOUT, description="In words; may be empty.", examples=["Ether since 2017."]
    )
    links: list[_Link] = Field(
        max_length=MOST_LINKS,
        description="https addresses, host in lower case.",
        examples=[["https://example.org/anna"]],
    )


class Proof(Schema):
    """What the wallet signed: anybody can check it without this server."""

    text: str = Field(description="The text (EIP-191).", examples=[_CLAIM_EXAMPLE])
    signature: str = Field(
        description="Its signature, by key or by contract (ERC-1271).", examples=["0x5b…1c"]
    )
    signed: datetime = Field(description="When, UTC.", examples=[WRITTEN_EXAMPLE])


class OutsideProof(Schema):
    """A handle elsewhere that the wallet's owner says is theirs. This server never looks there."""

    site: OutsideSite = Field(description="Where.", examples=["github"])
    name: str = Field(description="The handle there.", examples=["anna"])
    post: str = Field(
        description="What its owner puts up there. Who finds it there knows that both are one person.",
        examples=["AnnaTrades on lockstep.example is my wallet 0x…: 0x5b…1c"],
    )


class Profile(Schema):
    """What somebody says of themselves, under a handle that their wallet signed for."""

    handle: str = Field(description="The handle.", examples=["AnnaTrades"])
    address: str = Field(description="The wallet, EIP-55.", examples=[ADDRESS_EXAMPLE])
    about: str = Field(
        description="In their words; empty where staff hid it.", examples=["Ether since 2017."]
    )
    links: list[str] = Field(description="Theirs; none of them was looked at.")
    created: datetime = Field(description="Since when there is a profile, UTC.", examples=[WRITTEN_EXAMPLE])
    changed: datetime = Field(description="When it was last changed, UTC.", examples=[WRITTEN_EXAMPLE])
    hidden: Hidden | None = Field(description="Why staff hid the words; null: it did not.")
    proof: Proof = Field(description="What makes the handle verified.")
    outside: OutsideProof | None = Field(description="A handle elsewhere; null: none.")


class Profiles(Schema):
    """The profiles that were asked for, of those who have one."""

    profiles: list[Profile] = Field(description="In no order.")


class MyProfile(Schema):
    """The caller's own."""

    profile: Profile | None = Field(description="The profile; null: none.")
    reserved: list[str] = Field(
        description="Handles that are kept for the caller, the newest first.", examples=[["AnnaTrades"]]
    )


class ProfilesQuery(Told):
    """Whose profiles are asked for."""

    address: list[Address] = Field(
        min_length=1, max_length=MOST_ADDRESSES, description="Addresses.", examples=[[ADDRESS_EXAMPLE]]
    )
