"""What may be proposed, and how a proposal is shown. The hub's own functions: see the specification."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from access.calls import NOWHERE, Act
from api.addresses import Address
from api.admin.reasons import Reasoned
from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, Schema

State = Literal["proposed", "ready", "withdrawn", "expired"]
_TIME = "2024-01-05T11:59:00Z"
_Strategy = Annotated[int, Field(ge=0, lt=2**32, description="A strategy, or 0 for all.", examples=[3])]


class _Proposed(Reasoned):
    def arguments(self) -> list[Any]:
        """The call's arguments, in order."""
        return [value for name, value in self if name not in {"act", "why"}]


class ListToken(_Proposed):
    """List a token."""

    act: Literal[Act.LIST_TOKEN] = Field(description="What to do.")
    token: Address = Field(description="The token; it must have a price feed.")


class ListPool(_Proposed):
    """List a pool."""

    act: Literal[Act.LIST_POOL] = Field(description="What to do.")
    pool: Address = Field(description="The pool, of listed tokens.")
    venue: Address = Field(description="The exchange's adapter that vouches for it.")


class SetFeed(_Proposed):
    """Give a token its price feed, for good."""

    act: Literal[Act.SET_FEED] = Field(description="What to do.")
    token: Address = Field(description="The token.")
    feed: Address = Field(description="The feed.")
    heartbeat: int = Field(
        gt=0, lt=2**32, description="Seconds for which an answer is believed.", examples=[86_400]
    )


class SetTreasury(_Proposed):
    """Say who gets the protocol's fees."""

    act: Literal[Act.SET_TREASURY] = Field(description="What to do.")
    treasury: Address = Field(description="Who gets them from then on.")


class SetOptional(_Proposed):
    """Appoint guardian or gate, or nobody."""

    act: Literal[Act.SET_GUARDIAN, Act.SET_GATE] = Field(description="What to do.", examples=["set_guardian"])
    address: Address = Field(default=NOWHERE, description="Who; the zero address for nobody.")


class SetProtocolShare(_Proposed):
    """Set the protocol's share of fees of new strategies."""

    act: Literal[Act.SET_PROTOCOL_SHARE] = Field(description="What to do.")
    protocol_bps: int = Field(ge=0, le=2_000, description="The share.", examples=[1_000])


class SetHalt(_Proposed):
    """Halt trading or let it go on."""

    act: Literal[Act.HALT_TRADING, Act.RESUME_TRADING] = Field(
        description="What to do.", examples=["halt_trading"]
    )
    strategy_id: _Strategy


class Veto(_Proposed):
    """Withdraw a listing that may not be used yet."""

    act: Literal[Act.VETO] = Field(description="What to do.")
    listing: Address = Field(description="The token or pool.")


Proposed = Annotated[
    ListToken | ListPool | SetFeed | SetTreasury | SetOptional | SetProtocolShare | SetHalt | Veto,
    Field(discriminator="act"),
]


class ProposedTransaction(Schema):
    """A transaction for somebody's own wallet. This server has no key and sends none."""

    step: Literal["call", "schedule", "execute"] = Field(
        description="call: by owner or guardian. schedule, execute: by the timelock's people, in this order.",
        examples=["schedule"],
    )
    to: str = Field(description="The contract, EIP-55.", examples=[ADDRESS_EXAMPLE])
    value: Literal["0"] = Field(default="0", description="No ether goes with it.")
    data: str = Field(description="The call's bytes.", examples=["0x01d5062a…"])
    not_before: datetime | None = Field(
        description="When it may be executed, were it scheduled now, UTC; null: at once.", examples=[_TIME]
    )


class Proposal(Schema):
    """A call that one proposed and another confirms."""

    id: int = Field(description="Its number.", examples=[4])
    state: State = Field(description="proposed waits a week for a second person.", examples=["ready"])
    act: Act = Field(description="What it does.", examples=["list_token"])
    words: str = Field(description="The same in words.", examples=["List the token 0x…, for good."])
    target: str = Field(description="The contract called, hub or oracle.", examples=[ADDRESS_EXAMPLE])
    call: str = Field(description="The call of the target.", examples=["0x1fc1e25f…"])
    why: str = Field(description="Why it was proposed.", examples=["asked for by three leaders"])
    proposed_by: str = Field(description="By whom, EIP-55.", examples=[ADDRESS_EXAMPLE])
    proposed: datetime = Field(description="When, UTC.", examples=[_TIME])
    confirmed_by: str | None = Field(description="Who confirmed it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    confirmed: datetime | None = Field(description="When, UTC.", examples=[_TIME])
    withdrawn_by: str | None = Field(description="Who took it back, EIP-55.", examples=[ADDRESS_EXAMPLE])
    withdrawn_why: str | None = Field(description="Why.", examples=["the feed is not live"])
    operation: str | None = Field(
        description="The timelock's id of the operation; null without one.", examples=[HASH_EXAMPLE]
    )
    transactions: list[ProposedTransaction] = Field(
        description="What is to be sent, in order; empty until it is ready."
    )


class Proposals(Schema):
    """Part of the proposals, the newest first."""

    data: list[Proposal] = Field(description="The proposals.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page.", examples=["WyJwcm9wb3NhbHMiLDRd"]
    )
