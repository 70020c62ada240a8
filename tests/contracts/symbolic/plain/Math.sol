// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

/// @title Plain arithmetic
/// @notice Stands for OpenZeppelin's `Math` under the contracts that are proved: the same results by branches and plain
/// division, which a solver can follow, in place of products with 0 and 1 and of 512 bits.
/// @dev Bounded: a product beyond 256 bits, which the real one divides too, reverts. `PlainMathProof` compares the two.
library Math {
    enum Rounding {
        Floor,
        Ceil
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }

    function saturatingSub(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : 0;
    }

    function ceilDiv(uint256 a, uint256 b) internal pure returns (uint256) {
        return a == 0 ? 0 : (a - 1) / b + 1;
    }

    function mulDiv(uint256 x, uint256 y, uint256 denominator) internal pure returns (uint256) {
        return (x * y) / denominator;
    }

    function mulDiv(uint256 x, uint256 y, uint256 denominator, Rounding rounding) internal pure returns (uint256) {
        return rounding == Rounding.Ceil ? ceilDiv(x * y, denominator) : mulDiv(x, y, denominator);
    }
}
