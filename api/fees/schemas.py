"""What the API says of fees by recipient."""

from typing import Literal

from pydantic import Field

from api.accounts.schemas import FeeSource
from api.schemas import ADDRESS_EXAMPLE, Amount, Schema

Period = Literal["day", "month", "all"]
Role = Literal["leader", "protocol", "referrer", "keeper"]


class FeeSum(Schema):
    """What a recipient was credited in a period, for one thing in one token."""

    period: str = Field(
        description="`2024-01-05`, `2024-01`, or `all`: by the time of the block, UTC.", examples=["2024-01"]
    )
    source: FeeSource = Field(
        description="What for. protocol_share: the protocol's part of copy fees, which leaders give up and "
        "the treasury gets. fee_claim: moved to the recipient's account, negative.",
        examples=["performance_fee"],
    )
    amount: Amount = Field(description="Added to the fee balance; negative: taken from it.")
    lines: int = Field(description="Postings that it is the sum of.", examples=[17])


class SourceAmount(Schema):
    """What came from one thing."""

    source: FeeSource = Field(description="What for.", examples=["performance_fee"])
    amount: Amount = Field(description="How much; protocol_share is negative for a leader.")


class FeeStanding(Schema):
    """What a recipient was credited, has claimed and can claim of one token, over all time."""

    credited: Amount = Field(description="The sum of everything but claims.")
    claimed: Amount = Field(description="Moved to the account.")
    pending: Amount = Field(description="`credited` less `claimed`: the fee balance on chain.")
    pending_by_source: list[SourceAmount] = Field(
        description="What `pending` is made of: all that came since the last claim, which takes everything."
    )


class FeeStatement(Schema):
    """The fees of one recipient: leader, treasury, referrer or keeper, or several of these."""

    recipient: str = Field(description="Whose fee balance it is, EIP-55.", examples=[ADDRESS_EXAMPLE])
    standings: list[FeeStanding] = Field(description="One for each token.")
    sums: list[FeeSum] = Field(description="By period, newest first, of the span asked for.")


class StrategyFees(Schema):
    """What of a kind of fee the vaults of a strategy paid, and to whom it went."""

    source: Literal["performance", "management", "subscription", "withdrawal", "copy"] = Field(
        description="The kind of fee.", examples=["performance"]
    )
    charged: Amount = Field(description="What left the vaults.")
    to_leader: Amount = Field(description="The leader's part.")
    to_protocol: Amount = Field(description="The protocol's part.")
    to_referrers: Amount = Field(description="The referrers' part.")
    charges: int = Field(description="How often.", examples=[12])


class Revenue(Schema):
    """What was earned in a period by one side, from one thing, in one token."""

    period: str = Field(
        description="`2024-01-05`, `2024-01`, or `all`: by the time of the block, UTC.", examples=["2024-01"]
    )
    role: Role = Field(description="Who earned it.", examples=["leader"])
    source: Literal["performance", "management", "subscription", "withdrawal", "copy", "dust", "keeper"] = (
        Field(
            description="What for. copy: a leader's is net of the protocol's share. dust: of rounding.",
            examples=["performance"],
        )
    )
    amount: Amount = Field(description="How much.")
    events: int = Field(description="Fees, or clearings, that it is the sum of.", examples=[17])


class AccruedFee(Schema):
    """What a vault would owe for its gain if all of it left now. It is not charged yet, and may never be."""

    vault_id: int = Field(description="The vault.", examples=[42])
    gain: Amount = Field(description="What it is worth above its high-water mark.")
    due: Amount = Field(description="The performance fee on it, by the vault's own terms.")
    leader: str = Field(description="Who would get `to_leader`, EIP-55.", examples=[ADDRESS_EXAMPLE])
    to_leader: Amount = Field(description="The leader's part.")
    to_protocol: Amount = Field(description="The treasury's part.")
    referrer: str | None = Field(
        description="Who would get `to_referrer`, EIP-55; null: nobody.", examples=[ADDRESS_EXAMPLE]
    )
    to_referrer: Amount = Field(description="The referrer's part.")
