// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {FeeKind, FeeTerms, Policy, Reason, StrategyLimits, TradeKind, VaultStatus} from "./Types.sol";

/// @title What the hub says
/// @notice Every event and error of the hub, whichever half of it speaks.
interface IHubLog {
    // ------------------------------------------------------------------ events: registry

    /// @notice A token may be used from `usableFrom` on, in unix seconds, unless it is vetoed before.
    event TokenListed(address indexed token, uint40 usableFrom);
    /// @notice A pool may be used from `usableFrom` on, in unix seconds, unless it is vetoed before.
    event PoolListed(address indexed pool, address indexed venue, address token0, address token1, uint40 usableFrom);
    /// @notice A listing that was still waiting was withdrawn.
    event ListingVetoed(address indexed what, address indexed by);
    event TreasurySet(address indexed treasury);
    event GuardianSet(address indexed guardian);
    event GateSet(address indexed gate);
    /// @notice No new entries and trades in a strategy, or in all for strategy 0. Exits go on.
    event TradingHalted(uint32 indexed strategyId, address indexed by);
    event TradingResumed(uint32 indexed strategyId);
    /// @notice The protocol's share of every fee of strategies created from now on.
    event ProtocolShareSet(uint16 protocolBps);

    // ------------------------------------------------------------------ events: strategies and vaults

    event StrategyCreated(
        uint32 indexed strategyId,
        address indexed leader,
        uint32 indexed leaderVault,
        address baseToken,
        uint16 maxSlippageBps,
        uint16 maxDriftBps,
        uint32 copyWindow,
        uint96 minDeposit,
        uint16 protocolBps,
        string name
    );
    /// @notice What binds the leader, for good.
    event StrategyLimitsSet(uint32 indexed strategyId, StrategyLimits limits);
    /// @notice Vaults that open from now on have these terms.
    event TermsSet(uint32 indexed strategyId, uint16 indexed version, FeeTerms terms);
    /// @notice Dearer terms wait until `from`, in unix seconds.
    event TermsProposed(uint32 indexed strategyId, FeeTerms terms, uint40 from);
    /// @notice A vault's owner took the strategy's newest terms.
    event TermsAccepted(uint32 indexed vaultId, uint16 version, uint16 copyFeeBps);
    /// @notice Largest share of an owner's money with one leader, chosen by the owner.
    event LeaderCapSet(address indexed owner, uint16 capBps);
    event StrategyTokenAdded(uint32 indexed strategyId, address indexed token, uint8 index);
    event StrategyPoolAdded(uint32 indexed strategyId, address indexed pool);
    /// @notice A vault was opened, on terms that hold until its owner takes others. The leader's own vault has position
    /// 2^32 - 1 and pays no fees.
    event VaultOpened(
        uint32 indexed vaultId,
        uint32 indexed strategyId,
        address indexed owner,
        uint16 copyFeeBps,
        uint32 position,
        uint16 termsVersion,
        address referrer
    );
    event PolicySet(uint32 indexed vaultId, uint32 revision, Policy policy);
    /// @notice `reason` says which limit it was, where it was one.
    event VaultStatusSet(uint32 indexed vaultId, VaultStatus status, Reason reason);
    /// @notice The hole that a vault left in the member list was filled from the end (or cut off, when `vaultId` is 0).
    event MemberMoved(uint32 indexed strategyId, uint32 indexed vaultId, uint32 position);

    // ------------------------------------------------------------------ events: money

    event Deposited(address indexed owner, address indexed token, uint256 amount, address payer);
    event Withdrawn(address indexed owner, address indexed token, uint256 amount, address to);
    /// @notice Account to vault.
    event Allocated(uint32 indexed vaultId, address indexed owner, address indexed token, uint256 amount);
    /// @notice Vault to account.
    event Deallocated(uint32 indexed vaultId, address indexed owner, address indexed token, uint256 amount);
    /// @notice A vault's high-water mark and what is invested in it, in base token units, from now on.
    event VaultMarked(uint32 indexed vaultId, uint128 mark, uint128 invested);
    /// @notice A fee left a vault: `amount` is the sum of the three parts, credited to the fee balances of the
    /// strategy's leader, the treasury and the vault's referrer.
    event FeeCharged(
        uint32 indexed vaultId,
        address indexed token,
        FeeKind indexed kind,
        uint256 amount,
        uint256 toProtocol,
        uint256 toReferrer
    );
    /// @notice Value left while it had no price: `outflow` went, and of that `held` stays with the hub, at most the
    /// performance fee's own share.
    event FeeEscrowed(uint32 indexed vaultId, address indexed token, uint256 outflow, uint256 held);
    /// @notice The price is back: `toFees` of what was held is charged (a `FeeCharged` follows), `toOwner` went to the
    /// owner's account.
    event EscrowSettled(
        uint32 indexed vaultId, address indexed owner, address indexed token, uint256 toFees, uint256 toOwner
    );
    /// @notice Fee balance to account of the same address.
    event FeesClaimed(address indexed recipient, address indexed token, uint256 amount);

    // ------------------------------------------------------------------ events: trades

    /// @notice A clearing begins. `by` is the leader, the keeper of a close, or the owner of a manual trade; of the two
    /// latter `start`, `count` and `copyDeadline` are 0.
    event TradeOpened(
        uint64 indexed tradeId,
        address indexed by,
        TradeKind indexed kind,
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
    /// @param portion Part of each holding that was sold: less than asked where the swap stopped at the limit price.
    /// @param amountIn Swapped in.
    /// @param amountOut Received: the sum of `amountOut` over the batch's copies, plus `dust`.
    /// @param dustIn Rounding remainder of a partial fill, credited to the treasury's fee balance in `tokenIn`: the
    /// copies' inputs add up to `amountIn + dustIn`.
    /// @param dust Rounding remainder, credited to the treasury's fee balance in `tokenOut`.
    /// @param copyFees Sum of `fee` over the batch's copies, credited to the leader's fee balance in `tokenIn`.
    /// @param keeperFee Part of what was received that pays the keeper's gas, credited to `keeper`'s fee balance in
    /// `tokenOut`: `amountOut` is without it.
    /// @param oracleOut What the oracle says `amountIn` is worth in `tokenOut`, rounded down; 0 where it was not asked.
    event BatchCleared(
        uint64 indexed tradeId,
        address indexed venue,
        address tokenIn,
        address tokenOut,
        uint32 cursor,
        uint64 portion,
        uint256 amountIn,
        uint256 dustIn,
        uint256 amountOut,
        uint256 dust,
        uint256 copyFees,
        uint256 keeperFee,
        address keeper,
        uint256 oracleOut
    );
    /// @notice The trade was copied into a vault, the leader's own included: it paid `amountIn + fee`, got `amountOut`.
    /// @param reducedBy What made it smaller than its sizing says, if anything did.
    event TradeCopied(
        uint64 indexed tradeId,
        uint32 indexed vaultId,
        uint32 policyRevision,
        uint128 amountIn,
        uint128 fee,
        uint128 amountOut,
        Reason reducedBy
    );
    event CopySkipped(uint64 indexed tradeId, uint32 indexed vaultId, uint32 policyRevision, Reason reason);
    /// @notice Every position has been visited.
    event TradeCompleted(uint64 indexed tradeId);
    /// @notice A signed order was filled, in whole or in part, by the trade.
    /// @param filled Part of the leader's first holding that the order has sold so far; 1e18 is all.
    /// @param complete Nothing of the order is left.
    event OrderFilled(
        bytes32 indexed orderHash,
        uint64 indexed tradeId,
        address indexed leader,
        uint256 nonce,
        uint64 filled,
        bool complete,
        address keeper
    );
    /// @notice Nonces `word * 256 + bit`, for each bit set in `mask`, can no longer be filled.
    event OrdersCancelled(address indexed leader, uint256 word, uint256 mask);

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
    error SpentTooMuch(uint256 offered, uint256 spent);
    error PriceBelowLimit(uint256 price, uint256 limitPrice);
    error PriceBelowOracle(uint256 amountOut, uint256 minimumOut);
    /// @notice The oracle's value and the pool's average are further apart than `maxDeviationBps`: one of them is
    /// wrong.
    error PricesDisagree(uint256 oracleOut, uint256 averageOut);
    error WorthKeeping(uint256 value, uint256 least);
    error NotAllowedToHalt();
    error NotAllowedToVeto();
    error Refused(address gate, address who);
    error Halted(uint32 strategyId);
    error NotHalted(uint32 strategyId);
    error NotPending(address what);
    error BadSignature();
    error BadOrder();
    error OrderClosed(address leader, uint256 nonce);
    error NotTriggered(uint256 price, uint256 triggerPrice);
    error FilledTooLittle(uint256 filled, uint256 minimum);
    /// @notice A vault was skipped for its price limit, but the price met it: expect another slippage.
    error SkippedAtGoodPrice(uint256 amountOut, uint256 wanted);
    error BadLimits();
    error BadTerms();
    error StaleTerms(uint16 current);
    error NoPendingTerms(uint32 strategyId, uint40 from);
    error StakeTooLow(uint256 equity, uint256 minStake);
    error LossBudgetUsedUp(uint256 used, uint256 budget);
    error TooSoon(uint256 from);
    error RoundTripsUsedUp(uint256 roundTrips);
    error ProfileExceeded(uint256 value, uint256 cap);
    error InDrawdown(uint256 index, uint256 floor);
    error TooLargeForPool(uint256 amountIn, uint256 depth);
    error FundedNow(uint32 vaultId);
    error NotClosable(uint32 vaultId);
    error NotAscending(uint32 vaultId);
    error BelowMinimumOut(uint256 amountOut, uint256 minOut);
    error LeaderCapExceeded(uint256 invested, uint256 cap);
    error PriceNeeded();
    error NothingEscrowed(uint32 vaultId);
}
