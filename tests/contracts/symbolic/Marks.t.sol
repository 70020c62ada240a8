// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {HighWaterMark} from "../../../contracts/libraries/HighWaterMark.sol";

/// @notice Proofs about the fees that are charged by high-water marks.
contract MarksProof {
    /// @notice A vault that is not above its mark pays nothing for gains.
    function check_no_gain_no_fee(uint128 amount, uint16 bps, uint128 equity, uint128 mark) external pure {
        if (equity <= mark) assert(HighWaterMark.gainFeeDown(amount, bps, equity, mark) == 0);
    }
}
