// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

interface IPaysPools {
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external;
}

/// @notice A leader's own contract that claims to be a Uniswap V3 pool, and asks for money as one does.
contract LeadersPool {
    address public immutable token0;
    address public immutable token1;
    uint24 public immutable fee;

    int256 private _amount0;
    int256 private _amount1;

    constructor(address tokenA, address tokenB, uint24 fee_) {
        (token0, token1) = tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
        fee = fee_;
    }

    /// @notice What the next swaps ask their caller for.
    function plan(int256 amount0, int256 amount1) external {
        (_amount0, _amount1) = (amount0, amount1);
    }

    function swap(address, bool, int256, uint160, bytes calldata) external returns (int256, int256) {
        askForMoney(msg.sender);
        return (_amount0, _amount1);
    }

    /// @notice Asks without being swapped in.
    function askForMoney(address payer) public {
        IPaysPools(payer).uniswapV3SwapCallback(_amount0, _amount1, "");
    }
}
