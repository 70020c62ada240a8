// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Reason} from "../../../contracts/interfaces/Types.sol";
import {Copy, CopyLibrary} from "../../../contracts/libraries/Copy.sol";
import {DailyPeaks} from "../../../contracts/libraries/DailyPeaks.sol";
import {HighWaterMark} from "../../../contracts/libraries/HighWaterMark.sol";
import {LossBudget} from "../../../contracts/libraries/LossBudget.sol";
import {MaxMin} from "../../../contracts/libraries/MaxMin.sol";
import {MemberList} from "../../../contracts/libraries/MemberList.sol";
import {Price} from "../../../contracts/libraries/Price.sol";
import {SlippageSteps} from "../../../contracts/libraries/SlippageSteps.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice The libraries' functions, to be called from outside.
contract LibraryBench {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    MemberList.Members private _members;
    uint256[8] private _balances;

    // Copies

    function unpacked(uint32 vault, uint32 revision, uint16 feeBps, Reason reason, uint256 shareBps, uint256 gross)
        external
        pure
        returns (uint32, uint32, uint256, Reason, uint256, uint256)
    {
        return _parts(CopyLibrary.pack(vault, revision, feeBps, reason, shareBps, gross));
    }

    function reduced(uint32 vault, uint16 feeBps, uint256 gross, uint256 level)
        external
        pure
        returns (uint32, uint32, uint256, Reason, uint256, uint256)
    {
        return _parts(CopyLibrary.pack(vault, 7, feeBps, Reason.RiskSize, 9, gross).reducedTo(level, Reason.PoolDepth));
    }

    function cut(uint256[] calldata gross, uint256 first, uint256 end, uint256 room)
        external
        pure
        returns (uint256 offered, uint256[] memory kept)
    {
        Copy[] memory copies = new Copy[](gross.length);
        for (uint256 i; i < gross.length; ++i) {
            copies[i] = CopyLibrary.pack(uint32(i), 1, 100, Reason.None, 0, gross[i]);
        }
        offered = MaxMin.reduce(copies, first, end, room);
        kept = new uint256[](gross.length);
        for (uint256 i; i < gross.length; ++i) {
            kept[i] = copies[i].gross();
        }
    }

    // Days

    function roll(uint256 peaks, uint256 from, uint256 to) external pure returns (uint256) {
        return DailyPeaks.roll(peaks, from, to);
    }

    function raise(uint256 peaks, uint256 day, uint256 value) external pure returns (uint256) {
        return DailyPeaks.raise(peaks, day, value);
    }

    function highest(uint256 peaks) external pure returns (uint256) {
        return DailyPeaks.highest(peaks);
    }

    // Marks and budgets

    function lessPartUp(uint256 mark, uint256 part, uint256 whole) external pure returns (uint256) {
        return HighWaterMark.lessPartUp(mark, part, whole);
    }

    function lessShareUp(uint256 amount, uint256 part, uint256 whole) external pure returns (uint256) {
        return HighWaterMark.lessShareUp(amount, part, whole);
    }

    function gainFeeDown(uint256 amount, uint256 bps, uint256 equity, uint256 mark) external pure returns (uint256) {
        return HighWaterMark.gainFeeDown(amount, bps, equity, mark);
    }

    function heldDown(uint256 outflow, uint256 bps) external pure returns (uint256) {
        return HighWaterMark.heldDown(outflow, bps);
    }

    function decayedUp(uint256 used, uint256 budgetBps, uint256 elapsed) external pure returns (uint256) {
        return LossBudget.decayedUp(used, budgetBps, elapsed);
    }

    function rateUp(uint256 amountOut, uint256 oracleOut) external pure returns (uint256) {
        return LossBudget.rateUp(amountOut, oracleOut);
    }

    // Prices

    function ofDown(uint256 amountOut, uint256 amountIn) external pure returns (uint256) {
        return Price.ofDown(amountOut, amountIn);
    }

    function valueDown(uint256 amount, uint256 price) external pure returns (uint256) {
        return Price.valueDown(amount, price);
    }

    function isAtLeast(uint256 amountOut, uint256 amountIn, uint256 floor, uint256 units) external pure returns (bool) {
        return Price.isAtLeast(amountOut, amountIn, floor, units);
    }

    function isWorth(uint256 amountOut, uint256 amountIn, uint256 minimumOut, uint256 units)
        external
        pure
        returns (bool)
    {
        return Price.isWorth(amountOut, amountIn, minimumOut, units);
    }

    function isWithinBps(uint256 value, uint256 anchor, uint256 bps) external pure returns (bool) {
        return Price.isWithinBps(value, anchor, bps);
    }

    function lessBpsUp(uint256 value, uint256 bps) external pure returns (uint256) {
        return Price.lessBpsUp(value, bps);
    }

    function stepDown(uint256 bps) external pure returns (uint256) {
        return SlippageSteps.down(bps);
    }

    function isStep(uint256 bps) external pure returns (bool) {
        return SlippageSteps.isStep(bps);
    }

    // Lists

    function setMember(uint256 position, uint32 vaultId) external {
        _members.set(position, vaultId);
    }

    function member(uint256 position) external view returns (uint32) {
        return _members.get(position);
    }

    function memberWord(uint256 index) external view returns (uint256) {
        return _members.words[index];
    }

    function add(uint256 index, uint256 amount) external {
        _balances.add(index, amount);
    }

    function sub(uint256 index, uint256 amount) external {
        _balances.sub(index, amount);
    }

    function balance(uint256 index) external view returns (uint256) {
        return _balances.get(index);
    }

    function pair(uint256 index) external view returns (uint256, uint256) {
        return _balances.pair(index);
    }

    function word(uint256 index) external view returns (uint256) {
        return _balances[index];
    }

    function _parts(Copy copy) private pure returns (uint32, uint32, uint256, Reason, uint256, uint256) {
        return (copy.vaultId(), copy.revision(), copy.fee(), copy.reducedBy(), copy.equityShareBps(), copy.gross());
    }
}
