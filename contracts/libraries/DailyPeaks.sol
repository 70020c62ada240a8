// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Daily peaks
/// @notice The highest value of each of the last eight days in one word: day d in lane d modulo 8, 32 bits each.
library DailyPeaks {
    uint256 private constant LANE = type(uint32).max;

    /// @notice Empties the lanes of days that have begun since `from`, up to `to`; all of them after eight days.
    function roll(uint256 peaks, uint256 from, uint256 to) internal pure returns (uint256) {
        if (to >= from + 8) return 0;
        for (uint256 day = from + 1; day <= to; ++day) {
            peaks &= ~(LANE << _shift(day));
        }
        return peaks;
    }

    /// @notice Raises the lane of `day` to `value`, at most 2^32 - 1.
    function raise(uint256 peaks, uint256 day, uint256 value) internal pure returns (uint256) {
        uint256 current = (peaks >> _shift(day)) & LANE;
        value = Math.max(current, Math.min(value, LANE));
        return (peaks & ~(LANE << _shift(day))) | (value << _shift(day));
    }

    /// @notice The highest of all lanes.
    function highest(uint256 peaks) internal pure returns (uint256 value) {
        for (; peaks != 0; peaks >>= 32) {
            value = Math.max(value, peaks & LANE);
        }
    }

    function _shift(uint256 day) private pure returns (uint256) {
        return (day & 7) << 5;
    }
}
