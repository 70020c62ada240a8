// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHubKeepers} from "../interfaces/IHubKeepers.sol";
import {Fanout, Reason, Strategy} from "../interfaces/Types.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {Batch, Bounds, Cleared} from "./Batch.sol";
import {Carrier, Fanouts} from "./Fanouts.sol";

/// @title Continuations
/// @notice The copies of a trade that did not fit into the leader's transaction.
abstract contract Continuations is IHubKeepers, Fanouts {
    using MemberList for MemberList.Members;

    /// @inheritdoc IHubKeepers
    function continueTrade(uint32 strategyId, uint32 maxVisits) external nonReentrant returns (uint32 visited) {
        uint256 gasBefore = gasleft();
        Strategy storage strategy = _strategies[strategyId];
        if (!strategy.fanoutOpen) revert NoFanout(strategyId);
        if (maxVisits == 0) revert ZeroAmount();
        bool expired = block.timestamp > _fanouts[strategyId].deadline;
        if (!expired) _requireTrading(strategy, strategyId);
        Fanout memory fanout = _fanouts[strategyId];
        uint32 before = fanout.cursor;
        uint256 visits = Math.min(maxVisits, _batchSize);
        Batch memory batch = _newCopies(strategyId, fanout, visits, Carrier(msg.sender, gasBefore));
        batch.tokenIn = _tokens[strategyId][fanout.indexIn];
        batch.tokenOut = _tokens[strategyId][fanout.indexOut];
        if (expired) {
            _expire(batch, fanout, strategyId, visits);
        } else {
            _visit(batch, fanout, strategyId, visits);
            if (batch.size != 0) _clearLater(batch, fanout, strategy.maxSlippageBps);
        }

        visited = fanout.cursor - before;
        if (fanout.cursor == fanout.count) {
            strategy.fanoutOpen = false;
            delete _fanouts[strategyId];
            emit TradeCompleted(batch.tradeId);
        } else {
            _fanouts[strategyId].cursor = fanout.cursor;
            _fanouts[strategyId].lossRate = fanout.lossRate;
        }
    }

    /// @dev What the strategy's budget is charged with is its worst batch.
    function _clearLater(Batch memory batch, Fanout memory fanout, uint256 maxSlippageBps) private {
        Cleared memory cleared = _clear(batch, Bounds(fanout.floorPrice, maxSlippageBps, WAD, 1));
        if (cleared.lossRate <= fanout.lossRate) return;
        _chargeMore(batch, fanout.lossRate, cleared.lossRate);
        fanout.lossRate = uint32(cleared.lossRate);
    }

    function _expire(Batch memory batch, Fanout memory fanout, uint32 strategyId, uint256 visits) private {
        MemberList.Members storage members = _members[strategyId];
        uint256 end = Math.min(fanout.cursor + visits, fanout.count);
        for (uint256 cursor = fanout.cursor; cursor < end; ++cursor) {
            uint32 vaultId = members.get(_position(fanout, cursor));
            if (vaultId == 0) continue;
            emit CopySkipped(batch.tradeId, vaultId, _vaults[vaultId].head.policyRevision, Reason.Expired);
        }
        fanout.cursor = uint32(end);
    }
}
