// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

/// @notice A price feed that says whatever it is told, dated as it is told, with any number of decimals.
contract DatedFeed {
    uint8 public immutable decimals;
    int256 private _answer;
    uint256 private _startedAt;
    uint256 private _updatedAt;

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function post(int256 answer, uint256 startedAt, uint256 updatedAt) external {
        (_answer, _startedAt, _updatedAt) = (answer, startedAt, updatedAt);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _answer, _startedAt, _updatedAt, 1);
    }
}
