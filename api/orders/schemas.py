"""What the API says about signed orders."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, EventRef, Ratio, Schema, Token

OrderStatus = Literal["open", "complete", "replaced", "cancelled", "expired", "rejected"]
InboxStatus = Literal[
    "received", "accepted", "working", "partially_filled", "filled", "cancelled", "rejected", "expired"
]
OrderKind = Literal["market", "limit", "stop_limit", "stop_loss", "take_profit"]

_Whole = Annotated[str, Field(pattern=r"^[0-9]{1,78}$")]
_Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
_Signature = Annotated[
    str,
    Field(
        pattern=r"^0x([0-9a-fA-F]{2}){1,4096}$",
        description="65 bytes of the leader's key, or what the leader's contract wallet takes (ERC-1271).",
        examples=["0x" + "1b" * 65],
    ),
]


class SignedOrder(BaseModel):
    """An order and its signature, as the leader's wallet or `lockstep order sign` made it.

    Whole numbers are text: those above 2^53 do not survive every JSON reader.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    chain_id: _Whole = Field(description="The chain it is for.", examples=["1"])
    hub: _Address = Field(description="The hub it is for.", examples=[ADDRESS_EXAMPLE])
    leader: _Address = Field(description="Who signed it.", examples=[ADDRESS_EXAMPLE])
    strategy_id: _Whole = Field(description="The strategy that trades.", examples=["3"])
    pool: _Address = Field(description="Pool to trade in.", examples=[ADDRESS_EXAMPLE])
    token_in: _Address = Field(description="Token sold.", examples=[ADDRESS_EXAMPLE])
    token_out: _Address = Field(description="Token bought.", examples=[ADDRESS_EXAMPLE])
    portion: _Whole = Field(
        description="Part of what the leader holds of it; 1e18 is all.", examples=["500000000000000000"]
    )
    limit_price: _Whole = Field(
        description="Least units bought for one unit sold, times 1e36; 0: no limit.", examples=["0"]
    )
    deadline: _Whole = Field(description="Last block time, unix seconds.", examples=["1767229200"])
    kind: OrderKind = Field(description="When it may be filled.", examples=["market"])
    min_fill: _Whole = Field(
        description="Least part of what is left that a fill must reach; 1e18: all or nothing.",
        examples=["1000000000000000000"],
    )
    trigger_price: _Whole = Field(
        description="Oracle's price that it waits for, as `limit_price`; 0: none.", examples=["0"]
    )
    nonce: _Whole = Field(description="Any number the leader has not used.", examples=["41"])
    signature: _Signature


class Withdrawal(BaseModel):
    """The leader's signature (EIP-712 `Withdrawal(bytes32 order)`) that takes an order out of the inbox."""

    model_config = ConfigDict(extra="forbid", strict=True)

    signature: _Signature


class InboxEvent(Schema):
    """One step of an order's life. Three clocks: the block's, when it was seen, when it was written."""

    status: InboxStatus = Field(description="What it became.", examples=["working"])
    why: str | None = Field(description="Why, where there is more to say.", examples=["NotLeader()"])
    by: str = Field(description="Who wrote it: a keeper's name, or `api`.", examples=["keeper-1"])
    filled: Ratio = Field(description="Part of the leader's first holding sold by then.", examples=["0.1"])
    trade: str | None = Field(description="The trade that filled it, if one did.", examples=["3-17"])
    transaction: str | None = Field(description="The transaction, if there is one.", examples=[HASH_EXAMPLE])
    block: int | None = Field(description="The block that caused it, if one did.", examples=[1042])
    block_time: datetime | None = Field(
        description="That block's own time, UTC.", examples=["2024-01-05T11:35:00Z"]
    )
    seen: datetime = Field(
        description="When the cause was seen, UTC.", examples=["2024-01-05T11:35:00.120000Z"]
    )
    processed: datetime = Field(
        description="When this was written, UTC.", examples=["2024-01-05T11:35:00.180000Z"]
    )


class Posted(Schema):
    """What the inbox knows of an order that was posted here: all its terms, and its life so far."""

    kind: OrderKind = Field(description="When it may be filled.", examples=["limit"])
    portion: Ratio = Field(description="Part of the leader's holding to sell; 1 is all.", examples=["0.5"])
    min_fill: Ratio = Field(description="Least part of what is left for a fill; 1 is all.", examples=["1"])
    trigger_price: Ratio | None = Field(
        description="Whole tokens bought for one sold that the oracle must say; null: waits for nothing.",
        examples=["0.000444"],
    )
    deadline: datetime | None = Field(
        description="Last block time at which it may fill, UTC; null beyond the year 9999.",
        examples=["2024-01-05T11:35:00Z"],
    )
    status: InboxStatus = Field(description="Where it is with the keepers.", examples=["accepted"])
    why: str | None = Field(description="Why, where there is more to say.", examples=["NotLeader()"])
    withdrawn: bool = Field(description="Whether its leader took it out of the inbox.", examples=[False])
    events: list[InboxEvent] = Field(description="Every step, in order.")


class OrderFill(Schema):
    """A part of an order that was filled: one trade."""

    trade: str = Field(description="Id of the trade that filled it.", examples=["3-17"])
    portion_sold: Ratio | None = Field(
        description="Part of everybody's own holding at that moment that the trade sold; 1 is all.",
        examples=["0.125"],
    )
    filled: Ratio = Field(
        description="Part of the leader's first holding that was sold after it, in all; 1 is all.",
        examples=["0.125"],
    )
    complete: bool = Field(description="Whether nothing of the order was left.", examples=[False])
    keeper: str = Field(description="Who carried the order to the hub, EIP-55.", examples=[ADDRESS_EXAMPLE])
    event: EventRef = Field(description="The event on chain.")


class Order(Schema):
    """A signed order: posted here, or known from its first fill on chain, or both.

    Kind, trigger and deadline only the signed text has: they are in `posted`.
    """

    hash: str = Field(description="The EIP-712 digest that the leader signed.", examples=[HASH_EXAMPLE])
    strategy_id: int = Field(description="The strategy that it trades.", examples=[3])
    leader: str = Field(description="Who signed it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    nonce: str = Field(
        description="The leader's number for it. Orders with one nonce replace each other.", examples=["41"]
    )
    pool: str = Field(description="The pool it trades in, EIP-55.", examples=[ADDRESS_EXAMPLE])
    token_in: Token = Field(description="The token sold.")
    token_out: Token = Field(description="The token bought.")
    limit_price: Ratio = Field(
        description="Least whole tokens bought for one whole token sold; 0: no limit.", examples=["0.000444"]
    )
    status: OrderStatus = Field(
        description="By the chain at this block. `open`: it can be filled further until its deadline, which "
        "is known of posted orders only. `complete`: nothing of it is left. `replaced`: another order with "
        "its nonce was completed. `cancelled`: the leader closed its nonce. `expired`: its deadline has "
        "passed. `rejected`: the hub would never take it; `posted` says why.",
        examples=["open"],
    )
    closed: bool = Field(description="Whether no further fill is possible: not `open`.", examples=[False])
    filled: Ratio = Field(
        description="Part of the leader's first holding that orders with its nonce have sold; 1 is all.",
        examples=["0.125"],
    )
    fills: list[OrderFill] = Field(description="What was filled of it, in order.")
    cancelled: EventRef | None = Field(description="When the leader closed its nonce; null where not.")
    posted: Posted | None = Field(description="What the inbox knows of it; null if it was not posted here.")
