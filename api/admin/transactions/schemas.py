"""What staff sees of keepers' transactions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.paging import PageQuery
from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, Schema

State = Literal["leased", "sent", "mined", "final", "void"]
_TIME = "2024-01-05T11:59:00Z"


class TransactionsQuery(PageQuery):
    """Parameters of the list of transactions."""

    state: Annotated[State | None, Field(description="Only those in this state.")] = None


class Attempt(Schema):
    """A signed form of a transaction. The signed bytes themselves are not shown."""

    hash: str = Field(description="Its hash.", examples=[HASH_EXAMPLE])
    max_fee: str = Field(description="Most that a unit of gas may cost, in wei.", examples=["30000000000"])
    tip: str = Field(description="Priority fee for a unit of gas, in wei.", examples=["1000000000"])
    relay: str = Field(description="Where it was handed in.", examples=["public"])
    clears: bool = Field(description="It only uses the nonce up.", examples=[False])
    signed: datetime = Field(description="When it was signed, UTC.", examples=[_TIME])
    sent: datetime | None = Field(description="When a relay took it, UTC.", examples=[_TIME])


class KeeperTransaction(Schema):
    """A nonce of a keeper's key and what it was for."""

    id: int = Field(description="Its number.", examples=[17])
    keeper: str = Field(description="Which keeper.", examples=["keeper-1"])
    sender: str = Field(description="Whose key, EIP-55.", examples=[ADDRESS_EXAMPLE])
    nonce: int = Field(description="The nonce.", examples=[41])
    purpose: str = Field(description="What it was for.", examples=["continue:3-17"])
    strategy_id: int = Field(description="The strategy; 0 for none.", examples=[3])
    order: str | None = Field(description="The signed order that it carries.", examples=[HASH_EXAMPLE])
    state: State = Field(
        description="leased: nothing was sent; sent: on its way; mined, then final; void: something else "
        "used the nonce.",
        examples=["final"],
    )
    succeeded: bool | None = Field(description="Whether it did; null before it was mined.", examples=[True])
    block: int | None = Field(description="Where it was mined.", examples=[1042])
    leased: datetime = Field(description="When the nonce was leased, UTC.", examples=[_TIME])
    attempts: list[Attempt] = Field(description="Every signed form, in order.")


class KeeperTransactions(Schema):
    """Part of the keepers' transactions, the newest first."""

    data: list[KeeperTransaction] = Field(description="The transactions.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page.", examples=["WyJ0cmFuc2FjdGlvbnMiLDE3XQ"]
    )
