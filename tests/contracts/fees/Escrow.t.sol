// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeTerms} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice A feed that never stops, for tests: it takes all the gas it is given.
contract BurningFeed {
    uint8 public constant decimals = 8;

    function latestRoundData() external pure returns (uint80, int256, uint256, uint256, uint80) {
        while (true) {}
        return (0, 0, 0, 0, 0);
    }
}

/// @notice Without a price everybody leaves, all but the fee's own share; with the price back that share is divided to
/// the unit. The rate is 20%.
contract EscrowTest is FeesWorld {
    uint32 private vault;

    function setUp() public override {
        super.setUp();
        openStrategy(plainTerms());
        vault = openVault(DEPOSIT);
    }

    function test_an_exit_without_a_price_pays_all_but_the_fees_own_share() public {
        buy(vault, weth, 600e6);
        killFeed(weth);
        uint256[3] memory paid = exitAll(vault);
        assertEq(paid[0], 320e6);
        assertEq(paid[1], 0.48e18);
        (uint256 outflow, uint256 held) = offers.escrowOf(vault, 1);
        assertEq(outflow, 0.6e18);
        assertEq(held, 0.12e18);
        assertEq(fees(leader, weth) + fees(leader, usdc), 0);
        assertEq(markOf(vault), 1_000e6, "not known yet");
        assertSolvent();
    }

    function test_without_a_performance_fee_nothing_is_held_back() public {
        openStrategy(FeeTerms(0, 0, 0, 100, 0, 0, 0, 0));
        vault = openVault(DEPOSIT);
        buy(vault, weth, 600e6);
        killFeed(weth);
        uint256[3] memory paid = exitAll(vault);
        assertEq(paid[0], 396e6, "less the withdrawal fee, which needs no price");
        assertEq(paid[1], 0.594e18);
        assertTrue(offers.riskOf(vault).escrowed, "the marks wait for the price");
        setPrice(weth, 2_000);
        hub.settleEscrow(vault);
        assertEq(markOf(vault), 0);
        assertSolvent();
    }

    function test_what_was_held_is_divided_as_if_it_left_now() public {
        buy(vault, weth, 600e6);
        killFeed(weth);
        exitAll(vault);
        setPrice(weth, 2_000);
        uint256 before = inAccount(follower, weth);
        vm.prank(anybody);
        hub.settleEscrow(vault);
        // 1,600 dollars in all against 1,000: 3/8 of what is held is fee.
        assertEq(fees(leader, weth), 0.045e18);
        assertEq(fees(leader, usdc), 30e6);
        assertEq(inAccount(follower, weth) - before, 0.075e18);
        assertEq(markOf(vault), 0);
        assertEq(investedIn(vault), 0);
        assertFalse(offers.riskOf(vault).escrowed);
        (uint256 outflow, uint256 held) = offers.escrowOf(vault, 1);
        assertEq(outflow + held, 0);
        assertSolvent();
    }

    function test_without_a_gain_all_that_was_held_is_the_owners() public {
        buy(vault, weth, 600e6);
        killFeed(weth);
        exitAll(vault);
        setPrice(weth, 500);
        hub.settleEscrow(vault);
        assertEq(fees(leader, weth) + fees(leader, usdc), 0);
        assertEq(inAccount(follower, weth), 0.12e18);
        assertEq(markOf(vault), 300e6, "the loss is carried");
        assertSolvent();
    }

    function test_nothing_is_settled_without_a_price_or_without_an_escrow() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NothingEscrowed.selector, vault));
        hub.settleEscrow(vault);
        buy(vault, weth, 600e6);
        killFeed(weth);
        deallocate(vault, usdc, 1e6);
        vm.expectRevert(IHubLog.PriceNeeded.selector);
        hub.settleEscrow(vault);
    }

    function test_the_next_outflow_with_a_price_settles_first() public {
        buy(vault, weth, 600e6);
        killFeed(weth);
        deallocate(vault, weth, 0.3e18);
        setPrice(weth, 2_000);
        deallocate(vault, weth, 0.3e18);
        assertFalse(offers.riskOf(vault).escrowed);
        // Both halves at the same share: 0.6 of a vault of 1,600 dollars, 600 of them gain.
        assertApproxEqAbs(fees(leader, weth), 0.045e18, 1e9);
        assertSolvent();
    }

    function test_an_escrow_survives_refilling_and_carries_the_loss() public {
        buy(vault, weth, 1_000e6);
        killFeed(weth);
        deallocate(vault, weth, 1e18);
        allocate(vault, 500e6);
        assertEq(markOf(vault), 1_500e6);
        setPrice(weth, 400);
        hub.settleEscrow(vault);
        // 900 in all, 400 left: the mark falls by those.
        assertEq(markOf(vault), 1_100e6);
        assertEq(fees(leader, weth), 0);
    }

    function test_a_feed_that_burns_gas_burns_no_exit() public {
        buy(vault, weth, 600e6);
        vm.etch(address(feedOf[weth]), address(new BurningFeed()).code);
        address[] memory all = new address[](2);
        (all[0], all[1]) = (address(usdc), address(weth));
        vm.prank(follower);
        uint256 gas = gasleft();
        hub.exit(vault, all, follower);
        assertLt(gas - gasleft(), 800_000);
        assertEq(weth.balanceOf(follower), 0.48e18);
    }

    function test_a_nonsense_price_stops_no_exit() public {
        vault = openVault(100_000e6);
        buy(vault, weth, 90_000e6);
        int256[3] memory answers = [type(int256).max, type(int136).max, int256(1) << 130];
        for (uint256 i; i < answers.length; ++i) {
            // The oracle overflows; the value does not fit a mark; the price is beyond all measure.
            TestnetToken token = i == 2 ? wbtc : weth;
            if (i == 2) {
                setPrice(weth, 1_000);
                buy(vault, wbtc, 1_000e6);
            }
            feedOf[token].post(answers[i]);
            assertEq(deallocate(vault, usdc, 100e6), 80e6);
            assertTrue(offers.riskOf(vault).escrowed);
        }
    }

    function test_with_little_gas_an_owner_evades_nothing() public {
        buy(vault, weth, 600e6);
        setPrice(weth, 2_000);
        bytes memory call = abi.encodeCall(hub.deallocate, (vault, address(weth), 0.6e18));
        uint256 snapshot = vm.snapshotState();
        for (uint256 gas = 20_000; gas < 600_000; gas += 4_000) {
            vm.prank(follower);
            (bool done,) = address(hub).call{gas: gas}(call);
            if (done) {
                if (offers.riskOf(vault).escrowed) hub.settleEscrow(vault);
                assertGe(fees(leader, weth), 0.045e18 - 1, "the whole fee, at once or out of the escrow");
            }
            vm.revertToState(snapshot);
        }
    }

    function testFuzz_at_most_the_rate_is_held_and_it_is_divided_exactly(
        uint256 price,
        uint256[4] memory amounts,
        uint16 rate
    ) public {
        FeeTerms memory terms;
        terms.performanceBps = uint16(bound(rate, 0, 3_000));
        openStrategy(terms);
        vault = openVault(DEPOSIT);
        buy(vault, weth, 500e6);
        buy(vault, wbtc, 300e6);
        killFeed(wbtc);
        uint256 left;
        for (uint256 i; i < 4; ++i) {
            uint256 amount = bound(amounts[i], 1, inVault(vault, weth) / 2);
            left += amount;
            deallocate(vault, weth, amount);
        }
        (uint256 outflow, uint256 held) = offers.escrowOf(vault, 1);
        assertEq(outflow, left);
        assertEq(held, left * terms.performanceBps / 10_000);
        assertSolvent();
        uint256 mine = inAccount(follower, weth);
        setPrice(wbtc, bound(price, 1, 10_000_000));
        hub.settleEscrow(vault);
        assertEq(inAccount(follower, weth) - mine + fees(leader, weth), held, "nothing lost, nothing made");
        assertSolvent();
    }

    function testFuzz_a_missing_price_changes_no_fee(uint256 price, uint256 amount) public {
        buy(vault, weth, 900e6);
        price = bound(price, 1, 100_000);
        amount = bound(amount, 1, 0.9e18);
        setPrice(weth, price);
        uint256 snapshot = vm.snapshotState();
        deallocate(vault, weth, amount);
        uint256[2] memory priced = [fees(leader, weth), markOf(vault)];
        vm.revertToState(snapshot);
        killFeed(weth);
        deallocate(vault, weth, amount);
        setPrice(weth, price);
        hub.settleEscrow(vault);
        assertApproxEqAbs(fees(leader, weth), priced[0], 1e18 / (price * 1e6) + 2);
        assertApproxEqAbs(markOf(vault), priced[1], 1);
    }
}
