// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeTerms, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice What time costs a vault that stays: gains at the ends of periods, management and subscriptions; and that it
/// does not matter how often anybody asks for it.
contract OverTimeTest is FeesWorld {
    function test_gains_are_charged_in_the_day_after_a_period_ends() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        pass(30 days - 1);
        _settle(vault);
        assertEq(fees(leader, weth), 0, "a second early");
        pass(1);
        _settle(vault);
        assertEq(fees(leader, weth), 0.1e18, "a fifth of a half");
        assertEq(markOf(vault), 2_000e6);
        assertEq(investedIn(vault), 1_000e6);
        assertEq(offers.vaultOf(vault).settleFrom, START + 60 days);
        _settle(vault);
        assertEq(fees(leader, weth), 0.1e18, "once");
        assertSolvent();
    }

    function test_the_window_closes_after_a_day_and_the_grid_stays() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        pass(31 days + 1);
        _settle(vault);
        assertEq(fees(leader, weth), 0);
        pass(60 days - 1);
        _settle(vault);
        assertEq(fees(leader, weth), 0.1e18, "the third point of the grid, at its last second");
        assertEq(offers.vaultOf(vault).settleFrom, START + 120 days);
    }

    function test_a_settlement_needs_a_price_only_when_it_is_due() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 100, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 400e6);
        pass(29 days);
        killFeed(weth);
        _settle(vault);
        assertGt(fees(leader, weth), 0, "management fee");
        pass(1 days);
        killFeed(weth);
        vm.expectRevert(IHubLog.PriceNeeded.selector);
        _settle(vault);
    }

    function test_a_loss_is_not_settled_and_the_mark_stays() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 1_000e6);
        setPrice(weth, 500);
        pass(30 days);
        _settle(vault);
        assertEq(markOf(vault), 1_000e6);
        setPrice(weth, 1_000);
        pass(30 days);
        _settle(vault);
        setPrice(weth, 1_200);
        pass(30 days);
        _settle(vault);
        assertEq(fees(leader, weth), uint256(1e18) * 2_000 * 200 / (1_200 * 10_000));
    }

    function test_a_settlement_without_a_gain_uses_up_nothing() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 1_000e6);
        pass(30 days);
        _settle(vault);
        assertEq(offers.vaultOf(vault).settleFrom, START + 30 days);
        setPrice(weth, 2_000);
        _settle(vault);
        assertEq(fees(leader, weth), 0.1e18, "later on the same day");
    }

    function test_a_gain_that_was_charged_while_it_stayed_leaves_free() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        pass(30 days);
        _settle(vault);
        uint256 charged = fees(leader, weth);
        exitAll(vault);
        assertEq(fees(leader, weth), charged);
    }

    function test_a_fee_is_no_loss_to_what_limits_remember() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 0, 0));
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        bench.look(vault, 2_000e6);
        pass(30 days);
        _settle(vault);
        assertEq(offers.riskOf(vault).peak, 1_800e6);
        assertEq(offers.riskOf(vault).dayEquity, 1_800e6);
    }

    function test_nobody_settles_what_is_no_vault_or_has_left() public {
        uint32 vault = _open(FeeTerms(0, 2_000, 500, 0, 0, 0, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.None));
        hub.settle(99);
        vm.prank(follower);
        hub.leaveStrategy(vault);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.Left));
        hub.settle(vault);
    }

    function test_a_year_of_management_costs_what_its_rate_compounds_to() public {
        uint32 vault = _open(FeeTerms(0, 0, 500, 0, 0, 0, 0, 0));
        buy(vault, weth, 500e6);
        pass(365 days);
        _settle(vault);
        // exp(-0.05) = 0.951229424500714...
        assertEq(inVault(vault, usdc), 475_614_713);
        assertApproxEqAbs(inVault(vault, weth), 0.475614712250357e18, 1_000);
        assertEq(fees(leader, usdc), 500e6 - 475_614_713);
        assertSolvent();
    }

    function test_management_is_charged_before_money_comes_and_goes() public {
        uint32 vault = _open(FeeTerms(0, 0, 500, 0, 0, 0, 0, 0));
        pass(365 days);
        allocate(vault, 1_000e6);
        assertEq(fees(leader, usdc), 48_770_575, "on the first thousand only");
        pass(365 days);
        deallocate(vault, usdc, 1);
        // 1,951.229425 times exp(-0.05) is 1,856.066843.
        assertEq(fees(leader, usdc), 48_770_575 + 1_951_229_425 - 1_856_066_844);
    }

    function test_a_vault_that_left_pays_for_the_time_before_and_no_more() public {
        uint32 vault = _open(FeeTerms(0, 0, 500, 0, 0, 0, 30 days, 1e6));
        pass(60 days);
        vm.prank(follower);
        hub.leaveStrategy(vault);
        uint256 charged = fees(leader, usdc);
        assertGt(charged, 2e6);
        pass(300 days);
        exitAll(vault);
        assertEq(fees(leader, usdc), charged);
        assertEq(fees(leader, usdc) + usdc.balanceOf(follower) + inAccount(follower, usdc), 2_000e6);
    }

    function test_subscriptions_are_paid_in_arrears_and_only_whole() public {
        uint32 vault = _open(FeeTerms(0, 0, 0, 0, 0, 0, 30 days, 2e6));
        _settle(vault);
        assertEq(fees(leader, usdc), 0);
        pass(30 days - 1);
        _settle(vault);
        assertEq(fees(leader, usdc), 0);
        pass(1);
        _settle(vault);
        assertEq(fees(leader, usdc), 2e6);
        pass(75 days);
        _settle(vault);
        assertEq(fees(leader, usdc), 6e6);
        assertEq(offers.vaultOf(vault).subscribedUntil, START + 90 days);
    }

    function test_what_cannot_be_paid_stays_due_until_it_can() public {
        uint32 vault = _open(FeeTerms(0, 0, 0, 0, 0, 0, 30 days, 2e6));
        buy(vault, weth, 995e6);
        pass(120 days);
        _settle(vault);
        assertEq(fees(leader, usdc), 4e6, "two of four");
        assertEq(inVault(vault, usdc), 1e6);
        allocate(vault, 10e6);
        _settle(vault);
        assertEq(fees(leader, usdc), 8e6);
        assertSolvent();
    }

    function testFuzz_settling_often_is_settling_once(uint256 seed, uint256 dollars) public {
        uint32 vault = _open(FeeTerms(0, 2_000, 0, 0, 0, 30 days, 30 days, 2e6));
        buy(vault, weth, 700e6);
        setPrice(weth, bound(dollars, 1, 100_000));
        uint256 snapshot = vm.snapshotState();
        pass(30 days + seed % 1 days);
        _settle(vault);
        uint256[4] memory once = [fees(leader, usdc), fees(leader, weth), markOf(vault), inVault(vault, usdc)];
        vm.revertToState(snapshot);
        uint256 end = START + 30 days + seed % 1 days;
        for (uint256 i; i < 6; ++i) {
            uint256 left = end - vm.getBlockTimestamp();
            pass(uint256(keccak256(abi.encode(seed, i))) % (left + 1));
            _settle(vault);
        }
        pass(end - vm.getBlockTimestamp());
        _settle(vault);
        _settle(vault);
        assertEq(fees(leader, usdc), once[0]);
        assertEq(fees(leader, weth), once[1]);
        assertEq(markOf(vault), once[2]);
        assertEq(inVault(vault, usdc), once[3]);
    }

    function testFuzz_time_costs_the_same_however_often_it_is_charged(uint256 seed, uint16 bps, uint256 duration)
        public
    {
        uint32 vault = _open(FeeTerms(0, 0, uint16(bound(bps, 0, 500)), 0, 0, 0, 7 days, 0.4e6));
        buy(vault, weth, 600e6);
        duration = bound(duration, 0, 800 days);
        uint256 snapshot = vm.snapshotState();
        pass(duration);
        _settle(vault);
        uint256[2] memory once = [fees(leader, usdc), fees(leader, weth)];
        vm.revertToState(snapshot);
        uint256 steps = seed % 20 + 1;
        for (uint256 i = 1; i <= steps; ++i) {
            pass(START + duration * i / steps - vm.getBlockTimestamp());
            _settle(vault);
        }
        // Each charge rounds once, and each of its periods; exponents of a second's part are cut off.
        assertApproxEqAbs(fees(leader, usdc), once[0], steps + duration / 7 days + 1);
        assertApproxEqAbs(fees(leader, weth), once[1], steps * 10);
    }

    function _open(FeeTerms memory terms) private returns (uint32) {
        openStrategy(terms);
        return openVault(DEPOSIT);
    }

    function _settle(uint32 vaultId) private {
        vm.prank(anybody);
        hub.settle(vaultId);
    }
}
