"""What the API says about leaders."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from accounting.catalogue import BY_ID
from accounting.conduct import Bar, Caution
from accounting.windows import WindowName
from api.curves import CurvePoint
from api.schemas import ADDRESS_EXAMPLE, Amount, EventRef, Ratio, Schema, Token
from api.terms.schemas import VersionedTerms

MetricName = Literal[
    "cumulative_return",
    "annual_return",
    "volatility",
    "sharpe_ratio",
    "sortino_ratio",
    "calmar_ratio",
    "max_drawdown",
    "max_drawdown_amount",
    "win_rate",
    "profit_factor",
    "average_duration",
    "turnover",
    "exposure",
    "closed_trades",
    "wash_trades",
    "longest_winning_streak",
    "longest_losing_streak",
    "best_trade",
    "worst_trade",
    "copiers",
    "capital_under_copy",
    "own_stake",
    "copy_quality",
    "follower_time_weighted_q1",
    "follower_time_weighted_median",
    "follower_time_weighted_q3",
    "follower_money_weighted_q1",
    "follower_money_weighted_median",
    "follower_money_weighted_q3",
    "rank_score",
]


def _metric(name: MetricName, *examples: object) -> Any:
    metric = BY_ID[name]
    return Field(
        description=f"{metric.formula} ({metric.unit}, version {metric.version}); null: not defined.",
        examples=list(examples) or None,
    )


class Metrics(Schema):
    """A leader over one window, as `/v1/metrics` says."""

    cumulative_return: Ratio | None = _metric("cumulative_return", "0.184")
    annual_return: Ratio | None = _metric("annual_return", "0.31")
    volatility: Ratio | None = _metric("volatility", "0.22")
    sharpe_ratio: Ratio | None = _metric("sharpe_ratio", "1.4")
    sortino_ratio: Ratio | None = _metric("sortino_ratio", "2.1")
    calmar_ratio: Ratio | None = _metric("calmar_ratio", "1.8")
    max_drawdown: Ratio | None = _metric("max_drawdown", "0.12")
    max_drawdown_amount: Amount | None = _metric("max_drawdown_amount")
    win_rate: Ratio | None = _metric("win_rate", "0.58")
    profit_factor: Ratio | None = _metric("profit_factor", "1.6")
    average_duration: Ratio | None = _metric("average_duration", "86400")
    turnover: Ratio | None = _metric("turnover", "3.2")
    exposure: Ratio | None = _metric("exposure", "0.55")
    closed_trades: int | None = _metric("closed_trades", 42)
    wash_trades: int | None = _metric("wash_trades", 0)
    longest_winning_streak: int | None = _metric("longest_winning_streak", 7)
    longest_losing_streak: int | None = _metric("longest_losing_streak", 3)
    best_trade: Ratio | None = _metric("best_trade", "0.21")
    worst_trade: Ratio | None = _metric("worst_trade", "-0.08")
    copiers: int | None = _metric("copiers", 17)
    capital_under_copy: Amount | None = _metric("capital_under_copy")
    own_stake: Amount | None = _metric("own_stake")
    copy_quality: Ratio | None = _metric("copy_quality", "0.97")
    follower_time_weighted_q1: Ratio | None = _metric("follower_time_weighted_q1", "0.1")
    follower_time_weighted_median: Ratio | None = _metric("follower_time_weighted_median", "0.16")
    follower_time_weighted_q3: Ratio | None = _metric("follower_time_weighted_q3", "0.18")
    follower_money_weighted_q1: Ratio | None = _metric("follower_money_weighted_q1", "0.08")
    follower_money_weighted_median: Ratio | None = _metric("follower_money_weighted_median", "0.14")
    follower_money_weighted_q3: Ratio | None = _metric("follower_money_weighted_q3", "0.17")
    rank_score: Ratio | None = _metric("rank_score", "0.9")


class Window(Schema):
    """The metrics of one window, and what keeps the leader from being ranked by them."""

    window: WindowName = Field(description="How far back it goes, today included.", examples=["30d"])
    as_of: datetime = Field(
        description="Time of the block that it is as of, UTC: younger than an hour.",
        examples=["2024-01-05T12:00:00Z"],
    )
    as_of_block: int = Field(description="That block's number.", examples=[1042])
    history_days: int = Field(description="Whole days since the leader's vault was opened.", examples=[120])
    bars: list[Bar] = Field(description="Why there is no rank_score; empty: there is one.")
    warnings: list[Caution] = Field(description="What takes one off the rank_score each.")
    metrics: Metrics = Field(description="The figures.")


class StandingFact(Schema):
    """Something that the operator says of a leader."""

    since: datetime = Field(description="Since when, UTC.", examples=["2024-01-05T11:59:00Z"])
    why: str = Field(description="Why.", examples=["key reported stolen"])


class Standing(Schema):
    """What the operator of this server says of a leader. No chain data: it binds nobody on chain."""

    verified: StandingFact | None = Field(description="The leader has shown who they are; null: not.")
    suspended: StandingFact | None = Field(
        description="Not offered to new followers here; null: not. Exits go on."
    )
    stopped: StandingFact | None = Field(description="Keepers carry nothing of theirs; null: they do.")


class LeaderFacts(Schema):
    """Who leads what."""

    strategy_id: int = Field(description="The strategy.", examples=[3])
    name: str = Field(description="The leader's word for it.", examples=["Ether momentum"])
    leader: str = Field(description="Who trades it, EIP-55.", examples=[ADDRESS_EXAMPLE])
    base_token: Token = Field(description="What it is counted in.")
    closed: bool = Field(description="Whether the leader has left it. Its history stays.", examples=[False])
    created: EventRef = Field(description="When it was created.")
    standing: Standing = Field(description="What the operator says of the leader.")


class Leader(LeaderFacts, Window):
    """A strategy in the list of leaders, over the window asked for."""


class Month(Schema):
    """A cell of the monthly grid."""

    month: str = Field(description="Year and month, UTC.", examples=["2024-01"])
    time_weighted_return: Ratio | None = Field(
        description="Growth of one unit over the month, of what of it the strategy lived through; null: "
        "something that was held had no price.",
        examples=["0.034"],
    )


class MarketShare(Schema):
    """How much of a leader's business is in one token."""

    token: Token = Field(description="The token.")
    bought: Ratio = Field(
        description="Share of all base token that the leader ever put in.", examples=["0.7"]
    )
    held: Ratio | None = Field(
        description="Share of the leader's equity now; null: its worth is not known.", examples=["0.25"]
    )


class TermsVersion(Schema):
    """Terms from when on."""

    terms: VersionedTerms = Field(description="What vaults that joined with them pay.")
    since: EventRef = Field(description="When they began.")


class LeaderProfile(LeaderFacts):
    """All about one leader: what was made, and what followers got of it, side by side."""

    windows: list[Window] = Field(description="The metrics of every window.")
    months: list[Month] = Field(description="The monthly grid, oldest first.")
    market_mix: list[MarketShare] = Field(description="Tokens by what was bought of them.")
    curve: list[CurvePoint] = Field(
        description="Ends of days, or of hours for 24h, and now; of a long life every so many days: at most "
        "400 points."
    )
    terms_history: list[TermsVersion] = Field(description="Every version of the fee terms, oldest first.")
