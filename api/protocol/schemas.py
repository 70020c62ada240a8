"""What the API says about the deployment as a whole."""

from pydantic import Field

from api.incidents.schemas import Incident
from api.schemas import ADDRESS_EXAMPLE, Amount, Schema


class Holding(Schema):
    """What the hub holds of a token, by whom it belongs to."""

    total: Amount = Field(description="Sum of the four below: what the hub owes in this token.")
    in_vaults: Amount = Field(description="In vaults.")
    idle: Amount = Field(description="In owners' accounts.")
    fees: Amount = Field(description="Fees not yet claimed.")
    held_back: Amount = Field(description="Withheld from what left without a price, until there is one.")


class Protocol(Schema):
    """One hub on one chain."""

    chain_id: int = Field(description="EIP-155 chain id.", examples=[31337])
    hub: str = Field(
        description="The one contract that holds every vault's tokens.", examples=[ADDRESS_EXAMPLE]
    )
    treasury: str | None = Field(
        description="Who gets the protocol's fees and the rounding dust from now on; null before it was set.",
        examples=[ADDRESS_EXAMPLE],
    )
    guardian: str | None = Field(
        description="Who, beside the owner, may veto listings that wait and halt trading; null: nobody.",
        examples=[ADDRESS_EXAMPLE],
    )
    gate: str | None = Field(
        description="The contract that is asked who may enter, and never who may leave; null: everybody may.",
        examples=[ADDRESS_EXAMPLE],
    )
    halted: bool = Field(
        description="Whether entries and trades of all strategies are halted; exits go on.", examples=[False]
    )
    protocol_bps: int = Field(
        description="The protocol's share of every fee, of strategies created from now on.", examples=[1_000]
    )
    start_block: int = Field(description="Block of the deployment.", examples=[12])
    strategies: int = Field(description="Strategies created.", examples=[3])
    vaults_by_status: dict[str, int] = Field(
        description="Status → number of vaults, leaders' own included.", examples=[{"Active": 48, "Left": 4}]
    )
    trades: int = Field(description="Leaders' trades so far.", examples=[27])
    closes: int = Field(description="Times that vaults left their positions together.", examples=[3])
    manual_trades: int = Field(description="Trades of owners alone.", examples=[1])
    copies_filled: int = Field(description="Copies that took part, leaders' own included.", examples=[612])
    copies_skipped_by_reason: dict[str, int] = Field(
        description="Reason → number of skips.", examples=[{"paused": 12, "expired": 4}]
    )
    incidents: list[Incident] = Field(
        description="What operators say is wrong now. No chain data, and not of this block."
    )
    holdings: list[Holding] = Field(description="What the hub holds, a token at a time.")
