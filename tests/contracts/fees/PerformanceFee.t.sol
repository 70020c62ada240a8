// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeTerms} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {FeesWorld} from "./FeesWorld.sol";

/// @notice Gains pay once, principal never, however the money leaves. The rate is 20%.
contract PerformanceFeeTest is FeesWorld {
    uint32 private vault;

    function setUp() public override {
        super.setUp();
        openStrategy(plainTerms());
        vault = openVault(DEPOSIT);
    }

    function test_a_gain_pays_its_rate_in_the_tokens_that_leave() public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, 1_500);
        uint256[3] memory paid = exitAll(vault);
        uint256 fee = uint256(1e18) * 2_000 * 500e6 / (1_500e6 * 10_000);
        assertEq(paid[1], 1e18 - fee);
        assertEq(fees(leader, weth), fee);
        assertApproxEqAbs(oracle.quote(address(weth), address(usdc), fee), 100e6, 1, "a fifth of 500 dollars");
        assertSolvent();
    }

    function test_principal_never_pays() public {
        buy(vault, weth, 600e6);
        setPrice(weth, 900);
        uint256[3] memory paid = exitAll(vault);
        assertEq(paid[0], 400e6);
        assertEq(paid[1], 0.6e18);
        assertEq(fees(leader, weth) + fees(leader, usdc), 0);
    }

    function test_a_vault_that_has_neither_won_nor_lost_pays_nothing() public {
        buy(vault, weth, 500e6);
        assertEq(deallocate(vault, usdc, 500e6), 500e6);
        assertEq(deallocate(vault, weth, 0.5e18), 0.5e18);
        assertEq(markOf(vault), 0);
        assertEq(investedIn(vault), 0);
    }

    function test_every_token_of_an_exit_pays_the_same_share() public {
        buy(vault, weth, 300e6);
        buy(vault, wbtc, 300e6);
        setPrice(weth, 2_000);
        uint256[3] memory paid = exitAll(vault);
        // 1,300 dollars against 1,000: a fifth of 300/1,300 of everything.
        assertEq(paid[0], 400e6 - uint256(400e6) * 2_000 * 300 / (1_300 * 10_000));
        assertEq(paid[1], 0.3e18 - uint256(0.3e18) * 2_000 * 300 / (1_300 * 10_000));
        assertEq(paid[2], 0.03e8 - uint256(0.03e8) * 2_000 * 300 / (1_300 * 10_000));
        assertEq(markOf(vault), 0);
        assertSolvent();
    }

    function test_a_gain_that_has_paid_does_not_pay_again() public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        deallocate(vault, weth, 0.5e18);
        uint256 charged = fees(leader, weth);
        assertEq(charged, 0.05e18, "a fifth of the half that left");
        // The other half still owes its own gain, and no more than that.
        setPrice(weth, 1_000);
        deallocate(vault, weth, 0.5e18);
        assertEq(fees(leader, weth), charged);
    }

    function test_after_a_loss_only_what_is_above_the_mark_pays() public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, 500);
        deallocate(vault, weth, 0.5e18);
        assertEq(markOf(vault), 750e6, "less what left, not in proportion");
        allocate(vault, 250e6);
        assertEq(markOf(vault), 1_000e6);
        setPrice(weth, 1_500);
        // 0.5 WETH and 250 USDC: 1,000 dollars, just the mark.
        exitAll(vault);
        assertEq(fees(leader, weth) + fees(leader, usdc), 0);
    }

    function test_emptying_and_refilling_resets_nothing() public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, 400);
        deallocate(vault, weth, 1e18);
        assertEq(markOf(vault), 600e6, "the loss stays to be made good");
        assertEq(investedIn(vault), 0);
        allocate(vault, 400e6);
        assertEq(markOf(vault), 1_000e6);
        buy(vault, weth, 400e6);
        setPrice(weth, 1_000);
        deallocate(vault, weth, 1e18);
        assertEq(fees(leader, weth), 0);
    }

    function test_emptying_and_refilling_does_not_hide_a_gain() public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, 2_000);
        deallocate(vault, weth, 1e18);
        assertEq(fees(leader, weth), 0.1e18);
        assertEq(markOf(vault), 0);
    }

    function test_only_the_base_token_asks_no_oracle() public {
        killFeed(weth);
        killFeed(usdc);
        vm.expectCall(address(oracle), abi.encodeWithSelector(oracle.priceDown.selector), 0);
        assertEq(deallocate(vault, usdc, 300e6), 300e6);
        assertFalse(offers.riskOf(vault).escrowed);
    }

    function test_the_price_is_the_oracles_and_no_pools() public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, 1_500);
        // There is no pool here that could be asked: every price comes through these calls.
        vm.expectCall(address(oracle), abi.encodeCall(oracle.priceDown, (address(weth), address(usdc))), 1);
        deallocate(vault, weth, 1e18);
    }

    function test_what_left_is_moved_out_of_what_limits_remember() public {
        bench.look(vault, 1_000e6);
        deallocate(vault, usdc, 250e6);
        assertEq(offers.riskOf(vault).peak, 750e6);
        assertEq(offers.riskOf(vault).dayEquity, 750e6);
        allocate(vault, 50e6);
        assertEq(offers.riskOf(vault).peak, 800e6);
        deallocate(vault, usdc, 800e6);
        assertEq(offers.riskOf(vault).peak, 0, "looked at anew");
    }

    function testFuzz_a_withdrawal_in_parts_pays_what_one_pays(uint256 price, uint256 first, uint256 second) public {
        buy(vault, weth, 1_000e6);
        setPrice(weth, bound(price, 200, 100_000));
        first = bound(first, 1, 1e18 - 2);
        second = bound(second, 1, 1e18 - first - 1);
        uint256 snapshot = vm.snapshotState();
        deallocate(vault, weth, 1e18);
        uint256 atOnce = fees(leader, weth);
        vm.revertToState(snapshot);
        deallocate(vault, weth, first);
        deallocate(vault, weth, second);
        deallocate(vault, weth, 1e18 - first - second);
        uint256 inParts = fees(leader, weth);
        // Marks are whole base token units, each worth many WETH units: a unit of each part, and its rate.
        uint256 unit = oracle.quote(address(usdc), address(weth), 3) + 3;
        assertApproxEqAbs(inParts, atOnce, unit);
        assertSolvent();
    }

    function testFuzz_a_preview_is_what_happens(uint256 price, uint256 amount, uint256 pause, bool dead, uint256 kind)
        public
    {
        price = bound(price, 1, 1_000_000);
        _openWithEveryFee(price, bound(pause, 0, 400 days), kind % 3 == 0);
        if (dead) killFeed(weth);
        TestnetToken token = kind % 2 == 0 ? usdc : weth;
        amount = bound(amount, 1, inVault(vault, token) / 2);
        uint256[3] memory preview;
        (preview[0], preview[1], preview[2]) = hub.previewOutflow(vault, address(token), amount);
        uint256 before = _held(token);
        vm.recordLogs();
        vm.prank(follower);
        hub.deallocate(vault, address(token), amount);
        (uint256 charged, uint256 paid) = _leftOf(token);
        assertEq(charged, preview[0] + preview[1], "fees");
        assertEq(paid, amount - preview[0] - preview[1] - preview[2], "paid");
        assertEq(_held(token), dead ? before + preview[2] : 0, "held");
        assertSolvent();
    }

    function testFuzz_the_mark_falls_only_when_value_leaves(uint256 seed) public {
        for (uint256 i; i < 12; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            (uint256 mark, uint256 invested) = (markOf(vault), investedIn(vault));
            uint256 kind = random % 5;
            uint256 worth;
            if (kind == 0 && inVault(vault, usdc) > 1e6) buy(vault, weth, inVault(vault, usdc) / 2);
            if (kind == 1) setPrice(weth, (random >> 8) % 5_000 + 1);
            if (kind == 2) {
                allocate(vault, (random >> 8) % 1_000e6 + 1);
                assertGt(markOf(vault), mark);
            }
            if (kind == 3) pass((random >> 8) % 30 days);
            if (kind == 4) {
                TestnetToken token = (random >> 7) % 2 == 0 ? weth : usdc;
                uint256 amount = inVault(vault, token) * ((random >> 8) % 100 + 1) / 100;
                if (amount == 0) continue;
                worth = token == usdc ? amount : oracle.quote(address(token), address(usdc), amount);
                deallocate(vault, token, amount);
            }
            assertGe(markOf(vault) + worth + 1, mark, "never by more than what left");
            if (kind != 4) assertGe(markOf(vault), mark);
            if (kind < 2) assertEq(markOf(vault), mark);
            if (kind < 2) assertEq(investedIn(vault), invested);
            assertLe(investedIn(vault), markOf(vault));
            (uint256 total, uint256 withLeader) = offers.investedOf(follower, address(usdc), leader);
            assertEq(total, investedIn(vault));
            assertEq(withLeader, investedIn(vault));
        }
        assertSolvent();
    }

    function testFuzz_nobody_pays_who_never_wins(uint256 seed) public {
        buy(vault, weth, 800e6);
        uint256 price = 1_000;
        for (uint256 i; i < 8; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            price = price * (50 + random % 51) / 100 + 1;
            setPrice(weth, price > 1_000 ? 1_000 : price);
            if (random % 3 == 0) allocate(vault, (random >> 8) % 100e6 + 1);
            if (random % 3 == 1) deallocate(vault, usdc, inVault(vault, usdc) / 2 + 1);
            if (random % 3 == 2 && inVault(vault, weth) != 0) deallocate(vault, weth, inVault(vault, weth) / 3 + 1);
            if (inVault(vault, usdc) == 0) break;
        }
        assertEq(fees(leader, usdc) + fees(leader, weth), 0);
    }

    /// @param escrowed Whether something left without a price before.
    function _openWithEveryFee(uint256 price, uint256 age, bool escrowed) private {
        openStrategy(FeeTerms(0, 2_000, 300, 50, 0, 30 days, 30 days, 1e6));
        vault = openVault(DEPOSIT);
        buy(vault, weth, 500e6);
        pass(age);
        setPrice(weth, price);
        if (!escrowed) return;
        killFeed(weth);
        deallocate(vault, weth, 0.1e18);
        setPrice(weth, price);
    }

    function _held(TestnetToken token) private view returns (uint256 held) {
        (, held) = offers.escrowOf(vault, token == usdc ? 0 : 1);
    }

    /// @return charged Withdrawal fee, and performance fee of what left, without that of a settled escrow.
    /// @return paid What the owner got of it.
    function _leftOf(TestnetToken token) private returns (uint256 charged, uint256 paid) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32 word = bytes32(uint256(uint160(address(token))));
        uint256 settled;
        for (uint256 i; i < logs.length; ++i) {
            bytes32[] memory topics = logs[i].topics;
            if (topics[0] == IHubLog.Deallocated.selector) paid = abi.decode(logs[i].data, (uint256));
            if (topics[0] == IHubLog.EscrowSettled.selector && topics[3] == word) {
                (settled,) = abi.decode(logs[i].data, (uint256, uint256));
            }
            // Performance and withdrawal; not what time costs.
            bool counts = topics[0] == IHubLog.FeeCharged.selector && topics[2] == word && uint256(topics[3]) % 3 == 0;
            if (!counts) continue;
            (uint256 amount,,) = abi.decode(logs[i].data, (uint256, uint256, uint256));
            charged += amount;
        }
        charged -= settled;
    }
}
