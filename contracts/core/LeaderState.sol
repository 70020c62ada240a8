// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {StrategyState} from "../interfaces/Types.sol";
import {DailyPeaks} from "../libraries/DailyPeaks.sol";
import {HubState} from "./HubState.sol";

/// @title Leader state
/// @notice How a strategy has done, by its leader's own vault, whatever the leader puts in or takes out: an index as of
/// a fund's unit, and its highest values of the last days.
/// @dev The index moves by the ratio of the vault's equity now to that at the last look, which deposits and
/// withdrawals move along. It is looked at before every entry and every movement of the stake, so a leader cannot hide
/// a loss behind a deposit.
abstract contract LeaderState is HubState {
    /// @dev Index of a strategy that has neither won nor lost.
    uint256 internal constant INDEX_START = 1e10;

    /// @dev Vaults' and strategies' days begin at midnight UTC.
    uint256 internal constant DAY = 1 days;

    /// @dev Index units of one unit in `peaks`.
    uint256 private constant PEAK_UNIT = 1e4;

    /// @dev Takes `equity` of the leader's vault, in base token units, for the look of now.
    function _observe(uint32 strategyId, uint256 equity) internal {
        StrategyState memory state = _states[strategyId];
        _look(state, _limits[strategyId].minStake, equity);
        _states[strategyId] = state;
    }

    /// @dev Moves what the next look is compared with: base token units that the leader put in and took out since the
    /// look of now. An outflow without a price is not moved, so that it looks like a loss and stops entries.
    function _moveStake(uint32 strategyId, uint256 inflow, uint256 outflow) internal {
        StrategyState storage state = _states[strategyId];
        state.stakeEquity = _cap96(Math.saturatingSub(uint256(state.stakeEquity) + inflow, outflow));
    }

    /// @dev As `_observe`, on a state that the caller stores. The index is rounded down; a stake below the least one
    /// moves nothing: its value is mostly rounding.
    function _look(StrategyState memory state, uint256 minStake, uint256 equity) internal view {
        uint256 index = state.index;
        if (state.stakeEquity >= minStake) {
            index = Math.mulDiv(index, _cap96(equity), state.stakeEquity);
            index = Math.min(index, type(uint56).max);
        }
        _rollDay(state);
        state.peaks = DailyPeaks.raise(state.peaks, state.day, index / PEAK_UNIT);
        state.index = uint56(index);
        state.stakeEquity = _cap96(equity);
    }

    /// @dev Index at which entries stop: the highest of seven days and today, less the strategy's largest drawdown,
    /// rounded up. After a look.
    function _drawdownFloorUp(StrategyState memory state, uint256 maxDrawdownBps) internal pure returns (uint256) {
        return Math.ceilDiv(DailyPeaks.highest(state.peaks) * PEAK_UNIT * (10_000 - maxDrawdownBps), 10_000);
    }

    /// @dev A new day forgets the peaks of days that are more than seven days back, and the round trips.
    function _rollDay(StrategyState memory state) internal view {
        uint256 today = block.timestamp / DAY;
        if (state.day == today) return;
        state.peaks = DailyPeaks.roll(state.peaks, state.day, today);
        state.day = uint24(today);
        state.roundTrips = 0;
    }

    function _cap96(uint256 value) internal pure returns (uint96) {
        return uint96(Math.min(value, type(uint96).max));
    }
}
