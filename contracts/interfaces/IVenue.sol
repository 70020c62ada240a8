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

    /// @notice The two tokens of a genuine pool, in the pool's order. Reverts with `NotAPool` for anything else.
    function poolTokens(address pool) external view returns (address token0, address token1);

    /// @notice Swaps exactly `amountIn` of `tokenIn`, which the hub has already sent here, and sends what it
    /// buys to the hub. Whatever the pool does not take goes back to the hub.
    /// @dev Warning: the hub believes its own balances, not a return value; there is none.
    function swap(address pool, address tokenIn, address tokenOut, uint256 amountIn) external;
}
