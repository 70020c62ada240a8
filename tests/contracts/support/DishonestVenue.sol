// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice A venue that was listed although it cheats: it swaps as it is told beforehand, whatever the market says.
contract DishonestVenue {
    address private immutable _hub;
    address private immutable _token0;
    address private immutable _token1;

    uint256 private _handBack;
    uint256 private _pay;
    uint256 private _average;
    bytes private _call;

    constructor(address hub, address tokenA, address tokenB) {
        _hub = hub;
        (_token0, _token1) = tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
    }

    /// @notice The next swaps give back `handBack` of the token sold and pay `pay` of the token bought.
    function plan(uint256 handBack, uint256 pay) external {
        (_handBack, _pay) = (handBack, pay);
    }

    /// @notice The price that it claims for an average from now on: units out per unit in, scaled by 1e36.
    function planAverage(uint256 price) external {
        _average = price;
    }

    /// @notice The next swaps first call the hub.
    function planCall(bytes calldata data) external {
        _call = data;
    }

    function swap(address, address tokenIn, address tokenOut, uint256, uint256) external {
        if (_call.length != 0) {
            (bool ok, bytes memory answer) = _hub.call(_call);
            if (!ok) {
                assembly ("memory-safe") {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
        if (_handBack != 0) require(IERC20(tokenIn).transfer(_hub, _handBack), "not handed back");
        if (_pay != 0) require(IERC20(tokenOut).transfer(_hub, _pay), "not paid");
    }

    /// @dev It claims to be as deep as can be.
    function market(address, address, address, uint256 amountIn, uint256) external view returns (uint256, uint256) {
        return (amountIn * _average / 1e36, type(uint256).max);
    }

    function poolTokens(address) external view returns (address, address) {
        return (_token0, _token1);
    }
}
