// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {
    Fanout,
    Policy,
    Reason,
    StrategyParams,
    TradeKind,
    TradeParams,
    VaultStatus
} from "../../../contracts/interfaces/Types.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice Who is copied, in which order, until when: batches of three of five or more.
/// forge-config: default.isolate = true
contract FanoutsTest is TradingWorld {
    Policy private none;
    uint32[] private vaults;

    function setUp() public override {
        super.setUp();
        StrategyParams memory params = offer();
        params.terms.copyBps = 50;
        lead(params);
        for (uint256 i; i < 5; ++i) {
            vaults.push(follow(i, (100 + i) * 1e6, none));
        }
    }

    function test_a_trade_visits_from_a_rotating_start_and_stays_open() public {
        uint256 now_ = vm.getBlockTimestamp();
        uint32 start = _start(1, 5);
        plain.setCost(1e6);
        vm.expectEmit();
        emit IHubLog.TradeOpened(
            _id(1),
            leader,
            TradeKind.Leader,
            plainPool(address(usdc), address(weth)),
            address(usdc),
            address(weth),
            ALL / 2,
            0,
            start,
            5,
            uint40(now_ + 10 minutes)
        );
        _tradeLike(ALL / 2, 0);
        _assertOrder(start, 0, 3, true);
        assertFalse(completed);
        assertTrue(hub.strategyOf(strategyId).fanoutOpen);
        Fanout memory fanout = hub.fanoutOf(strategyId);
        assertEq(fanout.sequence, 1);
        assertEq(fanout.start, start);
        assertEq(fanout.count, 5);
        assertEq(fanout.cursor, 3);
        assertEq(cleared.cursor, 3);
        assertEq(fanout.deadline, now_ + 10 minutes);
        assertEq(fanout.indexIn, 0);
        assertEq(fanout.indexOut, 1);
        assertEq(fanout.pool, plainPool(address(usdc), address(weth)));
        assertEq(fanout.portion, ALL / 2);
        assertEq(fanout.lossRate, 1e6);
        uint256 price = cleared.amountOut * 1e36 / cleared.amountIn;
        assertEq(fanout.floorPrice, (price * 9_900 + 9_999) / 10_000);
    }

    function test_starts_spread_over_the_members() public {
        for (uint32 sequence = 1; sequence < 9; ++sequence) {
            _tradeLike(ALL / 10, 0);
            _assertOrder(_start(sequence, 5), 0, 3, true);
            goOn(3);
            _assertOrder(_start(sequence, 5), 3, 5, false);
            assertTrue(completed);
        }
    }

    function test_anyone_goes_on_in_steps_of_at_most_a_batch() public {
        _tradeLike(ALL / 2, 0);
        uint32 start = hub.fanoutOf(strategyId).start;
        assertEq(goOn(1), 1);
        _assertOrder(start, 3, 4, false);
        assertEq(hub.fanoutOf(strategyId).cursor, 4);
        assertEq(cleared.cursor, 4);
        assertEq(cleared.keeper, keeper);
        assertEq(goOn(100), 1);
        _assertOrder(start, 4, 5, false);
        assertTrue(completed);
        assertEq(hub.fanoutOf(strategyId).count, 0);
        assertFalse(hub.strategyOf(strategyId).fanoutOpen);
        for (uint256 i; i < 3; ++i) {
            follow(i, 100e6, none);
        }
        _tradeLike(ALL / 2, 0);
        assertEq(goOn(type(uint32).max), 3);
        assertEq(goOn(type(uint32).max), 2);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NoFanout.selector, strategyId));
        hub.continueTrade(strategyId, 1);
    }

    function test_what_makes_no_sense_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NoFanout.selector, 77));
        hub.continueTrade(77, 1);
        _tradeLike(ALL / 2, 0);
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.continueTrade(strategyId, 0);
        refuse(weth, usdc, ALL, abi.encodeWithSelector(IHubLog.FanoutOpen.selector, _id(1)));
    }

    function test_copies_pay_the_fee_in_what_is_sold_and_all_get_one_price() public {
        uint256[] memory before = new uint256[](5);
        for (uint256 i; i < 5; ++i) {
            before[i] = inVault(vaults[i], usdc);
        }
        _tradeLike(ALL / 3, 0);
        uint256 sold = cleared.amountIn;
        goOn(3);
        sold += cleared.amountIn;
        uint256 paid;
        uint256 gross = STAKE * (ALL / 3) / ALL;
        for (uint256 i; i < 5; ++i) {
            uint256 part = before[i] * (ALL / 3) / ALL;
            uint256 fee = part * 50 / 10_000;
            assertEq(inVault(vaults[i], usdc), before[i] - part);
            assertEq(inVault(vaults[i], weth), (part - fee) * WETH_A_UNIT);
            (gross, paid) = (gross + part, paid + fee);
        }
        assertEq(sold, gross - paid);
        assertEq(fees(leader, usdc), paid);
        assertEq(inVault(leaderVault, weth), STAKE * (ALL / 3) / ALL * WETH_A_UNIT);
    }

    function test_the_protocol_gets_its_share_of_copy_fees() public {
        hub.setProtocolShare(1_000);
        StrategyParams memory params = offer();
        params.terms.copyBps = 100;
        lead(params);
        uint32 vault = follow(0, HELD + 333, none);
        trade(usdc, weth, ALL);
        uint256 fee = (HELD + 333) / 100;
        assertEq(told(vault).fee, fee);
        assertEq(cleared.copyFees, fee);
        assertEq(fees(treasury, usdc), fee / 10);
        assertEq(fees(leader, usdc), fee - fee / 10);
    }

    function test_later_batches_are_bounded_by_the_leaders_fill() public {
        plain.setCost(1e6);
        _tradeLike(ALL / 2, 0);
        uint256 floor = hub.fanoutOf(strategyId).floorPrice;
        // A hundred basis points of what the leader got.
        plain.setCost(11_100_000);
        vm.prank(keeper);
        vm.expectPartialRevert(IHubLog.PriceBelowLimit.selector);
        hub.continueTrade(strategyId, 3);
        plain.setCost(10_900_000);
        goOn(3);
        assertGe(cleared.amountOut * 1e36 / cleared.amountIn, floor - 1e36);
        assertTrue(completed);
    }

    function test_a_limit_binds_the_leaders_batch_alone() public {
        TradeParams memory params = terms(usdc, weth, ALL / 2);
        params.limitPrice = 4e44 + 1;
        refuse(params, abi.encodeWithSelector(IHubLog.PriceBelowLimit.selector, 4e44, 4e44 + 1));
        params.limitPrice = 4e44;
        trade(params);
        plain.setCost(5e6);
        goOn(3);
        assertTrue(completed);
        assertEq(plain.lastPriceLimit(), 0);
    }

    function test_until_the_last_second_of_the_window_and_then_it_expires() public {
        uint256 deadline = vm.getBlockTimestamp() + 10 minutes;
        _tradeLike(ALL / 2, 0);
        uint32 start = hub.fanoutOf(strategyId).start;
        uint256 kept = vm.snapshotState();
        warpTo(deadline);
        goOn(3);
        assertTrue(told(order[0]).copied);
        vm.revertToState(kept);
        warpTo(deadline + 1);
        // Neither a halt nor a dead oracle stops it.
        hub.haltTrading(strategyId);
        setPrice(usdc, 0);
        assertEq(goOn(1), 1);
        _assertOrder(start, 3, 4, false);
        assertSkipped(order[0], Reason.Expired);
        assertFalse(completed);
        assertEq(hub.fanoutOf(strategyId).cursor, 4);
        assertEq(goOn(9), 1);
        assertSkipped(order[0], Reason.Expired);
        assertTrue(completed);
        assertEq(inVault(order[0], weth), 0);
    }

    function test_a_halt_holds_up_a_trade() public {
        _tradeLike(ALL / 2, 0);
        hub.haltTrading(strategyId);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.Halted.selector, strategyId));
        hub.continueTrade(strategyId, 3);
        hub.resumeTrading(strategyId);
        hub.haltTrading(0);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.Halted.selector, 0));
        hub.continueTrade(strategyId, 3);
        hub.resumeTrading(0);
        goOn(3);
        assertTrue(completed);
    }

    function test_a_batch_without_anybody_swaps_nothing() public {
        _tradeLike(ALL / 2, 0);
        uint32 start = hub.fanoutOf(strategyId).start;
        for (uint256 i = 3; i < 5; ++i) {
            uint32 vault = vaults[(start + i) % 5];
            vm.prank(hub.vaultOf(vault).owner);
            hub.pause(vault);
        }
        goOn(3);
        assertSkipped(order[0], Reason.Paused);
        assertSkipped(order[1], Reason.Paused);
        assertEq(cleared.amountIn, 0);
        assertTrue(completed);
    }

    function test_who_comes_late_is_not_copied() public {
        _tradeLike(ALL / 2, 0);
        uint32 late = follow(0, 200e6, none);
        goOn(3);
        assertEq(inVault(late, usdc), 200e6);
        assertTrue(completed);
    }

    // ------------------------------------------------------------------ members

    function test_who_leaves_meanwhile_leaves_a_hole_for_anyone_to_fill() public {
        _tradeLike(ALL / 2, 0);
        uint32 position = (hub.fanoutOf(strategyId).start + 3) % 5;
        uint32 gone = vaults[position];
        vm.expectEmit();
        emit IHubLog.VaultStatusSet(gone, VaultStatus.Left, Reason.None);
        vm.prank(hub.vaultOf(gone).owner);
        hub.leaveStrategy(gone);
        assertEq(hub.memberAt(strategyId, position), 0);
        assertEq(hub.strategyOf(strategyId).memberCount, 5);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.FanoutOpen.selector, _id(1)));
        hub.prune(strategyId, position);
        goOn(3);
        assertEq(order.length, 1);
        uint32 last = vaults[4];
        if (position == 4) return;
        vm.expectEmit();
        emit IHubLog.MemberMoved(strategyId, last, position);
        hub.prune(strategyId, position);
        assertEq(hub.memberAt(strategyId, position), last);
        assertEq(hub.vaultOf(last).position, position);
        assertEq(hub.memberAt(strategyId, 4), 0);
        assertEq(hub.strategyOf(strategyId).memberCount, 4);
    }

    function test_an_expired_hole_is_passed_over() public {
        _tradeLike(ALL / 2, 0);
        uint32 gone = vaults[(hub.fanoutOf(strategyId).start + 3) % 5];
        vm.prank(hub.vaultOf(gone).owner);
        hub.leaveStrategy(gone);
        pass(11 minutes);
        goOn(3);
        assertEq(order.length, 1);
        assertTrue(completed);
    }

    function test_two_holes_are_filled_one_after_the_other() public {
        _tradeLike(ALL / 2, 0);
        for (uint256 i = 1; i < 5; i += 3) {
            vm.prank(followers[i]);
            hub.leaveStrategy(vaults[i]);
        }
        goOn(3);
        vm.expectEmit();
        emit IHubLog.MemberMoved(strategyId, 0, 1);
        hub.prune(strategyId, 1);
        assertEq(hub.strategyOf(strategyId).memberCount, 4);
        assertEq(hub.memberAt(strategyId, 3), vaults[3]);
        hub.prune(strategyId, 1);
        assertEq(hub.memberAt(strategyId, 1), vaults[3]);
        assertEq(hub.memberAt(strategyId, 3), 0);
        assertEq(hub.strategyOf(strategyId).memberCount, 3);
    }

    function test_only_a_hole_is_filled() public {
        for (uint32 position = 3; position < 7; ++position) {
            vm.expectRevert(abi.encodeWithSelector(IHubLog.NotEmpty.selector, position));
            hub.prune(strategyId, position);
        }
    }

    function test_without_an_open_trade_the_last_takes_the_place() public {
        vm.prank(followers[1]);
        hub.leaveStrategy(vaults[1]);
        assertEq(hub.memberAt(strategyId, 1), vaults[4]);
        assertEq(hub.vaultOf(vaults[4]).position, 1);
        assertEq(hub.strategyOf(strategyId).memberCount, 4);
        vm.expectEmit();
        emit IHubLog.MemberMoved(strategyId, 0, 3);
        vm.prank(followers[3]);
        hub.leaveStrategy(vaults[3]);
        assertEq(hub.strategyOf(strategyId).memberCount, 3);
        assertEq(hub.memberAt(strategyId, 3), 0);
        vm.prank(followers[3]);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.Left));
        hub.leaveStrategy(vaults[3]);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.None));
        hub.evict(99);
        vm.expectRevert(IHubLog.LeaderVault.selector);
        hub.evict(leaderVault);
    }

    function test_evict_takes_out_what_is_worth_less_than_a_tenth_of_the_smallest_deposit() public {
        vm.prank(followers[0]);
        hub.deallocate(vaults[0], address(usdc), 99e6);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.WorthKeeping.selector, 1e6, 1e6));
        hub.evict(vaults[0]);
        vm.prank(followers[0]);
        hub.deallocate(vaults[0], address(usdc), 1);
        vm.prank(stranger);
        hub.evict(vaults[0]);
        assertEq(uint8(hub.vaultOf(vaults[0]).status), uint8(VaultStatus.Left));
        assertEq(inVault(vaults[0], usdc), 1e6 - 1);
    }

    // ------------------------------------------------------------------ refusals before anything happens

    function test_only_the_leader_trades() public {
        vm.prank(stranger);
        vm.expectRevert(IHubLog.NotLeader.selector);
        hub.trade(terms(usdc, weth, ALL));
        TradeParams memory params = terms(usdc, weth, ALL);
        params.strategyId = 99;
        refuse(params, abi.encodeWithSelector(IHubLog.NotLeader.selector));
    }

    function test_halted_trades_are_refused() public {
        hub.haltTrading(strategyId);
        refuse(usdc, weth, ALL, abi.encodeWithSelector(IHubLog.Halted.selector, strategyId));
        hub.haltTrading(0);
        refuse(usdc, weth, ALL, abi.encodeWithSelector(IHubLog.Halted.selector, 0));
    }

    function test_a_deadline_is_met_to_the_second() public {
        TradeParams memory params = terms(usdc, weth, ALL / 2);
        params.deadline = uint40(vm.getBlockTimestamp() - 1);
        refuse(params, abi.encodeWithSelector(IHubLog.DeadlinePassed.selector, params.deadline));
        params.deadline += 1;
        trade(params);
    }

    function test_portions_are_from_something_to_all() public {
        refuse(usdc, weth, 0, abi.encodeWithSelector(IHubLog.BadPortion.selector, 0));
        refuse(usdc, weth, ALL + 1, abi.encodeWithSelector(IHubLog.BadPortion.selector, ALL + 1));
        refuse(usdc, weth, 1, abi.encodeWithSelector(IHubLog.NothingToSell.selector));
        refuse(weth, usdc, ALL, abi.encodeWithSelector(IHubLog.NothingToSell.selector));
    }

    function test_only_the_strategys_pools_and_only_for_their_tokens() public {
        TradeParams memory params = terms(usdc, weth, ALL);
        params.pool = stranger;
        refuse(params, abi.encodeWithSelector(IHubLog.PoolNotAllowed.selector, stranger));
        params.pool = plainPool(address(usdc), address(wbtc));
        refuse(params, abi.encodeWithSelector(IHubLog.PoolNotAllowed.selector, params.pool));
        params.pool = plainPool(address(weth), address(wbtc));
        refuse(params, abi.encodeWithSelector(IHubLog.PoolNotAllowed.selector, params.pool));
        params.tokenIn = address(weth);
        params.pool = plainPool(address(usdc), address(weth));
        refuse(params, abi.encodeWithSelector(IHubLog.PoolNotAllowed.selector, params.pool));
        params.tokenIn = stranger;
        refuse(params, abi.encodeWithSelector(IHubLog.TokenNotAllowed.selector, stranger));
        (params.tokenIn, params.tokenOut) = (address(usdc), stranger);
        refuse(params, abi.encodeWithSelector(IHubLog.TokenNotAllowed.selector, stranger));
    }

    function _tradeLike(uint64 portion, uint256 limitPrice) private {
        TradeParams memory params = terms(usdc, weth, portion);
        params.limitPrice = limitPrice;
        trade(params);
    }

    function _id(uint32 sequence) private view returns (uint64) {
        return (uint64(strategyId) << 32) | sequence;
    }

    /// @dev By the golden ratio, reckoned with other operations than the hub's.
    function _start(uint32 sequence, uint32 count) private pure returns (uint32) {
        return uint32((uint256(sequence) * 2_654_435_769 % 2 ** 32) * count / 2 ** 32);
    }

    /// @dev The leader first where it leads, then positions `from` to `to` of the way around.
    function _assertOrder(uint32 start, uint256 from, uint256 to, bool leads) private view {
        uint256 offset = leads ? 1 : 0;
        assertEq(order.length, to - from + offset);
        if (leads) assertEq(order[0], leaderVault);
        for (uint256 i = from; i < to; ++i) {
            assertEq(order[i - from + offset], vaults[(start + i) % 5]);
        }
    }
}
