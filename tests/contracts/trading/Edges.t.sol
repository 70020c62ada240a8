// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {ManualParams, Policy, Reason, StrategyParams, TradeParams} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {DishonestVenue} from "../support/DishonestVenue.sol";
import {FeeToken} from "../support/HostileTokens.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice What the planted mistakes and the coverage showed that nothing else looked at.
/// forge-config: default.isolate = true
contract EdgesTest is TradingWorld {
    Policy private none;

    function test_exposure_of_more_than_half_is_what_is_outside_the_base_token() public {
        lead(offer());
        Policy memory policy;
        policy.maxExposureBps = 9_000;
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL * 6 / 10);
        trade(usdc, weth, ALL);
        assertCopied(vault, 300e6, Reason.ExposureCap);
    }

    function test_the_first_of_several_limits_may_be_the_tightest() public {
        lead(offer());
        Policy memory policy;
        (policy.maxTrade, policy.maxTokenBps, policy.maxExposureBps) = (uint88(200e6), 3_000, 4_000);
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL);
        assertCopied(vault, 200e6, Reason.MaximumTrade);
    }

    function test_money_put_in_after_resuming_is_no_days_first_look() public {
        lead(offer());
        Policy memory policy;
        (policy.maxDailyLossBps, policy.maxDrawdownBps) = (200, 9_000);
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        vm.startPrank(followers[0]);
        hub.pause(vault);
        hub.resume(vault);
        hub.allocate(vault, 10e6);
        vm.stopPrank();
        assertEq(hub.riskOf(vault).dayEquity, 0);
        assertEq(hub.riskOf(vault).peak, 0);
        trade(usdc, weth, ALL / 10);
        assertEq(hub.riskOf(vault).dayEquity, HELD + 10e6);
        assertEq(hub.riskOf(vault).peak, HELD + 10e6);
    }

    function test_a_vault_that_was_funded_in_the_transaction_stands_aside() public {
        lead(offer());
        // The leader follows as well, in a second vault.
        fund(leader, 4 * HELD);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(hub.openVault, (strategyId, none, HELD, 1, address(0)));
        calls[1] = abi.encodeCall(hub.trade, (terms(usdc, weth, ALL / 2)));
        vm.recordLogs();
        vm.prank(leader);
        Multicall(address(hub)).multicall(calls);
        listen();
        assertSkipped(2, Reason.FundedNow);
        assertTrue(told(leaderVault).copied);
    }

    function test_a_preview_of_more_than_is_held_is_refused() public {
        lead(offer());
        uint32 vault = follow(0, HELD, none);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InsufficientBalance.selector, HELD, HELD + 1));
        hub.previewOutflow(vault, address(usdc), HELD + 1);
        hub.previewOutflow(vault, address(usdc), HELD);
    }

    function test_a_token_that_takes_more_from_the_hub_than_is_sold_is_refused() public {
        FeeToken token = new FeeToken();
        oracle.setFeed(address(token), address(feedOf[weth]), 1 hours);
        hub.listToken(address(token));
        token.mint(address(plain), 1e24);
        address pool = plainPool(address(usdc), address(token));
        plain.addPool(pool, address(usdc), address(token));
        hub.listPool(pool, address(plain));
        StrategyParams memory params = offer();
        (params.tokens, params.pools) = (new address[](1), new address[](1));
        (params.tokens[0], params.pools[0]) = (address(token), pool);
        lead(params);
        trade(usdc, TestnetToken(address(token)), ALL);
        uint256 held = inVault(leaderVault, TestnetToken(address(token)));
        token.mint(address(hub), held);
        token.setFee(100, true);
        TradeParams memory back = terms(TestnetToken(address(token)), usdc, ALL);
        refuse(back, abi.encodeWithSelector(IHubLog.SpentTooMuch.selector, held, held * 101 / 100));
    }

    function test_an_owners_trade_sells_all_or_nothing() public {
        DishonestVenue liar = new DishonestVenue(address(hub), address(usdc), address(weth));
        address pool = makeAddr("liar's pool");
        hub.listPool(pool, address(liar));
        weth.mint(address(liar), 1e18);
        StrategyParams memory params = offer();
        params.pools[0] = pool;
        lead(params);
        uint32 vault = follow(0, HELD, none);
        liar.plan(1, 1e18);
        ManualParams memory how = ManualParams(vault, pool, address(usdc), address(weth), uint128(HELD), 0, FOREVER);
        vm.prank(followers[0]);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.FilledTooLittle.selector, HELD - 1, HELD));
        hub.manualTrade(how);
    }

    function test_an_average_of_ticks_below_zero_rounds_down() public {
        TestnetToken a = new TestnetToken("A", "A", 18, address(this));
        TestnetToken b = new TestnetToken("B", "B", 18, address(this));
        (address token0, address token1) = address(a) < address(b) ? (address(a), address(b)) : (address(b), address(a));
        IUniswapV3Pool pool = IUniswapV3Pool(factory.createPool(token0, token1, 3_000));
        // A thousandth of a thousandth.
        pool.initialize(uint160((1 << 96) / uint256(1_000)));
        pool.increaseObservationCardinalityNext(20);
        pool.mint(address(this), -887_220, 887_220, 1e18, "");
        vm.warp(vm.getBlockTimestamp() + WINDOW);
        bool uneven;
        for (uint256 i; i < 8; ++i) {
            swapInPool(address(pool), false, 1e12);
            vm.warp(vm.getBlockTimestamp() + 7);
            (int256 tick, bool rounded) = _floorOfAverage(pool);
            uneven = uneven || rounded;
            uint256 root = TickMath.getSqrtPriceAtTick(int24(tick));
            uint256 price = Math.mulDiv(root, root, 1 << 64);
            (uint256 averageOut,) = venue.market(address(pool), token0, token1, 1e24, 1);
            assertEq(averageOut, Math.mulDiv(1e24, price, 1 << 128));
            (averageOut,) = venue.market(address(pool), token1, token0, 1e24, 1);
            assertEq(averageOut, Math.mulDiv(1e24, 1 << 128, price));
        }
        assertTrue(uneven);
    }

    function _floorOfAverage(IUniswapV3Pool pool) private view returns (int256 tick, bool rounded) {
        uint32[] memory ago = new uint32[](2);
        ago[0] = WINDOW;
        (int56[] memory sums,) = pool.observe(ago);
        int256 sum = sums[1] - sums[0];
        int256 window = int256(uint256(WINDOW));
        assertLt(sum, 0);
        // Away from zero, by the magnitude.
        tick = -int256(Math.ceilDiv(uint256(-sum), uint256(window)));
        rounded = sum % window != 0;
    }
}
