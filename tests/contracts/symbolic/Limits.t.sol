// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Reason} from "../../../contracts/interfaces/Types.sol";
import {Copy, CopyLibrary} from "../../../contracts/libraries/Copy.sol";
import {DailyPeaks} from "../../../contracts/libraries/DailyPeaks.sol";
import {LossBudget} from "../../../contracts/libraries/LossBudget.sol";
import {MaxMin} from "../../../contracts/libraries/MaxMin.sol";
import {SlippageSteps} from "../../../contracts/libraries/SlippageSteps.sol";

/// @notice Proofs about the sharing of a pool's depth.
contract MaxMinProof {
    /// @notice What is left after the cut fits in the room, nobody is raised, and who is cut has no less than who is not.
    /// Bounded: two copies.
    function check_a_cut_fits_and_raises_nobody(uint128 one, uint128 other, uint128 room) external pure {
        Copy[] memory copies = new Copy[](2);
        copies[0] = CopyLibrary.pack(1, 1, 0, Reason.None, 0, one);
        copies[1] = CopyLibrary.pack(2, 1, 0, Reason.None, 0, other);
        uint256 offered = MaxMin.reduce(copies, 0, 2, room);
        (uint256 first, uint256 second) = (copies[0].gross(), copies[1].gross());
        assert(first + second <= room);
        assert(first <= one && second <= other);
        assert(offered == first + second);
        if (first < one) assert(first >= second);
        if (second < other) assert(second >= first);
    }
}

/// @notice Proofs about the peaks of eight days in one word.
contract DailyPeaksProof {
    /// @notice Raising a day's peak never lowers it, reaches the value or the largest number that fits, and touches no
    /// other day's.
    function check_raise_touches_one_day(uint256 peaks, uint256 day, uint256 value, uint256 other) external pure {
        uint256 raised = DailyPeaks.raise(peaks, day, value);
        uint256 most = value > type(uint32).max ? type(uint32).max : value;
        uint256 before = _lane(peaks, day);
        assert(_lane(raised, day) == (before > most ? before : most));
        if (other & 7 != day & 7) assert(_lane(raised, other) == _lane(peaks, other));
    }

    /// @notice A new day forgets the peaks of the days that have begun since, and no other's; after eight days all.
    function check_roll_forgets_the_days_that_began(uint256 peaks, uint40 from, uint256 other) external pure {
        for (uint256 days_; days_ < 10; ++days_) {
            uint256 rolled = DailyPeaks.roll(peaks, from, uint256(from) + days_);
            uint256 ahead = (other - from - 1) & 7;
            assert(_lane(rolled, other) == (ahead < days_ ? 0 : _lane(peaks, other)));
        }
    }

    function _lane(uint256 peaks, uint256 day) private pure returns (uint256) {
        return uint32(peaks >> ((day & 7) * 32));
    }
}

/// @notice Proofs about the bucket of a loss budget.
/// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
contract LossBudgetProof {
    /// @notice What is left in a bucket never grows with time, and is never more where less was used.
    function check_what_is_left_only_falls(uint32 used, uint32 usedLess, uint16 budgetBps, uint40 time, uint40 later)
        external
        pure
    {
        if (time > later || usedLess > used) return;
        uint256 left = LossBudget.decayedUp(used, budgetBps, time);
        assert(left <= used);
        assert(LossBudget.decayedUp(used, budgetBps, later) <= left);
        assert(LossBudget.decayedUp(usedLess, budgetBps, time) <= left);
    }

    /// @notice In seven days no more leaks than fits: half a budget.
    function check_a_window_leaks_half_a_budget(uint32 used, uint16 budgetBps) external pure {
        uint256 left = LossBudget.decayedUp(used, budgetBps, LossBudget.WINDOW);
        assert((used - left) * 2 <= uint256(budgetBps) * (LossBudget.ONE / 10_000));
    }
}

/// @notice Proofs about the steps of slippage limits.
contract SlippageStepsProof {
    /// @notice Rounding down to a step gives a step or nothing, never more than asked for, and the larger of two steps.
    function check_down_is_the_largest_step_below(uint16 bps, uint16 other) external pure {
        uint256 step = SlippageSteps.down(bps);
        assert(step <= bps);
        assert(step == 0 || SlippageSteps.isStep(step));
        if (SlippageSteps.isStep(other) && other <= bps) assert(other <= step);
    }
}
