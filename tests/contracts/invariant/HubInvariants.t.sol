// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHub} from "../../../contracts/interfaces/IHub.sol";
import {LossBudget} from "../../../contracts/libraries/LossBudget.sol";
import {Books} from "./Books.sol";
import {WholeHandler} from "./WholeHandler.sol";

/// @notice The protocol's invariants under random calls by everybody. Each check says its sentence.
abstract contract HubInvariants is Test {
    WholeHandler internal handler;
    IHub internal hub;
    Books internal books;

    /// @param batchSize Positions that one transaction may visit.
    function _start(uint32 batchSize) internal {
        handler = new WholeHandler();
        handler.start(batchSize);
        hub = handler.theHub();
        books = handler.books();
        targetContract(address(handler));
        bytes4[] memory notActions = new bytes4[](3);
        notActions[0] = handler.uniswapV3SwapCallback.selector;
        notActions[1] = handler.uniswapV3MintCallback.selector;
        notActions[2] = handler.start.selector;
        excludeSelector(FuzzSelector(address(handler), notActions));
    }

    /// @notice All of them in one campaign: each check sees every call, and its name is in the trace when it fails.
    function invariant_every_rule_holds() public view {
        check_solvency();
        check_conservation();
        check_one_price();
        check_at_most_once_in_order_and_nobody_omitted();
        check_events_rebuild_the_hub();
        check_no_trespass_and_no_panic();
        check_exits_are_never_refused();
        check_fees_keep_to_their_caps_and_never_touch_principal();
        check_marks_fall_only_with_what_leaves();
        check_loss_budgets_hold();
    }

    /// @notice No fee exceeds its cap, and no gain is charged where there was none.
    function check_fees_keep_to_their_caps_and_never_touch_principal() public view {
        assertEq(books.feeBreaches(), 0, "cap");
        assertEq(handler.principalBreaches(), 0, "principal");
    }

    /// @notice A high-water mark never falls but when something leaves the vault.
    function check_marks_fall_only_with_what_leaves() public view {
        assertEq(books.markBreaches(), 0);
    }

    /// @notice No strategy's executions cost more than its budget.
    function check_loss_budgets_hold() public view {
        for (uint32 strategyId = 1; strategyId <= hub.strategyCount(); ++strategyId) {
            uint256 capacity = LossBudget.capacity(hub.limitsOf(strategyId).lossBudgetBps);
            assertLe(hub.stateOf(strategyId).lossUsed, capacity);
        }
    }

    /// @notice For every token, the hub holds exactly what it owes, plus what was given to it unasked.
    function check_solvency() public view {
        for (uint256 t; t < 3; ++t) {
            address token = handler.tokens(t);
            uint256 owed = _sumOfVaults(token) + _sumOfPeople(token);
            assertEq(IERC20(token).balanceOf(address(hub)), owed + handler.donated(token));
        }
    }

    /// @notice Σ inputs taken = swapped in; Σ outputs given + dust = received; dust is less than one unit a vault.
    function check_conservation() public view {
        assertEq(books.conservationBreaches(), 0);
    }

    /// @notice Every vault in one clearing gets the same price, rounded down to one unit.
    function check_one_price() public view {
        assertEq(books.priceBreaches(), 0);
    }

    /// @notice A trade touches a vault at most once, no later trade touches it first, and nobody is passed over.
    function check_at_most_once_in_order_and_nobody_omitted() public view {
        assertEq(books.twiceBreaches(), 0, "twice");
        assertEq(books.orderBreaches(), 0, "order");
        assertEq(books.omissionBreaches(), 0, "omission");
    }

    /// @notice Events alone rebuild every balance and every member's place.
    function check_events_rebuild_the_hub() public view {
        for (uint256 t; t < 3; ++t) {
            _checkBalances(handler.tokens(t));
        }
        for (uint32 strategyId = 1; strategyId <= hub.strategyCount(); ++strategyId) {
            assertEq(hub.strategyOf(strategyId).memberCount, books.memberCount(strategyId));
            for (uint32 i; i < books.memberCount(strategyId); ++i) {
                uint32 vaultId = hub.memberAt(strategyId, i);
                assertEq(vaultId, books.memberAt(strategyId, i));
                if (vaultId != 0) assertEq(hub.vaultOf(vaultId).position, i);
            }
        }
    }

    /// @notice Nobody but the owner moves a vault's money or the registry, and the hub never fails without a reason.
    function check_no_trespass_and_no_panic() public view {
        assertEq(handler.trespasses(), 0);
        assertEq(handler.unexplainedReverts(), 0);
    }

    /// @notice An owner can always take out what a vault holds: halts, gates, guardians and open trades change nothing.
    function check_exits_are_never_refused() public view {
        assertEq(handler.refusedExits(), 0);
    }

    function _checkBalances(address token) private view {
        for (uint32 vaultId = 1; vaultId <= hub.vaultCount(); ++vaultId) {
            assertEq(hub.vaultBalance(vaultId, token), books.vaultBalance(vaultId, token));
            assertEq(hub.marksOf(vaultId).mark, books.marksOf(vaultId).mark, "mark");
            assertEq(hub.marksOf(vaultId).invested, books.marksOf(vaultId).invested, "invested");
        }
        for (uint256 i; i < handler.actorCount(); ++i) {
            address actor = handler.actors(i);
            assertEq(hub.accountBalance(actor, token), books.accountBalance(actor, token));
            assertEq(hub.feeBalance(actor, token), books.feeBalance(actor, token));
        }
    }

    function _sumOfVaults(address token) private view returns (uint256 sum) {
        for (uint32 vaultId = 1; vaultId <= hub.vaultCount(); ++vaultId) {
            sum += hub.vaultBalance(vaultId, token) + _heldOf(vaultId, token);
        }
    }

    function _heldOf(uint32 vaultId, address token) private view returns (uint256 held) {
        for (uint256 i; i < 3; ++i) {
            if (handler.tokens(i) == token) (, held) = hub.escrowOf(vaultId, i);
        }
    }

    /// @dev The first treasury is no actor; later ones are.
    function _sumOfPeople(address token) private view returns (uint256 sum) {
        for (uint256 i; i < handler.actorCount(); ++i) {
            address actor = handler.actors(i);
            sum += hub.accountBalance(actor, token) + hub.feeBalance(actor, token);
        }
        address first = handler.firstTreasury();
        sum += hub.accountBalance(first, token) + hub.feeBalance(first, token);
    }
}

/// @notice Fan-outs of many batches: followers act between them.
contract HubInvariantsInSmallBatches is HubInvariants {
    function setUp() public {
        _start(3);
    }

    /// @notice The campaign means something: each of the handler's actions succeeds in a short story told through it.
    /// @dev Isolated: each call is a transaction of its own, as the hub is strict about what happens within one.
    /// forge-config: default.isolate = true
    function test_every_action_of_the_handler_can_succeed() public {
        handler.deposit(0, 0, 5_000e6);
        handler.createStrategy(0, 30);
        handler.movePrice(0, true, 1e6);
        handler.openVault(0, 1, 100e6, 0);
        handler.allocate(0, 1e6);
        handler.multicall(2, 0, 200e6);
        handler.setPolicy(1, 1);
        handler.pause(1);
        handler.resume(1);
        handler.trade(1, 0, 0, 0);
        handler.leaveStrategy(16 << 3);
        for (uint256 i; i < 3; ++i) {
            handler.continueTrade(i, 1, 9);
        }
        handler.prune(0, 1, 0);
        handler.depositWithPermit(0, 0, 1e6);
        handler.setLeaderCap(2, 5_000);
        handler.proposeTerms(1, 0);
        handler.acceptTerms(12);
        handler.proposeTerms(1, 1);
        handler.passDays(3 days);
        handler.applyTerms(0, 1);
        handler.settle(0, 12);
        handler.silenceFeed(4);
        handler.deallocate(13, 1, 5e12);
        handler.passTime(1);
        handler.settleEscrow(0, 13);
        handler.requestExit(14);
        handler.closeVaults(0, 1, 0, 1);
        handler.manualTrade(12, 1, 1e15);
        handler.tradeExpecting(0, 0, 1e16, 0);
        for (uint256 i; i < 4; ++i) {
            handler.continueTrade(i, 0, 9);
        }
        handler.setProtocolShare(500);
        handler.deallocate(0, 0, 1);
        handler.drain(2 << 3, 0);
        handler.evict(0, 2);
        handler.exit(4 << 3, 3);
        handler.withdraw(0, 0, 1e6);
        handler.claimFees(1, 0);
        handler.setTreasury(3);
        handler.listToken(7);
        handler.veto(1);
        handler.setGuardian(false);
        handler.setGate(0, 1);
        handler.haltTrading(0, 0);
        handler.resumeTrading(0);
        handler.executeOrder(3, 0, 0, 1e17, 30);
        handler.cancelOrders(0, 0, type(uint256).max);
        handler.handOver(2);
        for (uint256 i; i < handler.actionCount(); ++i) {
            string memory action = handler.actions(i);
            assertGt(handler.successes(action), 0, action);
        }
    }
}

/// @notice Every trade reaches everybody in the leader's own transaction.
contract HubInvariantsInOneBatch is HubInvariants {
    function setUp() public {
        _start(100);
    }
}
