"""What the API says about strategies."""

from pydantic import Field

from api.pools.schemas import Pool
from api.schemas import ADDRESS_EXAMPLE, Amount, EventRef, Schema, Token
from api.statements.schemas import Returns
from api.terms.schemas import PendingTerms, VersionedTerms


class Followers(Schema):
    """The vaults that copy a strategy, the leader's own not counted."""

    active: int = Field(description="They copy.", examples=[31])
    paused: int = Field(description="Their owners stopped copying for now.", examples=[2])
    suspended: int = Field(description="A limit of their own stopped copying.", examples=[1])
    exiting: int = Field(description="They are for sale.", examples=[0])
    left: int = Field(description="They copy no more.", examples=[4])


class Terms(Schema):
    """What a strategy offers; all but the fees is fixed when it is created."""

    fees: VersionedTerms = Field(description="What vaults that join now pay.")
    pending: PendingTerms | None = Field(description="Dearer fees that wait; null: none.")
    protocol_bps: int = Field(description="The protocol's share of every fee, for good.", examples=[1_000])
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


class Limits(Schema):
    """What binds the leader, declared when the strategy was created, for good. Rates are basis points."""

    loss_budget_bps: int = Field(
        description="Share of equity that execution may cost a follower in any seven days.",
        examples=[300],
    )
    max_drawdown_bps: int = Field(
        description="Fall of the leader's own result from its highest in seven days at which entries stop.",
        examples=[1_500],
    )
    max_token_bps: int = Field(
        description="Largest share of the leader's equity in a token after an entry.", examples=[5_000]
    )
    max_exposure_bps: int = Field(
        description="Largest share of the leader's equity outside the base token.", examples=[9_000]
    )
    max_impact_bps: int = Field(
        description="How far a batch may move a pool's price, by the liquidity it had on average.",
        examples=[100],
    )
    stop_bps: int | None = Field(
        description="Declared distance of the stop from the entry; null: none declared.", examples=[500]
    )
    min_interval_seconds: int = Field(description="From any trade to the next entry.", examples=[60])
    max_round_trips: int = Field(
        description="Sales for base token in a day (UTC) after which entries stop until the next.",
        examples=[10],
    )
    min_stake: Amount = Field(description="Least equity of the leader's own vault for an entry.")


class Strategy(Schema):
    """A leader's offer."""

    id: int = Field(description="Strategy id.", examples=[3])
    name: str = Field(description="What the leader calls it.", examples=["Momentum"])
    leader: str = Field(description="Who trades it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    leader_vault_id: int = Field(description="The leader's own vault: skin in the game.", examples=[7])
    base_token: Token = Field(description="Token in which followers join and results are counted.")
    terms: Terms = Field(description="Fees and what a vault can rely on.")
    limits: Limits | None = Field(
        description="What binds the leader; null for a strategy of a hub that knew no such limits."
    )
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
