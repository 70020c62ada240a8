"""What the API says about sessions, and what it is told to sign in."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from access.roles import Role, Scope
from access.sign_in import MAX_MESSAGE
from api.addresses import Address
from api.schemas import ADDRESS_EXAMPLE, Schema
from inbox.intake import MAX_SIGNATURE_BYTES

_SESSION_EXAMPLE = "5f3a09c1d2e4"
SessionId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=[_SESSION_EXAMPLE])]


class Signer(BaseModel):
    """Who wants to sign in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    address: Address = Field(description="The wallet that will sign.", examples=[ADDRESS_EXAMPLE])


class ToSign(Schema):
    """What to sign: nothing is stored yet, and nothing is signed in."""

    message: str = Field(
        description="The message of EIP-4361, to be signed as it is (EIP-191, `personal_sign`).",
        examples=["127.0.0.1:8000 wants you to sign in with your Ethereum account:\n0x…"],
    )
    expires: datetime = Field(
        description="Until then it can be used, once, UTC.", examples=["2024-01-05T12:10:00Z"]
    )


class SignIn(BaseModel):
    """A signed message."""

    model_config = ConfigDict(extra="forbid", strict=True)

    message: str = Field(
        max_length=MAX_MESSAGE,
        description="Exactly what was signed.",
        examples=["127.0.0.1:8000 wants you to sign in with your Ethereum account:\n0x…"],
    )
    signature: str = Field(
        pattern=rf"^0x([0-9a-fA-F]{{2}}){{0,{MAX_SIGNATURE_BYTES}}}$",
        description="Its signature: 65 bytes of a key, or what the contract wallet takes (ERC-1271).",
        examples=["0x5b…1c"],
    )
    cookie: bool = Field(
        default=False,
        description="Put the session into a cookie that scripts cannot read, and not into the answer.",
        examples=[True],
    )


class Opened(Schema):
    """A session that was opened."""

    token: str | None = Field(
        description="Send it as `Authorization: Bearer …`. Told once; null where it is in the cookie.",
        examples=["lss_5f3a09c1d2e4_…"],
    )
    id: str = Field(description="Name of the session, which opens nothing.", examples=[_SESSION_EXAMPLE])
    address: str = Field(description="Who is signed in, EIP-55.", examples=[ADDRESS_EXAMPLE])
    expires: datetime = Field(description="Until when, UTC.", examples=["2024-01-12T12:00:00Z"])


class SecondFactorState(Schema):
    """Where the caller's second factor stands."""

    enrolled: bool = Field(description="Whether the address has one.", examples=[False])
    given: bool = Field(
        description="Whether a code was given in this session within eight hours.", examples=[False]
    )


class Me(Schema):
    """Who is signed in."""

    address: str = Field(description="EIP-55.", examples=[ADDRESS_EXAMPLE])
    roles: list[Role] = Field(
        description="Roles on this hub that count now. follower and leader are what the chain says.",
        examples=[["follower"]],
    )
    granted: list[Role] = Field(
        description="Roles that were granted. They sleep at an address with a vault on this hub.",
        examples=[["support"]],
    )
    scopes: list[Scope] = Field(description="What may be read.", examples=[["private:read", "public:read"]])
    session: str | None = Field(
        description="The session's name; null for a key.", examples=[_SESSION_EXAMPLE]
    )
    second_factor: SecondFactorState = Field(description="The second factor.")


class Session(Schema):
    """An open session of the caller."""

    id: str = Field(description="Its name.", examples=[_SESSION_EXAMPLE])
    current: bool = Field(description="Whether this request came in it.", examples=[True])
    agent: str = Field(description="What the browser or program called itself.", examples=["curl/8.5"])
    chain_id: int = Field(description="The hub's chain.", examples=[31337])
    hub: str = Field(description="The hub it is for.", examples=[ADDRESS_EXAMPLE])
    opened: datetime = Field(description="Since when, UTC.", examples=["2024-01-05T12:00:00Z"])
    seen: datetime = Field(
        description="When it was last used, to the minute, UTC.", examples=["2024-01-05T12:05:00Z"]
    )
    expires: datetime = Field(description="Until when, UTC.", examples=["2024-01-12T12:00:00Z"])


class Sessions(Schema):
    """The caller's open sessions, the newest first: twenty at most."""

    data: list[Session] = Field(description="The sessions.")


class Ended(Schema):
    """What was ended."""

    ended: int = Field(description="How many.", examples=[1])


class Enrolment(Schema):
    """What to set an authenticator up with. Told once; it counts from the first right code on."""

    secret: str = Field(description="The secret in base32.", examples=["JBSWY3DPEHPK3PXP"])
    uri: str = Field(
        description="The same for a QR code.",
        examples=["otpauth://totp/Lockstep:0x…?secret=…&issuer=Lockstep"],
    )


class Code(BaseModel):
    """A code."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field(
        pattern=r"^[0-9A-Za-z -]{6,32}$",
        description="Six digits of the authenticator, or a recovery code.",
        examples=["492039"],
    )


class CodeTaken(Schema):
    """The session has its second factor."""

    second_factor: Literal[True] = Field(description="Always true.")
    recovery_codes: list[str] = Field(
        description="After the first code of a new second factor: ten codes, each good once for a lost "
        "authenticator. Told once; else empty.",
        examples=[["k3v9…"]],
    )
