// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IUniswapV3Factory} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Factory.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {IUniswapV3PoolImmutables} from "@uniswap/v3-core/contracts/interfaces/pool/IUniswapV3PoolImmutables.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";
import {IVenue} from "../interfaces/IVenue.sol";

/// @title Uniswap V3 venue
/// @notice Swaps the hub's tokens in one Uniswap V3 pool, without router or free calldata.
/// @dev The pool asks for its payment in a callback. Only the pool that is being swapped in is answered.
contract UniswapV3Venue is IVenue {
    using SafeERC20 for IERC20;

    /// @dev One inside Uniswap's TickMath bounds: no limit of our own, the hub checks the price it got.
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 private constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    /// @dev Pool fees are in hundredths of a basis point.
    uint256 private constant FEE_UNIT = 1_000_000;
    uint256 private constant PRICE_SCALE = 1e36;
    uint256 private constant BPS = 10_000;

    address public immutable hub;
    IUniswapV3Factory public immutable factory;

    address private transient _pool;
    address private transient _tokenIn;

    /// @inheritdoc IVenue
    uint32 public immutable window;

    constructor(address hub_, address factory_, uint32 window_) {
        hub = hub_;
        factory = IUniswapV3Factory(factory_);
        window = window_;
    }

    /// @inheritdoc IVenue
    function swap(address pool, address tokenIn, address tokenOut, uint256 amountIn, uint256 priceLimit) external {
        if (msg.sender != hub) revert NotHub();
        bool zeroForOne = tokenIn < tokenOut;
        uint160 sqrtLimit = zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE;
        bool possible = true;
        if (priceLimit != 0) (possible, sqrtLimit) = _sqrtLimit(IUniswapV3Pool(pool), zeroForOne, priceLimit);
        uint256 spent = possible ? _swapInPool(pool, tokenIn, zeroForOne, amountIn, sqrtLimit) : 0;
        if (spent != amountIn) IERC20(tokenIn).safeTransfer(hub, amountIn - spent);
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

    function _swapInPool(address pool, address tokenIn, bool zeroForOne, uint256 amountIn, uint160 sqrtLimit)
        private
        returns (uint256 spent)
    {
        (_pool, _tokenIn) = (pool, tokenIn);
        (int256 amount0, int256 amount1) = IUniswapV3Pool(pool).swap(hub, zeroForOne, int256(amountIn), sqrtLimit, "");
        (_pool, _tokenIn) = (address(0), address(0));
        return uint256(zeroForOne ? amount0 : amount1);
    }

    /// @dev The pool's price P is token 1 per token 0, and each unit sold pays the pool's fee first, so the next unit
    /// buys P (1 - fee), or (1 - fee) / P the other way round. Rounded so that the swap stops sooner.
    /// @return possible Whether the pool's price is better than the limit now: a swap could not begin otherwise.
    function _sqrtLimit(IUniswapV3Pool pool, bool zeroForOne, uint256 priceLimit)
        private
        view
        returns (bool possible, uint160 sqrtLimit)
    {
        // Out of any pool's reach, and of the arithmetic's below.
        if (priceLimit / PRICE_SCALE >= 1 << 127) return (false, 0);
        uint256 beforeFee = Math.mulDiv(priceLimit, FEE_UNIT, FEE_UNIT - pool.fee(), Math.Rounding.Ceil);
        uint256 wanted = zeroForOne
            ? (Math.sqrt(Math.mulDiv(beforeFee, 1 << 128, PRICE_SCALE)) + 1) << 32
            : Math.sqrt(Math.mulDiv(PRICE_SCALE, 1 << 128, beforeFee)) << 32;
        sqrtLimit = uint160(Math.max(LOWEST_SQRT_PRICE, Math.min(HIGHEST_SQRT_PRICE, wanted)));
        (uint160 sqrtPrice,,,,,,) = pool.slot0();
        possible = zeroForOne ? sqrtPrice > sqrtLimit : sqrtPrice < sqrtLimit;
    }

    /// @inheritdoc IVenue
    /// @dev The average price is of ticks, so of logarithms: a geometric mean; the average liquidity is the harmonic
    /// one (v3 whitepaper, 5.2 and 5.3). What happens in this very block has no time to weigh anything in either: nobody
    /// can lend a pool depth for one trade.
    /// Near a price, a move by x takes L / sqrt(P) * x / 2 of token 0 or L * sqrt(P) * x / 2 of token 1.
    function market(address pool, address tokenIn, address tokenOut, uint256 amountIn, uint256 impactBps)
        external
        view
        returns (uint256 averageOut, uint256 depthIn)
    {
        (int24 tick, uint256 liquidity) = _average(pool);
        uint256 sqrtPrice = TickMath.getSqrtPriceAtTick(tick);
        uint256 priceX128 = Math.mulDiv(sqrtPrice, sqrtPrice, 1 << 64);
        if (tokenIn < tokenOut) {
            averageOut = Math.mulDiv(amountIn, priceX128, 1 << 128);
            depthIn = Math.mulDiv(liquidity, 1 << 96, sqrtPrice);
        } else {
            averageOut = Math.mulDiv(amountIn, 1 << 128, priceX128);
            depthIn = Math.mulDiv(liquidity, sqrtPrice, 1 << 96);
        }
        depthIn = Math.mulDiv(depthIn, impactBps, 2 * BPS);
    }

    function _average(address pool) private view returns (int24 tick, uint256 liquidity) {
        uint32[] memory ago = new uint32[](2);
        ago[0] = window;
        try IUniswapV3Pool(pool).observe(ago) returns (int56[] memory ticks, uint160[] memory perLiquidity) {
            int56 sum = ticks[1] - ticks[0];
            tick = int24(sum / int56(uint56(window)));
            // Solidity rounds towards zero, an average of ticks rounds down as the pool's own ticks do.
            if (sum < 0 && sum % int56(uint56(window)) != 0) --tick;
            unchecked {
                // The pool's accumulator is meant to overflow.
                liquidity = (uint256(window) << 128) / (perLiquidity[1] - perLiquidity[0]);
            }
        } catch {
            revert PoolTooYoung(pool);
        }
    }

    /// @dev One word from what may be anything: an account without code and a contract without the function
    /// are answered as what they are, no pool, instead of an empty revert.
    function _read(address pool, bytes4 selector) private view returns (uint256) {
        (bool ok, bytes32 word,) = LowLevelCall.staticcallReturn64Bytes(pool, abi.encodePacked(selector));
        if (!ok || LowLevelCall.returnDataSize() != 32) revert NotAPool(pool);
        return uint256(word);
    }
}
