// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Loss budget
/// @notice What execution may cost, against the oracle, as a bucket that leaks: half the budget fits in it, and half
/// leaks out in seven days, so no seven days can cost more than the budget. Parts are scaled by 1e9.
library LossBudget {
    /// @notice All of something.
    uint256 internal constant ONE = 1e9;
    uint256 internal constant WINDOW = 7 days;

    /// @notice What fits in the bucket of a budget in basis points.
    /// @dev Warning: here and below without checks: a budget is below 2^16 and a time below 2^64.
    function capacity(uint256 budgetBps) internal pure returns (uint256) {
        unchecked {
            return budgetBps * (ONE / 10_000 / 2);
        }
    }

    /// @notice What is left in the bucket `elapsed` seconds later, rounded up.
    function decayedUp(uint256 used, uint256 budgetBps, uint256 elapsed) internal pure returns (uint256) {
        unchecked {
            uint256 leaked = (capacity(budgetBps) * elapsed) / WINDOW;
            return used > leaked ? used - leaked : 0;
        }
    }

    /// @notice How much less than the oracle's value a swap gave, as a part of that value, rounded up.
    function rateUp(uint256 amountOut, uint256 oracleOut) internal pure returns (uint256) {
        if (amountOut >= oracleOut) return 0;
        return Math.mulDiv(oracleOut - amountOut, ONE, oracleOut, Math.Rounding.Ceil);
    }
}
