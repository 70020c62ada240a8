// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {IHubLog} from "./IHubLog.sol";
import {Policy} from "./Types.sol";

/// @title Hub, bookkeeping
/// @notice How money gets into accounts and vaults, what is charged there, and how it gets out.
interface IHubExtension is IHubLog {
    // ------------------------------------------------------------------ anyone: accounts

    /// @notice Takes `amount` of `token` from the caller into the account of `onBehalf`.
    function deposit(address token, uint256 amount, address onBehalf) external;

    /// @notice `deposit` into one's own account with an EIP-2612 signature instead of an approval. A permit that
    /// somebody else has already used does no harm: the allowance is what counts.
    function depositWithPermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Pays `amount` of `token` from the caller's account to `to`.
    function withdraw(address token, uint256 amount, address to) external;

    /// @notice Moves all the caller's fees in `token` into the caller's account.
    function claimFees(address token) external returns (uint256 amount);

    // ------------------------------------------------------------------ followers

    /// @notice Opens a vault that copies `strategyId` with `amount` of base token from the caller's account.
    /// @param termsVersion The strategy's terms that the caller agrees to; refused when they are not today's.
    /// @param referrer Who gets the referrer's share of the leader's fees; zero: nobody.
    function openVault(uint32 strategyId, Policy calldata policy, uint256 amount, uint16 termsVersion, address referrer)
        external
        returns (uint32 vaultId);

    /// @notice Takes the strategy's newest terms for one's vault. What is due by the old ones is charged first, gains
    /// too: where either terms have a performance fee, that needs a price.
    function acceptTerms(uint32 vaultId, uint16 version) external;

    /// @notice Sets the largest share of one's money that may be with one leader, at most `MAX_LEADER_CAP_BPS`.
    /// 0: `DEFAULT_LEADER_CAP_BPS`.
    function setLeaderCap(uint16 capBps) external;

    /// @notice Offers all that the vault holds for sale: anybody may sell it for base token with `closeVaults`. It
    /// copies no more until `resume`.
    function requestExit(uint32 vaultId) external;

    /// @notice Moves base token from the owner's account to the vault. Refused when more than the owner's cap of their
    /// money in that token, idle and invested, would be with one leader.
    function allocate(uint32 vaultId, uint256 amount) external;

    /// @notice Moves a token from the vault to its owner's account, less fees that are due on it. Always possible:
    /// where a fee needs a price and there is none, at most the fee's own share is held back until there is one.
    /// An `amount` of 2^256 - 1 is all that is there.
    function deallocate(uint32 vaultId, address token, uint256 amount) external;

    /// @notice Stops copying for good and pays the vault's whole balance of each of `tokens`, less fees that are due on
    /// it, to `to`. Needs nobody: no venue, leader, keeper or admin is asked, and an oracle that fails stops nothing.
    /// A token that misbehaves can be left out and tried again later.
    function exit(uint32 vaultId, address[] calldata tokens, address to) external;

    /// @notice Replaces the vault's policy by a new revision.
    function setPolicy(uint32 vaultId, Policy calldata policy) external;

    /// @notice Stops copying until `resume`. The next trades are skipped with reason `Paused`.
    function pause(uint32 vaultId) external;

    /// @notice Copies again, from the next trade or batch on, whatever had stopped it. Losses are looked at anew.
    function resume(uint32 vaultId) external;

    /// @notice Stops copying for good. Balances stay withdrawable with `deallocate` and `exit`, and time costs nothing
    /// more; a gain still pays as it leaves.
    function leaveStrategy(uint32 vaultId) external;

    // ------------------------------------------------------------------ keepers (anyone)

    /// @notice Charges what has accrued with time, and in the day after the end of a performance period the gains too.
    function settle(uint32 vaultId) external;

    /// @notice Divides what was held back while there was no price.
    function settleEscrow(uint32 vaultId) external;

    /// @notice Takes a vault that is worth less than a tenth of the strategy's smallest deposit, by the oracle, out of
    /// the member list: vaults of nothing would make every trade longer. Its owner keeps every balance.
    function evict(uint32 vaultId) external;

    /// @notice Fills the empty position that a vault left behind while a trade was being copied.
    function prune(uint32 strategyId, uint32 position) external;

    // ------------------------------------------------------------------ views

    /// @notice Value of a vault in base token units by the oracle, rounded down. Reverts where there is no price.
    function equityOf(uint32 vaultId) external view returns (uint256);
    /// @notice What `deallocate` of `amount` of `token` would charge now, by kind, and hold back.
    function previewOutflow(uint32 vaultId, address token, uint256 amount)
        external
        view
        returns (uint256 withdrawalFee, uint256 performanceFee, uint256 held);
}
