// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {Reason} from "../../../contracts/interfaces/Types.sol";
import {LibraryBench} from "./LibraryBench.sol";

/// @notice The libraries' arithmetic by numbers that were worked out by hand, at the edges of each range.
contract LibrariesTest is Test {
    uint256 private constant MOST = type(uint128).max;
    LibraryBench private bench;

    function setUp() public {
        // By its artifact, so that a mutant of a library is what is tested.
        bench = LibraryBench(vm.deployCode("LibraryBench.sol:LibraryBench"));
    }

    // ------------------------------------------------------------------ copies

    function test_pack_keeps_every_field_at_its_largest() public view {
        (uint32 vault, uint32 revision, uint256 fee, Reason reason, uint256 share, uint256 gross) = bench.unpacked(
            type(uint32).max, type(uint32).max, type(uint16).max, Reason.Requested, type(uint16).max, MOST
        );
        assertEq(vault, type(uint32).max);
        assertEq(revision, type(uint32).max);
        assertEq(fee, MOST * type(uint16).max / 10_000);
        assertEq(uint8(reason), uint8(Reason.Requested));
        assertEq(share, type(uint16).max);
        assertEq(gross, MOST);
    }

    function test_pack_keeps_fields_apart() public view {
        (uint32 vault, uint32 revision, uint256 fee, Reason reason, uint256 share, uint256 gross) =
            bench.unpacked(3, 5, 37, Reason.TokenCap, 11, 10_001);
        assertEq(vault, 3);
        assertEq(revision, 5);
        assertEq(fee, 37);
        assertEq(uint8(reason), uint8(Reason.TokenCap));
        assertEq(share, 11);
        assertEq(gross, 10_001);
    }

    function test_reducedTo_changes_gross_and_reason_only_above_the_level() public view {
        (uint32 vault, uint32 revision, uint256 fee, Reason reason, uint256 share, uint256 gross) =
            bench.reduced(3, 100, 1_000, 999);
        assertEq(abi.encode(vault, revision, fee, reason, share, gross), abi.encode(3, 7, 9, Reason.PoolDepth, 9, 999));
        (vault, revision, fee, reason, share, gross) = bench.reduced(3, 100, 1_000, 1_000);
        assertEq(
            abi.encode(vault, revision, fee, reason, share, gross), abi.encode(3, 7, 10, Reason.RiskSize, 9, 1_000)
        );
    }

    function test_reduce_cuts_the_largest_first_to_one_level() public view {
        uint256[] memory gross = new uint256[](5);
        (gross[0], gross[1], gross[2], gross[3], gross[4]) = (999_999, 100, 5_000, 9_000, 70_000);
        (uint256 offered, uint256[] memory kept) = bench.cut(gross, 1, 5, 20_000);
        // 100 and 5,000 fit; 14,900 are left for two.
        assertEq(kept[0], 999_999);
        assertEq(kept[1], 100);
        assertEq(kept[2], 5_000);
        assertEq(kept[3], 7_450);
        assertEq(kept[4], 7_450);
        // Less a hundredth each, rounded down.
        assertEq(offered, 99 + 4_950 + 7_376 + 7_376);
    }

    function test_reduce_leaves_all_that_fit_and_nothing_beyond_the_end() public view {
        uint256[] memory gross = new uint256[](3);
        (gross[0], gross[1], gross[2]) = (100, 200, 300);
        (uint256 offered, uint256[] memory kept) = bench.cut(gross, 0, 2, 300);
        assertEq(offered, 99 + 198);
        assertEq(kept[1], 200);
        (offered, kept) = bench.cut(gross, 0, 2, 299);
        assertEq(kept[0], 100);
        assertEq(kept[1], 199);
        assertEq(kept[2], 300);
        (offered, kept) = bench.cut(gross, 1, 3, 500);
        assertEq(offered, 198 + 297);
        assertEq(kept[2], 300);
        (offered,) = bench.cut(gross, 2, 2, 50);
        assertEq(offered, 0);
        (offered, kept) = bench.cut(gross, 0, 3, 0);
        assertEq(offered + kept[0] + kept[1] + kept[2], 0);
    }

    function test_reduce_stops_after_eight_rounds_and_never_overdraws() public view {
        uint256[] memory gross = new uint256[](16);
        uint256 room;
        for (uint256 i; i < 16; ++i) {
            gross[i] = 2 ** (i * 7);
            if (i < 15) room += gross[i];
        }
        (, uint256[] memory kept) = bench.cut(gross, 0, 16, room);
        uint256 sum;
        for (uint256 i; i < 16; ++i) {
            assertLe(kept[i], gross[i]);
            sum += kept[i];
        }
        assertLe(sum, room);
        // Eight rounds find the level for the nine smallest at least.
        for (uint256 i; i < 8; ++i) {
            assertEq(kept[i], gross[i]);
        }
    }

    function testFuzz_reduce_fits_and_is_fair(uint256[6] memory seeds, uint256 room) public view {
        uint256[] memory gross = new uint256[](6);
        uint256 all;
        for (uint256 i; i < 6; ++i) {
            gross[i] = bound(seeds[i], 1, 1e24);
            all += gross[i];
        }
        room = bound(room, 0, all - 1);
        (, uint256[] memory kept) = bench.cut(gross, 0, 6, room);
        uint256 level;
        uint256 sum;
        for (uint256 i; i < 6; ++i) {
            sum += kept[i];
            if (kept[i] > level) level = kept[i];
        }
        assertLe(sum, room);
        // Six parts need at most six rounds: what is left over is less than a unit each.
        assertLt(room - sum, 6);
        for (uint256 i; i < 6; ++i) {
            assertTrue(kept[i] == gross[i] || kept[i] == level);
        }
    }

    // ------------------------------------------------------------------ days

    function test_raise_sets_the_days_lane_to_the_higher() public view {
        uint256 peaks = bench.raise(0, 9, 500);
        assertEq(peaks, uint256(500) << 32);
        assertEq(bench.raise(peaks, 9, 499), peaks);
        assertEq(bench.raise(peaks, 17, 501), uint256(501) << 32);
        peaks = bench.raise(peaks, 15, 7);
        assertEq(peaks, (uint256(7) << 224) | (uint256(500) << 32));
        assertEq(bench.raise(0, 0, uint256(type(uint32).max) + 5), type(uint32).max);
        assertEq(bench.highest(peaks), 500);
        assertEq(bench.highest(0), 0);
        assertEq(bench.highest(bench.raise(peaks, 14, 600)), 600);
    }

    function test_roll_empties_the_days_that_began() public view {
        uint256 peaks;
        for (uint256 day = 8; day < 16; ++day) {
            peaks = bench.raise(peaks, day, day);
        }
        for (uint256 lane; lane < 8; ++lane) {
            assertEq(uint32(peaks >> (lane * 32)), lane + 8);
        }
        assertEq(bench.roll(peaks, 15, 15), peaks);
        // Days 16 and 17 take the lanes of 8 and 9.
        assertEq(bench.roll(peaks, 15, 17), peaks & ~uint256(type(uint64).max));
        assertEq(bench.roll(peaks, 15, 22), uint256(15) << 224);
        assertEq(bench.roll(peaks, 15, 23), 0);
        assertEq(bench.roll(peaks, 15, 24), 0);
        assertEq(bench.roll(peaks, 15, type(uint24).max), 0);
    }

    // ------------------------------------------------------------------ marks and budgets

    function test_lessPartUp_falls_in_proportion_and_by_no_more_than_what_left() public view {
        assertEq(bench.lessPartUp(1_000, 0, 0), 1_000);
        assertEq(bench.lessPartUp(1_000, 100, 300), 900);
        assertEq(bench.lessPartUp(100, 100, 300), 67);
        assertEq(bench.lessPartUp(1_000, 300, 300), 700);
        assertEq(bench.lessPartUp(200, 300, 300), 0);
    }

    function test_lessShareUp_keeps_what_is_left_rounded_up() public view {
        assertEq(bench.lessShareUp(1_000, 0, 300), 1_000);
        assertEq(bench.lessShareUp(1_000, 100, 300), 667);
        assertEq(bench.lessShareUp(1_000, 300, 300), 0);
        assertEq(bench.lessShareUp(1_000, 0, 0), 0);
    }

    function test_gainFeeDown_is_of_the_gain_alone() public view {
        assertEq(bench.gainFeeDown(1_000, 2_000, 100, 100), 0);
        assertEq(bench.gainFeeDown(1_000, 2_000, 99, 100), 0);
        assertEq(bench.gainFeeDown(1_000, 2_000, 200, 100), 100);
        assertEq(bench.gainFeeDown(1_000, 2_000, 300, 299), 0);
        assertEq(bench.gainFeeDown(3_000, 2_000, 300, 299), 2);
        assertEq(bench.heldDown(9_999, 2_000), 1_999);
    }

    function test_a_bucket_leaks_half_a_budget_a_window() public view {
        assertEq(bench.decayedUp(1_000, 100, 0), 1_000);
        assertEq(bench.decayedUp(5_000_000, 100, 7 days), 0);
        assertEq(bench.decayedUp(5_000_001, 100, 7 days), 1);
        assertEq(bench.decayedUp(4_999_999, 100, 7 days), 0);
        assertEq(bench.decayedUp(1_000, 100, 1), 992);
    }

    function test_rateUp_is_what_is_missing() public view {
        assertEq(bench.rateUp(0, 0), 0);
        assertEq(bench.rateUp(100, 100), 0);
        assertEq(bench.rateUp(101, 100), 0);
        assertEq(bench.rateUp(99, 100), 1e7);
        assertEq(bench.rateUp(2, 3), 333_333_334);
        assertEq(bench.rateUp(0, 7), 1e9);
    }

    // ------------------------------------------------------------------ prices

    function test_ofDown_and_valueDown_round_down() public view {
        assertEq(bench.ofDown(2, 3), 666_666_666_666_666_666_666_666_666_666_666_666);
        assertEq(bench.ofDown(MOST, 1), MOST * 1e36);
        assertEq(bench.valueDown(3, 5e35), 1);
        assertEq(bench.valueDown(1, 1e36 - 1), 0);
        // On either side of what fits a plain product.
        assertEq(bench.valueDown(MOST, MOST), MOST * MOST / 1e36);
        assertEq(bench.valueDown(1 << 128, 1e36), 1 << 128);
        assertEq(bench.valueDown(1e36, (1 << 128) + 1), (1 << 128) + 1);
    }

    function test_isAtLeast_allows_units_of_both_tokens() public view {
        assertTrue(bench.isAtLeast(10, 10, 1e36, 0));
        assertFalse(bench.isAtLeast(9, 10, 1e36, 0));
        assertFalse(bench.isAtLeast(10, 10, 1e36 + 1, 0));
        assertTrue(bench.isAtLeast(8, 10, 1e36, 1));
        assertFalse(bench.isAtLeast(7, 10, 1e36, 1));
        assertTrue(bench.isAtLeast(0, 1, 1e38, 1));
        assertTrue(bench.isAtLeast(0, 0, 1e38, 0));
        assertFalse(bench.isAtLeast(0, 2, 1e38, 1));
        assertTrue(bench.isAtLeast(6, 10, 1e36, 2));
        assertFalse(bench.isAtLeast(5, 10, 1e36, 2));
    }

    function test_isWorth_allows_units_of_both_tokens() public view {
        assertTrue(bench.isWorth(100, 10, 100, 0));
        assertFalse(bench.isWorth(99, 10, 100, 0));
        // A unit sold is worth ten, and one bought counts too.
        assertTrue(bench.isWorth(89, 10, 100, 1));
        assertFalse(bench.isWorth(88, 10, 100, 1));
        assertTrue(bench.isWorth(78, 10, 100, 2));
        assertFalse(bench.isWorth(77, 10, 100, 2));
        assertTrue(bench.isWorth(0, 3, 7, 3));
        // Three are worth ten: one is four, rounded up.
        assertTrue(bench.isWorth(5, 3, 10, 1));
        assertFalse(bench.isWorth(4, 3, 10, 1));
    }

    function test_isWithinBps_is_of_the_anchor_both_ways() public view {
        assertTrue(bench.isWithinBps(0, 1, 0));
        assertTrue(bench.isWithinBps(2, 1, 0));
        assertFalse(bench.isWithinBps(3, 1, 0));
        assertFalse(bench.isWithinBps(1, 3, 0));
        assertTrue(bench.isWithinBps(10_500, 10_000, 500));
        assertFalse(bench.isWithinBps(10_501, 10_000, 500));
        assertTrue(bench.isWithinBps(9_500, 10_000, 500));
        assertFalse(bench.isWithinBps(9_499, 10_000, 500));
        assertFalse(bench.isWithinBps(3_000, 10_000, 6_999));
        assertTrue(bench.isWithinBps(3_000, 10_000, 7_000));
    }

    function test_lessBpsUp_rounds_up() public view {
        assertEq(bench.lessBpsUp(10_000, 300), 9_700);
        assertEq(bench.lessBpsUp(10_001, 300), 9_701);
        assertEq(bench.lessBpsUp(1, 9_999), 1);
        assertEq(bench.lessBpsUp(7, 10_000), 0);
        assertEq(bench.lessBpsUp(7, 0), 7);
    }

    function test_steps_are_eleven() public view {
        uint256[12] memory steps = [uint256(0), 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1_000];
        for (uint256 i = 1; i < 12; ++i) {
            assertTrue(bench.isStep(steps[i]));
            assertFalse(bench.isStep(steps[i] + 1));
            assertFalse(bench.isStep(steps[i] - 1));
            assertEq(bench.stepDown(steps[i]), steps[i]);
            assertEq(bench.stepDown(steps[i] - 1), steps[i - 1]);
        }
        assertEq(bench.stepDown(type(uint256).max), 1_000);
    }

    // ------------------------------------------------------------------ lists

    function test_members_share_words_of_eight_and_keep_apart() public {
        for (uint256 i; i < 17; ++i) {
            bench.setMember(i, uint32(type(uint32).max - i));
        }
        for (uint256 i; i < 17; ++i) {
            assertEq(bench.member(i), type(uint32).max - i);
        }
        bench.setMember(9, 5);
        assertEq(bench.member(8), type(uint32).max - 8);
        assertEq(bench.member(9), 5);
        assertEq(bench.member(10), type(uint32).max - 10);
        bench.setMember(9, 0);
        assertEq(bench.member(9), 0);
        assertEq(bench.member(1), type(uint32).max - 1);
        assertEq(bench.memberWord(2), type(uint32).max - 16);
        assertEq(uint32(bench.memberWord(1) >> 64), type(uint32).max - 10);
    }

    function test_balances_share_words_of_two_and_keep_apart() public {
        bench.add(4, MOST);
        bench.add(5, 7);
        assertEq(bench.word(2), (uint256(7) << 128) | MOST);
        assertEq(bench.balance(4), MOST);
        assertEq(bench.balance(5), 7);
        (uint256 even, uint256 odd) = bench.pair(4);
        assertEq(even, MOST);
        assertEq(odd, 7);
        vm.expectRevert(IHubLog.BalanceOverflow.selector);
        bench.add(4, 1);
        vm.expectRevert(IHubLog.BalanceOverflow.selector);
        bench.add(5, MOST - 6);
        bench.add(5, MOST - 7);
        bench.sub(4, MOST);
        bench.sub(5, MOST - 3);
        assertEq(bench.word(2), uint256(3) << 128);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InsufficientBalance.selector, 3, 4));
        bench.sub(5, 4);
        bench.add(14, 1);
        bench.add(15, 2);
        assertEq(bench.word(7), (uint256(2) << 128) | 1);
    }
}
