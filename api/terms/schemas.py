"""What the API says of fees that are asked for."""

from datetime import datetime

from pydantic import Field

from api.schemas import Amount, Schema


class FeeTerms(Schema):
    """What a leader asks of a vault. Rates are basis points; a period of null: there is none."""

    copy_bps: int = Field(description="Of each copy's notional, in the token sold.", examples=[10])
    performance_bps: int = Field(
        description="Of the gain above the vault's own high-water mark.", examples=[1_000]
    )
    management_bps: int = Field(description="A year, of what is held, continuously.", examples=[100])
    withdrawal_bps: int = Field(description="Of what leaves the vault.", examples=[0])
    referrer_bps: int = Field(
        description="Share of the leader's part, copy fees aside, that goes to the vault's referrer.",
        examples=[2_000],
    )
    performance_period_seconds: int | None = Field(
        description="Between the times at which gains of a vault that stays may be charged; "
        "null: only as value leaves.",
        examples=[2_592_000],
    )
    subscription: Amount | None = Field(description="For a full period; null: no subscription.")
    subscription_period_seconds: int | None = Field(
        description="What one subscription pays for; null: no subscription.", examples=[2_592_000]
    )


class VersionedTerms(FeeTerms):
    """One version of a strategy's terms. A vault keeps the version it joined with until its owner takes
    another.
    """

    version: int = Field(description="Counts the strategy's terms from 1; 0: no fees at all.", examples=[1])


class PendingTerms(FeeTerms):
    """Dearer terms that wait until new vaults may join with them."""

    usable_from: datetime | None = Field(
        description="From then on anybody may let them begin, UTC; null where that is beyond the year 9999.",
        examples=["2024-01-07T12:00:00Z"],
    )
