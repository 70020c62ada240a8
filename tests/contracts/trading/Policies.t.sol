// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {
    OnBreach,
    Policy,
    Reason,
    Sizing,
    StrategyParams,
    VaultRisk,
    VaultStatus
} from "../../../contracts/interfaces/Types.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice What a follower's sizing and limits make of an entry, at each bound and beside it, and never of an exit.
/// forge-config: default.isolate = true
contract PoliciesTest is TradingWorld {
    Policy private none;

    function setUp() public override {
        super.setUp();
        lead(offer());
    }

    function test_sizing_by_portion_is_the_leaders_portion_rounded_down() public {
        uint32 vault = follow(0, HELD + 1, none);
        trade(usdc, weth, ALL / 2);
        assertCopied(vault, HELD / 2, Reason.None);
        assertEq(told(vault).amountOut, HELD / 2 * WETH_A_UNIT);
        trade(usdc, weth, ALL);
        assertCopied(vault, HELD / 2 + 1, Reason.None);
        assertEq(inVault(vault, usdc), 0);
    }

    function test_sizing_by_multiplier_never_exceeds_what_is_held() public {
        uint32 vault = follow(0, HELD, _sized(Sizing.Multiplier, 15_001));
        trade(usdc, weth, ALL / 10);
        assertCopied(vault, 150_010_000, Reason.None);
        trade(usdc, wbtc, ALL * 9 / 10);
        assertCopied(vault, HELD - 150_010_000, Reason.None);
        // Whatever else is sold is the leader's portion.
        uint256 held = inVault(vault, weth);
        trade(weth, usdc, ALL / 4);
        assertCopied(vault, held / 4, Reason.None);
    }

    function test_sizing_by_a_fixed_amount_never_exceeds_what_is_held() public {
        uint32 vault = follow(0, HELD, _sized(Sizing.Fixed, uint88(600e6)));
        trade(usdc, weth, ALL / 10);
        assertCopied(vault, 600e6, Reason.None);
        trade(usdc, weth, ALL / 10);
        assertCopied(vault, 400e6, Reason.None);
    }

    function test_sizing_by_risk_cuts_to_what_the_stop_may_cost() public {
        // The stop is 1,000 basis points away: 100 of equity at risk is a tenth.
        uint32 vault = follow(0, HELD, _sized(Sizing.Risk, 100));
        trade(usdc, weth, ALL / 10);
        assertCopied(vault, 100e6, Reason.None);
        trade(usdc, weth, ALL / 5);
        assertCopied(vault, 100e6, Reason.RiskSize);
    }

    function test_the_largest_trade() public {
        Policy memory policy;
        policy.maxTrade = 400e6;
        _meetsItsBound(policy, Reason.MaximumTrade);
    }

    function test_the_largest_share_in_a_token() public {
        Policy memory policy;
        policy.maxTokenBps = 4_000;
        _meetsItsBound(policy, Reason.TokenCap);
    }

    function test_the_largest_share_outside_the_base_token() public {
        Policy memory policy;
        policy.maxExposureBps = 4_000;
        _meetsItsBound(policy, Reason.ExposureCap);
    }

    function test_what_is_held_counts_by_token_and_for_all() public {
        Policy memory byToken;
        byToken.maxTokenBps = 4_000;
        Policy memory byAll;
        byAll.maxExposureBps = 4_000;
        (uint32 first, uint32 second) = (follow(0, HELD, byToken), follow(1, HELD, byAll));
        trade(usdc, weth, ALL / 5);
        setPrice(weth, 3_000e8);
        // 800 and 240 of 1,040: room for 416 - 240.
        trade(usdc, weth, ALL / 2);
        assertCopied(first, 176e6, Reason.TokenCap);
        assertCopied(second, 176e6, Reason.ExposureCap);
        trade(usdc, wbtc, ALL / 2);
        assertCopied(first, 312e6, Reason.None);
        assertSkipped(second, Reason.ExposureCap);
    }

    function test_a_swap_between_two_tokens_is_no_more_exposure() public {
        Policy memory policy;
        policy.maxExposureBps = 4_000;
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL * 4 / 10);
        trade(weth, wbtc, ALL);
        assertCopied(vault, 400e6 * WETH_A_UNIT, Reason.None);
        assertEq(inVault(vault, weth), 0);
    }

    function test_the_tightest_limit_is_the_one_that_is_told() public {
        Policy memory policy;
        (policy.maxTrade, policy.maxTokenBps, policy.maxExposureBps) = (uint88(300e6), 3_001, 2_999);
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL);
        assertCopied(vault, 299_900_000, Reason.ExposureCap);
    }

    function test_a_smaller_trade_than_the_smallest_is_skipped() public {
        Policy memory policy;
        policy.minTrade = 400e6;
        uint32 vault = follow(0, HELD, policy);
        policy.maxTokenBps = 3_999;
        uint32 other = follow(1, HELD, policy);
        trade(usdc, weth, ALL * 4 / 10);
        assertCopied(vault, 400e6, Reason.None);
        assertSkipped(other, Reason.BelowMinimumTrade);
        trade(usdc, weth, ALL * 4 / 10);
        assertSkipped(vault, Reason.BelowMinimumTrade);
        assertEq(statuses, 0);
    }

    function test_what_is_worth_less_than_a_unit_is_not_measured() public {
        uint32 vault = follow(0, HELD, none);
        trade(usdc, weth, ALL / 2);
        Policy memory policy;
        policy.maxTokenBps = 10_000;
        vm.startPrank(followers[0]);
        // 4e8 units of WETH are one of USDC.
        hub.deallocate(vault, address(weth), inVault(vault, weth) - 3e8);
        hub.setPolicy(vault, policy);
        vm.stopPrank();
        trade(weth, wbtc, ALL);
        assertSkipped(vault, Reason.BelowMinimumTrade);
    }

    function test_positions_are_counted_and_one_that_closes_is_not() public {
        Policy memory policy;
        policy.maxPositions = 1;
        policy.onBreach = OnBreach.Skip;
        uint32 vault = follow(0, HELD, policy);
        policy.maxPositions = 2;
        uint32 other = follow(1, HELD, policy);
        trade(usdc, weth, ALL / 4);
        trade(usdc, weth, ALL / 4);
        assertTrue(told(vault).copied);
        trade(usdc, wbtc, ALL / 4);
        assertSkipped(vault, Reason.PositionCount);
        assertTrue(told(other).copied);
        trade(weth, wbtc, ALL - 1);
        assertSkipped(vault, Reason.PositionCount);
        trade(weth, wbtc, ALL);
        assertTrue(told(vault).copied);
    }

    function test_who_holds_nothing_of_what_is_sold_has_nothing_to_sell() public {
        trade(usdc, weth, ALL / 2);
        Policy memory policy;
        policy.maxPositions = 1;
        uint32 vault = follow(0, HELD, policy);
        uint32 other = follow(1, HELD, none);
        trade(weth, wbtc, ALL);
        assertSkipped(vault, Reason.NothingToSell);
        assertSkipped(other, Reason.NothingToSell);
    }

    function test_an_excluded_token_is_not_bought() public {
        Policy memory policy;
        policy.excludedTokens = 4;
        policy.onBreach = OnBreach.Exit;
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, wbtc, ALL / 4);
        assertSkipped(vault, Reason.TokenExcluded);
        assertEq(statuses, 0);
        trade(usdc, weth, ALL / 4);
        assertTrue(told(vault).copied);
    }

    function test_the_cooldown_counts_from_the_last_entry_to_the_second() public {
        Policy memory policy;
        policy.cooldown = 1_000;
        uint32 vault = follow(0, HELD, policy);
        uint256 start = vm.getBlockTimestamp();
        trade(usdc, weth, ALL / 4);
        assertEq(hub.vaultOf(vault).lastEntry, start);
        warpTo(start + 999);
        trade(usdc, weth, ALL / 4);
        assertSkipped(vault, Reason.Cooldown);
        warpTo(start + 1_000);
        trade(usdc, weth, ALL / 4);
        assertTrue(told(vault).copied);
    }

    function test_a_policy_holds_until_the_second_in_which_it_expires() public {
        Policy memory policy;
        uint256 expiry = vm.getBlockTimestamp() + 1_000;
        policy.expiry = uint40(expiry);
        uint32 vault = follow(0, HELD, policy);
        warpTo(expiry);
        trade(usdc, weth, ALL / 4);
        assertTrue(told(vault).copied);
        warpTo(expiry + 1);
        trade(usdc, weth, ALL / 4);
        assertSkipped(vault, Reason.PolicyExpired);
        trade(weth, usdc, ALL);
        assertTrue(told(vault).copied);
    }

    function test_no_limit_binds_an_exit() public {
        uint32 vault = follow(0, HELD, none);
        trade(usdc, weth, ALL / 2);
        Policy memory policy;
        (policy.onBreach, policy.onStop, policy.maxPositions) = (OnBreach.Exit, OnBreach.Exit, 1);
        (policy.excludedTokens, policy.maxSlippageBps, policy.maxTokenBps) = (6, 10, 1);
        (policy.maxExposureBps, policy.stopLossBps, policy.lossBudgetBps) = (1, 1, 1);
        (policy.cooldown, policy.minTrade) = (1e9, 1e12);
        vm.prank(followers[0]);
        hub.setPolicy(vault, policy);
        plain.setCost(2e7);
        trade(weth, usdc, ALL);
        assertCopied(vault, HELD / 2 * WETH_A_UNIT, Reason.None);
        assertEq(statuses, 0);
    }

    function test_a_vault_that_does_not_copy_says_why() public {
        (uint32 paused, uint32 exiting) = (follow(0, HELD, none), follow(1, HELD, none));
        Policy memory policy;
        (policy.maxTrade, policy.onBreach) = (1, OnBreach.Suspend);
        uint32 suspended = follow(2, HELD, policy);
        vm.prank(followers[0]);
        hub.pause(paused);
        vm.prank(followers[1]);
        hub.requestExit(exiting);
        trade(usdc, weth, ALL / 10);
        assertSkipped(suspended, Reason.MaximumTrade);
        assertEq(uint8(hub.vaultOf(suspended).status), uint8(VaultStatus.Suspended));
        trade(usdc, weth, ALL / 10);
        assertSkipped(paused, Reason.Paused);
        assertSkipped(exiting, Reason.Exiting);
        assertSkipped(suspended, Reason.Suspended);
    }

    // ------------------------------------------------------------------ stops

    function test_a_stop_loss_is_of_what_was_invested() public {
        Policy memory policy;
        policy.stopLossBps = 200;
        _stopsAt(policy, Reason.StopLoss, 2_400e8 + 1, 2_400e8);
    }

    function test_a_take_profit_is_of_what_was_invested() public {
        Policy memory policy;
        policy.takeProfitBps = 200;
        _stopsAt(policy, Reason.TakeProfit, 2_600e8 - 1, 2_600e8);
    }

    function test_a_drawdown_is_from_the_highest_seen() public {
        Policy memory policy;
        policy.maxDrawdownBps = 200;
        _stopsAt(policy, Reason.Drawdown, 2_400e8 + 1, 2_400e8);
    }

    function test_a_daily_loss_is_from_the_days_first_look() public {
        Policy memory policy;
        policy.maxDailyLossBps = 200;
        _stopsAt(policy, Reason.DailyLoss, 2_400e8 + 1, 2_400e8);
    }

    function test_a_peak_rises_and_a_day_begins_anew() public {
        Policy memory policy;
        (policy.maxDrawdownBps, policy.maxDailyLossBps) = (9_000, 200);
        warpTo((vm.getBlockTimestamp() / 1 days + 1) * 1 days);
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        uint256 today = vm.getBlockTimestamp() / 1 days;
        _assertRisk(vault, HELD, HELD, today);
        setPrice(weth, 2_600e8);
        trade(usdc, weth, ALL / 10);
        _assertRisk(vault, 1_020e6, HELD, today);
        setPrice(weth, 2_500e8);
        trade(usdc, weth, ALL / 10);
        // 550 WETH dollars had been bought, 50 of them dearer.
        uint256 equity = _equity(vault);
        warpTo((today + 1) * 1 days - 1);
        trade(usdc, weth, ALL / 10);
        _assertRisk(vault, 1_020e6, HELD, today);
        warpTo((today + 1) * 1 days);
        trade(usdc, weth, ALL / 10);
        _assertRisk(vault, 1_020e6, equity, today + 1);
    }

    function test_a_stop_does_as_its_policy_says() public {
        Policy memory policy;
        policy.stopLossBps = 200;
        uint32[4] memory vaults;
        for (uint256 i; i < 3; ++i) {
            policy.onStop = OnBreach(i);
            vaults[i] = follow(i, HELD, policy);
        }
        trade(usdc, weth, ALL / 2);
        setPrice(weth, 2_300e8);
        trade(usdc, weth, ALL / 10);
        for (uint256 i; i < 3; ++i) {
            assertSkipped(vaults[i], Reason.StopLoss);
        }
        assertEq(statuses, 1);
        assertEq(uint8(hub.vaultOf(vaults[0]).status), uint8(VaultStatus.Active));
        assertEq(uint8(hub.vaultOf(vaults[1]).status), uint8(VaultStatus.Active));
        assertEq(uint8(hub.vaultOf(vaults[2]).status), uint8(VaultStatus.Suspended));
    }

    function test_what_is_not_settled_yet_reaches_no_stop() public {
        Policy memory policy;
        (policy.stopLossBps, policy.onStop) = (200, OnBreach.Exit);
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        setPrice(weth, 0);
        vm.prank(followers[0]);
        hub.deallocate(vault, address(usdc), 400e6);
        setPrice(weth, 2_500e8);
        trade(usdc, weth, ALL / 10);
        assertCopied(vault, 10e6, Reason.None);
        assertEq(uint8(hub.stopOf(vault)), uint8(Reason.None));
    }

    // ------------------------------------------------------------------ a vault's loss budget

    function test_a_loss_budget_must_bear_the_smallest_step() public {
        Policy memory policy;
        (policy.lossBudgetBps, policy.onBreach) = (10, OnBreach.Suspend);
        (uint32 fits, uint32 not) = (follow(0, HELD, policy), follow(1, HELD, policy));
        // Half of ten basis points fit at a time: ten of half the equity.
        trade(usdc, weth, ALL / 2);
        assertCopied(fits, HELD / 2, Reason.None);
        assertEq(hub.vaultOf(fits).lossUsed, 0);
        Policy memory larger = _sized(Sizing.Fixed, uint88(HELD / 2 + 1e5));
        larger.lossBudgetBps = 10;
        larger.onBreach = OnBreach.Suspend;
        vm.prank(followers[1]);
        hub.setPolicy(not, larger);
        vm.prank(followers[1]);
        hub.deallocate(not, address(weth), type(uint256).max);
        trade(usdc, weth, ALL / 10);
        assertSkipped(not, Reason.LossBudget);
        assertEq(uint8(hub.vaultOf(not).status), uint8(VaultStatus.Suspended));
    }

    function test_a_loss_budget_is_used_up_by_what_entries_cost_and_leaks() public {
        Policy memory policy;
        policy.lossBudgetBps = 100;
        uint32 vault = follow(0, HELD, policy);
        uint256 start = vm.getBlockTimestamp();
        plain.setCost(1e6);
        trade(usdc, weth, ALL / 5);
        // A fifth of the equity, at a thousandth.
        assertEq(hub.vaultOf(vault).lossUsed, 200_000);
        warpTo(start + 1 hours);
        plain.setCost(2e6);
        uint256 equity = _equity(vault);
        trade(usdc, weth, ALL / 4);
        uint256 leaked = uint256(5_000_000) * 1 hours / 7 days;
        uint256 share = (200e6 * 10_000 + equity - 1) / equity;
        assertEq(hub.vaultOf(vault).lossUsed, 200_000 - leaked + (share * 2e6 + 9_999) / 10_000);
        assertEq(hub.vaultOf(vault).lastEntry, start + 1 hours);
        // Two entries at one time leak nothing.
        uint256 used = hub.vaultOf(vault).lossUsed;
        plain.setCost(0);
        trade(usdc, weth, ALL / 100);
        assertEq(hub.vaultOf(vault).lossUsed, used);
    }

    function test_a_budget_that_is_used_up_bears_no_step() public {
        Policy memory policy;
        policy.lossBudgetBps = 20;
        uint32 vault = follow(0, HELD, policy);
        plain.setCost(1e6);
        // Ten basis points of all of it: all that fits.
        trade(usdc, weth, ALL - 1);
        assertEq(hub.vaultOf(vault).lossUsed, 1e6);
        trade(weth, usdc, ALL);
        trade(usdc, weth, ALL / 2);
        assertSkipped(vault, Reason.LossBudget);
    }

    function test_a_vaults_budget_is_never_more_than_its_strategys() public {
        vm.prank(followers[0]);
        hub.setLeaderCap(5_000);
        lead(_withBudget(20));
        Policy memory policy;
        policy.lossBudgetBps = 10_000;
        uint32 vault = follow(0, HELD, policy);
        plain.setCost(1e6);
        uint256 start = vm.getBlockTimestamp();
        trade(usdc, weth, ALL / 2);
        assertEq(hub.vaultOf(vault).lossUsed, 500_000);
        warpTo(start + 10 hours);
        plain.setCost(0);
        trade(usdc, weth, ALL / 4);
        assertEq(hub.vaultOf(vault).lossUsed, 500_000 - uint256(1_000_000) * 10 hours / 7 days);
    }

    // ------------------------------------------------------------------ internals

    /// @dev The policy lets 400 of 1,000 USDC in: what happens there, and a unit above.
    function _meetsItsBound(Policy memory policy, Reason reason) private {
        uint32[3] memory vaults;
        for (uint256 i; i < 3; ++i) {
            policy.onBreach = OnBreach(i == 2 ? 3 : i);
            vaults[i] = follow(i, HELD, policy);
        }
        uint256 kept = vm.snapshotState();
        trade(usdc, weth, ALL * 4 / 10);
        for (uint256 i; i < 3; ++i) {
            assertCopied(vaults[i], 400e6, Reason.None);
        }
        vm.revertToState(kept);
        trade(usdc, weth, ALL * 4 / 10 + 1e12);
        assertCopied(vaults[0], 400e6, reason);
        assertSkipped(vaults[1], reason);
        assertSkipped(vaults[2], reason);
        assertEq(uint8(hub.vaultOf(vaults[1]).status), uint8(VaultStatus.Active));
        assertEq(uint8(hub.vaultOf(vaults[2]).status), uint8(VaultStatus.Exiting));
        assertEq(hub.vaultOf(vaults[1]).lastEntry, 0);
    }

    /// @dev With 500 USDC and as much in WETH: at `before` it copies, at `at` it stops, for sale.
    function _stopsAt(Policy memory policy, Reason reason, uint256 before, uint256 at) private {
        policy.onStop = OnBreach.Exit;
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        // One WETH less than 1e20 units: the price's last digit is no unit of value.
        setPrice(weth, before > at ? before + 1e6 : before - 1e6);
        assertEq(uint8(hub.stopOf(vault)), uint8(Reason.None));
        uint256 kept = vm.snapshotState();
        trade(usdc, weth, ALL / 10);
        assertCopied(vault, 50e6, Reason.None);
        vm.revertToState(kept);
        setPrice(weth, at);
        assertEq(uint8(hub.stopOf(vault)), uint8(reason));
        trade(weth, usdc, ALL / 2);
        assertTrue(told(vault).copied);
        vm.revertToState(kept);
        setPrice(weth, at);
        trade(usdc, weth, ALL / 10);
        assertSkipped(vault, reason);
        assertEq(statuses, 1);
        assertEq(uint8(hub.vaultOf(vault).status), uint8(VaultStatus.Exiting));
    }

    function _sized(Sizing sizing, uint88 size) private pure returns (Policy memory policy) {
        (policy.sizing, policy.size) = (sizing, size);
    }

    function _withBudget(uint16 bps) private view returns (StrategyParams memory params) {
        params = offer();
        params.limits.lossBudgetBps = bps;
    }

    function _equity(uint32 vault) private view returns (uint256) {
        return hub.equityOf(vault);
    }

    function _assertRisk(uint32 vault, uint256 peak, uint256 dayEquity, uint256 day) private view {
        VaultRisk memory risk = hub.riskOf(vault);
        assertEq(risk.peak, peak, "peak");
        assertEq(risk.dayEquity, dayEquity, "day's equity");
        assertEq(risk.day, day, "day");
    }
}
