// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

/// @title Venue
/// @notice An adapter to one exchange. It holds no funds between calls and knows nothing of vaults.
interface IVenue {
    /// @notice The caller is not the hub this venue serves.
    error NotHub();
    /// @notice The address is not a pool that the exchange's own factory made.
    error NotAPool(address pool);
    /// @notice The pool took or gave an amount that the swap cannot have.
    error BadCallback();
    /// @notice The pool remembers prices for fewer than `window` seconds: it is too new or keeps too few observations.
    error PoolTooYoung(address pool);

    /// @notice The two tokens of a genuine pool, in the pool's order. Reverts with `NotAPool` for anything else.
    function poolTokens(address pool) external view returns (address token0, address token1);

    /// @notice What `amountIn` of `tokenIn` would have bought at the pool's price averaged over `window` seconds up to
    /// now, before fee and price impact, and how much of it the pool takes before its price moves by `impactBps`, by
    /// the liquidity averaged over the same time. Both rounded down. Reverts where the pool does not remember that far
    /// back.
    function market(address pool, address tokenIn, address tokenOut, uint256 amountIn, uint256 impactBps)
        external
        view
        returns (uint256 averageOut, uint256 depthIn);

    /// @notice Seconds over which `market` looks back.
    function window() external view returns (uint32);

    /// @notice Swaps up to `amountIn` of `tokenIn`, which the hub has already sent here, and sends what it buys to the
    /// hub. Whatever the pool does not take goes back to the hub.
    /// @param priceLimit Stops where the next unit sold would buy less than this, in units out per unit in after the
    /// pool's fee, scaled by 1e36; 0 for no limit. Nothing is sold if that is so from the start.
    /// @dev Warning: the hub believes its own balances, not a return value; there is none.
    function swap(address pool, address tokenIn, address tokenOut, uint256 amountIn, uint256 priceLimit) external;
}
