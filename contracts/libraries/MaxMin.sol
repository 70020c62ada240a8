// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Reason} from "../interfaces/Types.sol";
import {Copy} from "./Copy.sol";

/// @title Max-min fairness
/// @notice Shares too little room among parts: everybody gets what they ask for up to one level, nobody more than the
/// level. Whoever asks for less than an even share gets all of it (Bertsekas and Gallager, Data Networks, 6.5.2).
library MaxMin {
    /// @dev Each round finds the level for the parts that are above the last one. The level only rises and always fits,
    /// so stopping early leaves room unused but never overdraws it.
    uint256 private constant ROUNDS = 8;

    /// @notice Cuts the copies from `first` up to `end` so that their gross fits in `room`, in units of the token sold.
    /// @return offered Sum of their gross less fee, after the cut.
    function reduce(Copy[] memory copies, uint256 first, uint256 end, uint256 room)
        internal
        pure
        returns (uint256 offered)
    {
        uint256 level = _levelDown(copies, first, end, room);
        for (uint256 i = first; i < end; ++i) {
            Copy copy = copies[i].reducedTo(level, Reason.PoolDepth);
            copies[i] = copy;
            offered += copy.gross() - copy.fee();
        }
    }

    function _levelDown(Copy[] memory copies, uint256 first, uint256 end, uint256 room)
        private
        pure
        returns (uint256 level)
    {
        if (first == end) return 0;
        level = room / (end - first);
        for (uint256 round; round < ROUNDS; ++round) {
            (uint256 small, uint256 sum) = (0, 0);
            for (uint256 i = first; i < end; ++i) {
                uint256 gross = copies[i].gross();
                if (gross > level) continue;
                ++small;
                sum += gross;
            }
            if (small == end - first) return type(uint128).max;
            uint256 next = (room - sum) / (end - first - small);
            if (next == level) return level;
            level = next;
        }
    }
}
