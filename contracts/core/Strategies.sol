// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {IVenue} from "../interfaces/IVenue.sol";
import {Strategy, StrategyLimits, StrategyParams} from "../interfaces/Types.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {PoolRoute} from "./HubState.sol";
import {LeaderState} from "./LeaderState.sol";
import {Terms} from "./Terms.sol";

/// @title Strategies
/// @notice Leaders' offers. All but the fees is fixed when they are created.
abstract contract Strategies is Terms, LeaderState {
    uint16 public constant MAX_SLIPPAGE_BPS = 1_000;
    uint16 public constant MAX_DRIFT_BPS = 1_000;
    uint32 public constant MAX_COPY_WINDOW = 1 days;
    uint256 public constant MAX_NAME_BYTES = 64;
    uint16 public constant MAX_LOSS_BUDGET_BPS = 2_000;
    uint16 public constant MAX_DRAWDOWN_BPS = 5_000;
    uint16 public constant MAX_IMPACT_BPS = 1_000;
    uint16 public constant MAX_STOP_BPS = 5_000;
    uint32 public constant MAX_INTERVAL = 1 days;
    /// @notice Least stake of a leader, in base token units, whatever the smallest deposit is.
    uint96 public constant MIN_STAKE = 10_000;

    /// @inheritdoc IHubOffers
    function createStrategy(StrategyParams calldata params)
        external
        nonReentrant
        returns (uint32 strategyId, uint32 leaderVault)
    {
        _requireMayEnter(msg.sender);
        if (_halted) revert Halted(0);
        _checkParams(params);
        strategyId = ++_strategyCount;
        leaderVault = _vaultCount + 1;
        Strategy storage strategy = _strategies[strategyId];
        strategy.leader = msg.sender;
        strategy.leaderVault = leaderVault;
        strategy.maxSlippageBps = params.maxSlippageBps;
        strategy.maxDriftBps = params.maxDriftBps;
        strategy.copyWindow = params.copyWindow;
        strategy.minDeposit = params.minDeposit;
        strategy.protocolBps = _protocolBps;
        _emitCreated(strategyId, leaderVault, params);
        _limits[strategyId] = params.limits;
        emit StrategyLimitsSet(strategyId, params.limits);
        _setTerms(strategyId, params.terms);
        _states[strategyId].index = uint56(INDEX_START);
        _states[strategyId].day = uint24(block.timestamp / DAY);

        _addToken(strategyId, params.baseToken);
        for (uint256 i; i < params.tokens.length; ++i) {
            _addToken(strategyId, params.tokens[i]);
        }
        strategy.tokenCount = uint8(params.tokens.length + 1);
        for (uint256 i; i < params.pools.length; ++i) {
            _addPool(strategyId, params.pools[i]);
        }
        _createVault(strategyId, 0, NO_POSITION, address(0));
    }

    function _checkParams(StrategyParams calldata params) private pure {
        _checkCap(params.maxSlippageBps, MAX_SLIPPAGE_BPS);
        _checkCap(params.maxDriftBps, MAX_DRIFT_BPS);
        _checkCap(params.copyWindow, MAX_COPY_WINDOW);
        if (params.tokens.length >= VaultBalances.MAX_TOKENS) revert TooManyTokens();
        if (bytes(params.name).length > MAX_NAME_BYTES) revert NameTooLong();
        _checkTerms(params.terms, params.minDeposit);
        _checkLimits(params.limits, params.minDeposit);
    }

    function _checkLimits(StrategyLimits calldata limits, uint256 minDeposit) private pure {
        _checkLimit(limits.lossBudgetBps, MAX_LOSS_BUDGET_BPS);
        _checkLimit(limits.maxDrawdownBps, MAX_DRAWDOWN_BPS);
        _checkLimit(limits.maxTokenBps, Price.BPS);
        _checkLimit(limits.maxExposureBps, Price.BPS);
        _checkLimit(limits.maxImpactBps, MAX_IMPACT_BPS);
        _checkCap(limits.stopBps, MAX_STOP_BPS);
        _checkCap(limits.minInterval, MAX_INTERVAL);
        bool stakeTooLow = limits.minStake < minDeposit || limits.minStake < MIN_STAKE;
        if (limits.maxRoundTrips == 0 || stakeTooLow) revert BadLimits();
    }

    /// @dev A limit of nothing would be one that nothing can meet.
    function _checkLimit(uint256 value, uint256 cap) private pure {
        if (value == 0) revert BadLimits();
        _checkCap(value, cap);
    }

    function _emitCreated(uint32 strategyId, uint32 leaderVault, StrategyParams calldata params) private {
        emit StrategyCreated(
            strategyId,
            msg.sender,
            leaderVault,
            params.baseToken,
            params.maxSlippageBps,
            params.maxDriftBps,
            params.copyWindow,
            params.minDeposit,
            _protocolBps,
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
