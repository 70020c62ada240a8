// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";

/// @notice An exchange at the oracle's price, so that what the hub makes of a swap can be told to the unit. What a real
/// one does is tested on Uniswap's own code.
contract PlainVenue is IVenue {
    uint32 public constant window = 1;

    address private immutable _hub;
    IPriceOracle private immutable _oracle;
    mapping(address pool => address[2]) private _tokens;

    /// @notice How much less than the oracle's value it pays, scaled by 1e9.
    uint256 public cost;
    /// @notice Units paid less, on top of `cost`.
    uint256 public unitsLess;
    /// @notice Part of an order with a price limit that fills, scaled by 1e18.
    uint256 public filled = 1e18;
    /// @notice What it says it takes, in units of the token sold.
    uint256 public depth = type(uint256).max;
    /// @notice Its average price, in basis points of the oracle's.
    uint256 public averageBps = 10_000;
    uint256 public lastPriceLimit;

    constructor(address hub, address oracle) {
        (_hub, _oracle) = (hub, IPriceOracle(oracle));
    }

    function addPool(address pool, address token0, address token1) external {
        _tokens[pool] = [token0, token1];
    }

    function setCost(uint256 cost_) external {
        cost = cost_;
    }

    function setUnitsLess(uint256 units) external {
        unitsLess = units;
    }

    function setFilled(uint256 part) external {
        filled = part;
    }

    function setDepth(uint256 depth_) external {
        depth = depth_;
    }

    function setAverageBps(uint256 bps) external {
        averageBps = bps;
    }

    function swap(address, address tokenIn, address tokenOut, uint256 amountIn, uint256 priceLimit) external {
        lastPriceLimit = priceLimit;
        uint256 sold = priceLimit == 0 ? amountIn : amountIn * filled / 1e18;
        if (sold != amountIn) require(IERC20(tokenIn).transfer(_hub, amountIn - sold), "not handed back");
        uint256 worth = _oracle.quote(tokenIn, tokenOut, sold);
        require(IERC20(tokenOut).transfer(_hub, worth - worth * cost / 1e9 - unitsLess), "not paid");
    }

    function market(address, address tokenIn, address tokenOut, uint256 amountIn, uint256)
        external
        view
        returns (uint256 averageOut, uint256 depthIn)
    {
        return (_oracle.quote(tokenIn, tokenOut, amountIn) * averageBps / 10_000, depth);
    }

    function poolTokens(address pool) external view returns (address token0, address token1) {
        return (_tokens[pool][0], _tokens[pool][1]);
    }
}
