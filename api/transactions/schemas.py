"""What the API says about transactions and their gas, in the chain's own coin, which has 18 decimals."""

from datetime import datetime

from pydantic import Field

from accounting.rounding import decimal_string
from api.schemas import ADDRESS_EXAMPLE, HASH_EXAMPLE, Schema

_DECIMALS = 18


class Coins(Schema):
    """An exact amount of the chain's own coin."""

    units: str = Field(description="Integer units (wei); the exact amount.", examples=["4200000000000000"])
    decimal: str = Field(description="The same amount in whole coins, exact.", examples=["0.0042"])

    @classmethod
    def of(cls, units: int) -> "Coins":
        """Return ``units`` of the coin."""
        return cls(units=str(units), decimal=decimal_string(units, _DECIMALS))


class Transaction(Schema):
    """A transaction with events of the hub, by its receipt."""

    hash: str = Field(description="Transaction hash.", examples=[HASH_EXAMPLE])
    block: int = Field(description="Block number.", examples=[1017])
    time: datetime = Field(description="The block's own time, UTC.", examples=["2024-01-05T11:35:00Z"])
    sender: str = Field(description="Who sent it and paid its gas, EIP-55.", examples=[ADDRESS_EXAMPLE])
    gas_used: int = Field(description="Units of gas.", examples=[1_250_000])
    gas_price: Coins = Field(description="What a unit of gas cost.")
    data_fee: Coins = Field(description="What a rollup asked for its data; 0 elsewhere.")
    paid: Coins = Field(description="`gas_used` · `gas_price` + `data_fee`.")


class GasCost(Schema):
    """What somebody's own transactions cost in gas: never part of a vault's result, which does not pay it."""

    transactions: int = Field(description="How many they are.", examples=[12])
    gas_used: int = Field(description="Units of gas.", examples=[15_000_000])
    paid: Coins = Field(description="What they cost in all.")
    up_to_block: int = Field(
        description="Later ones are not counted yet: receipts are read after their blocks.", examples=[1042]
    )
