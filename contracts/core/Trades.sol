// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubTrading} from "../interfaces/IHubTrading.sol";
import {Fanout, Reason, Strategy, StrategyState, TradeKind, TradeParams} from "../interfaces/Types.sol";
import {CopyLibrary} from "../libraries/Copy.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch, Bounds, Cleared} from "./Batch.sol";
import {Carrier, Fanouts} from "./Fanouts.sol";
import {VaultRecord} from "./HubState.sol";

/// @notice What a trade did in its first batch, the leader's.
/// @param portion Part of the leader's holding that was sold; 1e18 is all.
/// @param complete All that was asked for was sold.
struct Fill {
    uint64 portion;
    bool complete;
}

/// @title Trades
/// @notice A leader's trade and its first copies, in one swap.
abstract contract Trades is IHubTrading, Fanouts {
    using VaultBalances for uint256[8];

    /// @dev 2^32 divided by the golden ratio: successive multiples spread starts evenly over any number of members.
    uint256 private constant START_STEP = 2_654_435_769;

    /// @inheritdoc IHubTrading
    function expectSlippage(uint16 bps) external {
        uint256 slot = EXPECTATION_SLOT + uint160(msg.sender);
        assembly ("memory-safe") {
            tstore(slot, bps)
        }
    }

    /// @inheritdoc IHubTrading
    function trade(TradeParams calldata params) external nonReentrant returns (uint64 tradeId) {
        if (msg.sender != _strategies[params.strategyId].leader) revert NotLeader();
        (tradeId,) = _trade(params, params.portion, WAD, Carrier(address(0), 0));
    }

    /// @dev The leader's own fill and its first copies, at `portion` of each holding, or down to `minFill` of that.
    /// The caller has made sure that the leader wants it.
    function _trade(TradeParams calldata params, uint256 portion, uint256 minFill, Carrier memory carrier)
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
        Batch memory batch = _newCopies(params.strategyId, fanout, _batchSize, carrier);
        batch.leads = true;
        // The route has been looked up by these very tokens: reading them back would cost three storage reads.
        (batch.tokenIn, batch.tokenOut) = (params.tokenIn, params.tokenOut);
        StrategyState memory state = _states[params.strategyId];
        _gatherLeader(batch, state, strategy.leaderVault, portion);
        _visit(batch, fanout, params.strategyId, _batchSize);
        Cleared memory cleared = _clear(batch, Bounds(params.limitPrice, strategy.maxSlippageBps, minFill, 0));
        _chargeStrategy(batch, state, cleared.portion, cleared.lossRate);
        fill = Fill(cleared.portion, cleared.portion == portion);

        if (fanout.cursor == fanout.count) {
            emit TradeCompleted(tradeId);
        } else {
            // Later batches copy what the leader got, not what the leader asked for.
            fanout.portion = cleared.portion;
            // The leader's limit binds the leader's fill; a partial fill ends at that very price, and a bound there
            // would leave everybody else behind.
            fanout.floorPrice = Price.lessBpsUp(cleared.price, strategy.maxDriftBps);
            fanout.lossRate = uint32(cleared.lossRate);
            strategy.fanoutOpen = true;
            _fanouts[params.strategyId] = fanout;
        }
    }

    function _openFanout(Strategy storage strategy, TradeParams calldata params, uint64 portion)
        private
        returns (Fanout memory fanout)
    {
        (uint8 indexIn, uint8 indexOut,) = _route(params.strategyId, params.pool, params.tokenIn, params.tokenOut);
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
            lossRate: 0,
            floorPrice: 0
        });
        emit TradeOpened(
            _tradeId(params.strategyId, sequence),
            strategy.leader,
            TradeKind.Leader,
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

    /// @dev The leader fills in the same swap as the first followers, pays no copy fee and knows no limits.
    function _gatherLeader(Batch memory batch, StrategyState memory state, uint32 leaderVault, uint256 portion)
        private
        view
    {
        VaultRecord storage record = _vaults[leaderVault];
        uint256 gross = _portionDown(record.balances.get(batch.indexIn), portion);
        if (gross == 0) revert NothingToSell();
        if (_isFundedNow(leaderVault)) revert FundedNow(leaderVault);
        if (batch.indexOut != 0) _requireEntry(batch, state, record, gross);
        _gather(batch, CopyLibrary.pack(leaderVault, record.head.policyRevision, 0, Reason.None, 0, gross));
    }
}
