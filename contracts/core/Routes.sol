// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Strategy} from "../interfaces/Types.sol";
import {Copy} from "../libraries/Copy.sol";
import {Batch} from "./Batch.sol";
import {PoolRoute} from "./HubState.sol";
import {LeaderLimits} from "./LeaderLimits.sol";

/// @title Routes
/// @notice Where a strategy may trade, and a batch to begin with.
abstract contract Routes is LeaderLimits {
    /// @dev The strategy's indices of the two tokens; the pool must be the strategy's and trade just these.
    function _route(uint32 strategyId, address pool, address tokenIn, address tokenOut)
        internal
        view
        returns (uint8 indexIn, uint8 indexOut, address venue)
    {
        indexIn = uint8(_tokenIndex(strategyId, tokenIn));
        indexOut = uint8(_tokenIndex(strategyId, tokenOut));
        PoolRoute storage route = _routes[strategyId][pool];
        venue = route.venue;
        bool matches = (route.index0 == indexIn && route.index1 == indexOut)
            || (route.index0 == indexOut && route.index1 == indexIn);
        if (venue == address(0) || !matches || indexIn == indexOut) revert PoolNotAllowed(pool);
    }

    function _newBatch(uint32 strategyId, uint256 room) internal view returns (Batch memory batch) {
        Strategy storage strategy = _strategies[strategyId];
        batch.strategyId = strategyId;
        batch.tokenCount = strategy.tokenCount;
        batch.limits = _limits[strategyId];
        batch.leader = strategy.leader;
        batch.protocolBps = strategy.protocolBps;
        batch.strictestBps = type(uint256).max;
        batch.copies = new Copy[](room);
    }
}
