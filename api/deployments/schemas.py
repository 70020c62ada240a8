"""What the API says of the deployments in a database."""

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, BlockRef, Schema


class Deployed(Schema):
    """A hub on a chain whose ledger the database holds."""

    chain_id: int = Field(description="EIP-155 id of the chain.", examples=[8453])
    hub: str = Field(description="The hub's address.", examples=[ADDRESS_EXAMPLE])
    path: str = Field(
        description="Goes before every other path to ask about this deployment.",
        examples=[f"/deployments/8453/{ADDRESS_EXAMPLE}"],
    )
    start_block: int = Field(description="First block that was read.", examples=[1000])
    as_of_block: BlockRef | None = Field(description="Last block in the ledger; null before the first.")


class Deployments(Schema):
    """Every deployment in the database."""

    data: list[Deployed] = Field(description="In the order they were added.")
