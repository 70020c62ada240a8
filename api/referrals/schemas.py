"""What the API says to a referrer."""

from typing import Annotated, Literal

from pydantic import Field

from api.campaigns.schemas import Campaign
from api.paging import PageQuery
from api.schemas import ADDRESS_EXAMPLE, UINT32_MAX, Amount, Schema

FEWEST = 5
"""Of fewer people neither their number nor what they did is told: it would be somebody's own. Where one
campaign has fewer, no campaign's is told.
"""
Source = Literal["performance", "management", "subscription", "withdrawal"]
MONTH = r"^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])$"


class ReferralResult(Schema):
    """What vaults came to that name the referrer: all of it from the chain."""

    vaults: int = Field(description="Vaults that were opened.", examples=[17])
    open_vaults: int = Field(description="Of these, vaults that were not left.", examples=[12])
    people: int | None = Field(
        description=f"Addresses that opened them; null below {FEWEST}, and where another campaign has fewer.",
        examples=[9],
    )
    first_deposits: list[Amount] | None = Field(
        description="What was first put into each, by token; null as `people` is."
    )
    volume: list[Amount] | None = Field(
        description="What their copies sold, fees included, by token; null as `people` is."
    )
    income: list[Amount] = Field(description="The referrer's part of their fees, by token.")


class CampaignResult(Schema):
    """What a campaign came to: of the vaults whose owners said that it brought them."""

    campaign: Campaign = Field(description="The campaign.")
    result: ReferralResult = Field(description="What it came to.")


class ClaimTransaction(Schema):
    """A transaction for the referrer's own wallet. Nothing is sent from here."""

    chain_id: int = Field(description="The chain.", examples=[8453])
    to: str = Field(description="The hub, EIP-55.", examples=[ADDRESS_EXAMPLE])
    data: str = Field(description="The call.", examples=["0x5b…1c"])
    value: Literal["0"] = Field(default="0", description="No coin goes along.", examples=["0"])
    words: str = Field(
        description="What it does.", examples=["Move all your fees in USDC to your account on the hub."]
    )


class ReferralBalance(Schema):
    """A referrer's income in a token, and what can be claimed of it."""

    earned: Amount = Field(description="As referrer, over all time.")
    unclaimed: Amount = Field(description="Of that, what came since the last claim.")
    claimable: Amount = Field(
        description="The whole fee balance on chain, which a claim takes: also what the address earned as "
        "leader, treasury or keeper."
    )
    claim: ClaimTransaction | None = Field(description="How to claim it; null: there is nothing.")


class Referrals(Schema):
    """What a referrer's people came to."""

    referrer: str = Field(description="The caller, EIP-55.", examples=[ADDRESS_EXAMPLE])
    total: ReferralResult = Field(description="Of all vaults that name the referrer.")
    campaigns: list[CampaignResult] = Field(description="By campaign, the newest first.")
    of_no_campaign: ReferralResult = Field(
        description="Of vaults whose owners named none: the chain knows the referrer alone."
    )
    balances: list[ReferralBalance] = Field(description="One for each token in which something was earned.")


class ReferralStatementQuery(PageQuery):
    """Parameters of a referrer's statement."""

    month: Annotated[
        str | None, Field(pattern=MONTH, description="Only this month, UTC.", examples=["2024-01"])
    ] = None
    strategy_id: Annotated[
        int | None, Field(ge=0, le=UINT32_MAX, description="Only what came of this strategy.", examples=[3])
    ] = None


class ReferralLine(Schema):
    """What a referrer earned in a month by one strategy, from one kind of fee, in one token."""

    month: str = Field(description="By the time of the block, UTC.", examples=["2024-01"])
    strategy_id: int = Field(description="The strategy.", examples=[3])
    source: Source = Field(description="The kind of fee.", examples=["performance"])
    amount: Amount = Field(description="The referrer's part.")
    charges: int = Field(description="Fees that it is the sum of.", examples=[17])
