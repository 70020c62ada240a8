// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHubTrading} from "../interfaces/IHubTrading.sol";
import {Fanout, Policy, SkipReason, Strategy, TradeParams, Vault, VaultStatus} from "../interfaces/Types.sol";
import {Copy} from "../libraries/Copy.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch, Clearing, Cleared} from "./Clearing.sol";
import {PoolRoute, VaultRecord} from "./HubState.sol";

/// @notice What a trade did in its first batch, the leader's.
/// @param portion Part of the leader's holding that was sold; 1e18 is all.
/// @param complete All that was asked for was sold.
struct Fill {
    uint64 portion;
    bool complete;
}

/// @title Trades
/// @notice A leader's trade and its copies. The contract alone decides who is copied and in which order: every
/// position once, from a start that moves with each trade. Nobody picks, omits or reorders followers.
/// @dev A strategy has at most one trade that is still being copied, so a later trade reaches no vault first.
abstract contract Trades is IHubTrading, Clearing {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    /// @dev 2^32 divided by the golden ratio: successive multiples spread starts evenly over any number of members.
    uint256 private constant START_STEP = 2_654_435_769;

    /// @inheritdoc IHubTrading
    function trade(TradeParams calldata params) external nonReentrant returns (uint64 tradeId) {
        if (msg.sender != _strategies[params.strategyId].leader) revert NotLeader();
        (tradeId,) = _trade(params, params.portion, WAD);
    }

    /// @inheritdoc IHubTrading
    function continueTrade(uint32 strategyId, uint32 maxVisits) external nonReentrant returns (uint32 visited) {
        Strategy storage strategy = _strategies[strategyId];
        if (!strategy.fanoutOpen) revert NoFanout(strategyId);
        if (maxVisits == 0) revert ZeroAmount();
        bool expired = block.timestamp > _fanouts[strategyId].deadline;
        if (!expired) _requireTrading(strategy, strategyId);
        Fanout memory fanout = _fanouts[strategyId];
        uint32 before = fanout.cursor;
        uint256 visits = Math.min(maxVisits, _batchSize);
        Batch memory batch = _newBatch(strategyId, fanout, visits);
        batch.tokenIn = _tokens[strategyId][fanout.indexIn];
        batch.tokenOut = _tokens[strategyId][fanout.indexOut];
        if (expired) {
            _expire(batch, fanout, strategyId, visits);
        } else {
            _visit(batch, fanout, strategyId, visits);
            if (batch.size != 0) _clear(batch, fanout.floorPrice, strategy.maxSlippageBps, WAD, 1);
        }

        visited = fanout.cursor - before;
        if (fanout.cursor == fanout.count) {
            strategy.fanoutOpen = false;
            delete _fanouts[strategyId];
            emit TradeCompleted(batch.tradeId);
        } else {
            _fanouts[strategyId].cursor = fanout.cursor;
        }
    }

    /// @dev The leader's own fill and its first copies, at `portion` of each holding, or down to `minFill` of that.
    /// The caller has made sure that the leader wants it.
    function _trade(TradeParams calldata params, uint256 portion, uint256 minFill)
        internal
        returns (uint64 tradeId, Fill memory fill)
    {
        Strategy storage strategy = _strategies[params.strategyId];
        _requireTrading(strategy, params.strategyId);
        if (block.timestamp > params.deadline) revert DeadlinePassed(params.deadline);
        if (portion == 0 || portion > WAD) revert BadPortion(uint64(portion));
        if (strategy.fanoutOpen) revert FanoutOpen(_tradeId(params.strategyId, strategy.sequence));

        Fanout memory fanout = _openFanout(strategy, params, uint64(portion));
        tradeId = _tradeId(params.strategyId, fanout.sequence);
        Batch memory batch = _newBatch(params.strategyId, fanout, _batchSize);
        // The route has been looked up by these very tokens: reading them back would cost three storage reads.
        (batch.tokenIn, batch.tokenOut) = (params.tokenIn, params.tokenOut);
        _gatherLeader(batch, strategy.leaderVault, portion);
        _visit(batch, fanout, params.strategyId, _batchSize);
        Cleared memory cleared = _clear(batch, params.limitPrice, strategy.maxSlippageBps, minFill, 0);
        fill = Fill(cleared.portion, cleared.portion == portion);

        if (fanout.cursor == fanout.count) {
            emit TradeCompleted(tradeId);
        } else {
            // Later batches copy what the leader got, not what the leader asked for.
            fanout.portion = cleared.portion;
            // The leader's limit binds the leader's fill; a partial fill ends at that very price, and a bound there
            // would leave everybody else behind.
            fanout.floorPrice = Price.lessBpsUp(cleared.price, strategy.maxDriftBps);
            strategy.fanoutOpen = true;
            _fanouts[params.strategyId] = fanout;
        }
    }

    function _openFanout(Strategy storage strategy, TradeParams calldata params, uint64 portion)
        private
        returns (Fanout memory fanout)
    {
        (uint8 indexIn, uint8 indexOut) = _route(params);
        uint32 sequence = ++strategy.sequence;
        uint32 count = strategy.memberCount;
        fanout = Fanout({
            sequence: sequence,
            start: _start(sequence, count),
            count: count,
            cursor: 0,
            deadline: uint40(block.timestamp + strategy.copyWindow),
            indexIn: indexIn,
            indexOut: indexOut,
            pool: params.pool,
            portion: portion,
            floorPrice: 0
        });
        emit TradeOpened(
            _tradeId(params.strategyId, sequence),
            strategy.leader,
            params.pool,
            params.tokenIn,
            params.tokenOut,
            portion,
            params.limitPrice,
            fanout.start,
            count,
            fanout.deadline
        );
    }

    /// @dev Maps the low 32 bits of a multiple of the golden ratio from [0, 2^32) to [0, count), rounded down.
    function _start(uint32 sequence, uint32 count) private pure returns (uint32) {
        unchecked {
            return uint32((uint256(uint32(sequence * START_STEP)) * count) >> 32);
        }
    }

    function _route(TradeParams calldata params) private view returns (uint8 indexIn, uint8 indexOut) {
        indexIn = uint8(_tokenIndex(params.strategyId, params.tokenIn));
        indexOut = uint8(_tokenIndex(params.strategyId, params.tokenOut));
        PoolRoute storage route = _routes[params.strategyId][params.pool];
        bool matches = (route.index0 == indexIn && route.index1 == indexOut)
            || (route.index0 == indexOut && route.index1 == indexIn);
        if (route.venue == address(0) || !matches || indexIn == indexOut) revert PoolNotAllowed(params.pool);
    }

    /// @dev Without the two tokens, which the caller knows or looks up.
    function _newBatch(uint32 strategyId, Fanout memory fanout, uint256 visits)
        private
        view
        returns (Batch memory batch)
    {
        uint256 room = Math.min(visits, fanout.count - fanout.cursor) + 1;
        batch.tradeId = _tradeId(strategyId, fanout.sequence);
        batch.indexIn = fanout.indexIn;
        batch.indexOut = fanout.indexOut;
        batch.leader = _strategies[strategyId].leader;
        batch.venue = _routes[strategyId][fanout.pool].venue;
        batch.pool = fanout.pool;
        batch.portion = fanout.portion;
        batch.copies = new Copy[](room);
    }

    /// @dev The leader fills in the same swap as the first followers, pays no copy fee and knows no limits.
    function _gatherLeader(Batch memory batch, uint32 leaderVault, uint256 portion) private view {
        VaultRecord storage record = _vaults[leaderVault];
        uint256 gross = _portionDown(record.balances.get(batch.indexIn), portion);
        if (gross == 0) revert NothingToSell();
        _gather(batch, leaderVault, record.head.policyRevision, 0, gross);
    }

    function _visit(Batch memory batch, Fanout memory fanout, uint32 strategyId, uint256 visits) private {
        MemberList.Members storage members = _members[strategyId];
        uint256 end = Math.min(fanout.cursor + visits, fanout.count);
        for (uint256 cursor = fanout.cursor; cursor < end; ++cursor) {
            uint32 vaultId = members.get(_position(fanout, cursor));
            if (vaultId != 0) _visitVault(batch, vaultId, fanout.portion);
        }
        fanout.cursor = uint32(end);
        batch.cursor = uint32(end);
    }

    function _visitVault(Batch memory batch, uint32 vaultId, uint256 portion) private {
        VaultRecord storage record = _vaults[vaultId];
        // Not a copy in memory: its second word, the owner, would be read for nothing.
        Vault storage head = record.head;
        (uint32 revision, uint16 feeBps) = (head.policyRevision, head.copyFeeBps);
        (uint256 gross, SkipReason reason) = _size(batch, record, vaultId, portion);
        if (reason == SkipReason.None) _gather(batch, vaultId, revision, feeBps, gross);
        else emit CopySkipped(batch.tradeId, vaultId, revision, reason);
    }

    /// @dev How much of the token sold the vault puts in, or why nothing. Limits bind entries only: an exit reduces
    /// what is held, whatever the policy says.
    function _size(Batch memory batch, VaultRecord storage record, uint32 vaultId, uint256 portion)
        private
        view
        returns (uint256 gross, SkipReason reason)
    {
        if (record.head.status != VaultStatus.Active) return (0, SkipReason.Paused);
        gross = _portionDown(record.balances.get(batch.indexIn), portion);
        if (gross == 0) return (0, SkipReason.NothingToSell);
        if (batch.indexIn == 0 && record.head.limited) {
            Policy storage policy = _policies[vaultId];
            (uint256 minTrade, uint256 maxTrade) = (policy.minTrade, policy.maxTrade);
            if (gross < minTrade) return (0, SkipReason.BelowMinimumTrade);
            if (maxTrade != 0 && gross > maxTrade) gross = maxTrade;
        }
    }

    function _expire(Batch memory batch, Fanout memory fanout, uint32 strategyId, uint256 visits) private {
        MemberList.Members storage members = _members[strategyId];
        uint256 end = Math.min(fanout.cursor + visits, fanout.count);
        for (uint256 cursor = fanout.cursor; cursor < end; ++cursor) {
            uint32 vaultId = members.get(_position(fanout, cursor));
            if (vaultId == 0) continue;
            emit CopySkipped(batch.tradeId, vaultId, _vaults[vaultId].head.policyRevision, SkipReason.Expired);
        }
        fanout.cursor = uint32(end);
    }

    function _position(Fanout memory fanout, uint256 cursor) private pure returns (uint256 position) {
        position = fanout.start + cursor;
        if (position >= fanout.count) position -= fanout.count;
    }

    /// @dev All of it at a portion of 1e18; otherwise rounded down, so that never more than the holding is sold.
    function _portionDown(uint256 holding, uint256 portion) private pure returns (uint256) {
        return (holding * portion) / WAD;
    }
}
