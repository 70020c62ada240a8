// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {IHubLog} from "./IHubLog.sol";
import {Fanout, Policy, Strategy, StrategyParams, Vault} from "./Types.sol";

/// @title Hub, bookkeeping half
/// @notice Who may what, whose money is where, and everything that asks no exchange.
interface IHubExtension is IHubLog {
    // ------------------------------------------------------------------ owner: registry

    /// @notice Lists a token for good. It must have a price feed. Usable after `listingDelay`, at once while there is
    /// no strategy.
    function listToken(address token) external;

    /// @notice Lists a pool of a venue for good. The venue vouches that the pool is genuine and names its tokens.
    /// Usable after `listingDelay`, at once while there is no strategy.
    function listPool(address pool, address venue) external;

    /// @notice Sets who gets the rounding dust from now on.
    function setTreasury(address newTreasury) external;

    /// @notice Sets who, beside the owner, may veto and halt. Zero: nobody.
    function setGuardian(address newGuardian) external;

    /// @notice Sets the contract that is asked who may enter. It is never asked about leaving. Zero: everybody may.
    function setGate(address newGate) external;

    /// @notice Lets a strategy, or all for 0, trade and take entries again.
    function resumeTrading(uint32 strategyId) external;

    // ------------------------------------------------------------------ owner or guardian

    /// @notice Withdraws the listing of a token or pool that is not usable yet.
    function veto(address what) external;

    /// @notice Stops new entries and trades of a strategy, or of all for 0. Exits go on. A leader may halt their own.
    function haltTrading(uint32 strategyId) external;

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

    /// @notice Takes a vault that is worth less than a tenth of the strategy's smallest deposit, by the oracle, out of
    /// the member list: vaults of nothing would make every trade longer. Its owner keeps every balance.
    function evict(uint32 vaultId) external;

    /// @notice Fills the empty position that a vault left behind while a trade was being copied.
    function prune(uint32 strategyId, uint32 position) external;

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
    /// @notice Balance of `token` in a vault.
    function vaultBalance(uint32 vaultId, address token) external view returns (uint256);
    /// @notice Idle balance of `token` in an owner's account.
    function accountBalance(address owner, address token) external view returns (uint256);
    /// @notice Unclaimed fees of `recipient` in `token`.
    function feeBalance(address recipient, address token) external view returns (uint256);
}
