// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @title Testnet price feed
/// @notice Stands on a local chain for a Chainlink price feed (AggregatorV3Interface). Its owner posts the answers.
/// @dev An answer is the price of one whole token in US dollars, scaled by 10^decimals, as posted: zero and negative
/// answers are accepted because a consumer must refuse them.
contract TestnetFeed is Ownable {
    /// @notice Nothing was posted for this round.
    error NoDataPresent(uint80 roundId);

    struct Round {
        int256 answer;
        uint256 updatedAt;
    }

    uint256 public constant version = 1; // solhint-disable-line const-name-snakecase, Chainlink names it
    uint8 public immutable decimals;
    string public description;

    uint80 private _lastRoundId;
    mapping(uint80 roundId => Round) private _rounds;

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    constructor(uint8 decimals_, string memory description_, address owner_) Ownable(owner_) {
        decimals = decimals_;
        description = description_;
    }

    /// @notice Starts a new round with `answer`, dated at the block's time.
    function post(int256 answer) external onlyOwner {
        uint80 roundId = ++_lastRoundId;
        _rounds[roundId] = Round(answer, block.timestamp);
        emit AnswerUpdated(answer, roundId, block.timestamp);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(_lastRoundId);
    }

    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(roundId);
    }

    function _roundData(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        if (round.updatedAt == 0) revert NoDataPresent(roundId);
        return (roundId, round.answer, round.updatedAt, round.updatedAt, roundId);
    }
}
