"""What the API says about strategies."""

from pydantic import Field

from api.pools.schemas import Pool
from api.schemas import ADDRESS_EXAMPLE, Amount, EventRef, Schema, Token
from api.statements.schemas import Returns


class Followers(Schema):
    """The vaults that copy a strategy, the leader's own not counted."""

    active: int = Field(description="They copy.", examples=[31])
    paused: int = Field(description="Their owners stopped copying for now.", examples=[2])
    left: int = Field(description="They copy no more.", examples=[4])


class Terms(Schema):
    """What a leader offers and may not exceed; fixed when the strategy is created."""

    copy_fee_bps: int = Field(description="Leader's fee on the notional of each copy.", examples=[10])
    max_slippage_bps: int = Field(
        description="How much worse than the oracle a clearing may execute.", examples=[100]
    )
    max_drift_bps: int = Field(
        description="How much worse than the leader's own fill a later batch may execute.", examples=[50]
    )
    copy_window_seconds: int = Field(
        description="How long after the leader's fill later batches may copy it.", examples=[600]
    )
    min_deposit: Amount = Field(description="Smallest amount that a vault can open with.")


class Strategy(Schema):
    """A leader's offer."""

    id: int = Field(description="Strategy id.", examples=[3])
    name: str = Field(description="What the leader calls it.", examples=["Momentum"])
    leader: str = Field(description="Who trades it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    leader_vault_id: int = Field(description="The leader's own vault: skin in the game.", examples=[7])
    base_token: Token = Field(description="Token in which followers join and results are counted.")
    terms: Terms = Field(description="Fees and limits.")
    halted: bool = Field(
        description="Whether leader, guardian or owner stopped its entries and trades; exits go on. "
        "A halt of all strategies is the protocol's `halted`.",
        examples=[False],
    )
    followers: Followers = Field(description="How many copy it.")
    trades: int = Field(description="Trades so far.", examples=[17])
    created: EventRef = Field(description="When it was created.")


class StrategyDetail(Strategy):
    """A strategy with what it may trade and how it has done."""

    tokens: list[Token] = Field(description="Tokens it may hold, the base token first.")
    pools: list[Pool] = Field(description="Pools it may trade in.")
    leader_equity: Amount | None = Field(
        description="Worth of the leader's own vault; null when a token has no recorded price."
    )
    returns: Returns = Field(
        description="Returns of the leader's own vault: the leader pays the same price as every follower."
    )
