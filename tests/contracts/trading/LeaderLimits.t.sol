// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {Policy, StrategyParams, StrategyState} from "../../../contracts/interfaces/Types.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice What binds a leader, at each bound and beside it. Exits are never bound.
/// forge-config: default.isolate = true
contract LeaderLimitsTest is TradingWorld {
    Policy private none;
    /// @dev A hundred units of USDC of the stake.
    uint64 private constant LITTLE = 1e10;

    // ------------------------------------------------------------------ stake

    function test_an_entry_needs_the_least_stake_and_an_exit_does_not() public {
        StrategyParams memory params = offer();
        params.limits.minStake = 5_000e6;
        lead(params);
        trade(usdc, weth, ALL / 2);
        vm.startPrank(leader);
        hub.deallocate(leaderVault, address(usdc), 5_000e6);
        vm.stopPrank();
        trade(weth, wbtc, ALL / 10);
        setPrice(weth, 2_499e8);
        uint256 equity = hub.equityOf(leaderVault);
        assertLt(equity, 5_000e6);
        refuse(weth, wbtc, ALL / 10, abi.encodeWithSelector(IHubLog.StakeTooLow.selector, equity, 5_000e6));
        trade(weth, usdc, ALL);
    }

    // ------------------------------------------------------------------ loss budget

    function test_what_execution_costs_uses_up_the_budget_and_leaks() public {
        lead(_withBudget(16));
        // Eight basis points fit at a time.
        plain.setCost(6e5);
        uint256 start = vm.getBlockTimestamp();
        trade(usdc, weth, ALL / 2);
        StrategyState memory state = hub.stateOf(strategyId);
        assertEq(state.lossUsed, 300_000);
        assertEq(state.lastTradeAt, start);
        trade(usdc, weth, ALL / 3);
        assertEq(hub.stateOf(strategyId).lossUsed, 500_000);
        plain.setCost(4e5);
        bytes memory full = abi.encodeWithSelector(IHubLog.LossBudgetUsedUp.selector, 900_000, 800_000);
        refuse(weth, usdc, ALL, full);
        plain.setCost(3e5 + 1);
        // One too many, until a unit has leaked: 800,000 leak in seven days.
        full = abi.encodeWithSelector(IHubLog.LossBudgetUsedUp.selector, 800_001, 800_000);
        refuse(weth, usdc, ALL, full);
        warpTo(start + 1);
        trade(weth, usdc, ALL);
        assertEq(hub.stateOf(strategyId).lossUsed, 800_000);
        assertEq(hub.stateOf(strategyId).lastTradeAt, start + 1);
    }

    function test_a_better_price_than_the_oracles_gives_nothing_back() public {
        lead(offer());
        plain.setCost(1e6);
        trade(usdc, weth, ALL / 2);
        uint256 used = hub.stateOf(strategyId).lossUsed;
        plain.setCost(0);
        trade(usdc, weth, ALL / 2);
        assertEq(hub.stateOf(strategyId).lossUsed, used);
    }

    function test_a_later_batch_is_charged_for_what_it_costs_more() public {
        StrategyParams memory params = _withBudget(2_000);
        params.maxDriftBps = 1_000;
        lead(params);
        for (uint256 i; i < 7; ++i) {
            follow(i % 5, HELD, none);
        }
        plain.setCost(1e6);
        trade(usdc, weth, ALL / 2 + 1);
        assertEq(hub.stateOf(strategyId).lossUsed, 500_001);
        assertEq(hub.fanoutOf(strategyId).lossRate, 1e6);
        pass(1);
        plain.setCost(3e6);
        goOn(2);
        uint256 rate = hub.fanoutOf(strategyId).lossRate;
        // But for the unit that the exchange may round.
        assertApproxEqAbs(rate, 3e6, 2);
        uint256 used = 500_001 + (uint256(ALL / 2 + 1) * (rate - 1e6) + 1e18 - 1) / 1e18;
        assertEq(hub.stateOf(strategyId).lossUsed, used);
        // Better than the worst: no more is charged.
        plain.setCost(2e6);
        goOn(3);
        assertTrue(completed);
        assertEq(hub.stateOf(strategyId).lossUsed, used);
    }

    function test_a_later_batch_keeps_to_the_budget() public {
        StrategyParams memory params = _withBudget(20);
        params.maxDriftBps = 1_000;
        lead(params);
        for (uint256 i; i < 4; ++i) {
            follow(i, HELD, none);
        }
        plain.setCost(5e5);
        trade(usdc, weth, ALL);
        plain.setCost(1e6 + 10);
        vm.prank(keeper);
        vm.expectPartialRevert(IHubLog.LossBudgetUsedUp.selector);
        hub.continueTrade(strategyId, 3);
        plain.setCost(1e6);
        goOn(3);
        assertTrue(completed);
    }

    // ------------------------------------------------------------------ time

    function test_between_any_trade_and_the_next_entry_the_interval_passes() public {
        StrategyParams memory params = offer();
        params.limits.minInterval = 1_000;
        lead(params);
        uint256 start = vm.getBlockTimestamp();
        trade(usdc, weth, ALL / 2);
        warpTo(start + 999);
        refuse(usdc, weth, ALL / 2, abi.encodeWithSelector(IHubLog.TooSoon.selector, start + 1_000));
        trade(weth, usdc, ALL / 2);
        warpTo(start + 1_998);
        refuse(usdc, weth, ALL / 2, abi.encodeWithSelector(IHubLog.TooSoon.selector, start + 1_999));
        warpTo(start + 1_999);
        trade(usdc, weth, ALL / 2);
    }

    function test_a_day_has_so_many_round_trips() public {
        StrategyParams memory params = offer();
        params.limits.maxRoundTrips = 2;
        lead(params);
        _nextDay();
        trade(usdc, weth, ALL / 2);
        trade(weth, usdc, ALL / 4);
        trade(usdc, weth, ALL / 4);
        trade(weth, wbtc, ALL / 4);
        assertEq(hub.stateOf(strategyId).roundTrips, 1);
        trade(weth, usdc, ALL / 4);
        refuse(usdc, weth, ALL / 4, abi.encodeWithSelector(IHubLog.RoundTripsUsedUp.selector, 2));
        // Nobody is locked in.
        trade(weth, usdc, ALL / 4);
        assertEq(hub.stateOf(strategyId).roundTrips, 3);
        _nextDay();
        trade(weth, usdc, ALL / 4);
        assertEq(hub.stateOf(strategyId).roundTrips, 1);
        trade(usdc, weth, ALL / 4);
        _nextDay();
        trade(usdc, weth, ALL / 4);
        assertEq(hub.stateOf(strategyId).roundTrips, 0);
        assertEq(hub.stateOf(strategyId).day, vm.getBlockTimestamp() / 1 days);
    }

    function test_round_trips_are_counted_up_to_what_fits() public {
        lead(offer());
        trade(usdc, weth, ALL);
        for (uint256 i; i < 257; ++i) {
            trade(weth, usdc, ALL / 1_000);
        }
        assertEq(hub.stateOf(strategyId).roundTrips, 255);
    }

    // ------------------------------------------------------------------ declared profile

    function test_an_entry_beyond_the_declared_share_in_a_token_is_refused() public {
        StrategyParams memory params = offer();
        params.limits.maxTokenBps = 4_000;
        lead(params);
        bytes memory exceeded = abi.encodeWithSelector(IHubLog.ProfileExceeded.selector, 4_001, 4_000);
        refuse(usdc, weth, ALL * 4 / 10 + LITTLE, exceeded);
        trade(usdc, weth, ALL * 4 / 10);
        refuse(usdc, weth, LITTLE, exceeded);
        trade(usdc, wbtc, ALL / 2);
        exceeded = abi.encodeWithSelector(IHubLog.ProfileExceeded.selector, 4_001, 4_000);
        // 3,000 of 10,000 are in WBTC: 1,000 of the 4,000 in WETH fit.
        refuse(weth, wbtc, ALL / 4 + LITTLE, exceeded);
        trade(weth, wbtc, ALL / 4);
        trade(wbtc, usdc, ALL);
    }

    function test_an_entry_beyond_the_declared_share_of_all_is_refused() public {
        StrategyParams memory params = offer();
        params.limits.maxExposureBps = 6_000;
        lead(params);
        trade(usdc, weth, ALL * 4 / 10);
        bytes memory exceeded = abi.encodeWithSelector(IHubLog.ProfileExceeded.selector, 6_001, 6_000);
        refuse(usdc, wbtc, ALL / 3 + LITTLE, exceeded);
        trade(usdc, wbtc, ALL / 3);
        // Between two of them is no more of it.
        trade(weth, wbtc, ALL);
    }

    // ------------------------------------------------------------------ rolling drawdown

    function test_entries_stop_at_the_drawdown_and_exits_do_not() public {
        _fallen();
        setPrice(weth, 2_426e8);
        // 9,000 dollars in WETH are 8,733.6 now, all is 9,733.6.
        trade(usdc, weth, ALL / 10);
        assertEq(hub.stateOf(strategyId).index, 9_733_600_000);
        setPrice(weth, 2_416e8);
        uint256 equity = hub.equityOf(leaderVault);
        assertLt(equity, 9_700e6);
        vm.prank(leader);
        vm.expectPartialRevert(IHubLog.InDrawdown.selector);
        hub.trade(terms(usdc, weth, ALL / 10));
        trade(weth, usdc, ALL / 10);
    }

    function test_at_the_very_edge_of_the_drawdown_an_entry_is_allowed() public {
        StrategyParams memory params = offer();
        params.limits.maxDrawdownBps = 400;
        lead(params);
        trade(usdc, weth, ALL);
        setPrice(weth, 2_400e8);
        trade(weth, wbtc, ALL / 10);
        assertEq(hub.stateOf(strategyId).index, 9_600_000_000);
        setPrice(weth, 2_400e8 - 1e4);
        vm.prank(leader);
        vm.expectPartialRevert(IHubLog.InDrawdown.selector);
        hub.trade(terms(weth, wbtc, ALL / 10));
    }

    function test_money_put_in_or_taken_out_hides_no_drawdown() public {
        _fallen();
        setPrice(weth, 2_400e8);
        uint256 index = 9_640_000_000;
        fund(leader, 90_360e6);
        vm.startPrank(leader);
        hub.allocate(leaderVault, 90_360e6);
        vm.stopPrank();
        StrategyState memory state = hub.stateOf(strategyId);
        assertEq(state.index, index);
        assertEq(state.stakeEquity, 100_000e6);
        pass(1);
        refuse(usdc, weth, ALL / 10, abi.encodeWithSelector(IHubLog.InDrawdown.selector, index, 9_700_000_000));
        vm.prank(leader);
        hub.deallocate(leaderVault, address(usdc), 91_000e6);
        assertEq(hub.stateOf(strategyId).index, index);
        assertEq(hub.stateOf(strategyId).stakeEquity, 9_000e6);
        refuse(usdc, weth, ALL / 10, abi.encodeWithSelector(IHubLog.InDrawdown.selector, index, 9_700_000_000));
    }

    function test_a_drawdown_is_over_when_the_peak_is_more_than_seven_days_back() public {
        _fallen();
        setPrice(weth, 2_400e8);
        for (uint256 i; i < 8; ++i) {
            refuse(usdc, weth, ALL / 10, _drawdown(9_640e6));
            _nextDay();
        }
        trade(usdc, weth, ALL / 10);
        assertEq(hub.stateOf(strategyId).index, 9_640_000_000);
    }

    function test_a_stake_below_the_least_moves_no_result() public {
        lead(offer());
        vm.startPrank(leader);
        hub.deallocate(leaderVault, address(usdc), STAKE - 9e6);
        hub.deallocate(leaderVault, address(usdc), 4e6);
        hub.allocate(leaderVault, 1e6);
        vm.stopPrank();
        assertEq(hub.stateOf(strategyId).index, 1e10);
        assertEq(hub.stateOf(strategyId).stakeEquity, 6e6);
    }

    function test_money_that_came_in_the_same_transaction_is_not_traded() public {
        lead(offer());
        fund(leader, 1e6);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(hub.allocate, (leaderVault, 1e6));
        calls[1] = abi.encodeCall(hub.trade, (terms(usdc, weth, ALL / 2)));
        vm.prank(leader);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.FundedNow.selector, leaderVault));
        Multicall(address(hub)).multicall(calls);
    }

    function _withBudget(uint16 bps) private view returns (StrategyParams memory params) {
        params = offer();
        params.limits.lossBudgetBps = bps;
    }

    /// @dev A strategy that stops at three percent, with nine tenths of its stake in WETH.
    function _fallen() private {
        StrategyParams memory params = offer();
        params.limits.maxDrawdownBps = 300;
        lead(params);
        _nextDay();
        trade(usdc, weth, ALL * 9 / 10);
    }

    function _drawdown(uint256 equity) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IHubLog.InDrawdown.selector, equity * 1e10 / STAKE, 9_700_000_000);
    }

    function _nextDay() private {
        warpTo((vm.getBlockTimestamp() / 1 days + 1) * 1 days);
    }
}
