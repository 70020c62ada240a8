// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {Policy, Reason, Sizing, VaultStatus} from "../interfaces/Types.sol";
import {SlippageSteps} from "../libraries/SlippageSteps.sol";
import {VaultRecord} from "./HubState.sol";
import {Membership} from "./Membership.sol";

/// @title Rules
/// @notice What an owner tells a vault: by which policy to copy, and when to stop and go on.
abstract contract Rules is Membership {
    uint256 private constant BPS = 10_000;

    /// @dev Largest multiple of the leader's portion, in basis points.
    uint256 private constant MAX_MULTIPLIER_BPS = 100_000;

    /// @inheritdoc IHubExtension
    function setPolicy(uint32 vaultId, Policy calldata policy) external nonReentrant {
        VaultRecord storage record = _ownedVault(vaultId);
        _requireMember(record);
        _setPolicy(record, vaultId, policy);
    }

    /// @inheritdoc IHubExtension
    function pause(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _ruled(vaultId);
        if (record.head.status != VaultStatus.Active) revert BadStatus(record.head.status);
        _setStatus(record, vaultId, VaultStatus.Paused, Reason.None);
    }

    /// @inheritdoc IHubExtension
    function resume(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _ruled(vaultId);
        if (record.head.status == VaultStatus.Active) revert BadStatus(VaultStatus.Active);
        // A stop that was reached would be reached again at once: the owner starts anew.
        (record.risk.peak, record.risk.dayEquity) = (0, 0);
        _setStatus(record, vaultId, VaultStatus.Active, Reason.None);
    }

    /// @inheritdoc IHubExtension
    function requestExit(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _ruled(vaultId);
        if (record.head.status == VaultStatus.Exiting) revert BadStatus(VaultStatus.Exiting);
        _setStatus(record, vaultId, VaultStatus.Exiting, Reason.Requested);
    }

    function _setPolicy(VaultRecord storage record, uint32 vaultId, Policy calldata policy) internal {
        _checkPolicy(policy, record.head.strategyId);
        uint32 revision = ++record.head.policyRevision;
        record.head.limited = _isLimited(policy);
        record.policy = policy;
        emit PolicySet(vaultId, revision, policy);
    }

    function _ruled(uint32 vaultId) private view returns (VaultRecord storage record) {
        record = _ownedVault(vaultId);
        _requireMember(record);
    }

    function _checkPolicy(Policy calldata policy, uint32 strategyId) private view {
        if (policy.maxTrade != 0 && policy.minTrade > policy.maxTrade) revert BadPolicy();
        if (policy.maxTokenBps > BPS || policy.maxExposureBps > BPS || policy.maxDailyLossBps > BPS) {
            revert BadPolicy();
        }
        if (policy.maxDrawdownBps > BPS || policy.stopLossBps > BPS || policy.lossBudgetBps > BPS) revert BadPolicy();
        if (policy.maxSlippageBps != 0 && !SlippageSteps.isStep(policy.maxSlippageBps)) revert BadPolicy();
        if (policy.expiry != 0 && policy.expiry <= block.timestamp) revert BadPolicy();
        uint256 beyond = policy.excludedTokens >> _strategies[strategyId].tokenCount;
        if (policy.excludedTokens & 1 != 0 || beyond != 0) revert BadPolicy();
        if (!_isSize(policy.sizing, policy.size, strategyId)) revert BadPolicy();
    }

    function _isSize(Sizing sizing, uint256 size, uint32 strategyId) private view returns (bool) {
        if (sizing == Sizing.Proportional) return size == 0;
        if (size == 0) return false;
        if (sizing == Sizing.Multiplier) return size <= MAX_MULTIPLIER_BPS;
        return sizing == Sizing.Fixed || (size <= BPS && _limits[strategyId].stopBps != 0);
    }

    /// @dev What to do on a breach says nothing by itself: without a limit there is none.
    function _isLimited(Policy calldata policy) private pure returns (bool) {
        uint256 counts = uint256(policy.maxPositions) | policy.excludedTokens | policy.maxSlippageBps | policy.cooldown;
        uint256 shares = uint256(policy.maxTokenBps) | policy.maxExposureBps | policy.lossBudgetBps;
        uint256 stops =
            uint256(policy.maxDailyLossBps) | policy.maxDrawdownBps | policy.stopLossBps | policy.takeProfitBps;
        uint256 sizes = uint256(policy.minTrade) | policy.maxTrade | policy.expiry;
        return policy.sizing != Sizing.Proportional || counts | shares | stops | sizes != 0;
    }
}
