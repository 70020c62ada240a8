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
    /// @notice The chain's sequencer is down: prices cannot be reacted to.
    error SequencerDown();
    /// @notice The sequencer is up again, since `upSince`, but not for as long as prices need to settle.
    error SequencerStarting(uint256 upSince);

    /// @notice Reverts with `FeedMissing` where a token has no feed.
    function requireFeed(address token) external view;

    /// @notice Units of `tokenOut` that one unit of `tokenIn` is worth, scaled by 1e36, rounded down.
    function priceDown(address tokenIn, address tokenOut) external view returns (uint256 price);

    /// @notice What `amountIn` of `tokenIn` is worth in `tokenOut`, in token units, rounded down.
    function quote(address tokenIn, address tokenOut, uint256 amountIn) external view returns (uint256 amountOut);
}
