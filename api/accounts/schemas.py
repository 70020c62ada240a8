"""What the API says about accounts."""

from typing import Literal

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, Amount, EventRef, Schema
from api.transactions.schemas import GasCost

FeeSource = Literal[
    "copy_fee",
    "performance_fee",
    "management_fee",
    "subscription_fee",
    "withdrawal_fee",
    "protocol_share",
    "dust",
    "keeper_fee",
    "fee_claim",
]


class Account(Schema):
    """What an owner holds in the hub."""

    owner: str = Field(description="The owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    idle: list[Amount] = Field(description="Can be withdrawn or allocated to a vault; zeros are left out.")
    in_vaults: list[Amount] = Field(description="Sum over the owner's vaults; zeros are left out.")
    claimable_fees: list[Amount] = Field(
        description="Earned as leader, treasury, referrer or keeper, not yet claimed."
    )
    leader_cap_bps: int | None = Field(
        description="Largest share of the owner's money with one leader, as the owner chose; "
        "null: the hub's default.",
        examples=[4_000],
    )
    vault_ids: list[int] = Field(description="The owner's vaults, by id.", examples=[[42, 57]])
    gas: GasCost = Field(
        description="What the address's own transactions with events of the hub cost, as follower, leader, "
        "keeper or anybody else."
    )


class EarnedFee(Schema):
    """One posting to an address's fee balance: all of them add up to what is claimable."""

    source: FeeSource = Field(
        description="What it was for. protocol_share: the protocol's part of copy fees, which a leader gives "
        "up. dust: rounding remainders. fee_claim: moved to the account.",
        examples=["performance_fee"],
    )
    amount: Amount = Field(description="Added to the fee balance; negative: taken from it.")
    vault_id: int | None = Field(description="The vault that paid; null where a batch did.", examples=[42])
    trade: str | None = Field(description="The trade, where it was one.", examples=["3-17"])
    event: EventRef = Field(description="The event on chain.")
