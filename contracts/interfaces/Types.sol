// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

/// @notice What a vault may do next.
/// None: the vault does not exist. Active: it copies. Paused: its owner stopped copying for now.
/// Left: it copies no more; its balances stay withdrawable.
/// Suspended: a limit of its own policy stopped copying, until its owner resumes.
/// Exiting: it copies no more and anybody may sell what it holds for base token (`closeVaults`), until its owner
/// resumes.
enum VaultStatus {
    None,
    Active,
    Paused,
    Left,
    Suspended,
    Exiting
}

/// @notice Why a trade was not copied into a vault, or not in full, or why a vault stopped. Every visited vault is
/// either copied or gets one of these; the specification says what a user does about each.
enum Reason {
    None,
    Paused,
    NothingToSell,
    BelowMinimumTrade,
    Expired,
    Suspended,
    Exiting,
    FundedNow,
    PolicyExpired,
    TokenExcluded,
    Cooldown,
    MaximumTrade,
    TokenCap,
    ExposureCap,
    PositionCount,
    RiskSize,
    Slippage,
    LossBudget,
    StopLoss,
    TakeProfit,
    Drawdown,
    DailyLoss,
    PoolDepth,
    Requested
}

/// @notice How much base token a vault puts into an entry.
/// Proportional: the portion that the leader sells, of the vault's own holding. Multiplier: that, times `size`
/// basis points. Fixed: `size` base token units. Risk: proportional, but no more than what the strategy's declared stop
/// would turn into a loss of `size` basis points of the vault's equity. Never more than the vault holds. Whatever else
/// is sold, in an exit or for another token, is the leader's portion of what is held.
enum Sizing {
    Proportional,
    Multiplier,
    Fixed,
    Risk
}

/// @notice What a vault does when a limit would be broken or a stop is reached. Reduce: trade as much as the limit
/// allows, or nothing. Skip: nothing. Suspend: nothing, and copy no more until the owner resumes. Exit: nothing, and
/// offer all that is held for sale.
enum OnBreach {
    Reduce,
    Skip,
    Suspend,
    Exit
}

/// @notice A follower's rules for one vault. Every change is a new revision.
/// @dev Everything here binds entries only (trades that buy another token than the base token), never exits. 0 says:
/// no such limit. Equity is what the vault's tokens are worth in base token by the oracle. Fields are in an order that
/// fills storage words.
/// @param sizing How much an entry puts in.
/// @param onBreach What happens when a limit on size, exposure or execution cost would be broken.
/// @param onStop What happens when a stop is reached: daily loss, drawdown, stop-loss or take-profit. There is nothing
/// to reduce: Reduce is Skip.
/// @param maxPositions Most tokens beside the base token held at a time.
/// @param excludedTokens Bit i set: no entry into the strategy's token i.
/// @param maxSlippageBps How much worse than the oracle an entry may execute; one of the steps of `SlippageSteps`.
/// @param maxTokenBps Largest share of equity in the token bought, after the entry.
/// @param maxExposureBps Largest share of equity outside the base token, after the entry.
/// @param maxDailyLossBps Loss since the day's first look (UTC) at which the vault stops.
/// @param maxDrawdownBps Loss since the highest equity seen at which it stops.
/// @param stopLossBps Loss of what is invested at which it stops.
/// @param takeProfitBps Gain on what is invested at which it stops.
/// @param lossBudgetBps Share of equity that execution may cost, against the oracle, in any seven days.
/// @param cooldown Seconds between entries.
/// @param expiry Unix time after which entries are no longer copied.
/// @param minTrade Smallest entry, in base token units; a smaller one is skipped.
/// @param maxTrade Largest entry, in base token units.
/// @param size Unit and meaning by `sizing`; 0 for Proportional.
struct Policy {
    Sizing sizing;
    OnBreach onBreach;
    OnBreach onStop;
    uint8 maxPositions;
    uint16 excludedTokens;
    uint16 maxSlippageBps;
    uint16 maxTokenBps;
    uint16 maxExposureBps;
    uint16 maxDailyLossBps;
    uint16 maxDrawdownBps;
    uint16 stopLossBps;
    uint16 takeProfitBps;
    uint16 lossBudgetBps;
    uint32 cooldown;
    uint40 expiry;
    uint80 minTrade;
    uint88 maxTrade;
    uint88 size;
}

/// @notice What a leader asks of followers, in one storage word. A vault keeps the version it joined with.
/// @param copyBps Of each copy's notional, in the token sold.
/// @param performanceBps Of the gain above the vault's own high-water mark.
/// @param managementBps A year, of what is held, continuously.
/// @param withdrawalBps Of what leaves the vault.
/// @param referrerBps Share of the leader's part (copy fees aside) that goes to the vault's referrer.
/// @param performancePeriod Seconds between the times at which gains of a vault that stays may be charged; 0: only as
/// value leaves.
/// @param subscriptionPeriod Seconds that one subscription pays for.
/// @param subscription Base token units a full period.
struct FeeTerms {
    uint16 copyBps;
    uint16 performanceBps;
    uint16 managementBps;
    uint16 withdrawalBps;
    uint16 referrerBps;
    uint32 performancePeriod;
    uint32 subscriptionPeriod;
    uint96 subscription;
}

/// @notice Terms that wait until new vaults may join with them. Vaults that joined before keep theirs.
struct PendingTerms {
    FeeTerms terms;
    uint40 from;
}

/// @notice What a fee was charged for.
enum FeeKind {
    Performance,
    Management,
    Subscription,
    Withdrawal
}

/// @notice What binds a leader, declared when the strategy is created, for good, in one storage word.
/// @param lossBudgetBps Share of equity that execution may cost a follower, against the oracle, in any seven days.
/// @param maxDrawdownBps Fall of the leader's own result from its highest in seven days at which entries stop.
/// @param maxTokenBps Declared profile: largest share of the leader's equity in a token after an entry.
/// @param maxExposureBps Declared profile: largest share of the leader's equity outside the base token.
/// @param maxImpactBps How far a batch may move a pool's price, by the liquidity it had on average.
/// @param stopBps Declared distance of the stop from the entry, for followers who size by risk; 0: none declared.
/// @param minInterval Seconds from any trade to the next entry.
/// @param maxRoundTrips Sales for base token in a day (UTC) after which entries stop until the next.
/// @param minStake Least equity of the leader's own vault for an entry, in base token units.
struct StrategyLimits {
    uint16 lossBudgetBps;
    uint16 maxDrawdownBps;
    uint16 maxTokenBps;
    uint16 maxExposureBps;
    uint16 maxImpactBps;
    uint16 stopBps;
    uint32 minInterval;
    uint8 maxRoundTrips;
    uint96 minStake;
}

/// @notice A leader's offer.
/// @param baseToken Token in which followers join, and index 0 of the strategy's tokens.
/// @param tokens Further tokens the strategy may hold, listed in the hub, at most 15.
/// @param pools Pools it may trade in, listed in the hub, both tokens among the strategy's.
/// @param terms Fees, fixed for a vault when it opens.
/// @param limits What binds the leader.
/// @param maxSlippageBps How much worse than the oracle a clearing may execute, in basis points.
/// @param maxDriftBps How much worse than the leader's own fill a later batch may execute, in basis points.
/// @param copyWindow Seconds after the leader's fill in which later batches may still copy it.
/// @param minDeposit Smallest amount of base token a vault can open with.
/// @param name Shown to followers, at most 64 bytes.
struct StrategyParams {
    address baseToken;
    address[] tokens;
    address[] pools;
    FeeTerms terms;
    StrategyLimits limits;
    uint16 maxSlippageBps;
    uint16 maxDriftBps;
    uint32 copyWindow;
    uint96 minDeposit;
    string name;
}

/// @notice Who asked for a trade. Leader: copied into every member. Close: vaults that leave their positions together.
/// Manual: an owner in their own vault.
enum TradeKind {
    Leader,
    Close,
    Manual
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

/// @notice Positions of a strategy's vaults that are to be sold together.
/// @param vaultIds Ascending; each is exiting, or one of its own stops has been reached.
struct CloseParams {
    uint32 strategyId;
    address pool;
    address tokenIn;
    uint32[] vaultIds;
}

/// @notice What an owner trades in an own vault.
/// @param amountIn Units of `tokenIn`, at most what the vault holds.
/// @param minOut Least units of `tokenOut` for it: the only bound, the owner's own.
/// @param deadline Last block time, in unix seconds.
struct ManualParams {
    uint32 vaultId;
    address pool;
    address tokenIn;
    address tokenOut;
    uint128 amountIn;
    uint128 minOut;
    uint40 deadline;
}

/// @notice A strategy as the hub stores it. `memberCount` counts positions, empty ones of vaults that left included.
/// @param halted No new entries and trades; exits go on.
/// @param termsVersion Terms that a vault joins with now; the first is 1.
/// @param protocolBps Protocol's share of every fee, fixed when the strategy was created.
struct Strategy {
    address leader;
    uint32 leaderVault;
    uint32 sequence;
    uint32 memberCount;
    uint16 maxSlippageBps;
    uint16 maxDriftBps;
    uint32 copyWindow;
    uint8 tokenCount;
    bool fanoutOpen;
    bool halted;
    uint96 minDeposit;
    uint16 termsVersion;
    uint16 protocolBps;
}

/// @notice How a strategy stands against its limits.
/// @param stakeEquity Equity of the leader's vault when it was last looked at, moved by what went in and out since.
/// @param index Value of one unit put into the strategy at its start and left there, scaled by 1e10.
/// @param roundTrips Sales for base token on `day`.
/// @param day Days since 1970 (UTC) of `roundTrips` and of the newest entry in `peaks`.
/// @param lossUsed Part of the loss budget that is used up, scaled by 1e9; decays with time.
/// @param lastTradeAt Unix time at which `lossUsed` holds: that of the last trade.
/// @param peaks Highest index of each of the last eight days, scaled by 1e6, 32 bits a day, day d at d modulo 8.
struct StrategyState {
    uint96 stakeEquity;
    uint56 index;
    uint8 roundTrips;
    uint24 day;
    uint32 lossUsed;
    uint40 lastTradeAt;
    uint256 peaks;
}

/// @notice A vault as the hub stores it.
/// @param position Index among the strategy's members; no meaning for the leader's vault or one that left.
/// @param limited Whether its policy says anything that a trade must look at.
/// @param lossUsed Part of its own loss budget that is used up, scaled by 1e9; decays with time.
/// @param lastEntry Unix time of the last entry, or own trade that was measured, at which `lossUsed` holds.
/// @param accruedAt Unix time up to which the management fee has been charged.
/// @param subscribedUntil Unix time up to which subscriptions have been charged.
/// @param settleFrom Unix time from which gains may be charged while the vault stays; 0: never.
struct Vault {
    uint32 strategyId;
    uint32 position;
    uint32 policyRevision;
    uint16 copyFeeBps;
    VaultStatus status;
    bool limited;
    uint16 termsVersion;
    uint32 lossUsed;
    uint40 lastEntry;
    uint40 accruedAt;
    address owner;
    uint40 subscribedUntil;
    uint40 settleFrom;
}

/// @notice What a vault's results are measured against, in base token units.
/// @param mark High-water mark: what was put in and gains already charged, less what left.
/// @param invested What was put in, less the share of it that left: what stop-loss and take-profit refer to.
struct Marks {
    uint128 mark;
    uint128 invested;
}

/// @notice What a vault's policy remembers, in one storage word. Amounts are base token units and stop at 2^96 - 1.
/// @param peak Highest equity seen, moved by what went in and out.
/// @param dayEquity Equity at the first look on `day`, moved by what went in and out.
/// @param day Days since 1970 (UTC).
/// @param escrowed Something left without a price, and its fees and marks are not settled yet: until then no stop is
/// reached, as what it is measured by still counts what left.
struct VaultRisk {
    uint96 peak;
    uint96 dayEquity;
    uint24 day;
    bool escrowed;
}

/// @notice A trade whose copies are not complete yet. At most one a strategy.
/// @param cursor Positions visited so far, counted from `start` and wrapping at `count`.
/// @param lossRate How much worse than the oracle the worst batch executed so far, scaled by 1e9.
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
    uint32 lossRate;
    uint256 floorPrice;
}
