// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title High-water mark
/// @notice What a vault's marks become when a part of it leaves. All amounts are base token units; `part` of `whole`
/// is what left of the vault's equity before.
library HighWaterMark {
    /// @notice The mark falls in proportion, and never by more than what left: emptying a vault that has lost and
    /// filling it again leaves the loss to be made good. Rounded up.
    function lessPartUp(uint256 mark, uint256 part, uint256 whole) internal pure returns (uint256) {
        if (part == 0) return mark;
        return mark - Math.min(part, Math.mulDiv(mark, part, whole));
    }

    /// @notice What is left in proportion, rounded up; nothing where all left.
    function lessShareUp(uint256 amount, uint256 part, uint256 whole) internal pure returns (uint256) {
        if (part == whole) return 0;
        return amount - Math.mulDiv(amount, part, whole);
    }

    /// @notice Share of `amount` that `bps` of a vault's gain above its mark is, rounded down. Each of its tokens gives
    /// the same share.
    function gainFeeDown(uint256 amount, uint256 bps, uint256 equity, uint256 mark) internal pure returns (uint256) {
        if (equity <= mark) return 0;
        return Math.mulDiv(amount * bps, equity - mark, equity * 10_000);
    }

    /// @notice What is held back of an outflow without a price, rounded down: all that could ever be its fee.
    function heldDown(uint256 outflow, uint256 bps) internal pure returns (uint256) {
        return (outflow * bps) / 10_000;
    }
}
