"""What the API says about where vaults stand."""

from typing import Literal

from pydantic import Field

from api.schemas import ADDRESS_EXAMPLE, Amount, Ratio, Schema, Token
from api.statements.schemas import Balance, Costs, Flows, Profit, Returns
from api.vaults.schemas import Action, VaultStatus

LimitName = Literal[
    "stop_loss",
    "take_profit",
    "drawdown",
    "daily_loss",
    "token_share",
    "exposure",
    "positions",
    "cooldown",
    "expiry",
]


class Limit(Schema):
    """A limit of a vault's own policy, and how far off it is at the latest recorded prices."""

    name: LimitName = Field(description="Which.", examples=["stop_loss"])
    unit: Literal["bps", "count", "seconds"] = Field(description="What it is counted in.", examples=["bps"])
    limit: int = Field(description="What the policy says.", examples=[2_000])
    now: Ratio | None = Field(
        description="What it is compared with, as it stands; negative: the other way. Null: not known.",
        examples=["350.5"],
    )
    distance: Ratio | None = Field(
        description="`limit` less `now`; at 0 or below it is reached. Null: not known.", examples=["1649.5"]
    )
    reached: bool | None = Field(description="Whether it is reached; null: not known.", examples=[False])
    action: Action = Field(description="What happens at the next visit once it is.", examples=["suspend"])
    reference: str = Field(
        description="What `now` is measured against.", examples=["what is invested, as the hub keeps it"]
    )


class VaultStanding(Schema):
    """A vault in a portfolio: its present, and its result since it was opened."""

    vault_id: int = Field(description="The vault.", examples=[42])
    strategy_id: int = Field(description="The strategy it copies.", examples=[3])
    strategy_name: str = Field(description="The strategy's name.", examples=["Momentum"])
    is_leader: bool = Field(description="Whether it is the leader's own.", examples=[False])
    status: VaultStatus = Field(description="Whether it copies.", examples=["Active"])
    flows: Flows = Field(description="What came in and left.")
    balances: list[Balance] = Field(description="What it holds, with its FIFO lots; the base token first.")
    profit: Profit = Field(description="The result by FIFO, with fees by kind.")
    returns: Returns = Field(description="The returns.")
    sync_score: Ratio | None = Field(
        description="1: invested exactly as the leader; null: a leader's own, or not known.",
        examples=["0.98"],
    )


class Total(Schema):
    """The sum over the vaults that are counted in one token."""

    base_token: Token = Field(description="What they are counted in.")
    equity: Amount | None = Field(description="Worth of all of them; null: that of one is not known.")
    net_deposits: Amount = Field(description="Put in less taken out.")
    net_pnl: Amount | None = Field(description="`equity` less `net_deposits`; null: as `equity`.")
    costs: Costs = Field(description="Fees paid, by kind.")


class Portfolio(Schema):
    """All of an owner: idle money is in the account."""

    owner: str = Field(description="The owner, EIP-55.", examples=[ADDRESS_EXAMPLE])
    totals: list[Total] = Field(description="One for each base token.")
    vaults: list[VaultStanding] = Field(description="By id; the first 100.")
    left_out: int = Field(
        description="Vaults beyond these, in no total: list them with `/v1/vaults`.", examples=[0]
    )
