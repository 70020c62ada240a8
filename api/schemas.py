"""What answers of every resource share: amounts, blocks, transactions, and the frame around the data.

Amounts are strings in JSON, so that no reader rounds them: ``units`` is the exact integer, ``decimal`` the
same number in whole tokens. Ratios and returns are decimal strings too.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from accounting.rounding import decimal_string

ADDRESS_EXAMPLE = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
HASH_EXAMPLE = "0x9b2d4c1f6a3e8d7b5c0f1e2d3a4b59687786a5b4c3d2e1f00f1e2d3c4b5a6978"
UINT32_MAX = 2**32 - 1

T = TypeVar("T")


class Schema(BaseModel):
    """Base of every answer's parts."""

    model_config = ConfigDict(frozen=True)


def _plain(value: Decimal) -> str:
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


Ratio = Annotated[
    Decimal,
    PlainSerializer(_plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "decimal"}, mode="serialization"),
]
"""A statistic as a plain decimal string, without exponent or trailing zeros."""


class Token(Schema):
    """A token as the ledger knows it."""

    address: str = Field(description="Address, EIP-55.", examples=[ADDRESS_EXAMPLE])
    symbol: str = Field(description="The token's own word for itself; not unique.", examples=["USDC"])
    decimals: int = Field(description="Digits after the point of a whole token.", examples=[6])


class Amount(Schema):
    """An exact amount of a token."""

    token: str = Field(description="Address of the token, EIP-55.", examples=[ADDRESS_EXAMPLE])
    symbol: str = Field(description="Symbol of the token.", examples=["USDC"])
    units: str = Field(description="Integer token units; the exact amount.", examples=["1234500000"])
    decimal: str = Field(
        description="The same amount in whole tokens, exact.",
        examples=["1234.5"],
        json_schema_extra={"format": "decimal"},
    )

    @classmethod
    def of(cls, token: Token, units: int) -> "Amount":
        """Return ``units`` of ``token``."""
        return cls(
            token=token.address,
            symbol=token.symbol,
            units=str(units),
            decimal=decimal_string(units, token.decimals),
        )


class BlockRef(Schema):
    """A block of the chain."""

    number: int = Field(description="Block number.", examples=[1042])
    hash: str = Field(description="Block hash.", examples=[HASH_EXAMPLE])
    time: datetime = Field(description="The block's own time, UTC.", examples=["2024-01-05T12:00:00Z"])


class EventRef(Schema):
    """Where on chain something happened."""

    block: int = Field(description="Block number.", examples=[1017])
    time: datetime = Field(description="The block's own time, UTC.", examples=["2024-01-05T11:35:00Z"])
    transaction: str = Field(description="Transaction hash.", examples=[HASH_EXAMPLE])
    log_index: int = Field(description="Index of the event's log in the block.", examples=[12])


class Answer(Schema, Generic[T]):
    """One thing, as it was at a block."""

    as_of_block: BlockRef = Field(description="Last block that the answer takes into account, and all of it.")
    data: T = Field(description="What was asked for.")


class Page(Schema, Generic[T]):
    """Part of a list, as it was at a block."""

    as_of_block: BlockRef = Field(description="Last block that the answer takes into account, and all of it.")
    data: list[T] = Field(description="The things on this page.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; null on the last.", examples=["WzEwMTcsMTJd"]
    )


def utc(seconds: int) -> datetime:
    """Return unix seconds as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def utc_of_microseconds(value: int) -> datetime:
    """Return unix microseconds as a time."""
    seconds, rest = divmod(value, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


_LAST_SECOND = int(datetime.max.replace(tzinfo=UTC).timestamp())


def utc_or_none(seconds: int) -> datetime | None:
    """Return unix seconds as a time; None beyond the year 9999, of which no calendar has a day."""
    return None if seconds > _LAST_SECOND else utc(seconds)
