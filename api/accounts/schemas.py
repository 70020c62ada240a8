"""What the API says about accounts."""

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, Amount, Schema


class Account(Schema):
    """What an owner holds in the hub."""

    owner: str = Field(description="The owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    idle: list[Amount] = Field(description="Can be withdrawn or allocated to a vault; zeros are left out.")
    in_vaults: list[Amount] = Field(description="Sum over the owner's vaults; zeros are left out.")
    claimable_fees: list[Amount] = Field(description="Earned as a leader or treasury, not yet claimed.")
    vault_ids: list[int] = Field(description="The owner's vaults, by id.", examples=[[42, 57]])
