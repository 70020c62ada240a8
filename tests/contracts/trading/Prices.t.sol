// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {ChainlinkOracle} from "../../../contracts/oracles/ChainlinkOracle.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {UniswapV3Venue} from "../../../contracts/venues/UniswapV3Venue.sol";
import {DatedFeed} from "../support/DatedFeed.sol";
import {LeadersPool} from "../support/LeadersPool.sol";
import {World} from "../support/World.sol";

/// @notice The oracle and the Uniswap V3 venue: what they say, and when they would rather say nothing.
contract PricesTest is World {
    address private hubOf;
    UniswapV3Venue private own;

    function setUp() public {
        deployWorld(3);
        hubOf = makeAddr("hub");
        own = new UniswapV3Venue(hubOf, address(factory), WINDOW);
    }

    // ------------------------------------------------------------------ oracle

    function test_a_quote_converts_decimals_and_prices_and_rounds_down() public view {
        assertEq(oracle.quote(address(usdc), address(weth), 2_500e6), 1e18);
        assertEq(oracle.quote(address(wbtc), address(usdc), 1e8), 50_000e6);
        assertEq(oracle.quote(address(weth), address(wbtc), 20e18), 1e8);
        assertEq(oracle.quote(address(usdc), address(usdc), 7), 7);
        assertEq(oracle.quote(address(weth), address(usdc), 4e8 - 1), 0);
        assertEq(oracle.quote(address(weth), address(usdc), 8e8 - 1), 1);
        assertEq(oracle.priceDown(address(usdc), address(weth)), 4e44);
        assertEq(oracle.priceDown(address(weth), address(usdc)), 2_500e24);
    }

    function test_decimals_of_token_and_feed_are_scaled_out() public {
        TestnetToken token = new TestnetToken("Another", "ANO", 3, address(this));
        DatedFeed feed = new DatedFeed(5);
        feed.post(20e5, 0, block.timestamp);
        vm.expectEmit();
        emit IPriceOracle.FeedSet(address(token), address(feed), 77, 3, 5);
        oracle.setFeed(address(token), address(feed), 77);
        assertEq(oracle.quote(address(token), address(usdc), 1e3), 20e6);
        assertEq(oracle.quote(address(usdc), address(token), 20e6), 1e3);
        (address source, uint32 heartbeat, uint8 tokenDecimals, uint8 feedDecimals) = oracle.feedOf(address(token));
        assertEq(source, address(feed));
        assertEq(heartbeat, 77);
        assertEq(tokenDecimals, 3);
        assertEq(feedDecimals, 5);
    }

    function test_feeds_are_set_once_by_the_owner() public {
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedAlreadySet.selector, address(usdc)));
        oracle.setFeed(address(usdc), address(feedOf[weth]), 1);
        vm.prank(hubOf);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, hubOf));
        oracle.setFeed(hubOf, hubOf, 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedMissing.selector, hubOf));
        oracle.requireFeed(hubOf);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedMissing.selector, hubOf));
        oracle.quote(address(usdc), hubOf, 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedMissing.selector, hubOf));
        oracle.quote(hubOf, address(usdc), 1);
        oracle.requireFeed(address(usdc));
    }

    function test_a_feed_is_believed_for_its_heartbeat_and_only_what_is_above_nothing() public {
        TestnetToken token = new TestnetToken("Another", "ANO", 18, address(this));
        DatedFeed feed = new DatedFeed(8);
        oracle.setFeed(address(token), address(feed), 100);
        uint256 now_ = block.timestamp;
        feed.post(1, 0, now_ - 100);
        assertEq(oracle.quote(address(token), address(token), 5), 5);
        feed.post(1, now_, now_ - 101);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedStale.selector, address(token), now_ - 101));
        oracle.quote(address(token), address(usdc), 1);
        feed.post(1, 0, now_ + 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedStale.selector, address(token), now_ + 1));
        oracle.quote(address(token), address(usdc), 1);
        for (int256 answer = -1; answer < 1; ++answer) {
            feed.post(answer, 0, now_);
            vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedAnswerInvalid.selector, address(token), answer));
            oracle.quote(address(token), address(usdc), 1);
        }
    }

    function test_after_an_outage_of_the_sequencer_nothing_is_believed_for_a_while() public {
        DatedFeed uptime = new DatedFeed(0);
        ChainlinkOracle rolled = new ChainlinkOracle(address(this), address(uptime), 1_000);
        rolled.setFeed(address(usdc), address(feedOf[usdc]), 1 hours);
        uint256 now_ = block.timestamp;
        uptime.post(1, now_ - 9_000, now_);
        vm.expectRevert(IPriceOracle.SequencerDown.selector);
        rolled.quote(address(usdc), address(usdc), 5);
        uptime.post(0, now_ - 1_000, now_);
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.SequencerStarting.selector, now_ - 1_000));
        rolled.quote(address(usdc), address(usdc), 5);
        uptime.post(0, now_ - 1_001, now_);
        assertEq(rolled.quote(address(usdc), address(usdc), 5), 5);
        assertEq(rolled.sequencer(), address(uptime));
        assertEq(rolled.gracePeriod(), 1_000);
    }

    // ------------------------------------------------------------------ venue

    function test_it_names_genuine_pools_tokens_in_their_order() public {
        (address token0, address token1) = venue.poolTokens(usdcWeth);
        assertEq(token0, IUniswapV3Pool(usdcWeth).token0());
        assertEq(token1, IUniswapV3Pool(usdcWeth).token1());
        address[4] memory others =
            [hubOf, address(usdc), address(factory), address(new LeadersPool(address(usdc), address(weth), 500))];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IVenue.NotAPool.selector, others[i]));
            venue.poolTokens(others[i]);
        }
    }

    function test_a_swap_sells_all_and_pays_the_hub_both_ways() public {
        uint256 bought = _swap(usdc, weth, 2_500e6, 0);
        assertApproxEqRel(bought, 1e18 * 9_995 / 10_000, 1e15);
        bought = _swap(weth, usdc, 1e18, 0);
        assertApproxEqRel(bought, 2_500e6 * 9_995 / uint256(10_000), 1e15);
        vm.expectRevert(IVenue.NotHub.selector);
        own.swap(usdcWeth, address(usdc), address(weth), 1, 0);
    }

    function test_a_swap_stops_where_the_next_unit_would_buy_less() public {
        // Prices a thousandth below the pool's own, and the pool's fee of half a thousandth.
        for (uint256 i; i < 2; ++i) {
            (TestnetToken sold, TestnetToken bought) = i == 0 ? (usdc, weth) : (weth, usdc);
            uint256 price = i == 0 ? 4e44 : 2_500e24;
            uint256 amount = i == 0 ? 5_000_000e6 : 2_000e18;
            uint256 limit = price * 9_985 / 10_000;
            uint256 kept = vm.snapshotState();
            uint256 out = _swap(sold, bought, amount, limit);
            uint256 back = sold.balanceOf(hubOf);
            assertGt(back, 0);
            uint256 spent = amount - back;
            // On average half way between: nothing is sold beyond, and all up to there is.
            uint256 average = out * 1e36 / spent;
            assertGt(average, limit);
            assertApproxEqRel(average, price * 9_990 / 10_000, 1e14);
            // At once again, nothing is left to be had at that price, and a little less has some.
            assertEq(_swap(sold, bought, amount, limit), 0);
            assertGt(_swap(sold, bought, amount, limit * 9_999 / 10_000), 0);
            vm.revertToState(kept);
        }
    }

    function test_a_limit_out_of_reach_sells_nothing() public {
        assertEq(_swap(usdc, weth, 1e6, type(uint256).max), 0);
        assertEq(usdc.balanceOf(hubOf), 1e6);
        assertEq(_swap(usdc, weth, 1e6, 1e36 * (1 << 127)), 0);
        assertEq(_swap(weth, usdc, 1e18, 1e36 * ((1 << 127) - 1)), 0);
        assertGt(_swap(weth, usdc, 1e18, 1), 0);
        assertGt(_swap(usdc, weth, 1e6, 1), 0);
    }

    function test_only_the_pool_that_is_swapped_in_is_paid() public {
        vm.expectRevert(IVenue.BadCallback.selector);
        venue.uniswapV3SwapCallback(1, 0, "");
        LeadersPool pool = new LeadersPool(address(usdc), address(weth), 500);
        usdc.mint(address(own), 100);
        for (int256 asked = -1; asked < 1; ++asked) {
            pool.plan(asked, asked);
            vm.prank(hubOf);
            vm.expectRevert(IVenue.BadCallback.selector);
            own.swap(address(pool), address(usdc), address(weth), 1, 0);
        }
        pool.plan(1, 1);
        vm.prank(hubOf);
        own.swap(address(pool), address(usdc), address(weth), 1, 0);
        assertEq(usdc.balanceOf(address(pool)), 1);
        vm.expectRevert(IVenue.BadCallback.selector);
        pool.askForMoney(address(own));
    }

    function test_the_market_is_an_average_over_the_window_rounded_down() public {
        (uint256 averageOut, uint256 depthIn) = venue.market(usdcWeth, address(usdc), address(weth), 2_500e6, 1_000);
        assertApproxEqRel(averageOut, 1e18, 2e14);
        // Ten percent of 50 million, halved: the price moves twice as far as the root.
        assertApproxEqRel(depthIn, 2_500_000e6, 1e15);
        (averageOut, depthIn) = venue.market(usdcWeth, address(weth), address(usdc), 1e18, 500);
        assertApproxEqRel(averageOut, 2_500e6, 2e14);
        assertApproxEqRel(depthIn, 500e18, 1e15);
        // What happens now weighs nothing yet, and all of it once the window has passed.
        bool zeroForOne = address(usdc) < address(weth);
        swapInPool(usdcWeth, zeroForOne, 5_000_000e6);
        (uint256 same,) = venue.market(usdcWeth, address(usdc), address(weth), 2_500e6, 1_000);
        assertApproxEqRel(same, 1e18, 2e14);
        vm.warp(vm.getBlockTimestamp() + WINDOW / 2);
        (uint256 half,) = venue.market(usdcWeth, address(usdc), address(weth), 2_500e6, 1_000);
        vm.warp(vm.getBlockTimestamp() + WINDOW / 2);
        (uint256 whole,) = venue.market(usdcWeth, address(usdc), address(weth), 2_500e6, 1_000);
        assertApproxEqRel(whole, uint256(1e18) * 100 / 121, 1e15);
        // A geometric mean.
        assertApproxEqRel(half * half, whole * 1e18, 1e15);
    }

    function test_averages_below_zero_round_down() public {
        // One of the pools has its price above one and another below it: their ticks' signs differ.
        int24[2] memory ticks;
        address[2] memory pools = [usdcWeth, wethWbtc];
        for (uint256 i; i < 2; ++i) {
            address pool = pools[i];
            address token0 = IUniswapV3Pool(pool).token0();
            address token1 = IUniswapV3Pool(pool).token1();
            (, ticks[i],,,,,) = IUniswapV3Pool(pool).slot0();
            swapInPool(pool, true, 1e6);
            uint256 amount = 1e30;
            (uint256 here,) = venue.market(pool, token0, token1, amount, 1);
            vm.warp(vm.getBlockTimestamp() + 1);
            swapInPool(pool, false, TestnetToken(token1).totalSupply() / 1e5);
            vm.warp(vm.getBlockTimestamp() + 1);
            (uint256 later,) = venue.market(pool, token0, token1, amount, 1);
            // 118 of 120 seconds at the first tick, one at another above it: the average is the first tick's or above.
            assertGe(later, here);
        }
    }

    function test_a_pool_that_is_too_young_has_no_market() public {
        address pool = factory.createPool(address(usdc), address(weth), 10_000);
        IUniswapV3Pool(pool).initialize(1 << 96);
        vm.expectRevert(abi.encodeWithSelector(IVenue.PoolTooYoung.selector, pool));
        venue.market(pool, address(usdc), address(weth), 1, 1);
    }

    /// @return bought What the hub got.
    function _swap(TestnetToken sold, TestnetToken bought_, uint256 amount, uint256 limit)
        private
        returns (uint256 bought)
    {
        uint256 before = bought_.balanceOf(hubOf);
        sold.mint(address(own), amount);
        vm.prank(hubOf);
        own.swap(usdcWeth, address(sold), address(bought_), amount, limit);
        assertEq(sold.balanceOf(address(own)), 0);
        return bought_.balanceOf(hubOf) - before;
    }
}
