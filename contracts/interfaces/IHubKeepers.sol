// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {IHubLog} from "./IHubLog.sol";
import {CloseParams, ManualParams, Reason} from "./Types.sol";

/// @title Hub, keepers' part
/// @notice Clearings that a leader does not begin: later batches of a trade, vaults that leave their positions, and
/// owners who trade alone.
interface IHubKeepers is IHubLog {
    // ------------------------------------------------------------------ owners

    /// @notice Trades in one's own vault, through any pool of the strategy; no halt stops it. The vault copies on as its
    /// balances allow. Where its terms have a performance fee, the trade must keep to the strategy's slippage bound and,
    /// added up, to its loss budget, or gains could be traded away uncharged; elsewhere `minOut` is the only bound and
    /// no oracle is asked.
    /// @return amountOut Units of `tokenOut` received.
    function manualTrade(ManualParams calldata params) external returns (uint256 amountOut);

    // ------------------------------------------------------------------ keepers (anyone)

    /// @notice Sells all that the vaults hold of one token for base token, in one swap at one price. Each must be
    /// exiting or have reached a stop of its policy, which is then carried out. Vaults that hold none are passed over.
    /// @return tradeId Id of the clearing, from the strategy's own sequence.
    function closeVaults(CloseParams calldata params) external returns (uint64 tradeId);

    /// @notice Copies the strategy's open trade into the next positions, at most `maxVisits` and `batchSize`.
    /// After the copy window the remaining positions are skipped with reason `Expired`.
    function continueTrade(uint32 strategyId, uint32 maxVisits) external returns (uint32 visited);

    // ------------------------------------------------------------------ views

    /// @notice The stop of its policy that a vault has reached by now, or `Exiting` where it is for sale already. Reverts
    /// where its tokens have no price.
    function stopOf(uint32 vaultId) external view returns (Reason);
}
