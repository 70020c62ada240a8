// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHub} from "../../../contracts/interfaces/IHub.sol";
import {OnBreach, Policy, Reason, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {AccountView, HubLens, StrategyView, TradeView, VaultView} from "../../../contracts/lens/HubLens.sol";
import {Preset} from "../../../contracts/lens/Presets.sol";
import {World} from "../support/World.sol";

/// @notice The lens says what the hub says, in one call, and says so where there is no price.
/// forge-config: default.isolate = true
contract HubLensTest is World {
    HubLens private lens;
    address private leader = makeAddr("leader");
    address private ann = makeAddr("ann");
    address private ben = makeAddr("ben");
    uint32 private strategy;
    uint32 private leaders;
    uint32 private anns;
    uint32 private bens;

    function setUp() public {
        deployWorld(2);
        lens = new HubLens(address(hub));
        (strategy, leaders) = openStrategy(leader, strategyParams(10, true), 10_000e6);
        anns = openVault(ann, strategy, 1_000e6);
        bens = openVault(ben, strategy, 500e6);
        openVault(ben, strategy, 100e6);
        openVault(ann, strategy, 100e6);
    }

    function test_a_vault_is_seen_whole() public {
        _trade();
        VaultView memory seen = lens.viewVault(anns);
        assertEq(abi.encode(seen.head), abi.encode(hub.vaultOf(anns)));
        assertEq(abi.encode(seen.policy), abi.encode(hub.policyOf(anns)));
        assertEq(abi.encode(seen.terms), abi.encode(hub.termsOf(strategy, 1)));
        assertEq(seen.marks.mark, 1_000e6);
        assertEq(seen.leader, leader);
        assertEq(seen.holdings.length, 3);
        for (uint256 i; i < 3; ++i) {
            assertEq(seen.holdings[i].balance, hub.vaultBalance(anns, seen.holdings[i].token));
        }
        assertTrue(seen.priced);
        assertEq(seen.equity, hub.equityOf(anns));
        assertEq(uint8(seen.stop), uint8(Reason.None));
    }

    function test_a_vault_for_sale_says_so() public {
        vm.prank(ann);
        hub.requestExit(anns);
        assertEq(uint8(lens.viewVault(anns).stop), uint8(Reason.Exiting));
    }

    function test_without_a_price_the_rest_is_still_seen() public {
        _finish(_trade());
        feedOf[weth].post(0);
        vm.prank(ann);
        hub.deallocate(anns, address(weth), 1e15);
        VaultView memory seen = lens.viewVault(anns);
        assertFalse(seen.priced);
        assertEq(seen.equity, 0);
        assertEq(seen.holdings[1].outflow, 1e15);
        assertEq(seen.holdings[1].held, 2e14); // 20 %
        assertFalse(lens.viewStrategy(strategy).priced);
    }

    function test_several_vaults_come_in_the_order_asked_for() public view {
        uint32[] memory ids = new uint32[](2);
        (ids[0], ids[1]) = (bens, anns);
        VaultView[] memory seen = lens.viewVaults(ids);
        assertEq(seen[0].vaultId, bens);
        assertEq(seen[1].vaultId, anns);
    }

    function test_a_strategy_is_seen_whole() public {
        _trade();
        StrategyView memory seen = lens.viewStrategy(strategy);
        assertEq(abi.encode(seen.head), abi.encode(hub.strategyOf(strategy)));
        assertEq(abi.encode(seen.limits), abi.encode(hub.limitsOf(strategy)));
        assertEq(abi.encode(seen.state), abi.encode(hub.stateOf(strategy)));
        assertEq(abi.encode(seen.fanout), abi.encode(hub.fanoutOf(strategy)));
        assertEq(seen.tokens, hub.tokensOf(strategy));
        assertEq(seen.peak, 1e10);
        assertEq(seen.lossCapacity, 1e8); // half of 20 %
        assertEq(seen.lossUsed, hub.stateOf(strategy).lossUsed);
        assertGt(seen.lossUsed, 0);
        assertEq(seen.stake, hub.equityOf(leaders));
        vm.warp(block.timestamp + 7 days);
        assertEq(lens.viewStrategy(strategy).lossUsed, 0, "leaked by then");
        vm.warp(block.timestamp + 2 days);
        assertEq(lens.viewStrategy(strategy).peak, 0, "forgotten by then");
    }

    function test_an_open_trade_names_whom_it_comes_to_next() public {
        assertEq(lens.viewTrade(strategy, 9).tradeId, 0);
        _trade();
        TradeView memory seen = lens.viewTrade(strategy, 9);
        assertEq(seen.tradeId, (uint64(strategy) << 32) | 1);
        assertEq(seen.vaultIds.length, 2);
        assertEq(lens.viewTrade(strategy, 1).vaultIds.length, 1);
        uint256[2] memory before = [_wethOf(seen.vaultIds[0]), _wethOf(seen.vaultIds[1])];
        hub.continueTrade(strategy, 1);
        assertGt(_wethOf(seen.vaultIds[0]), before[0], "the first was next");
        assertEq(_wethOf(seen.vaultIds[1]), before[1]);
        assertFalse(seen.expired);
        vm.warp(block.timestamp + 1 hours);
        assertTrue(lens.viewTrade(strategy, 9).expired);
    }

    function test_an_account_is_seen_by_token() public view {
        address[] memory tokens = new address[](1);
        tokens[0] = address(usdc);
        (uint16 capBps, AccountView[] memory seen) = lens.viewAccount(ann, tokens);
        assertEq(capBps, 3_000);
        assertEq(seen[0].invested, 1_100e6);
        assertEq(seen[0].balance, 3_300e6);
    }

    function test_every_preset_is_a_policy_that_the_hub_accepts() public {
        for (uint8 i; i < 3; ++i) {
            Policy memory policy = lens.presetPolicy(Preset(i));
            assertEq(uint8(policy.onStop), uint8(OnBreach.Exit));
            vm.prank(ann);
            hub.setPolicy(anns, policy);
            assertTrue(hub.vaultOf(anns).limited);
        }
        assertEq(uint8(hub.vaultOf(anns).status), uint8(VaultStatus.Active));
    }

    function _trade() private returns (uint64 tradeId) {
        vm.prank(leader);
        return hub.trade(tradeParams(strategy, address(usdc), address(weth), ALL / 2));
    }

    function _finish(uint64) private {
        hub.continueTrade(strategy, 9);
    }

    function _wethOf(uint32 vaultId) private view returns (uint256) {
        return hub.vaultBalance(vaultId, address(weth));
    }
}
