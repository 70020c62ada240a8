// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {
    CloseParams,
    ManualParams,
    OnBreach,
    Policy,
    Reason,
    StrategyParams,
    TradeKind,
    VaultStatus
} from "../../../contracts/interfaces/Types.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice Vaults that leave their positions together, and owners who trade alone.
/// forge-config: default.isolate = true
contract ClosesTest is TradingWorld {
    Policy private none;
    uint64 private constant SOLO = 1 << 31;

    // ------------------------------------------------------------------ closes

    function test_who_asks_is_sold_by_anybody_at_one_price() public {
        (uint32 first, uint32 second) = _twoInWeth();
        vm.expectEmit();
        emit IHubLog.TradeOpened(
            (uint64(strategyId) << 32) | SOLO | 1,
            keeper,
            TradeKind.Close,
            plainPool(address(usdc), address(weth)),
            address(weth),
            address(usdc),
            ALL,
            0,
            0,
            0,
            0
        );
        close(weth, two(first, second));
        assertEq(inVault(first, weth) + inVault(second, weth), 0);
        assertEq(inVault(first, usdc), HELD);
        assertEq(inVault(second, usdc), HELD + 1e6);
        assertEq(cleared.keeper, keeper);
        assertEq(cleared.portion, ALL);
        assertEq(uint8(hub.stopOf(first)), uint8(Reason.Exiting));
        // Leaders' ids stay without gaps; these have their own.
        assertEq(hub.strategyOf(strategyId).sequence, 1);
        trade(weth, wbtc, ALL / 2);
        vm.prank(followers[2]);
        hub.requestExit(4);
        vm.expectEmit(true, true, true, false);
        emit IHubLog.TradeOpened(
            (uint64(strategyId) << 32) | SOLO | 2,
            keeper,
            TradeKind.Close,
            address(0),
            address(0),
            address(0),
            0,
            0,
            0,
            0,
            0
        );
        close(weth, 4);
    }

    function test_vaults_come_once_and_in_order() public {
        (uint32 first, uint32 second) = _twoInWeth();
        refuseClose(weth, two(second, first), abi.encodeWithSelector(IHubLog.NotAscending.selector, first));
        refuseClose(weth, two(first, first), abi.encodeWithSelector(IHubLog.NotAscending.selector, first));
        refuseClose(weth, two(0, first), abi.encodeWithSelector(IHubLog.NotAscending.selector, 0));
    }

    function test_who_is_not_for_sale_is_not_sold() public {
        _twoInWeth();
        refuseClose(weth, one(4), abi.encodeWithSelector(IHubLog.NotClosable.selector, 4));
        refuseClose(weth, one(leaderVault), abi.encodeWithSelector(IHubLog.NotClosable.selector, leaderVault));
        refuseClose(weth, one(99), abi.encodeWithSelector(IHubLog.NotClosable.selector, 99));
        vm.prank(followers[0]);
        hub.leaveStrategy(2);
        refuseClose(weth, one(2), abi.encodeWithSelector(IHubLog.NotClosable.selector, 2));
        uint32 before = strategyId;
        lead(offer());
        refuseClose(weth, one(3), abi.encodeWithSelector(IHubLog.NotClosable.selector, 3));
        strategyId = before;
        vm.expectRevert(abi.encodeWithSelector(IHubLog.UnknownStrategy.selector, 99));
        hub.closeVaults(CloseParams(99, stranger, address(weth), one(3)));
    }

    function test_without_anything_to_sell_nothing_happens() public {
        (uint32 first,) = _twoInWeth();
        close(weth, first);
        refuseClose(weth, one(first), abi.encodeWithSelector(IHubLog.NothingToSell.selector));
        refuseClose(weth, new uint32[](0), abi.encodeWithSelector(IHubLog.NothingToSell.selector));
    }

    function test_a_stop_is_carried_out_as_the_policy_says() public {
        Policy memory policy;
        policy.stopLossBps = 200;
        lead(offer());
        uint32[4] memory vaults;
        for (uint256 i; i < 4; ++i) {
            policy.onStop = OnBreach(i);
            vaults[i] = follow(i, HELD, policy);
        }
        trade(usdc, weth, ALL / 2);
        goOn(3);
        for (uint256 i; i < 4; ++i) {
            refuseClose(weth, one(vaults[i]), abi.encodeWithSelector(IHubLog.NotClosable.selector, vaults[i]));
        }
        setPrice(weth, 2_400e8);
        for (uint256 i; i < 2; ++i) {
            refuseClose(weth, one(vaults[i]), abi.encodeWithSelector(IHubLog.NotClosable.selector, vaults[i]));
        }
        assertEq(uint8(hub.stopOf(vaults[2])), uint8(Reason.StopLoss));
        vm.expectEmit();
        emit IHubLog.VaultStatusSet(vaults[2], VaultStatus.Suspended, Reason.StopLoss);
        close(weth, vaults[2]);
        assertEq(cleared.amountIn, 0);
        refuseClose(weth, one(vaults[2]), abi.encodeWithSelector(IHubLog.NotClosable.selector, vaults[2]));
        vm.expectEmit();
        emit IHubLog.VaultStatusSet(vaults[3], VaultStatus.Exiting, Reason.StopLoss);
        close(weth, vaults[3]);
        assertEq(inVault(vaults[3], weth), 0);
        assertEq(inVault(vaults[3], usdc), HELD / 2 + 480e6);
    }

    function test_a_suspended_vault_is_sold_only_if_its_stop_is_to_leave() public {
        Policy memory policy;
        (policy.stopLossBps, policy.onStop, policy.onBreach) = (200, OnBreach.Exit, OnBreach.Suspend);
        policy.maxTrade = uint88(HELD / 2);
        lead(offer());
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        policy.maxTrade = 1;
        vm.prank(followers[0]);
        hub.setPolicy(vault, policy);
        trade(usdc, weth, ALL / 2);
        assertEq(uint8(hub.vaultOf(vault).status), uint8(VaultStatus.Suspended));
        setPrice(weth, 2_400e8);
        close(weth, vault);
        assertEq(inVault(vault, weth), 0);
    }

    function test_a_paused_vault_keeps_its_stops() public {
        Policy memory policy;
        (policy.takeProfitBps, policy.onStop) = (200, OnBreach.Exit);
        lead(offer());
        uint32 vault = follow(0, HELD, policy);
        trade(usdc, weth, ALL / 2);
        vm.prank(followers[0]);
        hub.pause(vault);
        setPrice(weth, 2_600e8);
        assertEq(uint8(hub.stopOf(vault)), uint8(Reason.TakeProfit));
        close(weth, vault);
        assertEq(inVault(vault, weth), 0);
        // The look is remembered.
        assertEq(hub.riskOf(vault).peak, 1_020e6);
        vm.prank(followers[0]);
        hub.leaveStrategy(vault);
        assertEq(uint8(hub.stopOf(vault)), uint8(Reason.None));
        assertEq(uint8(hub.stopOf(99)), uint8(Reason.None));
    }

    function test_an_exiting_vaults_own_limit_binds_the_batch() public {
        (uint32 first, uint32 second) = _twoInWeth();
        Policy memory policy;
        policy.maxSlippageBps = 50;
        vm.startPrank(followers[1]);
        hub.resume(second);
        hub.setPolicy(second, policy);
        hub.requestExit(second);
        vm.stopPrank();
        plain.setCost(6e6);
        vm.prank(keeper);
        vm.expectPartialRevert(IHubLog.PriceBelowOracle.selector);
        hub.closeVaults(
            CloseParams(strategyId, plainPool(address(usdc), address(weth)), address(weth), two(first, second))
        );
        close(weth, first);
        plain.setCost(5e6);
        close(weth, second);
    }

    function test_closes_keep_to_the_strategys_bound() public {
        (uint32 first,) = _twoInWeth();
        plain.setCost(301e5);
        vm.prank(keeper);
        vm.expectPartialRevert(IHubLog.PriceBelowOracle.selector);
        hub.closeVaults(CloseParams(strategyId, plainPool(address(usdc), address(weth)), address(weth), one(first)));
        plain.setCost(300e5);
        close(weth, first);
    }

    function test_a_halt_stops_no_close_and_no_manual_trade() public {
        (uint32 first,) = _twoInWeth();
        hub.haltTrading(0);
        hub.haltTrading(strategyId);
        close(weth, first);
        _manual(4, 1e12, 0);
    }

    function test_what_came_in_the_same_transaction_is_not_sold() public {
        (uint32 first,) = _twoInWeth();
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(hub.allocate, (first, 1e6));
        calls[1] = abi.encodeCall(
            hub.closeVaults,
            (CloseParams(strategyId, plainPool(address(usdc), address(weth)), address(weth), one(first)))
        );
        vm.prank(followers[0]);
        vm.expectRevert(IHubLog.NothingToSell.selector);
        Multicall(address(hub)).multicall(calls);
        calls[1] = abi.encodeCall(hub.manualTrade, (_terms(first, 1e12, 0)));
        vm.prank(followers[0]);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.FundedNow.selector, first));
        Multicall(address(hub)).multicall(calls);
    }

    // ------------------------------------------------------------------ manual trades

    function test_an_owner_trades_alone_at_any_price_above_their_own_bound() public {
        _twoInWeth();
        plain.setCost(5e8);
        uint256 held = inVault(4, weth);
        ManualParams memory params = _terms(4, uint128(held / 4), uint128(held / 4 / WETH_A_UNIT / 2 + 1));
        vm.prank(followers[2]);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BelowMinimumOut.selector, params.minOut - 1, params.minOut));
        hub.manualTrade(params);
        params.minOut -= 1;
        vm.recordLogs();
        vm.prank(followers[2]);
        assertEq(hub.manualTrade(params), params.minOut);
        listen();
        assertEq(inVault(4, weth), held - held / 4);
        assertEq(inVault(4, usdc), HELD / 2 + params.minOut);
        assertEq(cleared.portion, 25e16);
        assertEq(cleared.oracleOut, 0);
        assertEq(cleared.keeper, address(0));
        // A dead oracle stops it as little.
        setPrice(weth, 0);
        plain.setCost(1e9);
        vm.prank(followers[2]);
        vm.expectRevert();
        hub.manualTrade(params);
    }

    function test_manual_trades_that_make_no_sense_are_refused() public {
        _twoInWeth();
        uint256 held = inVault(4, weth);
        ManualParams memory params = _terms(4, uint128(held), 0);
        vm.prank(stranger);
        vm.expectRevert(IHubLog.NotVaultOwner.selector);
        hub.manualTrade(params);
        vm.startPrank(followers[2]);
        params.amountIn = 0;
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.manualTrade(params);
        params.amountIn = uint128(held + 1);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InsufficientBalance.selector, held, held + 1));
        hub.manualTrade(params);
        params.amountIn = uint128(held);
        params.deadline = uint40(vm.getBlockTimestamp() - 1);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.DeadlinePassed.selector, params.deadline));
        hub.manualTrade(params);
        params.deadline += 1;
        params.tokenIn = stranger;
        vm.expectRevert(abi.encodeWithSelector(IHubLog.TokenNotAllowed.selector, stranger));
        hub.manualTrade(params);
        (params.tokenIn, params.pool) = (address(weth), stranger);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.PoolNotAllowed.selector, stranger));
        hub.manualTrade(params);
        params.pool = plainPool(address(usdc), address(weth));
        hub.manualTrade(params);
        vm.stopPrank();
        params.vaultId = leaderVault;
        vm.prank(leader);
        vm.expectRevert(IHubLog.LeaderVault.selector);
        hub.manualTrade(params);
    }

    function test_where_gains_are_charged_bound_and_budget_hold() public {
        StrategyParams memory params = offer();
        params.terms.performanceBps = 1_000;
        params.limits.lossBudgetBps = 200;
        lead(params);
        uint32 vault = follow(0, HELD, none);
        plain.setCost(301e5);
        ManualParams memory how = _terms(vault, uint128(HELD / 4), 0);
        (how.tokenIn, how.tokenOut) = (address(usdc), address(weth));
        vm.startPrank(followers[0]);
        vm.expectPartialRevert(IHubLog.PriceBelowOracle.selector);
        hub.manualTrade(how);
        // A quarter of the equity at two hundredths: half of the hundred basis points that fit.
        plain.setCost(2e7);
        how.minOut = uint128(HELD / 4 * WETH_A_UNIT * 98 / 100 + 1);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BelowMinimumOut.selector, how.minOut - 1, how.minOut));
        hub.manualTrade(how);
        how.minOut -= 1;
        hub.manualTrade(how);
        uint256 used = hub.vaultOf(vault).lossUsed;
        assertApproxEqAbs(used, 5e6, 1);
        // Little of it leaks in a second, and as much again is too much.
        vm.warp(vm.getBlockTimestamp() + 1);
        how.amountIn = uint128(HELD / 4 + 2e6);
        how.minOut = 0;
        vm.expectPartialRevert(IHubLog.LossBudgetUsedUp.selector);
        hub.manualTrade(how);
        how.amountIn = uint128(HELD / 4 - 5e6);
        hub.manualTrade(how);
        vm.stopPrank();
        assertApproxEqAbs(hub.vaultOf(vault).lossUsed, 2 * used, 1e5);
    }

    function test_a_measured_trade_is_not_cut_to_the_pools_depth() public {
        StrategyParams memory params = offer();
        params.terms.performanceBps = 1_000;
        params.limits.maxImpactBps = 1;
        lead(params);
        uint32 vault = follow(0, 5 * HELD, none);
        ManualParams memory how =
            ManualParams(vault, usdcWeth, address(usdc), address(weth), uint128(5 * HELD), 0, FOREVER);
        vm.prank(followers[0]);
        uint256 got = hub.manualTrade(how);
        assertEq(inVault(vault, usdc), 0);
        assertEq(inVault(vault, weth), got);
    }

    // ------------------------------------------------------------------ internals

    /// @dev Vaults 2 and 3 are exiting with all in WETH, vault 4 copies with half in it.
    function _twoInWeth() private returns (uint32 first, uint32 second) {
        lead(offer());
        first = follow(0, HELD, none);
        second = follow(1, HELD + 1e6, none);
        uint32 third = follow(2, HELD / 2, none);
        assertEq(third, 4);
        trade(usdc, weth, ALL);
        fund(followers[2], 4 * HELD);
        vm.prank(followers[2]);
        hub.allocate(third, HELD / 2);
        vm.prank(followers[0]);
        hub.requestExit(first);
        vm.prank(followers[1]);
        hub.requestExit(second);
    }

    function _terms(uint32 vault, uint128 amountIn, uint128 minOut) private view returns (ManualParams memory) {
        return ManualParams(
            vault, plainPool(address(usdc), address(weth)), address(weth), address(usdc), amountIn, minOut, FOREVER
        );
    }

    function _manual(uint32 vault, uint128 amountIn, uint128 minOut) private {
        vm.prank(hub.vaultOf(vault).owner);
        hub.manualTrade(_terms(vault, amountIn, minOut));
    }
}
