"""What the API says of play money, and what it is told to try."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.reasons.catalogue import Reason
from api.schemas import Amount, Schema, Token
from api.statements.schemas import Balance, Flows, GainFee, Profit, Returns
from api.vaults.schemas import Action, Marks, Sizing, VaultStatus

_Bps = Annotated[int, Field(ge=0, le=10_000)]
_Units = Annotated[str, Field(pattern=r"^[0-9]{1,27}$")]


class PaperPolicy(BaseModel):
    """A follower's rules, as the hub's `Policy`: 0 says no such limit. Amounts are base token units."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sizing: Sizing = Field(
        default="proportional", description="How much an entry puts in.", examples=["fixed"]
    )
    on_breach: Action = Field(
        default="reduce", description="What happens at a limit on size or cost.", examples=["reduce"]
    )
    on_stop: Action = Field(
        default="reduce", description="What happens at a stop; reduce is skip.", examples=["exit"]
    )
    max_positions: int = Field(
        default=0, ge=0, le=255, description="Most tokens beside the base token.", examples=[3]
    )
    excluded_tokens: int = Field(
        default=0, ge=0, le=65_535, description="Bit i: never into token i.", examples=[0]
    )
    max_slippage_bps: _Bps = Field(
        default=0, description="How much worse than the oracle an entry may be.", examples=[75]
    )
    max_token_bps: _Bps = Field(
        default=0, description="Largest share of equity in the token bought.", examples=[2_500]
    )
    max_exposure_bps: _Bps = Field(
        default=0, description="Largest share outside the base token.", examples=[5_000]
    )
    max_daily_loss_bps: _Bps = Field(
        default=0, description="Loss in a day (UTC) at which it stops.", examples=[300]
    )
    max_drawdown_bps: _Bps = Field(
        default=0, description="Fall from the highest equity at which it stops.", examples=[1_000]
    )
    stop_loss_bps: _Bps = Field(
        default=0, description="Loss of what is invested at which it stops.", examples=[1_000]
    )
    take_profit_bps: int = Field(
        default=0, ge=0, le=65_535, description="Gain at which it stops.", examples=[5_000]
    )
    loss_budget_bps: _Bps = Field(
        default=0, description="What execution may cost in seven days.", examples=[300]
    )
    cooldown: int = Field(default=0, ge=0, lt=2**32, description="Seconds between entries.", examples=[3_600])
    expiry: int = Field(
        default=0, ge=0, lt=2**40, description="Unix seconds; no entries after it.", examples=[0]
    )
    min_trade: _Units = Field(default="0", description="Smaller entries are skipped.", examples=["0"])
    max_trade: _Units = Field(default="0", description="Largest entry.", examples=["500000000"])
    size: _Units = Field(default="0", description="By `sizing`; 0 for proportional.", examples=["0"])


class PaperOpening(BaseModel):
    """A vault of play money to open."""

    model_config = ConfigDict(extra="forbid", strict=True)

    strategy_id: int = Field(ge=1, lt=2**32, description="The strategy to follow.", examples=[1])
    deposit: _Units = Field(description="Base token units to begin with.", examples=["1000000000"])
    policy: PaperPolicy = Field(default=PaperPolicy(), description="Its rules.")


class PaperFill(Schema):
    """A trade that was copied, or a sale after a stop."""

    kind: Literal["fill"] = Field(description="A fill.", examples=["fill"])
    trade: str = Field(description="Id of the trade; of a sale of its own, a made-up one.", examples=["3-17"])
    time: datetime = Field(description="When, UTC.", examples=["2024-01-05T11:35:00Z"])
    sold: Amount = Field(description="Went into the swap.")
    fee: Amount = Field(description="Copy fee, on top of it.")
    bought: Amount = Field(description="What came of it.")
    reduced_by: Reason | None = Field(description="What made it smaller; null where nothing did.")


class PaperSkip(Schema):
    """A trade that was not copied."""

    kind: Literal["skip"] = Field(description="A skip.", examples=["skip"])
    trade: str = Field(description="Id of the trade.", examples=["3-18"])
    time: datetime = Field(description="When, UTC.", examples=["2024-01-05T11:35:00Z"])
    reason: Reason = Field(description="Why, and what to do.")


class PaperStatement(Schema):
    """What a vault of play money has come to. The figures are those of a real vault's statement."""

    id: str = Field(description="Who knows it can read it: keep it.", examples=["9f" * 16])
    status: VaultStatus = Field(description="Whether it copies.", examples=["Active"])
    strategy_id: int = Field(description="The strategy it follows.", examples=[1])
    strategy_name: str = Field(description="Its name.", examples=["Momentum"])
    base_token: Token = Field(description="All results are in this token.")
    opened: datetime = Field(description="It copies what came after, UTC.", examples=["2024-01-05T11:00:00Z"])
    opened_block: int = Field(description="The ledger's block then.", examples=[1017])
    flows: Flows = Field(description="What was put in.")
    balances: list[Balance] = Field(description="What it holds.")
    profit: Profit = Field(description="The result, by average cost.")
    marks: Marks = Field(description="What fees on gains are measured against.")
    gain_fee: GainFee | None = Field(description="What it would owe for its gain; null without a price.")
    returns: Returns = Field(description="Returns since it was opened.")
    filled: int = Field(description="Trades copied, and sales after stops.", examples=[17])
    skipped_by_reason: dict[str, int] = Field(
        description="Trades not copied, by reason.", examples=[{"token_cap": 2}]
    )
    lines: list[Annotated[PaperFill | PaperSkip, Field(discriminator="kind")]] = Field(
        description="The newest hundred fills and skips, newest first."
    )
