// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math as Real} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Math} from "./plain/Math.sol";

/// @notice Proofs that the arithmetic that stands under the other proofs is OpenZeppelin's.
contract PlainMathProof {
    /// @notice Where nothing is multiplied, the two agree. The quotient of a product is taken for what OpenZeppelin says of
    /// it: x * y / denominator, rounded down, for products of up to 256 bits.
    function check_plain_arithmetic_is_the_real_one(uint256 a, uint256 b) external pure {
        assert(Math.min(a, b) == Real.min(a, b));
        assert(Math.max(a, b) == Real.max(a, b));
        assert(Math.saturatingSub(a, b) == Real.saturatingSub(a, b));
        if (b != 0) assert(Math.ceilDiv(a, b) == Real.ceilDiv(a, b));
    }
}
