// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Marks, OnBreach, Policy, Reason, Sizing, Vault, VaultRisk, VaultStatus} from "../interfaces/Types.sol";
import {LossBudget} from "../libraries/LossBudget.sol";
import {SlippageSteps} from "../libraries/SlippageSteps.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch} from "./Batch.sol";
import {Clearing} from "./Clearing.sol";
import {VaultRecord} from "./HubState.sol";

/// @notice What a vault puts into a trade.
/// @param gross Units of the token sold; 0: it stands aside, and `reason` says why.
/// @param reason What made it smaller than its sizing says, or nothing of it.
/// @param equityShareBps Part of its equity, rounded up, where the vault counts what execution costs it.
struct Part {
    uint256 gross;
    Reason reason;
    uint256 equityShareBps;
}

/// @title Policies
/// @notice How much a vault puts into a trade: its own sizing within its own limits, from storage and the oracle alone.
/// @dev Limits bind entries, trades that buy another token than the base token. Exits reduce what is held, whatever the
/// policy says.
abstract contract Policies is Clearing {
    using VaultBalances for uint256[8];

    uint256 internal constant BPS = 10_000;

    /// @dev Where the vault stands when a trade looks at it.
    struct Standing {
        uint256 equity;
        uint256 value;
        uint256 room;
        uint256 lossUsed;
        Reason reason;
    }

    function _size(Batch memory batch, VaultRecord storage record, uint32 vaultId) internal returns (Part memory part) {
        Vault storage head = record.head;
        if (head.status != VaultStatus.Active) return Part(0, _reasonOf(head.status), 0);
        if (_isFundedNow(vaultId)) return Part(0, Reason.FundedNow, 0);
        uint256 holding = record.balances.get(batch.indexIn);
        part.gross = _portionDown(holding, batch.portion);
        if (batch.indexOut != 0 && head.limited) _limit(batch, record, vaultId, holding, part);
        if (part.gross == 0 && part.reason == Reason.None) part.reason = Reason.NothingToSell;
    }

    /// @dev The stop that the vault has reached, or None. Reaching it exactly is reaching it.
    function _stopReached(Policy memory policy, Marks memory marks, VaultRisk memory risk, uint256 equity)
        internal
        pure
        returns (Reason)
    {
        if (risk.escrowed) return Reason.None;
        if (_hasLost(equity, marks.invested, policy.stopLossBps)) return Reason.StopLoss;
        if (_hasWon(equity, marks.invested, policy.takeProfitBps)) return Reason.TakeProfit;
        if (_hasLost(equity, risk.peak, policy.maxDrawdownBps)) return Reason.Drawdown;
        if (_hasLost(equity, risk.dayEquity, policy.maxDailyLossBps)) return Reason.DailyLoss;
        return Reason.None;
    }

    /// @dev Takes `equity` into account, as the highest yet and as the first of the day.
    /// @return isNew Whether it is either.
    function _lookAt(VaultRisk memory risk, uint256 equity) internal view returns (bool isNew) {
        uint24 today = uint24(block.timestamp / DAY);
        if (equity > risk.peak) (risk.peak, isNew) = (_cap96(equity), true);
        if (risk.day == today && risk.dayEquity != 0) return isNew;
        (risk.day, risk.dayEquity) = (today, _cap96(equity));
        return true;
    }

    function _stopVault(VaultRecord storage record, uint32 vaultId, OnBreach action, Reason reason) internal {
        if (action < OnBreach.Suspend) return;
        VaultStatus status = action == OnBreach.Suspend ? VaultStatus.Suspended : VaultStatus.Exiting;
        record.head.status = status;
        emit VaultStatusSet(vaultId, status, reason);
    }

    /// @dev All of it at a portion of 1e18; otherwise rounded down, so that never more than the holding is sold.
    function _portionDown(uint256 holding, uint256 portion) internal pure returns (uint256) {
        unchecked {
            // A balance is below 2^128 and a portion below 2^64.
            return (holding * portion) / WAD;
        }
    }

    /// @dev Sizes the entry anew by the policy, or takes it out. Every look is remembered, also one that ends in a skip.
    function _limit(Batch memory batch, VaultRecord storage record, uint32 vaultId, uint256 holding, Part memory part)
        private
    {
        Policy memory policy = record.policy;
        VaultRisk memory risk = record.risk;
        part.reason = _ruleBroken(batch, policy, record.head.lastEntry);
        if (part.reason != Reason.None) {
            part.gross = 0;
            return;
        }
        Standing memory standing;
        standing.lossUsed = _lossUsedUp(batch, record);
        OnBreach action = policy.onBreach;
        if (_needsEquity(policy)) {
            standing.equity = _equityDown(batch, record);
            if (_lookAt(risk, standing.equity)) record.risk = risk;
            part.reason = _stopReached(policy, record.marks, risk, standing.equity);
            if (part.reason != Reason.None) (part.gross, action) = (0, policy.onStop);
        }
        if (part.reason == Reason.None) _applySize(batch, record, policy, holding, standing, part);
        if (part.gross == 0 && part.reason >= Reason.MaximumTrade && part.reason != Reason.Slippage) {
            _stopVault(record, vaultId, action, part.reason);
        }
        if (part.gross == 0) return;
        (record.head.lossUsed, record.head.lastEntry) = (uint32(standing.lossUsed), uint40(block.timestamp));
    }

    /// @dev Rules that say only whether; breaking one is a skip.
    function _ruleBroken(Batch memory batch, Policy memory policy, uint256 lastEntry) private view returns (Reason) {
        if (block.timestamp > policy.expiry && policy.expiry != 0) return Reason.PolicyExpired;
        if ((policy.excludedTokens >> batch.indexOut) & 1 != 0) return Reason.TokenExcluded;
        unchecked {
            // 40 and 32 bits.
            if (block.timestamp < lastEntry + policy.cooldown) return Reason.Cooldown;
        }
        return Reason.None;
    }

    function _needsEquity(Policy memory policy) private pure returns (bool) {
        return policy.sizing == Sizing.Risk
            || policy.maxTokenBps | policy.maxExposureBps | policy.maxDailyLossBps | policy.maxDrawdownBps
                    | policy.stopLossBps | policy.takeProfitBps | policy.lossBudgetBps != 0;
    }

    function _applySize(
        Batch memory batch,
        VaultRecord storage record,
        Policy memory policy,
        uint256 holding,
        Standing memory standing,
        Part memory part
    ) private view {
        if (batch.indexIn == 0) _resize(batch, policy, holding, standing.equity, part);
        if (part.gross == 0) return;
        standing.value = _valueDown(batch, batch.indexIn, part.gross);
        standing.room = type(uint256).max;
        _findRoom(batch, record, policy, holding, standing, part.gross);
        if (standing.value > standing.room) {
            bool reduces = policy.onBreach == OnBreach.Reduce;
            part.gross = reduces ? Math.mulDiv(part.gross, standing.room, standing.value) : 0;
            part.reason = standing.reason;
            standing.value = standing.room;
        }
        if (part.gross == 0) return;
        // What is worth less than a unit cannot be measured against anything.
        if (standing.value == 0 || standing.value < policy.minTrade) {
            (part.gross, part.reason) = (0, Reason.BelowMinimumTrade);
            return;
        }
        _limitSlippage(batch, policy, standing, part);
    }

    /// @dev Only base token is sized: whatever else is sold is the leader's portion.
    function _resize(Batch memory batch, Policy memory policy, uint256 holding, uint256 equity, Part memory part)
        private
        view
    {
        Sizing sizing = policy.sizing;
        if (sizing == Sizing.Multiplier) {
            part.gross = Math.min(holding, (part.gross * policy.size) / BPS);
        } else if (sizing == Sizing.Fixed) {
            part.gross = Math.min(holding, policy.size);
        } else if (sizing == Sizing.Risk) {
            uint256 most = Math.mulDiv(equity, policy.size, batch.limits.stopBps);
            if (part.gross > most) (part.gross, part.reason) = (most, Reason.RiskSize);
        }
    }

    /// @dev Base token units that the entry may be worth, by the tightest limit, and which that is.
    function _findRoom(
        Batch memory batch,
        VaultRecord storage record,
        Policy memory policy,
        uint256 holding,
        Standing memory standing,
        uint256 gross
    ) private view {
        if (policy.maxTrade != 0) _narrow(standing, policy.maxTrade, Reason.MaximumTrade);
        uint256 held = record.balances.get(batch.indexOut);
        if (policy.maxTokenBps != 0) {
            uint256 value = _valueDown(batch, batch.indexOut, held);
            _narrow(standing, _roomDown(standing.equity, policy.maxTokenBps, value), Reason.TokenCap);
        }
        if (policy.maxExposureBps != 0 && batch.indexIn == 0) {
            uint256 exposure = standing.equity - record.balances.get(0);
            _narrow(standing, _roomDown(standing.equity, policy.maxExposureBps, exposure), Reason.ExposureCap);
        }
        if (policy.maxPositions != 0 && held == 0) {
            bool closesOne = batch.indexIn != 0 && gross == holding;
            uint256 positions = _positions(batch, record) - (closesOne ? 1 : 0);
            if (positions >= policy.maxPositions) _narrow(standing, 0, Reason.PositionCount);
        }
    }

    /// @dev What a cap of `bps` of equity leaves beside `taken`.
    function _roomDown(uint256 equity, uint256 bps, uint256 taken) private pure returns (uint256) {
        unchecked {
            // Values are below 2^204.
            uint256 cap = (equity * bps) / BPS;
            return cap > taken ? cap - taken : 0;
        }
    }

    function _narrow(Standing memory standing, uint256 room, Reason reason) private pure {
        if (room < standing.room) (standing.room, standing.reason) = (room, reason);
    }

    /// @dev Tokens held beside the base token.
    function _positions(Batch memory batch, VaultRecord storage record) private view returns (uint256 positions) {
        uint256 count = batch.tokenCount;
        for (uint256 i = 1; i < count; ++i) {
            if (record.balances.get(i) != 0) ++positions;
        }
    }

    /// @dev The worst price the vault takes, as one of few steps, by its own limit and by what its budget still bears
    /// for an entry of this size. Whoever's limit is tighter than what the caller expects stands aside.
    function _limitSlippage(Batch memory batch, Policy memory policy, Standing memory standing, Part memory part)
        private
        pure
    {
        uint256 limitBps = policy.maxSlippageBps == 0 ? type(uint256).max : policy.maxSlippageBps;
        if (policy.lossBudgetBps != 0) {
            part.equityShareBps = _shareBpsUp(standing.value, standing.equity);
            uint256 bearableBps = _bearableBpsDown(batch, policy, standing.lossUsed, part.equityShareBps);
            if (bearableBps < limitBps) limitBps = SlippageSteps.down(bearableBps);
            if (limitBps == 0) {
                (part.gross, part.reason) = (0, Reason.LossBudget);
                return;
            }
        }
        if (limitBps >= batch.expectedBps) {
            batch.strictestBps = Math.min(batch.strictestBps, limitBps);
        } else {
            batch.laxestAsideBps = Math.max(batch.laxestAsideBps, limitBps);
            (part.gross, part.reason) = (0, Reason.Slippage);
        }
    }

    function _shareBpsUp(uint256 value, uint256 equity) internal pure returns (uint256) {
        unchecked {
            // Values are below 2^204.
            return equity <= value ? BPS : (value * BPS + equity - 1) / equity;
        }
    }

    /// @dev The slippage that an entry of this share of equity may have, so that the budget is not overdrawn.
    function _bearableBpsDown(Batch memory batch, Policy memory policy, uint256 used, uint256 equityShareBps)
        private
        pure
        returns (uint256)
    {
        uint256 capacity = LossBudget.capacity(_vaultBudgetBps(batch, policy.lossBudgetBps));
        unchecked {
            // A capacity is at most 1e9.
            return used >= capacity ? 0 : ((capacity - used) * BPS) / (equityShareBps * (LossBudget.ONE / BPS));
        }
    }

    /// @dev Without checks: equity is a sum of at most 16 values, each below 2^200, the anchor one below 2^128.
    function _hasLost(uint256 equity, uint256 anchor, uint256 bps) private pure returns (bool) {
        unchecked {
            return bps != 0 && anchor != 0 && equity * BPS <= anchor * (BPS - Math.min(bps, BPS));
        }
    }

    /// @dev As above.
    function _hasWon(uint256 equity, uint256 anchor, uint256 bps) private pure returns (bool) {
        unchecked {
            return bps != 0 && anchor != 0 && equity * BPS >= anchor * (BPS + bps);
        }
    }

    function _reasonOf(VaultStatus status) private pure returns (Reason) {
        if (status == VaultStatus.Suspended) return Reason.Suspended;
        return status == VaultStatus.Exiting ? Reason.Exiting : Reason.Paused;
    }
}
