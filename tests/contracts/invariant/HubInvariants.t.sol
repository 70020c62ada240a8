// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Hub} from "../../../contracts/core/Hub.sol";
import {Books} from "./Books.sol";
import {Handler} from "./Handler.sol";

/// @notice The protocol's invariants under random calls by everybody. Each says its sentence.
contract HubInvariants is Test {
    Handler internal handler;
    Hub internal hub;
    Books internal books;

    function setUp() public {
        handler = new Handler();
        handler.start(3);
        hub = handler.theHub();
        books = handler.books();
        targetContract(address(handler));
        bytes4[] memory notActions = new bytes4[](3);
        notActions[0] = handler.uniswapV3SwapCallback.selector;
        notActions[1] = handler.uniswapV3MintCallback.selector;
        notActions[2] = Handler.start.selector;
        excludeSelector(FuzzSelector(address(handler), notActions));
    }

    /// @notice For every token, the hub holds exactly what it owes, plus what was given to it unasked.
    function invariant_solvency() public view {
        for (uint256 t; t < 3; ++t) {
            address token = handler.tokens(t);
            uint256 owed = _sumOfVaults(token) + _sumOfPeople(token);
            assertEq(IERC20(token).balanceOf(address(hub)), owed + handler.donated(token));
        }
    }

    /// @notice Σ inputs taken = swapped in; Σ outputs given + dust = received; dust is less than one unit a vault.
    function invariant_conservation() public view {
        assertEq(books.conservationBreaches(), 0);
    }

    /// @notice Every vault in one clearing gets the same price, rounded down to one unit.
    function invariant_one_price() public view {
        assertEq(books.priceBreaches(), 0);
    }

    /// @notice A trade touches a vault at most once, no later trade touches it first, and nobody is passed over.
    function invariant_at_most_once_in_order_and_nobody_omitted() public view {
        assertEq(books.twiceBreaches(), 0, "twice");
        assertEq(books.orderBreaches(), 0, "order");
        assertEq(books.omissionBreaches(), 0, "omission");
    }

    /// @notice Events alone rebuild every balance and every member's place.
    function invariant_events_rebuild_the_hub() public view {
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
    function invariant_no_trespass_and_no_panic() public view {
        assertEq(handler.trespasses(), 0);
        assertEq(handler.unexplainedReverts(), 0);
    }

    /// @notice The campaign means something: each of the handler's actions succeeds in a short story told through it.
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
        handler.deallocate(0, 0, 1);
        handler.exit(4 << 3, 3);
        handler.withdraw(0, 0, 1e6);
        handler.claimFees(1, 0);
        handler.setTreasury(3);
        handler.listToken(1);
        handler.handOver(2);
        for (uint256 i; i < handler.actionCount(); ++i) {
            string memory action = handler.actions(i);
            assertGt(handler.successes(action), 0, action);
        }
    }

    function _checkBalances(address token) private view {
        for (uint32 vaultId = 1; vaultId <= hub.vaultCount(); ++vaultId) {
            assertEq(hub.vaultBalance(vaultId, token), books.vaultBalance(vaultId, token));
        }
        for (uint256 i; i < handler.actorCount(); ++i) {
            address actor = handler.actors(i);
            assertEq(hub.accountBalance(actor, token), books.accountBalance(actor, token));
            assertEq(hub.feeBalance(actor, token), books.feeBalance(actor, token));
        }
    }

    function _sumOfVaults(address token) private view returns (uint256 sum) {
        for (uint32 vaultId = 1; vaultId <= hub.vaultCount(); ++vaultId) {
            sum += hub.vaultBalance(vaultId, token);
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
