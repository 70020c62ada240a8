// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {OnBreach, Policy, Reason, Sizing, StrategyParams, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice What an owner does on the way in: the cap on one leader, permits, policies, stopping and going on.
contract EntriesTest is FeesWorld {
    Policy private none;

    function setUp() public override {
        super.setUp();
        openStrategy(plainTerms());
    }

    function test_at_most_three_tenths_with_one_leader() public {
        fund(follower, 1_000e6);
        vm.startPrank(follower);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.LeaderCapExceeded.selector, 300e6 + 1, 300e6));
        hub.openVault(strategyId, none, 300e6 + 1, 1, address(0));
        uint32 vault = hub.openVault(strategyId, none, 200e6, 1, address(0));
        hub.allocate(vault, 100e6);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.LeaderCapExceeded.selector, 300e6 + 1, 300e6));
        hub.allocate(vault, 1);
        vm.stopPrank();
    }

    function test_the_cap_is_over_all_vaults_with_a_leader_and_not_over_other_leaders() public {
        fund(follower, 1_000e6);
        vm.prank(leader);
        (uint32 second,) = offers.createStrategy(strategyParams(plainTerms()));
        vm.prank(anybody);
        (uint32 others,) = offers.createStrategy(strategyParams(plainTerms()));
        vm.startPrank(follower);
        hub.openVault(strategyId, none, 200e6, 1, address(0));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.LeaderCapExceeded.selector, 301e6, 300e6));
        hub.openVault(second, none, 101e6, 1, address(0));
        hub.openVault(second, none, 100e6, 1, address(0));
        hub.openVault(others, none, 300e6, 1, address(0));
        vm.stopPrank();
        (uint256 total, uint256 withLeader) = offers.investedOf(follower, address(usdc), leader);
        assertEq(total, 600e6);
        assertEq(withLeader, 300e6);
    }

    function test_an_owner_may_choose_up_to_a_half() public {
        fund(follower, 1_000e6);
        vm.startPrank(follower);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AboveCap.selector, 5_001, 5_000));
        hub.setLeaderCap(5_001);
        hub.setLeaderCap(5_000);
        assertEq(offers.leaderCapOf(follower), 5_000);
        hub.openVault(strategyId, none, 500e6, 1, address(0));
        hub.setLeaderCap(0);
        assertEq(offers.leaderCapOf(follower), 3_000);
        vm.stopPrank();
    }

    function test_what_left_no_longer_counts() public {
        fund(follower, 1_000e6);
        vm.startPrank(follower);
        uint32 vault = hub.openVault(strategyId, none, 300e6, 1, address(0));
        hub.deallocate(vault, address(usdc), 300e6);
        hub.allocate(vault, 300e6);
        vm.stopPrank();
    }

    function test_leaders_may_stake_all_they_have() public {
        fund(leader, 1_000e6);
        vm.prank(leader);
        hub.allocate(leaderVault, 1_000e6);
        (uint256 total,) = offers.investedOf(leader, address(usdc), leader);
        assertEq(total, 0);
        assertEq(offers.stateOf(strategyId).stakeEquity, 1_000e6);
    }

    function test_a_leaders_result_does_not_move_with_the_stake() public {
        fund(leader, 2_000e6);
        vm.startPrank(leader);
        hub.allocate(leaderVault, 1_000e6);
        vm.stopPrank();
        buy(leaderVault, weth, 1_000e6);
        setPrice(weth, 1_500);
        vm.prank(leader);
        hub.allocate(leaderVault, 1_000e6);
        assertEq(offers.stateOf(strategyId).index, 1.5e10);
        assertEq(offers.stateOf(strategyId).stakeEquity, 2_500e6);
        vm.prank(leader);
        hub.deallocate(leaderVault, address(weth), 0.5e18);
        assertEq(offers.stateOf(strategyId).index, 1.5e10);
        assertEq(offers.stateOf(strategyId).stakeEquity, 1_750e6);
        setPrice(weth, 3_000);
        vm.prank(leader);
        hub.deallocate(leaderVault, address(usdc), 500e6);
        // 0.5 WETH and 1,000 dollars: 1,750 had become 2,500.
        assertEq(offers.stateOf(strategyId).index, uint256(1.5e10) * 2_500 / 1_750);
        assertEq(offers.stateOf(strategyId).stakeEquity, 2_000e6);
        // Without a price a stake cannot grow, and what leaves looks like a loss.
        killFeed(weth);
        vm.startPrank(leader);
        vm.expectRevert();
        hub.allocate(leaderVault, 1);
        hub.deallocate(leaderVault, address(usdc), 500e6);
        vm.stopPrank();
        assertEq(offers.stateOf(strategyId).stakeEquity, 2_000e6);
        assertEq(inAccount(leader, usdc), 1_000e6);
    }

    function test_money_that_came_now_is_noted() public {
        uint32 vault = openVault(DEPOSIT);
        assertTrue(bench.isFundedNow(vault));
        assertFalse(bench.isFundedNow(vault + 1));
    }

    function test_one_transaction_deposits_with_a_permit_and_opens() public {
        bytes[] memory calls = _permitAndOpen(1_000e6, 300e6);
        (address owner,) = makeAddrAndKey("permit");
        vm.prank(owner);
        Multicall(address(hub)).multicall(calls);
        assertEq(inVault(offers.vaultCount(), usdc), 300e6);
        assertEq(inAccount(owner, usdc), 700e6);
    }

    function test_a_permit_that_somebody_used_first_does_no_harm() public {
        (address owner, uint256 key) = makeAddrAndKey("permit");
        bytes[] memory calls = _permitAndOpen(1_000e6, 300e6);
        (uint8 v, bytes32 r, bytes32 s) = _sign(owner, key, 1_000e6);
        vm.prank(anybody);
        usdc.permit(owner, address(hub), 1_000e6, vm.getBlockTimestamp(), v, r, s);
        vm.prank(owner);
        Multicall(address(hub)).multicall(calls);
        assertEq(inAccount(owner, usdc), 700e6);
    }

    function test_a_permit_of_another_is_of_no_use() public {
        (address owner, uint256 key) = makeAddrAndKey("permit");
        usdc.mint(owner, 1_000e6);
        (uint8 v, bytes32 r, bytes32 s) = _sign(owner, key, 1_000e6);
        uint256 deadline = vm.getBlockTimestamp();
        vm.prank(anybody);
        vm.expectRevert();
        hub.depositWithPermit(address(usdc), 1_000e6, deadline, v, r, s);
    }

    function test_policies_that_contradict_themselves_are_refused() public {
        uint32 vault = openVault(DEPOSIT);
        for (uint256 flaw; flaw < 19; ++flaw) {
            Policy memory policy = _flawed(flaw);
            vm.prank(follower);
            vm.expectRevert(IHubLog.BadPolicy.selector);
            hub.setPolicy(vault, policy);
        }
    }

    function test_policies_at_their_bounds_are_taken() public {
        uint32 vault = openVault(DEPOSIT);
        Policy memory policy;
        policy.sizing = Sizing.Risk;
        policy.size = 10_000;
        policy.excludedTokens = 6;
        policy.maxSlippageBps = 1_000;
        (policy.maxTokenBps, policy.maxExposureBps, policy.maxDailyLossBps) = (10_000, 10_000, 10_000);
        (policy.maxDrawdownBps, policy.stopLossBps, policy.lossBudgetBps) = (10_000, 10_000, 10_000);
        policy.takeProfitBps = type(uint16).max;
        policy.expiry = uint40(vm.getBlockTimestamp() + 1);
        (policy.minTrade, policy.maxTrade) = (5, 5);
        vm.prank(follower);
        hub.setPolicy(vault, policy);
        assertEq(abi.encode(offers.policyOf(vault)), abi.encode(policy));
        assertEq(offers.vaultOf(vault).policyRevision, 2);
        assertTrue(offers.vaultOf(vault).limited);
    }

    function test_only_a_policy_that_says_something_is_looked_at() public {
        uint32 vault = openVault(DEPOSIT);
        assertFalse(offers.vaultOf(vault).limited);
        for (uint256 i; i < 16; ++i) {
            Policy memory policy = _saying(i);
            vm.prank(follower);
            hub.setPolicy(vault, policy);
            assertEq(offers.vaultOf(vault).limited, i != 0);
        }
    }

    function test_sizing_by_risk_needs_a_declared_stop() public {
        StrategyParams memory params = strategyParams(plainTerms());
        params.limits.stopBps = 0;
        vm.prank(leader);
        (strategyId,) = offers.createStrategy(params);
        uint32 vault = openVault(DEPOSIT);
        Policy memory policy;
        (policy.sizing, policy.size) = (Sizing.Risk, 100);
        vm.prank(follower);
        vm.expectRevert(IHubLog.BadPolicy.selector);
        hub.setPolicy(vault, policy);
    }

    function test_a_vault_starts_anew_when_it_resumes() public {
        uint32 vault = openVault(DEPOSIT);
        vm.startPrank(follower);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.Active));
        hub.resume(vault);
        bench.look(vault, 5_000e6);
        vm.expectEmit();
        emit IHubLog.VaultStatusSet(vault, VaultStatus.Exiting, Reason.Requested);
        hub.requestExit(vault);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.Exiting));
        hub.requestExit(vault);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.Exiting));
        hub.pause(vault);
        vm.expectEmit();
        emit IHubLog.VaultStatusSet(vault, VaultStatus.Active, Reason.None);
        hub.resume(vault);
        assertEq(offers.riskOf(vault).peak + offers.riskOf(vault).dayEquity, 0);
        hub.pause(vault);
        hub.requestExit(vault);
        vm.stopPrank();
    }

    function test_a_leaders_vault_knows_no_rules() public {
        vm.startPrank(leader);
        vm.expectRevert(IHubLog.LeaderVault.selector);
        hub.requestExit(leaderVault);
        vm.expectRevert(IHubLog.LeaderVault.selector);
        hub.setPolicy(leaderVault, none);
        vm.stopPrank();
    }

    function test_each_part_of_the_code_fits_a_contract() public view {
        for (uint256 i; i < parts.length; ++i) {
            assertLe(parts[i].code.length, 24_576, "EIP-170");
        }
    }

    function _flawed(uint256 flaw) private view returns (Policy memory policy) {
        if (flaw == 0) (policy.minTrade, policy.maxTrade) = (2, 1);
        if (flaw == 1) policy.maxTokenBps = 10_001;
        if (flaw == 2) policy.maxExposureBps = 10_001;
        if (flaw == 3) policy.maxDailyLossBps = 10_001;
        if (flaw == 4) policy.maxDrawdownBps = 10_001;
        if (flaw == 5) policy.stopLossBps = 10_001;
        if (flaw == 6) policy.lossBudgetBps = 10_001;
        if (flaw == 7) policy.maxSlippageBps = 25;
        if (flaw == 8) policy.maxSlippageBps = 1_001;
        if (flaw == 9) policy.excludedTokens = 1;
        if (flaw == 10) policy.excludedTokens = 8;
        if (flaw == 11) policy.expiry = uint40(vm.getBlockTimestamp());
        if (flaw == 12) policy.size = 1;
        if (flaw == 13) policy.sizing = Sizing.Multiplier;
        if (flaw == 14) policy.sizing = Sizing.Fixed;
        if (flaw == 15) policy.sizing = Sizing.Risk;
        if (flaw == 16) (policy.sizing, policy.size) = (Sizing.Multiplier, 100_001);
        if (flaw == 17) (policy.sizing, policy.size) = (Sizing.Risk, 10_001);
        if (flaw == 18) policy.maxSlippageBps = 1;
    }

    function _saying(uint256 what) private view returns (Policy memory policy) {
        policy.onBreach = OnBreach.Exit;
        if (what == 1) policy.maxPositions = 1;
        if (what == 2) policy.excludedTokens = 2;
        if (what == 3) policy.maxSlippageBps = 10;
        if (what == 4) policy.maxTokenBps = 1;
        if (what == 5) policy.maxExposureBps = 1;
        if (what == 6) policy.maxDailyLossBps = 1;
        if (what == 7) policy.maxDrawdownBps = 1;
        if (what == 8) policy.stopLossBps = 1;
        if (what == 9) policy.takeProfitBps = 1;
        if (what == 10) policy.lossBudgetBps = 1;
        if (what == 11) policy.cooldown = 1;
        if (what == 12) policy.expiry = uint40(vm.getBlockTimestamp() + 1);
        if (what == 13) policy.minTrade = 1;
        if (what == 14) policy.maxTrade = 1;
        if (what == 15) (policy.sizing, policy.size) = (Sizing.Fixed, 1);
    }

    function _permitAndOpen(uint256 amount, uint256 allocated) private returns (bytes[] memory calls) {
        (address owner, uint256 key) = makeAddrAndKey("permit");
        usdc.mint(owner, amount);
        (uint8 v, bytes32 r, bytes32 s) = _sign(owner, key, amount);
        calls = new bytes[](2);
        calls[0] = abi.encodeCall(hub.depositWithPermit, (address(usdc), amount, vm.getBlockTimestamp(), v, r, s));
        calls[1] = abi.encodeCall(hub.openVault, (strategyId, none, allocated, 1, address(0)));
    }

    function _sign(address owner, uint256 key, uint256 amount) private view returns (uint8, bytes32, bytes32) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content =
            keccak256(abi.encode(typeHash, owner, address(hub), amount, usdc.nonces(owner), vm.getBlockTimestamp()));
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", usdc.DOMAIN_SEPARATOR(), content)));
    }
}
