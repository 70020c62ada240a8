// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

/// @title Price oracle
/// @notice Values one token in another from independent price feeds. Only trades ask it, never an exit.
interface IPriceOracle {
    /// @notice A token got its price feed, for good.
    event FeedSet(
        address indexed token, address indexed feed, uint32 heartbeat, uint8 tokenDecimals, uint8 feedDecimals
    );

    error FeedMissing(address token);
    error FeedAlreadySet(address token);
    /// @notice The feed has not answered within its heartbeat, or claims to answer from the future.
    error FeedStale(address token, uint256 updatedAt);
    /// @notice The feed's answer is zero or negative.
    error FeedAnswerInvalid(address token, int256 answer);

    /// @notice What `amountIn` of `tokenIn` is worth in `tokenOut`, in token units, rounded down.
    function quote(address tokenIn, address tokenOut, uint256 amountIn) external view returns (uint256 amountOut);
}
