"""The parameters of each list and answer; pages are turned by the client.

Made from the API's OpenAPI document by `make client`: do not edit.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict


class ListStrategiesQuery(TypedDict):
    limit: NotRequired[int]
    leader: NotRequired[str | None]


class ListStrategyTradesQuery(TypedDict):
    limit: NotRequired[int]


class ListLeadersQuery(TypedDict):
    limit: NotRequired[int]
    window: NotRequired[Literal["24h", "7d", "30d", "90d", "365d", "all"]]
    sort: NotRequired[
        Literal[
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
    ]
    order: NotRequired[Literal["desc", "asc"]]
    min_history_days: NotRequired[int | None]
    base_token: NotRequired[str | None]
    closed: NotRequired[bool | None]
    suspended: NotRequired[bool]
    search: NotRequired[str | None]
    min_cumulative_return: NotRequired[str | None]
    max_cumulative_return: NotRequired[str | None]
    min_annual_return: NotRequired[str | None]
    max_annual_return: NotRequired[str | None]
    min_volatility: NotRequired[str | None]
    max_volatility: NotRequired[str | None]
    min_sharpe_ratio: NotRequired[str | None]
    max_sharpe_ratio: NotRequired[str | None]
    min_sortino_ratio: NotRequired[str | None]
    max_sortino_ratio: NotRequired[str | None]
    min_calmar_ratio: NotRequired[str | None]
    max_calmar_ratio: NotRequired[str | None]
    min_max_drawdown: NotRequired[str | None]
    max_max_drawdown: NotRequired[str | None]
    min_max_drawdown_amount: NotRequired[str | None]
    max_max_drawdown_amount: NotRequired[str | None]
    min_win_rate: NotRequired[str | None]
    max_win_rate: NotRequired[str | None]
    min_profit_factor: NotRequired[str | None]
    max_profit_factor: NotRequired[str | None]
    min_average_duration: NotRequired[str | None]
    max_average_duration: NotRequired[str | None]
    min_turnover: NotRequired[str | None]
    max_turnover: NotRequired[str | None]
    min_exposure: NotRequired[str | None]
    max_exposure: NotRequired[str | None]
    min_closed_trades: NotRequired[str | None]
    max_closed_trades: NotRequired[str | None]
    min_wash_trades: NotRequired[str | None]
    max_wash_trades: NotRequired[str | None]
    min_longest_winning_streak: NotRequired[str | None]
    max_longest_winning_streak: NotRequired[str | None]
    min_longest_losing_streak: NotRequired[str | None]
    max_longest_losing_streak: NotRequired[str | None]
    min_best_trade: NotRequired[str | None]
    max_best_trade: NotRequired[str | None]
    min_worst_trade: NotRequired[str | None]
    max_worst_trade: NotRequired[str | None]
    min_copiers: NotRequired[str | None]
    max_copiers: NotRequired[str | None]
    min_capital_under_copy: NotRequired[str | None]
    max_capital_under_copy: NotRequired[str | None]
    min_own_stake: NotRequired[str | None]
    max_own_stake: NotRequired[str | None]
    min_copy_quality: NotRequired[str | None]
    max_copy_quality: NotRequired[str | None]
    min_follower_time_weighted_q1: NotRequired[str | None]
    max_follower_time_weighted_q1: NotRequired[str | None]
    min_follower_time_weighted_median: NotRequired[str | None]
    max_follower_time_weighted_median: NotRequired[str | None]
    min_follower_time_weighted_q3: NotRequired[str | None]
    max_follower_time_weighted_q3: NotRequired[str | None]
    min_follower_money_weighted_q1: NotRequired[str | None]
    max_follower_money_weighted_q1: NotRequired[str | None]
    min_follower_money_weighted_median: NotRequired[str | None]
    max_follower_money_weighted_median: NotRequired[str | None]
    min_follower_money_weighted_q3: NotRequired[str | None]
    max_follower_money_weighted_q3: NotRequired[str | None]
    min_rank_score: NotRequired[str | None]
    max_rank_score: NotRequired[str | None]


class GetLeaderQuery(TypedDict):
    window: NotRequired[Literal["24h", "7d", "30d", "90d", "365d", "all"]]


StrategyIdItem: TypeAlias = int


class ListCorrelationsQuery(TypedDict):
    strategy_id: list[StrategyIdItem]
    window: NotRequired[Literal["30d", "90d", "365d", "all"]]


class ListVaultsQuery(TypedDict):
    limit: NotRequired[int]
    owner: NotRequired[str | None]
    strategy_id: NotRequired[int | None]
    status: NotRequired[
        Literal["Active", "Paused", "Left", "Suspended", "Exiting"] | None
    ]


class ListVaultCopiesQuery(TypedDict):
    limit: NotRequired[int]
    outcome: NotRequired[Literal["filled", "skipped"] | None]
    reason: NotRequired[
        Literal[
            "paused",
            "nothing_to_sell",
            "below_minimum_trade",
            "expired",
            "suspended",
            "exiting",
            "funded_now",
            "policy_expired",
            "token_excluded",
            "cooldown",
            "maximum_trade",
            "token_cap",
            "exposure_cap",
            "position_count",
            "risk_size",
            "slippage",
            "loss_budget",
            "stop_loss",
            "take_profit",
            "drawdown",
            "daily_loss",
            "pool_depth",
            "requested",
        ]
        | None
    ]


class GetVaultEquityQuery(TypedDict):
    window: NotRequired[Literal["24h", "7d", "30d", "90d", "365d", "all"]]


class GetStatementQuery(TypedDict):
    limit: NotRequired[int]
    method: NotRequired[Literal["average_cost", "fifo"]]


class ListTradesQuery(TypedDict):
    limit: NotRequired[int]
    strategy_id: NotRequired[int | None]
    kind: NotRequired[Literal["leader", "close", "manual"] | None]


class ListCopiesQuery(TypedDict):
    limit: NotRequired[int]
    status: NotRequired[Literal["filled", "skipped"] | None]
    reason: NotRequired[
        Literal[
            "paused",
            "nothing_to_sell",
            "below_minimum_trade",
            "expired",
            "suspended",
            "exiting",
            "funded_now",
            "policy_expired",
            "token_excluded",
            "cooldown",
            "maximum_trade",
            "token_cap",
            "exposure_cap",
            "position_count",
            "risk_size",
            "slippage",
            "loss_budget",
            "stop_loss",
            "take_profit",
            "drawdown",
            "daily_loss",
            "pool_depth",
            "requested",
        ]
        | None
    ]


class ListSentTransactionsQuery(TypedDict):
    limit: NotRequired[int]


class ListOrdersQuery(TypedDict):
    limit: NotRequired[int]
    leader: NotRequired[str | None]


class ListCandlesQuery(TypedDict):
    limit: NotRequired[int]
    token: str
    base: str
    step: NotRequired[Literal["1h", "4h", "1d"]]


class ListFeesQuery(TypedDict):
    limit: NotRequired[int]


class ListRevenueQuery(TypedDict):
    period: NotRequired[Literal["day", "month", "all"]]
    since: NotRequired[str | None]
    until: NotRequired[str | None]
    strategy_id: NotRequired[int | None]


class ListFeeStatementsQuery(TypedDict):
    period: NotRequired[Literal["day", "month", "all"]]
    since: NotRequired[str | None]
    until: NotRequired[str | None]
    limit: NotRequired[int]


class GetFeeStatementQuery(TypedDict):
    period: NotRequired[Literal["day", "month", "all"]]
    since: NotRequired[str | None]
    until: NotRequired[str | None]


class ListAccruedFeesQuery(TypedDict):
    limit: NotRequired[int]


class StreamEventsQuery(TypedDict):
    type: NotRequired[
        list[
            Literal[
                "trade",
                "copy",
                "order",
                "fee",
                "status",
                "policy",
                "terms",
                "transition",
                "stop",
                "health",
                "block",
                "rollback",
            ]
        ]
        | None
    ]
    strategy_id: NotRequired[int | None]
    vault_id: NotRequired[int | None]
    owner: NotRequired[str | None]
    last_event_id: NotRequired[str | None]


class ListIncidentsQuery(TypedDict):
    limit: NotRequired[int]


class ListDeliveriesQuery(TypedDict):
    limit: NotRequired[int]
    channel_id: NotRequired[int | None]
    state: NotRequired[
        Literal["waiting", "quiet", "digested", "sent", "dead", "dropped"] | None
    ]


AddressItem: TypeAlias = str


class ListProfilesQuery(TypedDict):
    address: list[AddressItem]


class ListAnnotationsQuery(TypedDict):
    limit: NotRequired[int]
    strategy_id: NotRequired[int | None]
    trade_id: NotRequired[str | None]


class ListCommentsQuery(TypedDict):
    limit: NotRequired[int]
    strategy_id: int


class ListReviewsQuery(TypedDict):
    limit: NotRequired[int]
    strategy_id: int


class ListMyPostsQuery(TypedDict):
    strategy_id: int


class ListSignalsQuery(TypedDict):
    limit: NotRequired[int]


class GetReferralStatementQuery(TypedDict):
    limit: NotRequired[int]
    month: NotRequired[str | None]
    strategy_id: NotRequired[int | None]


class ListUsersQuery(TypedDict):
    limit: NotRequired[int]
    staff: NotRequired[bool]


class GetProtocolFeesQuery(TypedDict):
    period: NotRequired[Literal["day", "month", "all"]]
    since: NotRequired[str | None]
    until: NotRequired[str | None]


class ListKeeperTransactionsQuery(TypedDict):
    limit: NotRequired[int]
    state: NotRequired[Literal["leased", "sent", "mined", "final", "void"] | None]


class ListProposalsQuery(TypedDict):
    limit: NotRequired[int]


class ListCasesQuery(TypedDict):
    limit: NotRequired[int]
    state: NotRequired[Literal["open", "all"]]


class ListAuditQuery(TypedDict):
    limit: NotRequired[int]
    actor: NotRequired[str | None]
    subject: NotRequired[str | None]
