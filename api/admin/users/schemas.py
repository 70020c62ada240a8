"""What the API says of people, and what may be done about them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from access.roles import Role
from api.admin.reasons import Reasoned
from api.paging import PageQuery
from api.schemas import ADDRESS_EXAMPLE, Schema

_TIME = "2024-01-05T12:00:00Z"


class UsersQuery(PageQuery):
    """Parameters of the list of people."""

    staff: Annotated[bool, Field(description="Only those to whom something was granted.")] = False


class User(Schema):
    """An address that has signed in, was granted something, or is shut out."""

    address: str = Field(description="EIP-55.", examples=[ADDRESS_EXAMPLE])
    granted: list[Role] = Field(description="Roles that were granted.", examples=[["support"]])
    allowed: bool = Field(
        description="Whether it is on the allowlist; as operator or admin it counts only there.",
        examples=[False],
    )
    first_seen: datetime | None = Field(description="Since when it is known, UTC.", examples=[_TIME])
    signed_in: datetime | None = Field(description="Its last sign-in, UTC.", examples=[_TIME])
    blocked: datetime | None = Field(description="Since when it is shut out, UTC.", examples=[_TIME])
    blocked_why: str | None = Field(description="Why.", examples=["key reported stolen"])


class Users(Schema):
    """Part of the list of people."""

    data: list[User] = Field(description="People, by address.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page.", examples=["WyJ1c2VycyJd"]
    )


class UserDetails(User):
    """A person, with what the chain says and what is open."""

    on_chain: list[Role] = Field(
        description="What it is on this hub: with a vault here, granted roles sleep.", examples=[["follower"]]
    )
    sessions: int = Field(description="Open sessions.", examples=[1])
    keys: int = Field(description="Keys that are good.", examples=[0])
    second_factor: bool = Field(description="Whether it has one.", examples=[True])


class UserAct(StrEnum):
    """What an administrator may do about somebody."""

    GRANT = "grant"
    TAKE = "take"
    ALLOW = "allow"
    DISALLOW = "disallow"
    BLOCK = "block"
    UNBLOCK = "unblock"
    RESET_SECOND_FACTOR = "reset_second_factor"
    END_SESSIONS = "end_sessions"


class UserActBody(Reasoned):
    """An act about somebody."""

    act: UserAct = Field(description="What to do.", examples=["grant"])
    role: Role | None = Field(
        default=None, description="For grant and take: support, operator or admin.", examples=["support"]
    )

    @model_validator(mode="after")
    def _role_where_it_belongs(self) -> "UserActBody":
        if (self.act in {UserAct.GRANT, UserAct.TAKE}) != (self.role is not None):
            raise ValueError("grant and take need a role, and nothing else has one")
        return self
