// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

/// @notice What a vault may do next.
/// None: the vault does not exist. Active: it copies. Paused: its owner stopped copying for now.
/// Left: it copies no more; its balances stay withdrawable.
enum VaultStatus {
    None,
    Active,
    Paused,
    Left
}

/// @notice Why a trade was not copied into a vault. Every visited vault is either copied or gets one of these.
/// Paused: the owner paused copying. NothingToSell: the vault holds none of the token sold.
/// BelowMinimumTrade: the entry would be smaller than the policy's smallest trade.
/// Expired: the trade's copy window closed before the vault's turn came.
enum SkipReason {
    None,
    Paused,
    NothingToSell,
    BelowMinimumTrade,
    Expired
}

/// @notice A follower's rules for one vault. Every change is a new revision.
/// @dev Both limits apply to entries (trades that sell the base token), never to exits.
/// @param minTrade Smallest entry, in base token units; a smaller one is skipped. 0: no limit.
/// @param maxTrade Largest entry, in base token units; a larger one is reduced to it. 0: no limit.
struct Policy {
    uint128 minTrade;
    uint128 maxTrade;
}

/// @notice A leader's offer.
/// @param baseToken Token in which followers join, and index 0 of the strategy's tokens.
/// @param tokens Further tokens the strategy may hold, listed in the hub, at most 15.
/// @param pools Pools it may trade in, listed in the hub, both tokens among the strategy's.
/// @param copyFeeBps Leader's fee on the notional of each copy, in basis points, fixed for a vault when it opens.
/// @param maxSlippageBps How much worse than the oracle a clearing may execute, in basis points.
/// @param maxDriftBps How much worse than the leader's own fill a later batch may execute, in basis points.
/// @param copyWindow Seconds after the leader's fill in which later batches may still copy it.
/// @param minDeposit Smallest amount of base token a vault can open with.
/// @param name Shown to followers, at most 64 bytes.
struct StrategyParams {
    address baseToken;
    address[] tokens;
    address[] pools;
    uint16 copyFeeBps;
    uint16 maxSlippageBps;
    uint16 maxDriftBps;
    uint32 copyWindow;
    uint96 minDeposit;
    string name;
}

/// @notice One instruction of a leader.
/// @param strategyId Strategy that trades.
/// @param pool Pool to trade in.
/// @param tokenIn Token sold.
/// @param tokenOut Token bought.
/// @param portion Part of one's own holding of `tokenIn` that the leader, and each follower, sells; 1e18 is all.
/// @param limitPrice Least `tokenOut` units per `tokenIn` unit, scaled by 1e36, at which the leader's batch may
/// execute.
/// Later batches are bounded by what the leader got.
/// @param deadline Last block time, in unix seconds, at which the leader's own fill may happen.
struct TradeParams {
    uint32 strategyId;
    address pool;
    address tokenIn;
    address tokenOut;
    uint64 portion;
    uint256 limitPrice;
    uint40 deadline;
}

/// @notice When an order may be filled. Market: at once. Limit: whenever its limit price can be had. The others wait
/// for the oracle's price of the token sold, in the token bought: StopLoss and StopLimit until it has fallen to the
/// trigger price, TakeProfit until it has risen to it. A StopLimit must have a limit price, like a Limit.
enum OrderKind {
    Market,
    Limit,
    StopLimit,
    StopLoss,
    TakeProfit
}

/// @notice An instruction that the leader signs (EIP-712) and anybody may carry to the hub.
/// @param trade What to trade. Its `portion` is of the leader's holding when the first part fills.
/// @param kind When it may be filled.
/// @param minFill Least part of what is left of the order that a fill must reach; 1e18: all or nothing. A smaller one
/// lets the swap stop at the limit price, and what is left stays open until the deadline.
/// @param triggerPrice Units bought per unit sold by the oracle, scaled by 1e36; 0 for kinds that wait for nothing.
/// @param nonce Any number the leader has not used. Orders with one nonce replace each other: what one has filled
/// counts for all, and when one is complete or cancelled all are.
struct Order {
    TradeParams trade;
    OrderKind kind;
    uint64 minFill;
    uint256 triggerPrice;
    uint256 nonce;
}

/// @notice A strategy as the hub stores it. `memberCount` counts positions, empty ones of vaults that left included.
/// @param halted No new entries and trades; exits go on.
struct Strategy {
    address leader;
    uint32 leaderVault;
    uint32 sequence;
    uint32 memberCount;
    uint16 copyFeeBps;
    uint16 maxSlippageBps;
    uint16 maxDriftBps;
    uint32 copyWindow;
    uint8 tokenCount;
    bool fanoutOpen;
    bool halted;
    uint96 minDeposit;
}

/// @notice A vault as the hub stores it.
/// @param position Index among the strategy's members; no meaning for the leader's vault or one that left.
struct Vault {
    uint32 strategyId;
    uint32 position;
    uint32 policyRevision;
    uint16 copyFeeBps;
    VaultStatus status;
    bool limited;
    address owner;
}

/// @notice A trade whose copies are not complete yet. At most one a strategy.
/// @param cursor Positions visited so far, counted from `start` and wrapping at `count`.
/// @param floorPrice Worst price, scaled by 1e36, at which a later batch may execute.
struct Fanout {
    uint32 sequence;
    uint32 start;
    uint32 count;
    uint32 cursor;
    uint40 deadline;
    uint8 indexIn;
    uint8 indexOut;
    address pool;
    uint64 portion;
    uint256 floorPrice;
}
