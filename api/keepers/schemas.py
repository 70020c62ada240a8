"""What the API says about keepers."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, Schema
from api.transactions.schemas import GasCost

Carries = Literal["everything", "entries", "stops", "exits", "nothing"]
Scope = Literal["leader", "strategy", "entries"]


class Breaker(Schema):
    """Something that holds a keeper back for now."""

    name: str = Field(description="What is wrong.", examples=["gas_price"])
    carries: Carries = Field(description="What it still allows, and all before it.", examples=["stops"])


class Keeper(Schema):
    """A keeper that works on this inbox, by its last sign of life."""

    name: str = Field(description="Its name.", examples=["keeper-1"])
    address: str = Field(description="Who signs its transactions, EIP-55.", examples=[ADDRESS_EXAMPLE])
    alive: bool = Field(description="Whether it was heard of within the last 15 seconds.", examples=[True])
    started: datetime = Field(description="Since when it runs, UTC.", examples=["2024-01-05T11:00:00Z"])
    seen: datetime = Field(description="When it was last heard of, UTC.", examples=["2024-01-05T12:00:01Z"])
    head_block: int | None = Field(description="Newest block it has seen.", examples=[1042])
    carries: Carries = Field(
        description="The last kind of work it does now: exits come first, then stops, then entries.",
        examples=["everything"],
    )
    breakers: list[Breaker] = Field(description="Why it does not do everything; empty where it does.")
    in_flight: int = Field(description="Its transactions that are not mined yet.", examples=[1])
    gas: GasCost = Field(
        description="What its address's transactions with events of this hub cost, in the chain's own coin; "
        "what it earned is in the address's fees."
    )
    held: int = Field(description="Things to do that it leaves for later.", examples=[0])


class Stop(Schema):
    """An operator's stop that holds now."""

    id: int = Field(description="Its number, for `lockstep stop lift`.", examples=[4])
    scope: Scope = Field(description="What is stopped.", examples=["leader"])
    subject: str | None = Field(
        description="Which leader or strategy; null for all entries.", examples=[ADDRESS_EXAMPLE]
    )
    who: str = Field(description="Who stopped it.", examples=["alice"])
    why: str = Field(description="Why.", examples=["key reported stolen"])
    since: datetime = Field(description="Since when, UTC.", examples=["2024-01-05T11:59:00Z"])


class Keepers(Schema):
    """Keepers and stops of this hub. This is no chain data and has no block."""

    keepers: list[Keeper] = Field(description="Every keeper that ever worked on this inbox, by name.")
    stops: list[Stop] = Field(description="Operators' stops that hold now.")
