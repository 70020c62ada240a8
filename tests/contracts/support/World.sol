// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IUniswapV3Factory} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Factory.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {Hub} from "../../../contracts/core/Hub.sol";
import {HubExtension} from "../../../contracts/core/HubExtension.sol";
import {HubKeepers} from "../../../contracts/core/HubKeepers.sol";
import {HubOffers} from "../../../contracts/core/HubOffers.sol";
import {IHub} from "../../../contracts/interfaces/IHub.sol";
import {Policy, StrategyLimits, StrategyParams, TradeParams} from "../../../contracts/interfaces/Types.sol";
import {ChainlinkOracle} from "../../../contracts/oracles/ChainlinkOracle.sol";
import {TestnetFeed} from "../../../contracts/testnet/TestnetFeed.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {UniswapV3Venue} from "../../../contracts/venues/UniswapV3Venue.sol";

/// @notice The hub on the real Uniswap V3: the factory's own npm bytecode, three tokens, three full-range pools.
abstract contract World is Test {
    string private constant FACTORY_ARTIFACT =
        "node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json";
    int24 private constant MAX_TICK = 887_272;
    uint160 private constant LOWEST_SQRT_PRICE = 4_295_128_740;
    uint160 private constant HIGHEST_SQRT_PRICE = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    uint256 internal constant WETH_PRICE = 2_500e8;
    uint256 internal constant WBTC_PRICE = 50_000e8;
    uint64 internal constant ALL = 1e18;
    uint40 internal constant LISTING_DELAY = 2 days;
    uint16 internal constant MAX_DEVIATION_BPS = 500;
    uint32 internal constant WINDOW = 2 minutes;

    address internal treasury = makeAddr("treasury");
    IHub internal hub;
    ChainlinkOracle internal oracle;
    UniswapV3Venue internal venue;
    IUniswapV3Factory internal factory;
    TestnetToken internal usdc;
    TestnetToken internal weth;
    TestnetToken internal wbtc;
    mapping(TestnetToken token => TestnetFeed) internal feedOf;
    address internal usdcWeth;
    address internal usdcWbtc;
    address internal wethWbtc;

    function deployWorld(uint32 batchSize) internal {
        vm.warp(1_700_000_000);
        bytes memory code = vm.parseJsonBytes(vm.readFile(FACTORY_ARTIFACT), ".bytecode");
        address deployed;
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        factory = IUniswapV3Factory(deployed);
        oracle = new ChainlinkOracle(address(this), address(0), 0);
        HubOffers offers = new HubOffers(address(oracle), batchSize, MAX_DEVIATION_BPS, LISTING_DELAY);
        HubExtension extension = new HubExtension(address(offers));
        HubKeepers keepers = new HubKeepers(address(extension), address(0));
        hub = IHub(address(new Hub(address(this), treasury, address(keepers))));
        venue = new UniswapV3Venue(address(hub), address(factory), WINDOW);
        usdc = _listToken("USD Coin", "USDC", 6, 1e8);
        weth = _listToken("Wrapped Ether", "WETH", 18, int256(WETH_PRICE));
        wbtc = _listToken("Wrapped Bitcoin", "WBTC", 8, int256(WBTC_PRICE));
        usdcWeth = _listPool(usdc, weth, 500, 50_000_000e6, 20_000e18);
        usdcWbtc = _listPool(usdc, wbtc, 3_000, 50_000_000e6, 1_000e8);
        wethWbtc = _listPool(weth, wbtc, 500, 20_000e18, 1_000e8);
        vm.warp(block.timestamp + WINDOW);
    }

    /// @dev Parameters of a strategy on all three tokens and pools with USDC as base.
    function strategyParams(uint16 copyFeeBps, bool withFees) internal view returns (StrategyParams memory params) {
        params = strategyParams(copyFeeBps);
        if (!withFees) return params;
        params.terms.performanceBps = 2_000;
        params.terms.performancePeriod = 7 days;
        params.terms.managementBps = 200;
        params.terms.withdrawalBps = 20;
        params.terms.referrerBps = 2_500;
        params.terms.subscriptionPeriod = 7 days;
        params.terms.subscription = 40_000;
    }

    function strategyParams(uint16 copyFeeBps) internal view returns (StrategyParams memory params) {
        params.baseToken = address(usdc);
        params.tokens = new address[](2);
        (params.tokens[0], params.tokens[1]) = (address(weth), address(wbtc));
        params.pools = new address[](3);
        (params.pools[0], params.pools[1], params.pools[2]) = (usdcWeth, usdcWbtc, wethWbtc);
        params.terms.copyBps = copyFeeBps;
        params.limits = StrategyLimits({
            lossBudgetBps: 2_000,
            maxDrawdownBps: 5_000,
            maxTokenBps: 10_000,
            maxExposureBps: 10_000,
            maxImpactBps: 1_000,
            stopBps: 1_000,
            minInterval: 0,
            maxRoundTrips: 255,
            minStake: 10e6
        });
        params.maxSlippageBps = 300;
        params.maxDriftBps = 100;
        params.copyWindow = 10 minutes;
        params.minDeposit = 10e6;
        params.name = "Test strategy";
    }

    function fund(address owner, uint256 amount) internal {
        usdc.mint(owner, amount);
        vm.startPrank(owner);
        usdc.approve(address(hub), amount);
        hub.deposit(address(usdc), amount, owner);
        vm.stopPrank();
    }

    function openStrategy(address leader, uint16 copyFeeBps, uint256 stake)
        internal
        returns (uint32 strategyId, uint32 leaderVault)
    {
        return openStrategy(leader, strategyParams(copyFeeBps), stake);
    }

    function openStrategy(address leader, StrategyParams memory params, uint256 stake)
        internal
        returns (uint32 strategyId, uint32 leaderVault)
    {
        fund(leader, stake);
        vm.startPrank(leader);
        (strategyId, leaderVault) = hub.createStrategy(params);
        hub.allocate(leaderVault, stake);
        vm.stopPrank();
    }

    function openVault(address owner, uint32 strategyId, uint256 amount) internal returns (uint32 vaultId) {
        // No more than a part of an owner's money may be with one leader.
        fund(owner, amount * 4);
        Policy memory policy;
        uint16 terms = hub.strategyOf(strategyId).termsVersion;
        vm.prank(owner);
        return hub.openVault(strategyId, policy, amount, terms, address(0));
    }

    function tradeParams(uint32 strategyId, address tokenIn, address tokenOut, uint64 portion)
        internal
        view
        returns (TradeParams memory)
    {
        return TradeParams({
            strategyId: strategyId,
            pool: poolOf(tokenIn, tokenOut),
            tokenIn: tokenIn,
            tokenOut: tokenOut,
            portion: portion,
            limitPrice: 0,
            deadline: uint40(block.timestamp)
        });
    }

    function poolOf(address a, address b) internal view returns (address) {
        if (a != address(usdc) && b != address(usdc)) return wethWbtc;
        return a == address(weth) || b == address(weth) ? usdcWeth : usdcWbtc;
    }

    /// @dev Swaps directly in the pool, as everybody else in the market does.
    function swapInPool(address pool, bool zeroForOne, uint256 amountIn) internal {
        IUniswapV3Pool(pool)
            .swap(address(this), zeroForOne, int256(amountIn), zeroForOne ? LOWEST_SQRT_PRICE : HIGHEST_SQRT_PRICE, "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        _payPool(amount0, amount1);
    }

    function uniswapV3MintCallback(uint256 amount0, uint256 amount1, bytes calldata) external {
        _payPool(int256(amount0), int256(amount1));
    }

    function _payPool(int256 amount0, int256 amount1) private {
        IUniswapV3Pool pool = IUniswapV3Pool(msg.sender);
        if (amount0 > 0) TestnetToken(pool.token0()).mint(msg.sender, uint256(amount0));
        if (amount1 > 0) TestnetToken(pool.token1()).mint(msg.sender, uint256(amount1));
    }

    function _listToken(string memory name, string memory symbol, uint8 decimals, int256 price)
        private
        returns (TestnetToken token)
    {
        token = new TestnetToken(name, symbol, decimals, address(this));
        TestnetFeed feed = new TestnetFeed(8, string.concat(symbol, " / USD"), address(this));
        feed.post(price);
        feedOf[token] = feed;
        oracle.setFeed(address(token), address(feed), 1 hours);
        hub.listToken(address(token));
    }

    /// @dev Full-range liquidity that holds about `amountA` of `a` and `amountB` of `b` at the price they imply.
    function _listPool(TestnetToken a, TestnetToken b, uint24 fee, uint256 amountA, uint256 amountB)
        private
        returns (address pool)
    {
        pool = factory.createPool(address(a), address(b), fee);
        (uint256 amount0, uint256 amount1) = address(a) < address(b) ? (amountA, amountB) : (amountB, amountA);
        uint256 sqrtPriceX96 = Math.sqrt(Math.mulDiv(amount1, 1 << 192, amount0));
        IUniswapV3Pool(pool).initialize(uint160(sqrtPriceX96));
        IUniswapV3Pool(pool).increaseObservationCardinalityNext(50);
        int24 spacing = IUniswapV3Pool(pool).tickSpacing();
        int24 bound = (MAX_TICK / spacing) * spacing;
        IUniswapV3Pool(pool).mint(address(this), -bound, bound, uint128(Math.sqrt(amount0 * amount1)), "");
        hub.listPool(pool, address(venue));
    }
}
