// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {Reason, Strategy, VaultStatus} from "../interfaces/Types.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {VaultRecord} from "./HubState.sol";
import {Outflows} from "./Outflows.sol";

/// @title Membership
/// @notice Which vaults a strategy's trades are copied into.
/// @dev A vault's place among the members moves only while no trade is being copied, so that the cursor of a fan-out
/// meets every member once. A vault that leaves meanwhile empties its position; `prune` fills the hole afterwards.
abstract contract Membership is IHubExtension, Outflows {
    using MemberList for MemberList.Members;

    /// @dev A vault worth less than the smallest deposit divided by this may be taken out of the list by anybody.
    uint256 private constant EVICTION_DIVISOR = 10;

    /// @inheritdoc IHubExtension
    function leaveStrategy(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _ownedVault(vaultId);
        _requireMember(record);
        _chargeTime(record, vaultId);
        _leave(record, vaultId);
    }

    /// @inheritdoc IHubExtension
    function evict(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _vaults[vaultId];
        _requireMember(record);
        _chargeTime(record, vaultId);
        uint32 strategyId = record.head.strategyId;
        uint256 least = _strategies[strategyId].minDeposit / EVICTION_DIVISOR;
        uint256 equity = _equityDown(record, strategyId);
        if (equity >= least) revert WorthKeeping(equity, least);
        _leave(record, vaultId);
    }

    /// @inheritdoc IHubExtension
    function prune(uint32 strategyId, uint32 position) external nonReentrant {
        Strategy storage strategy = _strategies[strategyId];
        if (strategy.fanoutOpen) revert FanoutOpen(_tradeId(strategyId, strategy.sequence));
        if (position >= strategy.memberCount || _members[strategyId].get(position) != 0) revert NotEmpty(position);
        _fillHole(strategyId, position);
    }

    /// @dev Rules are for vaults that copy: not the leader's, not one that left, not one that never was.
    function _requireMember(VaultRecord storage record) internal view {
        VaultStatus status = record.head.status;
        if (status == VaultStatus.Left || status == VaultStatus.None) revert BadStatus(status);
        if (record.head.position == NO_POSITION) revert LeaderVault();
    }

    function _setStatus(VaultRecord storage record, uint32 vaultId, VaultStatus status, Reason reason) internal {
        record.head.status = status;
        emit VaultStatusSet(vaultId, status, reason);
    }

    function _leave(VaultRecord storage record, uint32 vaultId) internal {
        (uint32 strategyId, uint32 position) = (record.head.strategyId, record.head.position);
        _setStatus(record, vaultId, VaultStatus.Left, Reason.None);
        _members[strategyId].set(position, 0);
        if (!_strategies[strategyId].fanoutOpen) _fillHole(strategyId, position);
    }

    /// @dev Only while no trade is being copied. The last position may itself be empty: then the hole stays, one
    /// shorter.
    function _fillHole(uint32 strategyId, uint32 position) private {
        MemberList.Members storage members = _members[strategyId];
        uint32 last = --_strategies[strategyId].memberCount;
        uint32 moved = members.get(last);
        members.set(last, 0);
        if (position != last && moved != 0) {
            members.set(position, moved);
            _vaults[moved].head.position = position;
        }
        emit MemberMoved(strategyId, moved, position);
    }
}
