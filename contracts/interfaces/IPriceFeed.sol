// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

/// @title Price feed
/// @notice The part of Chainlink's AggregatorV3Interface that is read here.
interface IPriceFeed {
    function decimals() external view returns (uint8);
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
