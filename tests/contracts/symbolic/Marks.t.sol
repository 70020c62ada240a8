// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {HighWaterMark} from "../../../contracts/libraries/HighWaterMark.sol";

/// @notice Proofs about high-water marks and the fees that are charged by them.
/// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
contract MarksProof {
    /// @notice A vault that is not above its mark pays nothing for gains.
    function check_no_gain_no_fee(uint128 amount, uint16 bps, uint128 equity, uint128 mark) external pure {
        if (equity <= mark) assert(HighWaterMark.gainFeeDown(amount, bps, equity, mark) == 0);
    }

    /// @notice A mark falls with what leaves and with nothing else: never by more than what left, never by more than that
    /// part of it, and not at all where nothing leaves.
    function check_a_mark_falls_only_with_what_leaves(uint128 mark, uint128 part, uint128 whole) external pure {
        if (part > whole || whole == 0) return;
        uint256 left = HighWaterMark.lessPartUp(mark, part, whole);
        unchecked {
            assert(left <= mark && mark - left <= part);
            assert((mark - left) * whole <= uint256(mark) * part);
        }
        if (part == 0) assert(left == mark);
    }

    /// @notice What is invested falls in proportion to what leaves, rounded up, and to nothing when all leaves.
    function check_what_is_invested_falls_in_proportion(uint128 amount, uint128 part, uint128 whole) external pure {
        if (part > whole || whole == 0) return;
        uint256 left = HighWaterMark.lessShareUp(amount, part, whole);
        if (part == whole) assert(left == 0);
        unchecked {
            assert(left <= amount && (amount - left) * whole <= uint256(amount) * part);
            assert(part == whole || uint256(amount) * part < (amount - left) * whole + whole);
        }
    }

    /// @notice What is held back of an outflow is its rate of it, rounded down.
    function check_what_is_held_back_rounds_down(uint128 outflow, uint16 bps) external pure {
        uint256 held = HighWaterMark.heldDown(outflow, bps);
        unchecked {
            uint256 exact = uint256(outflow) * bps;
            assert(held * 10_000 <= exact && exact < (held + 1) * 10_000);
        }
    }
}
