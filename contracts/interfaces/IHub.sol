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
/// @param limitPrice Least `tokenOut` units per `tokenIn` unit, scaled by 1e36, that any batch may execute at.
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

/// @notice A strategy as the hub stores it. `memberCount` counts positions, empty ones of vaults that left included.
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

/// @title Hub
/// @notice Holds every vault's tokens and clears every trade: a leader's swap and its copies are one swap at one price.
/// @dev Amounts are token units. A trade id is `strategyId << 32 | sequence`. Balances are bounded by 2^128 - 1.
interface IHub {
    // ------------------------------------------------------------------ events: registry

    event TokenListed(address indexed token);
    event PoolListed(address indexed pool, address indexed venue, address token0, address token1);
    event TreasurySet(address indexed treasury);

    // ------------------------------------------------------------------ events: strategies and vaults

    event StrategyCreated(
        uint32 indexed strategyId,
        address indexed leader,
        uint32 indexed leaderVault,
        address baseToken,
        uint16 copyFeeBps,
        uint16 maxSlippageBps,
        uint16 maxDriftBps,
        uint32 copyWindow,
        uint96 minDeposit,
        string name
    );
    event StrategyTokenAdded(uint32 indexed strategyId, address indexed token, uint8 index);
    event StrategyPoolAdded(uint32 indexed strategyId, address indexed pool);
    /// @notice A vault was opened. `copyFeeBps` holds for its life. The leader's own vault has position 2^32 - 1.
    event VaultOpened(
        uint32 indexed vaultId, uint32 indexed strategyId, address indexed owner, uint16 copyFeeBps, uint32 position
    );
    event PolicySet(uint32 indexed vaultId, uint32 revision, uint128 minTrade, uint128 maxTrade);
    event VaultStatusSet(uint32 indexed vaultId, VaultStatus status);
    /// @notice The hole that a vault left in the member list was filled from the end (or cut off, when `vaultId` is 0).
    event MemberMoved(uint32 indexed strategyId, uint32 indexed vaultId, uint32 position);

    // ------------------------------------------------------------------ events: money

    event Deposited(address indexed owner, address indexed token, uint256 amount, address payer);
    event Withdrawn(address indexed owner, address indexed token, uint256 amount, address to);
    /// @notice Account to vault.
    event Allocated(uint32 indexed vaultId, address indexed owner, address indexed token, uint256 amount);
    /// @notice Vault to account.
    event Deallocated(uint32 indexed vaultId, address indexed owner, address indexed token, uint256 amount);
    /// @notice Fee balance to account of the same address.
    event FeesClaimed(address indexed recipient, address indexed token, uint256 amount);

    // ------------------------------------------------------------------ events: trades

    event TradeOpened(
        uint64 indexed tradeId,
        address indexed leader,
        address pool,
        address tokenIn,
        address tokenOut,
        uint64 portion,
        uint256 limitPrice,
        uint32 start,
        uint32 count,
        uint40 copyDeadline
    );
    /// @notice One swap for a batch of vaults. Emitted before the batch's `TradeCopied` events.
    /// @param cursor Positions visited when the batch was done.
    /// @param amountIn Swapped in: the sum of `amountIn` over the batch's copies.
    /// @param amountOut Received: the sum of `amountOut` over the batch's copies, plus `dust`.
    /// @param dust Rounding remainder, credited to the treasury's fee balance in `tokenOut`.
    /// @param copyFees Sum of `fee` over the batch's copies, credited to the leader's fee balance in `tokenIn`.
    /// @param oracleOut What the oracle says `amountIn` is worth in `tokenOut`, rounded down.
    event BatchCleared(
        uint64 indexed tradeId,
        address indexed venue,
        address tokenIn,
        address tokenOut,
        uint32 cursor,
        uint256 amountIn,
        uint256 amountOut,
        uint256 dust,
        uint256 copyFees,
        uint256 oracleOut
    );
    /// @notice The trade was copied into a vault, the leader's own included: it paid `amountIn + fee`, got `amountOut`.
    event TradeCopied(
        uint64 indexed tradeId,
        uint32 indexed vaultId,
        uint32 policyRevision,
        uint128 amountIn,
        uint128 fee,
        uint128 amountOut
    );
    event CopySkipped(uint64 indexed tradeId, uint32 indexed vaultId, uint32 policyRevision, SkipReason reason);
    /// @notice Every position has been visited.
    event TradeCompleted(uint64 indexed tradeId);

    // ------------------------------------------------------------------ errors

    error ZeroAddress();
    error ZeroAmount();
    error NotLeader();
    error NotVaultOwner();
    error TokenNotListed(address token);
    error TokenNotAllowed(address token);
    error PoolNotListed(address pool);
    error PoolNotAllowed(address pool);
    error AlreadyListed(address what);
    error DuplicateToken(address token);
    error TooManyTokens();
    error NameTooLong();
    error AboveCap(uint256 value, uint256 cap);
    /// @notice The token moved another amount than asked: it takes a fee, rebases or lies. It cannot be used here.
    error InexactTransfer(address token, uint256 expected, uint256 moved);
    error InsufficientBalance(uint256 available, uint256 needed);
    error BalanceOverflow();
    error BelowMinimumDeposit(uint256 amount, uint256 minDeposit);
    error UnknownStrategy(uint32 strategyId);
    error BadPolicy();
    error BadStatus(VaultStatus status);
    error LeaderVault();
    error DeadlinePassed(uint40 deadline);
    error BadPortion(uint64 portion);
    error NothingToSell();
    error FanoutOpen(uint64 tradeId);
    error NoFanout(uint32 strategyId);
    error NotEmpty(uint32 position);
    error NotSpentExactly(uint256 expected, uint256 spent);
    error PriceBelowLimit(uint256 price, uint256 limitPrice);
    error PriceBelowOracle(uint256 amountOut, uint256 minimumOut);

    // ------------------------------------------------------------------ owner: registry

    /// @notice Lists a token for good.
    function listToken(address token) external;

    /// @notice Lists a pool of a venue for good. The venue vouches that the pool is genuine and names its tokens.
    function listPool(address pool, address venue) external;

    /// @notice Sets who gets the rounding dust from now on.
    function setTreasury(address newTreasury) external;

    // ------------------------------------------------------------------ anyone: accounts

    /// @notice Takes `amount` of `token` from the caller into the account of `onBehalf`.
    function deposit(address token, uint256 amount, address onBehalf) external;

    /// @notice Pays `amount` of `token` from the caller's account to `to`.
    function withdraw(address token, uint256 amount, address to) external;

    /// @notice Moves all the caller's fees in `token` into the caller's account.
    function claimFees(address token) external returns (uint256 amount);

    // ------------------------------------------------------------------ leaders

    /// @notice Creates a strategy and the leader's own vault in it, which the leader funds with `allocate`.
    function createStrategy(StrategyParams calldata params) external returns (uint32 strategyId, uint32 leaderVault);

    /// @notice Sells a portion of the leader's holding and, in the same swap, of every follower's, in member order
    /// from a rotating start, up to `batchSize` positions. What is left is for `continueTrade`.
    function trade(TradeParams calldata params) external returns (uint64 tradeId);

    // ------------------------------------------------------------------ followers

    /// @notice Opens a vault that copies `strategyId` with `amount` of base token from the caller's account.
    function openVault(uint32 strategyId, Policy calldata policy, uint256 amount) external returns (uint32 vaultId);

    /// @notice Moves base token from the owner's account to the vault.
    function allocate(uint32 vaultId, uint256 amount) external;

    /// @notice Moves a token from the vault to its owner's account. Always possible.
    function deallocate(uint32 vaultId, address token, uint256 amount) external;

    /// @notice Stops copying for good and pays the vault's whole balance of each of `tokens` to `to`. Needs nobody:
    /// no oracle, venue, leader or admin is asked. A token that misbehaves can be left out and tried again later.
    function exit(uint32 vaultId, address[] calldata tokens, address to) external;

    /// @notice Replaces the vault's policy by a new revision.
    function setPolicy(uint32 vaultId, Policy calldata policy) external;

    /// @notice Stops copying until `resume`. The next trades are skipped with reason `Paused`.
    function pause(uint32 vaultId) external;

    /// @notice Copies again, from the next trade or batch on.
    function resume(uint32 vaultId) external;

    /// @notice Stops copying for good. Balances stay withdrawable with `deallocate` and `exit`.
    function leaveStrategy(uint32 vaultId) external;

    // ------------------------------------------------------------------ keepers (anyone)

    /// @notice Copies the strategy's open trade into the next positions, at most `maxVisits` and `batchSize`.
    /// After the copy window the remaining positions are skipped with reason `Expired`.
    function continueTrade(uint32 strategyId, uint32 maxVisits) external returns (uint32 visited);

    /// @notice Fills the empty position that a vault left behind while a trade was being copied.
    function prune(uint32 strategyId, uint32 position) external;

    // ------------------------------------------------------------------ views

    function batchSize() external view returns (uint32);
    function oracle() external view returns (address);
    function treasury() external view returns (address);
    function strategyCount() external view returns (uint32);
    function vaultCount() external view returns (uint32);
    function isListedToken(address token) external view returns (bool);
    /// @notice Venue of a listed pool, or zero.
    function venueOf(address pool) external view returns (address);
    function strategyOf(uint32 strategyId) external view returns (Strategy memory);
    function tokensOf(uint32 strategyId) external view returns (address[] memory);
    function isPoolAllowed(uint32 strategyId, address pool) external view returns (bool);
    /// @notice Vault id at a position of the member list; 0 where a vault left while a trade was being copied.
    function memberAt(uint32 strategyId, uint32 position) external view returns (uint32);
    function fanoutOf(uint32 strategyId) external view returns (Fanout memory);
    function vaultOf(uint32 vaultId) external view returns (Vault memory);
    function policyOf(uint32 vaultId) external view returns (Policy memory);
    /// @notice Balance of `token` in a vault.
    function vaultBalance(uint32 vaultId, address token) external view returns (uint256);
    /// @notice Idle balance of `token` in an owner's account.
    function accountBalance(address owner, address token) external view returns (uint256);
    /// @notice Unclaimed fees of `recipient` in `token`.
    function feeBalance(address recipient, address token) external view returns (uint256);
}
