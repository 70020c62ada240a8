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
/// @dev Any failure reverts: no trade is better than one at a price that nobody vouches for. Exits do not ask.
contract ChainlinkOracle is IPriceOracle, Ownable2Step {
    /// @notice A token's feed. A feed older than `heartbeat` seconds is not believed.
    struct Feed {
        address source;
        uint32 heartbeat;
        uint8 tokenDecimals;
        uint8 feedDecimals;
    }

    /// @dev A price is what this many units are worth.
    uint256 private constant PRICE_SCALE = 1e36;

    mapping(address token => Feed) public feedOf;

    /// @notice Uptime feed of the chain's sequencer: answers 0 while it is up. Zero on chains that have none.
    address public immutable sequencer;
    /// @notice Seconds after the sequencer came up again in which no price is believed.
    uint32 public immutable gracePeriod;

    constructor(address owner_, address sequencer_, uint32 gracePeriod_) Ownable(owner_) {
        sequencer = sequencer_;
        gracePeriod = gracePeriod_;
    }

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
    function quote(address tokenIn, address tokenOut, uint256 amountIn) public view returns (uint256 amountOut) {
        _requireSequencer();
        (uint256 priceIn, uint256 unitIn) = _price(tokenIn);
        (uint256 priceOut, uint256 unitOut) = _price(tokenOut);
        return Math.mulDiv(amountIn * priceIn, unitOut, priceOut * unitIn);
    }

    /// @inheritdoc IPriceOracle
    function requireFeed(address token) external view {
        if (feedOf[token].source == address(0)) revert FeedMissing(token);
    }

    /// @inheritdoc IPriceOracle
    function priceDown(address tokenIn, address tokenOut) external view returns (uint256 price) {
        return quote(tokenIn, tokenOut, PRICE_SCALE);
    }

    /// @dev Who could not reach the chain could not react to prices either: they get time to, after an outage.
    function _requireSequencer() private view {
        if (sequencer == address(0)) return;
        (, int256 answer, uint256 upSince,,) = IPriceFeed(sequencer).latestRoundData();
        if (answer != 0) revert SequencerDown();
        if (block.timestamp - upSince <= gracePeriod) revert SequencerStarting(upSince);
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
