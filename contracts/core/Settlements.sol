// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {VaultStatus} from "../interfaces/Types.sol";
import {Book} from "./Fees.sol";
import {VaultRecord} from "./HubState.sol";
import {OutflowFees, Outflows} from "./Outflows.sol";

/// @title Settlements
/// @notice What anybody may have charged. The times at which gains of a vault that stays are charged lie on a fixed
/// grid, so nobody gains or loses by calling more often.
abstract contract Settlements is IHubExtension, Outflows {
    /// @dev Seconds after the end of a performance period in which its gains may be charged.
    uint256 private constant SETTLE_WINDOW = 1 days;

    /// @inheritdoc IHubExtension
    function settle(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _vaults[vaultId];
        VaultStatus status = record.head.status;
        if (status == VaultStatus.None || status == VaultStatus.Left) revert BadStatus(status);
        uint256 next = _nextSettlement(record);
        if (next == 0) return _chargeTime(record, vaultId);
        Book memory book = _settled(record, vaultId);
        if (!book.priced) revert PriceNeeded();
        if (book.equity <= book.mark) return;
        _crystallize(record, book);
        record.head.settleFrom = uint40(next);
    }

    /// @inheritdoc IHubExtension
    function settleEscrow(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _vaults[vaultId];
        if (!record.risk.escrowed) revert NothingEscrowed(vaultId);
        if (!_settled(record, vaultId).priced) revert PriceNeeded();
    }

    /// @inheritdoc IHubExtension
    function previewOutflow(uint32 vaultId, address token, uint256 amount)
        external
        view
        returns (uint256 withdrawalFee, uint256 performanceFee, uint256 held)
    {
        VaultRecord storage record = _vaults[vaultId];
        uint256 index = _tokenIndex(record.head.strategyId, token);
        Book memory book = _open(record, vaultId);
        _value(book);
        if (amount > book.balances[index]) revert InsufficientBalance(book.balances[index], amount);
        OutflowFees memory fees = _feesOn(book, index, amount);
        return (fees.withdrawal, fees.performance, fees.held);
    }

    /// @inheritdoc IHubExtension
    function equityOf(uint32 vaultId) external view returns (uint256) {
        return _equityDown(_vaults[vaultId], _vaults[vaultId].head.strategyId);
    }

    /// @return next When the period ends that begins with the point of the grid that is being settled; 0 at other
    /// times.
    function _nextSettlement(VaultRecord storage record) private view returns (uint256 next) {
        uint256 from = record.head.settleFrom;
        if (from == 0 || block.timestamp < from) return 0;
        uint256 period = _terms[record.head.strategyId][record.head.termsVersion].performancePeriod;
        uint256 point = block.timestamp - (block.timestamp - from) % period;
        if (block.timestamp <= point + SETTLE_WINDOW) next = point + period;
    }
}
