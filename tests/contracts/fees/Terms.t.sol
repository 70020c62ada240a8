// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeTerms, Policy, StrategyLimits, StrategyParams} from "../../../contracts/interfaces/Types.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice What a leader may ask for, what waits, and what a vault keeps.
contract TermsTest is FeesWorld {
    FeeTerms private base = FeeTerms(50, 1_000, 100, 50, 1_000, 60 days, 30 days, 1e6);

    function test_every_fee_has_a_cap() public {
        openStrategy(FeeTerms(100, 3_000, 500, 100, 5_000, 366 days, 30 days, 2e6));
        _refuse(FeeTerms(101, 0, 0, 0, 0, 0, 0, 0), 101, 100);
        _refuse(FeeTerms(0, 3_001, 0, 0, 0, 0, 0, 0), 3_001, 3_000);
        _refuse(FeeTerms(0, 0, 501, 0, 0, 0, 0, 0), 501, 500);
        _refuse(FeeTerms(0, 0, 0, 101, 0, 0, 0, 0), 101, 100);
        _refuse(FeeTerms(0, 0, 0, 0, 5_001, 0, 0, 0), 5_001, 5_000);
        _refuse(FeeTerms(0, 1, 0, 0, 0, 366 days + 1, 0, 0), 366 days + 1, 366 days);
        // A fiftieth of the smallest deposit in thirty days.
        _refuse(FeeTerms(0, 0, 0, 0, 0, 0, 30 days, 2e6 + 1), 2e6 + 1, 2e6);
        _refuse(FeeTerms(0, 0, 0, 0, 0, 0, 15 days, 1e6 + 1), 1e6 + 1, 1e6);
    }

    function test_contradictions_are_refused() public {
        openStrategy(base);
        _refuse(FeeTerms(0, 0, 0, 0, 0, 0, 0, 1));
        _refuse(FeeTerms(0, 0, 0, 0, 0, 0, 30 days, 0));
        _refuse(FeeTerms(0, 0, 0, 0, 0, 0, 7 days - 1, 1));
        _refuse(FeeTerms(0, 1, 0, 0, 0, 7 days - 1, 0, 0));
        _refuse(FeeTerms(0, 0, 0, 0, 0, 30 days, 0, 0));
    }

    function test_a_strategy_is_not_created_on_terms_that_are_refused() public {
        StrategyParams memory params = strategyParams(FeeTerms(0, 3_001, 0, 0, 0, 0, 0, 0));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AboveCap.selector, 3_001, 3_000));
        offers.createStrategy(params);
    }

    function test_a_strategys_limits_have_bounds() public {
        uint256[2][9] memory bad = [
            [uint256(0), 2_001],
            [uint256(0), 5_001],
            [uint256(0), 10_001],
            [uint256(0), 10_001],
            [uint256(0), 1_001],
            [uint256(0), 5_001],
            [uint256(0), 1 days + 1],
            [uint256(0), 0],
            [uint256(100e6 - 1), 0]
        ];
        for (uint256 field; field < 9; ++field) {
            // No stop may be declared, and no interval.
            for (uint256 i = field == 5 || field == 6 ? 1 : 0; i < 2; ++i) {
                StrategyParams memory params = strategyParams(plainTerms());
                _setLimit(params.limits, field, bad[field][i]);
                bool aboveCap = i == 1 && bad[field][i] != 0;
                vm.expectPartialRevert(aboveCap ? IHubLog.AboveCap.selector : IHubLog.BadLimits.selector);
                offers.createStrategy(params);
            }
        }
        StrategyParams memory smallest = strategyParams(plainTerms());
        smallest.minDeposit = 0;
        smallest.limits.minStake = 9_999;
        vm.expectRevert(IHubLog.BadLimits.selector);
        offers.createStrategy(smallest);
        smallest.limits = StrategyLimits(1_000, 5_000, 10_000, 10_000, 1_000, 5_000, 1 days, 1, 10_000);
        offers.createStrategy(smallest);
    }

    function test_whatever_is_dearer_waits() public {
        FeeTerms[8] memory dearer = [base, base, base, base, base, base, base, base];
        dearer[0].copyBps++;
        dearer[1].performanceBps++;
        dearer[2].managementBps++;
        dearer[3].withdrawalBps++;
        dearer[4].performancePeriod--;
        dearer[5].subscriptionPeriod--;
        dearer[6].subscription++;
        dearer[7].copyBps = 0;
        dearer[7].performanceBps++;
        for (uint256 i; i < 8; ++i) {
            openStrategy(base);
            _propose(dearer[i]);
            assertEq(offers.strategyOf(strategyId).termsVersion, 1, "waits");
            uint40 from = offers.pendingTermsOf(strategyId).from;
            assertEq(from, vm.getBlockTimestamp() + LISTING_DELAY);
            vm.warp(from - 1);
            vm.expectRevert(abi.encodeWithSelector(IHubLog.NoPendingTerms.selector, strategyId, from));
            offers.applyTerms(strategyId);
            vm.warp(from);
            vm.prank(anybody);
            offers.applyTerms(strategyId);
            assertEq(offers.strategyOf(strategyId).termsVersion, 2);
            assertEq(abi.encode(offers.termsOf(strategyId, 2)), abi.encode(dearer[i]));
            vm.expectRevert(abi.encodeWithSelector(IHubLog.NoPendingTerms.selector, strategyId, 0));
            offers.applyTerms(strategyId);
        }
    }

    function test_a_performance_period_is_dearer_than_none() public {
        openStrategy(plainTerms());
        FeeTerms memory next = plainTerms();
        next.performancePeriod = 366 days;
        _propose(next);
        assertEq(offers.strategyOf(strategyId).termsVersion, 1);
        openStrategy(next);
        _propose(plainTerms());
        assertEq(offers.strategyOf(strategyId).termsVersion, 2);
    }

    function test_what_is_dearer_in_nothing_holds_at_once_and_ends_what_waits() public {
        openStrategy(base);
        FeeTerms memory next = base;
        next.copyBps++;
        _propose(next);
        next = base;
        next.performanceBps--;
        next.referrerBps++;
        next.performancePeriod = 0;
        _propose(next);
        assertEq(offers.strategyOf(strategyId).termsVersion, 2);
        assertEq(offers.pendingTermsOf(strategyId).from, 0);
    }

    function test_a_later_proposal_waits_anew() public {
        openStrategy(base);
        FeeTerms memory next = base;
        next.copyBps++;
        _propose(next);
        vm.warp(vm.getBlockTimestamp() + LISTING_DELAY - 1);
        next.copyBps++;
        _propose(next);
        vm.warp(vm.getBlockTimestamp() + 1);
        vm.expectRevert();
        offers.applyTerms(strategyId);
    }

    function test_only_the_leader_proposes() public {
        openStrategy(base);
        vm.prank(anybody);
        vm.expectRevert(IHubLog.NotLeader.selector);
        offers.proposeTerms(strategyId, base);
    }

    function test_nobody_joins_on_terms_they_have_not_seen() public {
        openStrategy(base);
        _propose(plainTermsAt(900));
        fund(follower, 1_000e6);
        Policy memory policy;
        vm.prank(follower);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.StaleTerms.selector, 2));
        hub.openVault(strategyId, policy, 300e6, 1, address(0));
    }

    function test_a_vault_keeps_the_terms_it_joined_with() public {
        openStrategy(plainTermsAt(1_000));
        uint32 vault = openVault(DEPOSIT);
        _raise(plainTermsAt(3_000));
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        deallocate(vault, weth, 1e18);
        assertEq(fees(leader, weth), 0.05e18);
    }

    function test_new_terms_reach_back_to_no_gain() public {
        for (uint16 old; old < 2; ++old) {
            openStrategy(plainTermsAt(old * 1_000));
            uint32 vault = openVault(DEPOSIT);
            setPrice(weth, 1_000);
            buy(vault, weth, 1_000e6);
            setPrice(weth, 2_000);
            _raise(plainTermsAt(3_000));
            uint256 before = fees(leader, weth);
            _accept(vault, 2);
            assertEq(fees(leader, weth) - before, old * 0.05e18, "at the old rate");
            assertEq(markOf(vault), 2_000e6);
            uint256 left = inVault(vault, weth);
            deallocate(vault, weth, left);
            assertEq(fees(leader, weth) - before, old * 0.05e18, "and not again at the new");
        }
    }

    function test_accepting_in_a_loss_charges_nothing_and_keeps_the_mark() public {
        openStrategy(plainTermsAt(1_000));
        uint32 vault = openVault(DEPOSIT);
        buy(vault, weth, 1_000e6);
        setPrice(weth, 500);
        _raise(plainTermsAt(3_000));
        _accept(vault, 2);
        assertEq(fees(leader, weth), 0);
        assertEq(markOf(vault), 1_000e6);
    }

    function test_accepting_needs_a_price_where_a_gain_may_be_charged() public {
        openStrategy(plainTermsAt(0));
        uint32 vault = openVault(DEPOSIT);
        _raise(plainTermsAt(1_000));
        buy(vault, weth, 500e6);
        killFeed(weth);
        vm.prank(follower);
        vm.expectRevert(IHubLog.PriceNeeded.selector);
        hub.acceptTerms(vault, 2);
        openStrategy(plainTermsAt(0));
        refresh();
        setPrice(weth, 1_000);
        vault = openVault(DEPOSIT);
        buy(vault, weth, 500e6);
        FeeTerms memory next;
        next.managementBps = 100;
        _raise(next);
        killFeed(weth);
        _accept(vault, 2);
        assertEq(offers.vaultOf(vault).termsVersion, 2);
    }

    function test_time_is_charged_at_the_rate_it_passed_at() public {
        FeeTerms memory terms;
        openStrategy(terms);
        uint32 vault = openVault(DEPOSIT);
        terms.managementBps = 500;
        terms.subscription = 1e6;
        terms.subscriptionPeriod = 30 days;
        terms.copyBps = 7;
        _raise(terms);
        pass(365 days);
        _accept(vault, 2);
        assertEq(offers.vaultOf(vault).copyFeeBps, 7);
        hub.settle(vault);
        assertEq(fees(leader, usdc), 0, "a year without a fee");
        pass(30 days);
        hub.settle(vault);
        assertEq(fees(leader, usdc), 1e6 + 4_101_156, "thirty days of both");
    }

    function test_a_started_period_is_not_billed_at_a_new_price() public {
        FeeTerms memory terms;
        (terms.subscription, terms.subscriptionPeriod) = (1e6, 365 days);
        openStrategy(terms);
        uint32 vault = openVault(DEPOSIT);
        (terms.subscription, terms.subscriptionPeriod) = (2e6, 30 days);
        _raise(terms);
        pass(300 days);
        _accept(vault, 2);
        hub.settle(vault);
        assertEq(fees(leader, usdc), 0);
        // Terms that leave the subscription as it is do not begin it anew.
        terms.copyBps = 1;
        _raise(terms);
        pass(10 days);
        _accept(vault, 3);
        pass(18 days);
        hub.settle(vault);
        assertEq(fees(leader, usdc), 2e6);
    }

    function test_only_the_newest_terms_are_accepted_and_only_once() public {
        openStrategy(plainTermsAt(1_000));
        uint32 vault = openVault(DEPOSIT);
        _raise(plainTermsAt(2_000));
        _raise(plainTermsAt(3_000));
        vm.startPrank(follower);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.StaleTerms.selector, 3));
        hub.acceptTerms(vault, 2);
        hub.acceptTerms(vault, 3);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.StaleTerms.selector, 3));
        hub.acceptTerms(vault, 3);
        vm.stopPrank();
        vm.prank(anybody);
        vm.expectRevert(IHubLog.NotVaultOwner.selector);
        hub.acceptTerms(vault, 3);
    }

    function test_a_new_performance_period_begins_with_its_acceptance() public {
        openStrategy(plainTermsAt(1_000));
        uint32 vault = openVault(DEPOSIT);
        FeeTerms memory next = plainTermsAt(1_000);
        next.performancePeriod = 30 days;
        _raise(next);
        _accept(vault, 2);
        assertEq(offers.vaultOf(vault).settleFrom, vm.getBlockTimestamp() + 30 days);
    }

    function plainTermsAt(uint16 bps) internal pure returns (FeeTerms memory terms) {
        terms.performanceBps = bps;
    }

    function _setLimit(StrategyLimits memory limits_, uint256 field, uint256 value) private pure {
        if (field == 0) limits_.lossBudgetBps = uint16(value);
        if (field == 1) limits_.maxDrawdownBps = uint16(value);
        if (field == 2) limits_.maxTokenBps = uint16(value);
        if (field == 3) limits_.maxExposureBps = uint16(value);
        if (field == 4) limits_.maxImpactBps = uint16(value);
        if (field == 5) limits_.stopBps = uint16(value);
        if (field == 6) limits_.minInterval = uint32(value);
        if (field == 7) limits_.maxRoundTrips = uint8(value);
        if (field == 8) limits_.minStake = uint96(value);
    }

    function _propose(FeeTerms memory terms) private {
        vm.prank(leader);
        offers.proposeTerms(strategyId, terms);
    }

    function _raise(FeeTerms memory terms) private {
        _propose(terms);
        pass(LISTING_DELAY);
        if (offers.pendingTermsOf(strategyId).from != 0) offers.applyTerms(strategyId);
    }

    function _accept(uint32 vaultId, uint16 version) private {
        vm.prank(follower);
        hub.acceptTerms(vaultId, version);
    }

    function _refuse(FeeTerms memory terms, uint256 value, uint256 cap) private {
        vm.prank(leader);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AboveCap.selector, value, cap));
        offers.proposeTerms(strategyId, terms);
    }

    function _refuse(FeeTerms memory terms) private {
        vm.prank(leader);
        vm.expectRevert(IHubLog.BadTerms.selector);
        offers.proposeTerms(strategyId, terms);
    }
}
