"""What the API says about vaults."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.reasons.catalogue import Reason
from api.schemas import ADDRESS_EXAMPLE, Amount, EventRef, Schema, Token
from api.terms.schemas import VersionedTerms

VaultStatus = Literal["Active", "Paused", "Left", "Suspended", "Exiting"]
Sizing = Literal["proportional", "multiplier", "fixed", "risk"]
Action = Literal["reduce", "skip", "suspend", "exit"]
FeeKind = Literal["copy", "performance", "management", "subscription", "withdrawal"]

_NO_LIMIT = "; null: no limit."


def _limit(description: str, example: int) -> Any:
    return Field(description=description + _NO_LIMIT, examples=[example])


class Policy(Schema):
    """A follower's rules for one vault. All of it binds entries, never exits. Rates are basis points."""

    revision: int = Field(description="Counts the changes.", examples=[1])
    sizing: Sizing = Field(
        description="How much base token an entry puts in: the leader's portion; a multiple of it; a fixed "
        "amount; or what keeps the loss at the strategy's stop below a share of equity.",
        examples=["proportional"],
    )
    multiplier_bps: int | None = Field(
        description="Multiple of the leader's portion; null for other sizings.", examples=[15_000]
    )
    fixed: Amount | None = Field(description="What an entry puts in; null for other sizings.")
    risk_bps: int | None = Field(
        description="Share of equity that the strategy's stop may lose; null for other sizings.",
        examples=[100],
    )
    on_breach: Action = Field(
        description="What happens when a limit on size, exposure or execution cost would be broken.",
        examples=["reduce"],
    )
    on_stop: Action = Field(description="What happens when a stop is reached.", examples=["suspend"])
    min_trade: Amount | None = Field(description="Smaller entries are skipped" + _NO_LIMIT)
    max_trade: Amount | None = Field(description="Largest entry" + _NO_LIMIT)
    max_positions: int | None = _limit("Most tokens beside the base token at a time", 3)
    excluded_tokens: list[Token] = Field(description="Tokens that no entry buys.")
    max_slippage_bps: int | None = _limit("How much worse than the oracle an entry may execute", 50)
    max_token_bps: int | None = _limit("Largest share of equity in the token bought", 2_500)
    max_exposure_bps: int | None = _limit("Largest share of equity outside the base token", 8_000)
    max_daily_loss_bps: int | None = _limit("Loss in a day (UTC) at which it stops", 500)
    max_drawdown_bps: int | None = _limit("Fall from the highest equity at which it stops", 1_500)
    stop_loss_bps: int | None = _limit("Loss of what is invested at which it stops", 2_000)
    take_profit_bps: int | None = _limit("Gain on what is invested at which it stops", 5_000)
    loss_budget_bps: int | None = _limit("Share of equity that execution may cost in seven days", 200)
    cooldown_seconds: int | None = _limit("Seconds between entries", 3_600)
    expiry: datetime | None = Field(
        description="After that entries are no longer copied, UTC; null: never, or beyond the year 9999.",
        examples=["2025-01-05T12:00:00Z"],
    )


class Marks(Schema):
    """What a vault's results are measured against, in the base token."""

    high_water_mark: Amount = Field(
        description="What was put in and gains already charged, less what left: "
        "a performance fee is charged on gains above it only."
    )
    invested: Amount = Field(description="What was put in, less the share of it that left.")


class FeesPaid(Schema):
    """What a vault has paid of one kind of fee."""

    kind: FeeKind = Field(description="What for.", examples=["performance"])
    paid: list[Amount] = Field(description="A token at a time.")


class Vault(Schema):
    """A vault: what one owner holds under one strategy."""

    id: int = Field(description="Vault id.", examples=[42])
    strategy_id: int = Field(description="The strategy it copies.", examples=[3])
    owner: str = Field(
        description="The only one who can withdraw from it, EIP-55.", examples=[ADDRESS_EXAMPLE]
    )
    is_leader: bool = Field(description="Whether it is the leader's own.", examples=[False])
    status: VaultStatus = Field(
        description="Active: it copies. Paused: the owner stopped copying for now. Suspended: a limit of its "
        "policy did, until the owner resumes. Exiting: it is for sale for base token, until "
        "the owner resumes. Left: it copies no more. Balances stay withdrawable in each.",
        examples=["Active"],
    )
    status_reason: Reason | None = Field(description="The limit that brought it there; null where none did.")
    referrer: str | None = Field(
        description="Who gets a share of the leader's part of its fees; null: nobody.",
        examples=[ADDRESS_EXAMPLE],
    )
    terms: VersionedTerms = Field(description="What it pays; all 0 for a leader's own vault.")
    marks: Marks = Field(description="What its results are measured against.")
    policy: Policy | None = Field(description="The rules in force; null for a leader's own vault.")
    balances: list[Amount] = Field(description="What it holds; tokens it has none of are left out.")
    held_back: list[Amount] = Field(
        description="Withheld from what left without a price, until there is one."
    )
    fees: list[FeesPaid] = Field(description="What it has paid, kind by kind; kinds of nothing are left out.")
    filled: int = Field(description="Trades copied into it.", examples=[17])
    skipped: int = Field(description="Trades not copied into it; each has a reason.", examples=[2])
    opened: EventRef = Field(description="When it was opened.")
