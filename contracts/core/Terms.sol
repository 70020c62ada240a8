// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {FeeTerms, PendingTerms, Strategy} from "../interfaces/Types.sol";
import {Price} from "../libraries/Price.sol";
import {Registry} from "./Registry.sol";

/// @title Terms
/// @notice What a leader may ask. Terms that are dearer in anything wait; a vault keeps those it joined with until its
/// owner takes others.
abstract contract Terms is Registry {
    uint16 public constant MAX_COPY_FEE_BPS = 100;
    uint16 public constant MAX_PERFORMANCE_BPS = 3_000;
    uint16 public constant MAX_MANAGEMENT_BPS = 500;
    uint16 public constant MAX_WITHDRAWAL_BPS = 100;
    uint16 public constant MAX_REFERRER_BPS = 5_000;
    /// @notice Largest subscription for thirty days, as a share of the strategy's smallest deposit.
    uint16 public constant MAX_SUBSCRIPTION_BPS = 200;
    /// @notice Shortest period of subscriptions and of performance fees.
    uint32 public constant MIN_PERIOD = 7 days;
    /// @notice Longest period of performance fees.
    uint32 public constant MAX_PERFORMANCE_PERIOD = 366 days;

    /// @inheritdoc IHubOffers
    function proposeTerms(uint32 strategyId, FeeTerms calldata terms) external nonReentrant {
        Strategy storage strategy = _strategies[strategyId];
        if (msg.sender != strategy.leader) revert NotLeader();
        _checkTerms(terms, strategy.minDeposit);
        if (_isDearer(_terms[strategyId][strategy.termsVersion], terms)) {
            uint40 from = uint40(block.timestamp) + listingDelay;
            _pendingTerms[strategyId] = PendingTerms(terms, from);
            emit TermsProposed(strategyId, terms, from);
        } else {
            delete _pendingTerms[strategyId];
            _setTerms(strategyId, terms);
        }
    }

    /// @inheritdoc IHubOffers
    function applyTerms(uint32 strategyId) external nonReentrant {
        PendingTerms memory pending = _pendingTerms[strategyId];
        if (pending.from == 0 || block.timestamp < pending.from) revert NoPendingTerms(strategyId, pending.from);
        delete _pendingTerms[strategyId];
        _setTerms(strategyId, pending.terms);
    }

    function _setTerms(uint32 strategyId, FeeTerms memory terms) internal {
        uint16 version = ++_strategies[strategyId].termsVersion;
        _terms[strategyId][version] = terms;
        emit TermsSet(strategyId, version, terms);
    }

    function _checkTerms(FeeTerms calldata terms, uint256 minDeposit) internal pure {
        _checkCap(terms.copyBps, MAX_COPY_FEE_BPS);
        _checkCap(terms.performanceBps, MAX_PERFORMANCE_BPS);
        _checkCap(terms.managementBps, MAX_MANAGEMENT_BPS);
        _checkCap(terms.withdrawalBps, MAX_WITHDRAWAL_BPS);
        _checkCap(terms.referrerBps, MAX_REFERRER_BPS);
        if (terms.performancePeriod != 0) {
            if (terms.performanceBps == 0 || terms.performancePeriod < MIN_PERIOD) revert BadTerms();
            _checkCap(terms.performancePeriod, MAX_PERFORMANCE_PERIOD);
        }
        if ((terms.subscription == 0) != (terms.subscriptionPeriod == 0)) revert BadTerms();
        if (terms.subscription == 0) return;
        if (terms.subscriptionPeriod < MIN_PERIOD) revert BadTerms();
        _checkCap(
            terms.subscription, (minDeposit * MAX_SUBSCRIPTION_BPS * terms.subscriptionPeriod) / (Price.BPS * 30 days)
        );
    }

    /// @dev For the follower: who shares the leader's part is none of their cost. A shorter period is dearer; no
    /// performance period is the longest of all.
    function _isDearer(FeeTerms storage today, FeeTerms calldata next) private view returns (bool) {
        if (next.copyBps > today.copyBps || next.performanceBps > today.performanceBps) return true;
        if (next.managementBps > today.managementBps || next.withdrawalBps > today.withdrawalBps) return true;
        if (next.subscription > today.subscription) return true;
        if (next.subscription != 0 && next.subscriptionPeriod < today.subscriptionPeriod) return true;
        // One below zero is the largest number.
        unchecked {
            return next.performancePeriod - 1 < today.performancePeriod - 1;
        }
    }
}
