"""What the API says about signed orders."""

from typing import Literal

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, EventRef, Ratio, Schema, Token

OrderStatus = Literal["open", "complete", "replaced", "cancelled"]


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
    """A signed order, known from its first fill on. Kind, trigger and deadline only the signed text has."""

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
        description="`open`: it can be filled further until its deadline, which the chain does not tell. "
        "`complete`: nothing of it is left. `replaced`: another order with its nonce was completed. "
        "`cancelled`: the leader closed its nonce.",
        examples=["open"],
    )
    closed: bool = Field(description="Whether no further fill is possible: not `open`.", examples=[False])
    filled: Ratio = Field(
        description="Part of the leader's first holding that orders with its nonce have sold; 1 is all.",
        examples=["0.125"],
    )
    fills: list[OrderFill] = Field(description="What was filled of it, in order.")
    cancelled: EventRef | None = Field(description="When the leader closed its nonce; null where not.")
