// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {StrategyLimits, StrategyState} from "../interfaces/Types.sol";
import {LossBudget} from "../libraries/LossBudget.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch} from "./Batch.sol";
import {VaultRecord} from "./HubState.sol";
import {Policies} from "./Policies.sol";

/// @title Leader limits
/// @notice What a leader may not do even to those who follow: the limits that the strategy declared when it began.
/// @dev The leader is the attacker here. Entries must pass all of it; an exit only what it costs.
abstract contract LeaderLimits is Policies {
    using VaultBalances for uint256[8];

    /// @dev Before an entry of `gross` units of the token sold by the leader's vault.
    function _requireEntry(Batch memory batch, StrategyState memory state, VaultRecord storage record, uint256 gross)
        internal
        view
    {
        StrategyLimits memory limits = batch.limits;
        uint256 equity = _equityDown(batch, record);
        if (equity < limits.minStake) revert StakeTooLow(equity, limits.minStake);
        _look(state, limits.minStake, equity);
        uint256 floor = _drawdownFloorUp(state, limits.maxDrawdownBps);
        if (state.index < floor) revert InDrawdown(state.index, floor);
        uint256 from = uint256(state.lastTradeAt) + limits.minInterval;
        if (block.timestamp < from) revert TooSoon(from);
        if (state.roundTrips >= limits.maxRoundTrips) revert RoundTripsUsedUp(state.roundTrips);
        _requireProfile(batch, record, equity, gross);
    }

    /// @dev After a trade of `portion` of the holdings: no vault that copies in proportion can have lost more than
    /// that portion of its equity times `lossRate`. Counts the trade, and an exit as a round trip.
    function _chargeStrategy(Batch memory batch, StrategyState memory state, uint256 portion, uint256 lossRate)
        internal
    {
        uint256 budgetBps = batch.limits.lossBudgetBps;
        uint256 used = LossBudget.decayedUp(state.lossUsed, budgetBps, block.timestamp - state.lastTradeAt);
        used += Math.ceilDiv(portion * lossRate, WAD);
        if (used > LossBudget.capacity(budgetBps)) revert LossBudgetUsedUp(used, LossBudget.capacity(budgetBps));
        if (batch.indexOut == 0) {
            // Also where the day is old, or yesterday's count would go on.
            _rollDay(state);
            if (state.roundTrips < type(uint8).max) ++state.roundTrips;
        }
        state.lossUsed = uint32(used);
        state.lastTradeAt = uint40(block.timestamp);
        _states[batch.strategyId] = state;
    }

    /// @dev A later batch of a trade may have cost more than the first: what is more is charged too.
    function _chargeMore(Batch memory batch, uint256 before, uint256 lossRate) internal {
        StrategyState storage state = _states[batch.strategyId];
        uint256 budgetBps = batch.limits.lossBudgetBps;
        // Not decayed: the time counts from the trade, when this was really spent.
        uint256 used = state.lossUsed + Math.ceilDiv(batch.portion * (lossRate - before), WAD);
        if (used > LossBudget.capacity(budgetBps)) revert LossBudgetUsedUp(used, LossBudget.capacity(budgetBps));
        state.lossUsed = uint32(used);
    }

    /// @dev Shares of equity after the entry, at the oracle's prices, rounded up.
    function _requireProfile(Batch memory batch, VaultRecord storage record, uint256 equity, uint256 gross)
        private
        view
    {
        uint256 bought = _valueDown(batch, batch.indexIn, gross);
        uint256 held = _valueDown(batch, batch.indexOut, record.balances.get(batch.indexOut));
        _requireShare(held + bought, equity, batch.limits.maxTokenBps);
        uint256 exposure = equity - record.balances.get(0) + (batch.indexIn == 0 ? bought : 0);
        _requireShare(exposure, equity, batch.limits.maxExposureBps);
    }

    function _requireShare(uint256 part, uint256 equity, uint256 capBps) private pure {
        uint256 shareBps = Math.ceilDiv(part * BPS, equity);
        if (shareBps > capBps && part > 1) revert ProfileExceeded(shareBps, capBps);
    }
}
