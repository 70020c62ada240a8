// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IUniswapV3Factory} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Factory.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {IUniswapV3PoolImmutables} from "@uniswap/v3-core/contracts/interfaces/pool/IUniswapV3PoolImmutables.sol";
import {IVenue} from "../interfaces/IVenue.sol";

/// @title Uniswap V3 venue
/// @notice Swaps the hub's tokens in one Uniswap V3 pool, without router or free calldata.
/// @dev The pool asks for its payment in a callback. Only the pool that is being swapped in is answered.
contract UniswapV3Venue is IVenue {
    using SafeERC20 for IERC20;

    /// @dev One inside Uniswap's TickMath bounds: no limit of our own, the hub checks the price it got.
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 private constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    address public immutable hub;
    IUniswapV3Factory public immutable factory;

    address private transient _pool;
    address private transient _tokenIn;

    constructor(address hub_, address factory_) {
        hub = hub_;
        factory = IUniswapV3Factory(factory_);
    }

    /// @inheritdoc IVenue
    function swap(address pool, address tokenIn, address tokenOut, uint256 amountIn) external {
        if (msg.sender != hub) revert NotHub();
        bool zeroForOne = tokenIn < tokenOut;
        (_pool, _tokenIn) = (pool, tokenIn);
        (int256 amount0, int256 amount1) = IUniswapV3Pool(pool)
            .swap(hub, zeroForOne, int256(amountIn), zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE, "");
        (_pool, _tokenIn) = (address(0), address(0));
        uint256 left = amountIn - uint256(zeroForOne ? amount0 : amount1);
        if (left != 0) IERC20(tokenIn).safeTransfer(hub, left);
    }

    /// @notice Pays the pool that is being swapped in.
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        if (msg.sender != _pool) revert BadCallback();
        int256 owed = amount0 > 0 ? amount0 : amount1;
        if (owed <= 0) revert BadCallback();
        IERC20(_tokenIn).safeTransfer(msg.sender, uint256(owed));
    }

    /// @inheritdoc IVenue
    function poolTokens(address pool) external view returns (address token0, address token1) {
        token0 = address(uint160(_read(pool, IUniswapV3PoolImmutables.token0.selector)));
        token1 = address(uint160(_read(pool, IUniswapV3PoolImmutables.token1.selector)));
        uint24 fee = uint24(_read(pool, IUniswapV3PoolImmutables.fee.selector));
        if (factory.getPool(token0, token1, fee) != pool) revert NotAPool(pool);
    }

    /// @dev One word from what may be anything: an account without code and a contract without the function
    /// are answered as what they are, no pool, instead of an empty revert.
    function _read(address pool, bytes4 selector) private view returns (uint256) {
        (bool ok, bytes32 word,) = LowLevelCall.staticcallReturn64Bytes(pool, abi.encodePacked(selector));
        if (!ok || LowLevelCall.returnDataSize() != 32) revert NotAPool(pool);
        return uint256(word);
    }
}
