// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {Order, OrderKind, Policy, Reason, StrategyParams, TradeParams} from "../../../contracts/interfaces/Types.sol";
import {DishonestVenue} from "../support/DishonestVenue.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice The one way in which vaults trade: bounds met to the unit, exact shares, an exchange that lies.
/// forge-config: default.isolate = true
contract ClearingTest is TradingWorld {
    Policy private none;

    // ------------------------------------------------------------------ who stands aside

    function test_exactly_those_whose_limit_is_broken_stand_aside() public {
        uint32[3] memory vaults = _threeLimits();
        plain.setCost(3e6);
        TradeParams memory all = terms(usdc, weth, ALL);
        refuse(all, _belowOracle(3, 3e6, 10));
        tradeExpecting(10, all, _belowOracle(3, 3e6, 10));
        // The one with fifty would have taken this price.
        tradeExpecting(51, all, _skippedAtGoodPrice(3e6, 50));
        for (uint16 expected = 11; expected <= 50; expected += 39) {
            uint256 kept = vm.snapshotState();
            tradeExpecting(expected, all, "");
            assertSkipped(vaults[0], Reason.Slippage);
            assertCopied(vaults[1], HELD, Reason.None);
            assertCopied(vaults[2], HELD, Reason.None);
            assertEq(statuses, 0);
            vm.revertToState(kept);
        }
    }

    function test_a_limit_is_met_to_the_unit() public {
        _threeLimits();
        TradeParams memory all = terms(usdc, weth, ALL);
        plain.setCost(5e6);
        tradeExpecting(51, all, _skippedAtGoodPrice(5e6, 50));
        plain.setUnitsLess(1);
        uint256 out = (STAKE + 2 * HELD) * WETH_A_UNIT;
        uint256 wanted = out - out * 5 / 1_000;
        tradeExpecting(50, all, abi.encodeWithSelector(IHubLog.PriceBelowOracle.selector, wanted - 1, wanted));
        tradeExpecting(51, all, "");
        assertEq(order.length, 4);
    }

    function test_the_strategys_own_bound_holds_for_all() public {
        lead(offer());
        plain.setCost(3e7);
        plain.setUnitsLess(1);
        uint256 least = STAKE * WETH_A_UNIT * 97 / 100;
        refuse(usdc, weth, ALL, abi.encodeWithSelector(IHubLog.PriceBelowOracle.selector, least - 1, least));
        plain.setUnitsLess(0);
        trade(usdc, weth, ALL);
    }

    function test_an_expectation_is_for_one_trade_of_its_caller() public {
        _threeLimits();
        plain.setCost(3e6);
        vm.prank(leader);
        hub.expectSlippage(30);
        // In another transaction it is nothing.
        refuse(terms(usdc, weth, ALL), _belowOracle(3, 3e6, 10));
    }

    function test_later_batches_allow_the_exchange_a_unit() public {
        StrategyParams memory params = offer();
        params.maxSlippageBps = 0;
        params.maxDriftBps = 0;
        lead(params);
        for (uint256 i; i < 4; ++i) {
            follow(i, HELD, none);
        }
        plain.setUnitsLess(1);
        vm.prank(leader);
        vm.expectPartialRevert(IHubLog.PriceBelowOracle.selector);
        hub.trade(terms(usdc, weth, ALL));
        plain.setUnitsLess(0);
        trade(usdc, weth, ALL);
        // One unit of each token: of USDC it is 4e8 of WETH.
        plain.setUnitsLess(WETH_A_UNIT + 2);
        vm.prank(keeper);
        vm.expectPartialRevert(IHubLog.PriceBelowLimit.selector);
        hub.continueTrade(strategyId, 3);
        plain.setUnitsLess(WETH_A_UNIT);
        goOn(3);
        assertEq(hub.stateOf(strategyId).lossUsed, 0);
    }

    // ------------------------------------------------------------------ agreement and depth

    function test_oracle_and_average_must_agree() public {
        lead(offer());
        for (uint256 i; i < 2; ++i) {
            uint256 worth = inVault(leaderVault, usdc) * WETH_A_UNIT;
            uint256 bps = i == 0 ? 9_499 : 10_501;
            plain.setAverageBps(bps);
            refuse(
                usdc, weth, ALL, abi.encodeWithSelector(IHubLog.PricesDisagree.selector, worth, worth * bps / 10_000)
            );
            plain.setAverageBps(i == 0 ? 9_500 : 10_500);
            trade(usdc, weth, ALL / 4);
        }
    }

    function test_what_the_pool_cannot_take_is_cut_of_the_largest_first() public {
        StrategyParams memory params = offer();
        params.terms.copyBps = 100;
        lead(params);
        (uint32 small, uint32 large, uint32 largest) =
            (follow(0, 100e6, none), follow(1, HELD, none), follow(2, 2 * HELD, none));
        plain.setDepth(STAKE - 1);
        refuse(usdc, weth, ALL, abi.encodeWithSelector(IHubLog.TooLargeForPool.selector, STAKE, STAKE - 1));
        plain.setDepth(STAKE + 1_300e6);
        trade(usdc, weth, ALL);
        assertCopied(small, 99e6, Reason.None);
        assertCopied(large, 594e6, Reason.PoolDepth);
        assertCopied(largest, 594e6, Reason.PoolDepth);
        assertEq(told(large).fee, 6e6);
        assertEq(inVault(largest, usdc), 1_400e6);
        assertEq(told(leaderVault).amountIn, STAKE);
        assertEq(cleared.amountIn, STAKE + 99e6 + 2 * 594e6);
        assertEq(cleared.portion, ALL);
    }

    function test_later_batches_are_cut_too_and_exactly_what_fits_is_not() public {
        lead(offer());
        for (uint256 i; i < 5; ++i) {
            follow(i, HELD, none);
        }
        trade(usdc, weth, ALL);
        plain.setDepth(HELD);
        goOn(3);
        assertEq(cleared.amountIn, HELD);
        assertCopied(order[0], HELD / 2, Reason.PoolDepth);
        assertCopied(order[1], HELD / 2, Reason.PoolDepth);
        plain.setDepth(STAKE / 2 * WETH_A_UNIT + 3 * HELD * WETH_A_UNIT);
        trade(weth, usdc, ALL / 2);
        assertEq(uint8(told(leaderVault).reason), uint8(Reason.None));
    }

    // ------------------------------------------------------------------ shares

    function test_shares_floor_and_dust_is_the_treasurys() public {
        lead(offer());
        uint32[3] memory vaults =
            [follow(0, 333_333_333, none), follow(1, 777_777_777, none), follow(2, 123_456_789, none)];
        plain.setUnitsLess(7);
        trade(usdc, weth, ALL);
        uint256 total = STAKE + 333_333_333 + 777_777_777 + 123_456_789;
        uint256 received = total * WETH_A_UNIT - 7;
        uint256 shared = STAKE * received / total;
        assertEq(inVault(leaderVault, weth), shared);
        for (uint256 i; i < 3; ++i) {
            uint256 share = told(vaults[i]).amountIn * received / total;
            assertEq(inVault(vaults[i], weth), share);
            shared += share;
        }
        assertEq(cleared.amountOut, received);
        assertEq(cleared.dust, received - shared);
        assertEq(cleared.oracleOut, total * WETH_A_UNIT);
        assertGt(cleared.dust, 0);
        assertEq(fees(treasury, weth), cleared.dust);
        assertEq(weth.balanceOf(address(hub)), received);
    }

    // ------------------------------------------------------------------ an exchange that lies

    function test_a_venue_that_keeps_the_money_or_hands_back_is_believed_nothing() public {
        (DishonestVenue liar, address pool) = _liar();
        TradeParams memory params = terms(usdc, weth, ALL);
        params.pool = pool;
        refuse(params, abi.encodeWithSelector(IHubLog.PriceBelowOracle.selector, 0, STAKE * WETH_A_UNIT * 97 / 100));
        liar.plan(1, STAKE * WETH_A_UNIT);
        refuse(params, abi.encodeWithSelector(IHubLog.FilledTooLittle.selector, STAKE - 1, STAKE));
        liar.plan(STAKE, 0);
        refuse(params, abi.encodeWithSelector(IHubLog.FilledTooLittle.selector, 0, STAKE));
        // More than it got counts as nothing spent.
        liar.plan(STAKE + 5, 0);
        refuse(params, abi.encodeWithSelector(IHubLog.FilledTooLittle.selector, 0, STAKE));
        liar.plan(0, STAKE * WETH_A_UNIT);
        trade(params);
        assertEq(inVault(leaderVault, weth), STAKE * WETH_A_UNIT);
    }

    function test_a_venue_that_pays_more_than_a_balance_can_hold_is_refused() public {
        (DishonestVenue liar, address pool) = _liar();
        weth.mint(address(liar), 1 << 130);
        TradeParams memory params = terms(usdc, weth, ALL / 2);
        params.pool = pool;
        liar.plan(0, 1 << 128);
        refuse(params, abi.encodeWithSelector(IHubLog.BalanceOverflow.selector));
        liar.plan(0, (1 << 128) - 1);
        trade(params);
        assertEq(inVault(leaderVault, weth), (1 << 128) - 1);
        refuse(params, abi.encodeWithSelector(IHubLog.BalanceOverflow.selector));
    }

    function test_what_was_given_to_the_hub_is_no_part_of_a_fill() public {
        lead(offer());
        weth.mint(address(hub), 5e18);
        usdc.mint(address(hub), 5e6);
        trade(usdc, weth, ALL);
        assertEq(inVault(leaderVault, weth), STAKE * WETH_A_UNIT);
        assertEq(weth.balanceOf(address(hub)), STAKE * WETH_A_UNIT + 5e18);
    }

    function test_a_price_beyond_reason_is_none() public {
        Policy memory policy;
        policy.maxTokenBps = 10_000;
        lead(offer());
        follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        setPrice(weth, 1 << 200);
        vm.prank(leader);
        vm.expectRevert();
        hub.trade(terms(weth, wbtc, ALL / 2));
        setPrice(weth, 1);
        setPrice(usdc, 1 << 120);
        refuse(usdc, weth, ALL / 2, abi.encodeWithSelector(IHubLog.PriceNeeded.selector));
    }

    // ------------------------------------------------------------------ Uniswap itself

    function test_a_swap_stops_at_the_limit_on_the_real_pool_both_ways() public {
        StrategyParams memory params = offer();
        params.limits.minStake = 10e6;
        (strategyId, leaderVault) = openStrategy(leader, params, 1_000_000e6);
        pass(1);
        for (uint256 i; i < 2; ++i) {
            (address sold, address bought) = i == 0 ? (address(usdc), address(weth)) : (address(weth), address(usdc));
            TradeParams memory how = tradeParams(strategyId, sold, bought, ALL);
            // A thousandth and the pool's fee of half a thousandth.
            how.limitPrice = i == 0 ? uint256(4e44) * 9_985 / 10_000 : uint256(2_500e24);
            Order memory what = marketOrder(how, 1 + i);
            (what.kind, what.minFill) = (OrderKind.Limit, 1);
            carry(what);
            assertGt(cleared.amountIn, 0);
            assertLt(cleared.portion, ALL);
            assertGe(cleared.amountOut * 1e36 / cleared.amountIn, how.limitPrice);
        }
    }

    // ------------------------------------------------------------------ internals

    /// @dev Ten basis points, fifty, and whatever the strategy takes; 1,000 USDC each.
    function _threeLimits() private returns (uint32[3] memory vaults) {
        lead(offer());
        uint16[3] memory limits = [uint16(10), 50, 0];
        for (uint256 i; i < 3; ++i) {
            Policy memory policy;
            policy.maxSlippageBps = limits[i];
            vaults[i] = follow(i, HELD, policy);
        }
    }

    function _belowOracle(uint256 members, uint256 cost, uint256 bps) private pure returns (bytes memory) {
        uint256 out = (STAKE + members * HELD) * WETH_A_UNIT;
        return
            abi.encodeWithSelector(IHubLog.PriceBelowOracle.selector, out - out * cost / 1e9, out - out * bps / 10_000);
    }

    function _skippedAtGoodPrice(uint256 cost, uint256 bps) private pure returns (bytes memory) {
        uint256 out = (STAKE + HELD) * WETH_A_UNIT;
        return
            abi.encodeWithSelector(
                IHubLog.SkippedAtGoodPrice.selector, out - out * cost / 1e9, out - out * bps / 10_000
            );
    }

    function _liar() private returns (DishonestVenue liar, address pool) {
        liar = new DishonestVenue(address(hub), address(usdc), address(weth));
        liar.planAverage(4e44);
        pool = makeAddr("liar's pool");
        hub.listPool(pool, address(liar));
        usdc.mint(address(liar), STAKE);
        weth.mint(address(liar), 1e27);
        StrategyParams memory params = offer();
        params.pools[0] = pool;
        lead(params);
    }
}
