// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {IVenue} from "../interfaces/IVenue.sol";
import {Strategy, StrategyParams} from "../interfaces/Types.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {PoolRoute} from "./HubState.sol";
import {Registry} from "./Registry.sol";

/// @title Strategies
/// @notice Leaders' offers. Their terms are fixed when they are created.
abstract contract Strategies is Registry {
    uint16 public constant MAX_COPY_FEE_BPS = 100;
    uint16 public constant MAX_SLIPPAGE_BPS = 1_000;
    uint16 public constant MAX_DRIFT_BPS = 1_000;
    uint32 public constant MAX_COPY_WINDOW = 1 days;
    uint256 public constant MAX_NAME_BYTES = 64;

    /// @inheritdoc IHubExtension
    function createStrategy(StrategyParams calldata params)
        external
        nonReentrant
        returns (uint32 strategyId, uint32 leaderVault)
    {
        _requireMayEnter(msg.sender);
        if (_halted) revert Halted(0);
        _checkTerms(params);
        strategyId = ++_strategyCount;
        leaderVault = _vaultCount + 1;
        Strategy storage strategy = _strategies[strategyId];
        strategy.leader = msg.sender;
        strategy.leaderVault = leaderVault;
        strategy.copyFeeBps = params.copyFeeBps;
        strategy.maxSlippageBps = params.maxSlippageBps;
        strategy.maxDriftBps = params.maxDriftBps;
        strategy.copyWindow = params.copyWindow;
        strategy.minDeposit = params.minDeposit;
        _emitCreated(strategyId, leaderVault, params);

        _addToken(strategyId, params.baseToken);
        for (uint256 i; i < params.tokens.length; ++i) {
            _addToken(strategyId, params.tokens[i]);
        }
        strategy.tokenCount = uint8(params.tokens.length + 1);
        for (uint256 i; i < params.pools.length; ++i) {
            _addPool(strategyId, params.pools[i]);
        }
        _createVault(strategyId, 0, NO_POSITION);
    }

    function _checkTerms(StrategyParams calldata params) private pure {
        _checkCap(params.copyFeeBps, MAX_COPY_FEE_BPS);
        _checkCap(params.maxSlippageBps, MAX_SLIPPAGE_BPS);
        _checkCap(params.maxDriftBps, MAX_DRIFT_BPS);
        _checkCap(params.copyWindow, MAX_COPY_WINDOW);
        if (params.tokens.length >= VaultBalances.MAX_TOKENS) revert TooManyTokens();
        if (bytes(params.name).length > MAX_NAME_BYTES) revert NameTooLong();
    }

    function _checkCap(uint256 value, uint256 cap) private pure {
        if (value > cap) revert AboveCap(value, cap);
    }

    function _emitCreated(uint32 strategyId, uint32 leaderVault, StrategyParams calldata params) private {
        emit StrategyCreated(
            strategyId,
            msg.sender,
            leaderVault,
            params.baseToken,
            params.copyFeeBps,
            params.maxSlippageBps,
            params.maxDriftBps,
            params.copyWindow,
            params.minDeposit,
            params.name
        );
    }

    function _addToken(uint32 strategyId, address token) private {
        _requireListed(token);
        if (_indexPlusOne[strategyId][token] != 0) revert DuplicateToken(token);
        uint8 index = uint8(_tokens[strategyId].length);
        _tokens[strategyId].push(token);
        _indexPlusOne[strategyId][token] = index + 1;
        emit StrategyTokenAdded(strategyId, token, index);
    }

    function _addPool(uint32 strategyId, address pool) private {
        address venue = _usableVenue(pool);
        if (venue == address(0)) revert PoolNotListed(pool);
        if (_routes[strategyId][pool].venue != address(0)) revert AlreadyListed(pool);
        (address token0, address token1) = IVenue(venue).poolTokens(pool);
        _routes[strategyId][pool] = PoolRoute({
            venue: venue, index0: uint8(_tokenIndex(strategyId, token0)), index1: uint8(_tokenIndex(strategyId, token1))
        });
        emit StrategyPoolAdded(strategyId, pool);
    }
}
