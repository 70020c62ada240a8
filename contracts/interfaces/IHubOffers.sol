// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {IHubLog} from "./IHubLog.sol";
import {
    Fanout,
    FeeTerms,
    Marks,
    PendingTerms,
    Policy,
    Strategy,
    StrategyLimits,
    StrategyParams,
    StrategyState,
    Vault,
    VaultRisk
} from "./Types.sol";

/// @title Hub, offers
/// @notice What may be traded, what leaders offer, and what can be read of the books.
interface IHubOffers is IHubLog {
    // ------------------------------------------------------------------ owner: registry

    /// @notice Lists a token for good. It must have a price feed. Usable after `listingDelay`, at once while there is
    /// no strategy.
    function listToken(address token) external;

    /// @notice Lists a pool of a venue for good. The venue vouches that the pool is genuine and names its tokens.
    /// Usable after `listingDelay`, at once while there is no strategy.
    function listPool(address pool, address venue) external;

    /// @notice Sets who gets the rounding dust and the protocol's share of fees from now on.
    function setTreasury(address newTreasury) external;

    /// @notice Sets who, beside the owner, may veto and halt. Zero: nobody.
    function setGuardian(address newGuardian) external;

    /// @notice Sets the contract that is asked who may enter. It is never asked about leaving. Zero: everybody may.
    function setGate(address newGate) external;

    /// @notice Sets the protocol's share of every fee, for strategies created from now on, at most
    /// `MAX_PROTOCOL_BPS`.
    function setProtocolShare(uint16 protocolBps) external;

    /// @notice Lets a strategy, or all for 0, trade and take entries again.
    function resumeTrading(uint32 strategyId) external;

    // ------------------------------------------------------------------ owner or guardian

    /// @notice Withdraws the listing of a token or pool that is not usable yet.
    function veto(address what) external;

    /// @notice Stops new entries and trades of a strategy, or of all for 0. Exits go on. A leader may halt their own.
    function haltTrading(uint32 strategyId) external;

    // ------------------------------------------------------------------ leaders

    /// @notice Creates a strategy and the leader's own vault in it, which the leader funds with `allocate`.
    function createStrategy(StrategyParams calldata params) external returns (uint32 strategyId, uint32 leaderVault);

    /// @notice Offers other terms to vaults that open from now on: at once where nothing is dearer than today's, after
    /// `listingDelay` otherwise. Vaults that have joined keep theirs.
    function proposeTerms(uint32 strategyId, FeeTerms calldata terms) external;

    // ------------------------------------------------------------------ anyone

    /// @notice Lets the strategy's pending terms begin, once their time has come.
    function applyTerms(uint32 strategyId) external;

    // ------------------------------------------------------------------ views

    function batchSize() external view returns (uint32);
    function oracle() external view returns (address);
    /// @notice How far the oracle and a pool's average price may be apart for a trade to happen, in basis points.
    function maxDeviationBps() external view returns (uint16);
    function treasury() external view returns (address);
    function strategyCount() external view returns (uint32);
    function vaultCount() external view returns (uint32);
    function guardian() external view returns (address);
    function gate() external view returns (address);
    /// @notice Seconds between a listing and its use.
    function listingDelay() external view returns (uint40);
    /// @notice Whether entries and trades of all strategies are halted.
    function halted() external view returns (bool);
    /// @notice Whether a token is listed and its waiting time over.
    function isListedToken(address token) external view returns (bool);
    /// @notice Venue of a pool that is listed and whose waiting time is over, or zero.
    function venueOf(address pool) external view returns (address);
    function strategyOf(uint32 strategyId) external view returns (Strategy memory);
    function tokensOf(uint32 strategyId) external view returns (address[] memory);
    function isPoolAllowed(uint32 strategyId, address pool) external view returns (bool);
    /// @notice Vault id at a position of the member list; 0 where a vault left while a trade was being copied.
    function memberAt(uint32 strategyId, uint32 position) external view returns (uint32);
    function fanoutOf(uint32 strategyId) external view returns (Fanout memory);
    function vaultOf(uint32 vaultId) external view returns (Vault memory);
    function policyOf(uint32 vaultId) external view returns (Policy memory);
    function marksOf(uint32 vaultId) external view returns (Marks memory);
    function riskOf(uint32 vaultId) external view returns (VaultRisk memory);
    function referrerOf(uint32 vaultId) external view returns (address);
    /// @notice What left the vault without a price, of the token at `index`, and what of it is held back.
    function escrowOf(uint32 vaultId, uint256 index) external view returns (uint256 outflow, uint256 held);
    function limitsOf(uint32 strategyId) external view returns (StrategyLimits memory);
    function stateOf(uint32 strategyId) external view returns (StrategyState memory);
    function termsOf(uint32 strategyId, uint16 version) external view returns (FeeTerms memory);
    function pendingTermsOf(uint32 strategyId) external view returns (PendingTerms memory);
    function protocolShare() external view returns (uint16);
    /// @notice Largest share of `owner`'s money that may be with one leader, in basis points.
    function leaderCapOf(address owner) external view returns (uint16);
    /// @notice What `owner` has invested in vaults of `token`, in all and with `leader`.
    function investedOf(address owner, address token, address leader)
        external
        view
        returns (uint256 total, uint256 withLeader);
    /// @notice Balance of `token` in a vault.
    function vaultBalance(uint32 vaultId, address token) external view returns (uint256);
    /// @notice Idle balance of `token` in an owner's account.
    function accountBalance(address owner, address token) external view returns (uint256);
    /// @notice Unclaimed fees of `recipient` in `token`.
    function feeBalance(address recipient, address token) external view returns (uint256);
}
