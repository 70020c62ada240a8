// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Policy, Strategy, VaultStatus} from "../interfaces/Types.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Accounts} from "./Accounts.sol";
import {VaultRecord} from "./HubState.sol";

/// @title Vaults
/// @notice What an owner does with a vault: open, fund, set rules, pause, leave with everything.
/// @dev A vault's place among the members moves only while no trade is being copied, so that the cursor of a fan-out
/// meets every member once. A vault that leaves meanwhile empties its position; `prune` fills the hole afterwards.
abstract contract Vaults is Accounts {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    /// @dev A vault worth less than the smallest deposit divided by this may be taken out of the list by anybody.
    uint256 private constant EVICTION_DIVISOR = 10;

    /// @inheritdoc IHubExtension
    function openVault(uint32 strategyId, Policy calldata policy, uint256 amount)
        external
        nonReentrant
        returns (uint32 vaultId)
    {
        Strategy storage strategy = _strategies[strategyId];
        if (strategy.leader == address(0)) revert UnknownStrategy(strategyId);
        _requireMayEnter(msg.sender);
        _requireTrading(strategy, strategyId);
        if (amount < strategy.minDeposit) revert BelowMinimumDeposit(amount, strategy.minDeposit);
        uint32 position = strategy.memberCount++;
        vaultId = _createVault(strategyId, strategy.copyFeeBps, position);
        _members[strategyId].set(position, vaultId);
        _setPolicy(vaultId, policy);
        if (amount != 0) _allocate(vaultId, amount);
    }

    /// @inheritdoc IHubExtension
    function allocate(uint32 vaultId, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        VaultRecord storage record = _ownedVault(vaultId);
        if (record.head.status == VaultStatus.Left) revert BadStatus(VaultStatus.Left);
        _requireMayEnter(msg.sender);
        _requireTrading(_strategies[record.head.strategyId], record.head.strategyId);
        _allocate(vaultId, amount);
    }

    /// @inheritdoc IHubExtension
    function deallocate(uint32 vaultId, address token, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        VaultRecord storage record = _ownedVault(vaultId);
        _debitVault(record, vaultId, token, amount);
        _accountBalance[msg.sender][token] += amount;
    }

    /// @inheritdoc IHubExtension
    function exit(uint32 vaultId, address[] calldata tokens, address to) external nonReentrant {
        VaultRecord storage record = _ownedVault(vaultId);
        bool isMember = record.head.status != VaultStatus.Left && record.head.position != NO_POSITION;
        if (isMember) _leave(record, vaultId);
        for (uint256 i; i < tokens.length; ++i) {
            uint256 amount = record.balances.get(_tokenIndex(record.head.strategyId, tokens[i]));
            if (amount == 0) continue;
            _debitVault(record, vaultId, tokens[i], amount);
            _payOut(msg.sender, tokens[i], amount, to);
        }
    }

    /// @inheritdoc IHubExtension
    function setPolicy(uint32 vaultId, Policy calldata policy) external nonReentrant {
        _requireMember(_ownedVault(vaultId));
        _setPolicy(vaultId, policy);
    }

    /// @inheritdoc IHubExtension
    function pause(uint32 vaultId) external nonReentrant {
        _switchStatus(vaultId, VaultStatus.Active, VaultStatus.Paused);
    }

    /// @inheritdoc IHubExtension
    function resume(uint32 vaultId) external nonReentrant {
        _switchStatus(vaultId, VaultStatus.Paused, VaultStatus.Active);
    }

    /// @inheritdoc IHubExtension
    function leaveStrategy(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _ownedVault(vaultId);
        _requireMember(record);
        _leave(record, vaultId);
    }

    /// @inheritdoc IHubExtension
    function evict(uint32 vaultId) external nonReentrant {
        VaultRecord storage record = _vaults[vaultId];
        _requireMember(record);
        uint32 strategyId = record.head.strategyId;
        uint256 least = _strategies[strategyId].minDeposit / EVICTION_DIVISOR;
        uint256 value = _valueDown(record, strategyId);
        if (value >= least) revert WorthKeeping(value, least);
        _leave(record, vaultId);
    }

    /// @inheritdoc IHubExtension
    function prune(uint32 strategyId, uint32 position) external nonReentrant {
        Strategy storage strategy = _strategies[strategyId];
        if (strategy.fanoutOpen) revert FanoutOpen(_tradeId(strategyId, strategy.sequence));
        if (position >= strategy.memberCount || _members[strategyId].get(position) != 0) revert NotEmpty(position);
        _fillHole(strategyId, position);
    }

    /// @dev In base token units, by the oracle.
    function _valueDown(VaultRecord storage record, uint32 strategyId) private view returns (uint256 value) {
        address[] storage tokens = _tokens[strategyId];
        value = record.balances.get(0);
        for (uint256 i = 1; i < tokens.length; ++i) {
            uint256 balance = record.balances.get(i);
            if (balance != 0) value += IPriceOracle(_oracle).quote(tokens[i], tokens[0], balance);
        }
    }

    function _allocate(uint32 vaultId, uint256 amount) private {
        VaultRecord storage record = _vaults[vaultId];
        address baseToken = _tokens[record.head.strategyId][0];
        _debitAccount(msg.sender, baseToken, amount);
        record.balances.add(0, amount);
        emit Allocated(vaultId, msg.sender, baseToken, amount);
    }

    /// @dev Rules are for vaults that copy: not the leader's, not one that left, not one that never was.
    function _requireMember(VaultRecord storage record) private view {
        VaultStatus status = record.head.status;
        if (status == VaultStatus.Left || status == VaultStatus.None) revert BadStatus(status);
        if (record.head.position == NO_POSITION) revert LeaderVault();
    }

    /// @dev The money is the owner's from here on; the caller says where it goes.
    function _debitVault(VaultRecord storage record, uint32 vaultId, address token, uint256 amount) private {
        record.balances.sub(_tokenIndex(record.head.strategyId, token), amount);
        emit Deallocated(vaultId, msg.sender, token, amount);
    }

    function _setPolicy(uint32 vaultId, Policy calldata policy) private {
        if (policy.maxTrade != 0 && policy.minTrade > policy.maxTrade) revert BadPolicy();
        VaultRecord storage record = _vaults[vaultId];
        uint32 revision = ++record.head.policyRevision;
        record.head.limited = policy.minTrade != 0 || policy.maxTrade != 0;
        _policies[vaultId] = policy;
        emit PolicySet(vaultId, revision, policy.minTrade, policy.maxTrade);
    }

    function _switchStatus(uint32 vaultId, VaultStatus from, VaultStatus to) private {
        VaultRecord storage record = _ownedVault(vaultId);
        if (record.head.status != from) revert BadStatus(record.head.status);
        if (record.head.position == NO_POSITION) revert LeaderVault();
        record.head.status = to;
        emit VaultStatusSet(vaultId, to);
    }

    function _leave(VaultRecord storage record, uint32 vaultId) private {
        (uint32 strategyId, uint32 position) = (record.head.strategyId, record.head.position);
        record.head.status = VaultStatus.Left;
        _members[strategyId].set(position, 0);
        emit VaultStatusSet(vaultId, VaultStatus.Left);
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
