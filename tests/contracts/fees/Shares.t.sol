// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeTerms, Policy} from "../../../contracts/interfaces/Types.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice Who gets a fee.
contract SharesTest is FeesWorld {
    function test_protocol_first_then_the_referrer_of_the_rest() public {
        offers.setProtocolShare(1_000);
        openStrategy(FeeTerms(0, 2_000, 0, 0, 2_500, 0, 0, 0));
        uint32 vault = _openReferred();
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        deallocate(vault, weth, 1e18);
        assertEq(fees(treasury, weth), 0.01e18);
        assertEq(fees(referrer, weth), 0.0225e18);
        assertEq(fees(leader, weth), 0.0675e18);
    }

    function test_without_a_referrer_the_share_is_the_leaders() public {
        openStrategy(FeeTerms(0, 0, 0, 100, 5_000, 0, 0, 0));
        uint32 vault = openVault(DEPOSIT);
        deallocate(vault, usdc, 100e6);
        assertEq(fees(leader, usdc), 1e6);
        assertEq(fees(address(0), usdc), 0);
    }

    function test_a_strategy_keeps_the_protocol_share_it_began_with() public {
        openStrategy(FeeTerms(0, 0, 0, 100, 0, 0, 0, 0));
        offers.setProtocolShare(2_000);
        uint32 vault = openVault(DEPOSIT);
        deallocate(vault, usdc, 100e6);
        assertEq(fees(treasury, usdc), 0);
        assertEq(offers.strategyOf(strategyId).protocolBps, 0);
        openStrategy(FeeTerms(0, 0, 0, 100, 0, 0, 0, 0));
        assertEq(offers.strategyOf(strategyId).protocolBps, 2_000);
    }

    function test_the_protocol_share_has_a_cap_and_an_owner() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AboveCap.selector, 2_001, 2_000));
        offers.setProtocolShare(2_001);
        vm.prank(anybody);
        vm.expectRevert();
        offers.setProtocolShare(1);
    }

    function test_leaders_pay_themselves_nothing() public {
        openStrategy(FeeTerms(0, 3_000, 500, 100, 0, 0, 0, 0));
        fund(leader, 1_000e6);
        vm.prank(leader);
        hub.allocate(leaderVault, 1_000e6);
        buy(leaderVault, weth, 1_000e6);
        pass(365 days);
        setPrice(weth, 3_000);
        vm.prank(leader);
        hub.deallocate(leaderVault, address(weth), 1e18);
        assertEq(inAccount(leader, weth), 1e18);
        assertEq(fees(leader, weth), 0);
    }

    function testFuzz_shares_add_up(uint16 protocolBps, uint16 referrerBps, uint256 amount) public {
        offers.setProtocolShare(uint16(bound(protocolBps, 0, 2_000)));
        openStrategy(FeeTerms(0, 3_000, 500, 100, uint16(bound(referrerBps, 0, 5_000)), 30 days, 7 days, 0.1e6));
        uint32 vault = _openReferred();
        buy(vault, weth, 500e6);
        setPrice(weth, 1_500);
        pass(30 days);
        vm.recordLogs();
        hub.settle(vault);
        deallocate(vault, weth, bound(amount, 1, inVault(vault, weth)));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 charged;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IHubLog.FeeCharged.selector) continue;
            if (logs[i].topics[2] != bytes32(uint256(uint160(address(weth))))) continue;
            (uint256 fee, uint256 toProtocol, uint256 toReferrer) =
                abi.decode(logs[i].data, (uint256, uint256, uint256));
            charged += fee;
            assertLe(toProtocol * 10_000, fee * 2_000);
            assertLe(toReferrer * 10_000, (fee - toProtocol) * 5_000);
        }
        assertGt(charged, 0);
        assertEq(fees(leader, weth) + fees(treasury, weth) + fees(referrer, weth), charged);
        assertSolvent();
    }

    function _openReferred() private returns (uint32 vaultId) {
        fund(follower, 2 * DEPOSIT);
        Policy memory policy;
        vm.startPrank(follower);
        hub.setLeaderCap(5_000);
        vaultId = hub.openVault(strategyId, policy, DEPOSIT, 1, referrer);
        vm.stopPrank();
        assertEq(offers.referrerOf(vaultId), referrer);
    }
}
