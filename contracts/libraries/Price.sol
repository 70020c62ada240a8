// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Price
/// @notice Prices are units bought per unit sold, scaled by 1e36. Bounds round towards the vaults: a fill's price
/// down, a floor up.
library Price {
    uint256 internal constant SCALE = 1e36;
    uint256 internal constant BPS = 10_000;

    /// @notice Price of a fill, rounded down. `amountOut` is below 2^128, so the product fits.
    function ofDown(uint256 amountOut, uint256 amountIn) internal pure returns (uint256) {
        return (amountOut * SCALE) / amountIn;
    }

    /// @notice What `amount` is worth at `price`, rounded down.
    function valueDown(uint256 amount, uint256 price) internal pure returns (uint256) {
        // Nearly always, and much cheaper than a product of 512 bits.
        if ((amount | price) >> 128 == 0) return (amount * price) / SCALE;
        return Math.mulDiv(amount, price, SCALE);
    }

    /// @notice Whether a fill is at least at `floor`, when the exchange may have rounded `units` units of each token
    /// for
    /// itself.
    function isAtLeast(uint256 amountOut, uint256 amountIn, uint256 floor, uint256 units) internal pure returns (bool) {
        return amountIn <= units || ((amountOut + units) * SCALE) / (amountIn - units) >= floor;
    }

    /// @notice Whether a fill gives at least `minimumOut`, with the same allowance.
    function isWorth(uint256 amountOut, uint256 amountIn, uint256 minimumOut, uint256 units)
        internal
        pure
        returns (bool)
    {
        return amountOut + units >= minimumOut - Math.min(minimumOut, Math.ceilDiv(minimumOut, amountIn) * units);
    }

    /// @notice Whether two values of one amount differ by at most `bps` basis points of `anchor`, or by one unit:
    /// both are rounded down.
    function isWithinBps(uint256 value, uint256 anchor, uint256 bps) internal pure returns (bool) {
        uint256 difference = value > anchor ? value - anchor : anchor - value;
        return difference <= 1 || difference <= Math.mulDiv(anchor, bps, BPS);
    }

    /// @notice `value` less `bps` basis points, rounded up.
    function lessBpsUp(uint256 value, uint256 bps) internal pure returns (uint256) {
        return Math.mulDiv(value, BPS - bps, BPS, Math.Rounding.Ceil);
    }
}
