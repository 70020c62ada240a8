// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";

/// @notice The cheapest way to swap in a pool: what a trader with a contract of their own pays. A yardstick, nothing
/// else.
contract PoolSwapper {
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 private constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    function swap(address pool, bool zeroForOne, int256 amountIn) external {
        uint160 limit = zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE;
        IUniswapV3Pool(pool).swap(msg.sender, zeroForOne, amountIn, limit, abi.encode(msg.sender));
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external {
        (address token, int256 owed) = amount0 > 0
            ? (IUniswapV3Pool(msg.sender).token0(), amount0)
            : (IUniswapV3Pool(msg.sender).token1(), amount1);
        require(IERC20(token).transferFrom(abi.decode(data, (address)), msg.sender, uint256(owed)));
    }
}
