// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";

/// @title Chainlink oracle
/// @notice Values tokens by Chainlink-style feeds that share one quote currency. Feeds are added once, never changed.
contract ChainlinkOracle is IPriceOracle, Ownable2Step {
    /// @notice A token's feed. A feed older than `heartbeat` seconds is not believed.
    struct Feed {
        address source;
        uint32 heartbeat;
        uint8 tokenDecimals;
        uint8 feedDecimals;
    }

    mapping(address token => Feed) public feedOf;

    constructor(address owner_) Ownable(owner_) {}

    /// @notice Gives `token` its feed, for good. Decimals are read from the token and the feed.
    /// @param heartbeat Seconds after which an answer is stale.
    function setFeed(address token, address source, uint32 heartbeat) external onlyOwner {
        if (feedOf[token].source != address(0)) revert FeedAlreadySet(token);
        uint8 tokenDecimals = IERC20Metadata(token).decimals();
        uint8 feedDecimals = IPriceFeed(source).decimals();
        feedOf[token] = Feed(source, heartbeat, tokenDecimals, feedDecimals);
        emit FeedSet(token, source, heartbeat, tokenDecimals, feedDecimals);
    }

    /// @inheritdoc IPriceOracle
    function quote(address tokenIn, address tokenOut, uint256 amountIn) external view returns (uint256 amountOut) {
        (uint256 priceIn, uint256 unitIn) = _price(tokenIn);
        (uint256 priceOut, uint256 unitOut) = _price(tokenOut);
        return Math.mulDiv(amountIn * priceIn, unitOut, priceOut * unitIn);
    }

    /// @dev A whole token is worth `price`, and `unit` scales both its decimals and the feed's out of the quote.
    function _price(address token) private view returns (uint256 price, uint256 unit) {
        Feed memory feed = feedOf[token];
        if (feed.source == address(0)) revert FeedMissing(token);
        (, int256 answer,, uint256 updatedAt,) = IPriceFeed(feed.source).latestRoundData();
        if (answer <= 0) revert FeedAnswerInvalid(token, answer);
        bool fresh = updatedAt <= block.timestamp && block.timestamp - updatedAt <= feed.heartbeat;
        if (!fresh) revert FeedStale(token, updatedAt);
        return (uint256(answer), 10 ** (uint256(feed.tokenDecimals) + feed.feedDecimals));
    }
}
