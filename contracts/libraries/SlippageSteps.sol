// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

/// @title Slippage steps
/// @notice The slippage limits that a follower may choose from, in basis points. They are few, so that between two of
/// them there is room for a price to move: limits at every basis point could make it hard to hit a batch in which
/// exactly the right vaults stand aside.
library SlippageSteps {
    /// @dev Eleven steps of 16 bits, the smallest lowest: 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000.
    uint256 private constant STEPS = 0x03e8_01f4_012c_00c8_0096_0064_004b_0032_001e_0014_000a;

    /// @notice The largest step that is at most `bps`; 0 where none is.
    function down(uint256 bps) internal pure returns (uint256 step) {
        for (uint256 steps = STEPS; steps != 0; steps >>= 16) {
            uint256 candidate = steps & type(uint16).max;
            if (candidate > bps) break;
            step = candidate;
        }
    }

    /// @notice Whether `bps` is a step.
    function isStep(uint256 bps) internal pure returns (bool) {
        return bps != 0 && down(bps) == bps;
    }
}
