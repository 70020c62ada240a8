// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Strategy} from "../interfaces/Types.sol";
import {HighWaterMark} from "../libraries/HighWaterMark.sol";
import {VaultRecord} from "./HubState.sol";
import {LeaderState} from "./LeaderState.sol";

/// @title High-water marks
/// @notice What each vault's results are measured against, moved by what is put in, charged and taken out, and by
/// nothing else. A loss never lowers a mark.
abstract contract HighWaterMarks is LeaderState {
    function _markInflow(VaultRecord storage record, uint32 vaultId, uint256 amount) internal {
        uint256 mark = record.marks.mark + amount;
        if (mark > type(uint128).max) revert BalanceOverflow();
        if (record.risk.peak != 0) record.risk.peak = _cap96(record.risk.peak + amount);
        if (record.risk.dayEquity != 0) record.risk.dayEquity = _cap96(record.risk.dayEquity + amount);
        _setMarks(record, vaultId, mark, record.marks.invested + amount);
    }

    /// @dev `part` of the equity `whole` has left or is leaving, both in base token units.
    function _markOutflow(VaultRecord storage record, uint32 vaultId, uint256 part, uint256 whole) internal {
        uint256 mark = HighWaterMark.lessPartUp(record.marks.mark, part, whole);
        uint256 invested = HighWaterMark.lessShareUp(record.marks.invested, part, whole);
        _scaleRisk(record, part, whole);
        _setMarks(record, vaultId, mark, invested);
    }

    /// @dev The gain up to `equity` is being charged, and `part` of `whole` leaves the vault as a fee. All of the gain
    /// counts as charged, the fee's own part of it too: that is in the follower's favour.
    function _markCharged(VaultRecord storage record, uint32 vaultId, uint256 equity, uint256 part, uint256 whole)
        internal
    {
        _scaleRisk(record, part, whole);
        _setMarks(record, vaultId, equity, record.marks.invested);
    }

    /// @dev What leaves is no loss: drawdown and daily loss are measured from what stays.
    function _scaleRisk(VaultRecord storage record, uint256 part, uint256 whole) private {
        (uint256 peak, uint256 dayEquity) = (record.risk.peak, record.risk.dayEquity);
        if (peak | dayEquity == 0) return;
        record.risk.peak = uint96(HighWaterMark.lessShareUp(peak, part, whole));
        record.risk.dayEquity = uint96(HighWaterMark.lessShareUp(dayEquity, part, whole));
    }

    /// @dev `invested` is never above `mark`, which fits.
    function _setMarks(VaultRecord storage record, uint32 vaultId, uint256 mark, uint256 invested) private {
        (uint256 markBefore, uint256 before) = (record.marks.mark, record.marks.invested);
        if (mark == markBefore && invested == before) return;
        if (record.head.position != NO_POSITION) _moveInvested(record, before, invested);
        (record.marks.mark, record.marks.invested) = (uint128(mark), uint128(invested));
        emit VaultMarked(vaultId, uint128(mark), uint128(invested));
    }

    function _moveInvested(VaultRecord storage record, uint256 from, uint256 to) private {
        uint32 strategyId = record.head.strategyId;
        Strategy storage strategy = _strategies[strategyId];
        (address owner, address base) = (record.head.owner, _tokens[strategyId][0]);
        _invested[owner][base] = _invested[owner][base] + to - from;
        _investedWith[owner][base][strategy.leader] = _investedWith[owner][base][strategy.leader] + to - from;
    }
}
