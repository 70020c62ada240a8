// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {Policy, Strategy, VaultStatus} from "../interfaces/Types.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Accounts} from "./Accounts.sol";
import {Book} from "./Fees.sol";
import {VaultRecord} from "./HubState.sol";
import {Rules} from "./Rules.sol";

/// @title Vaults
/// @notice How an owner's money gets into a vault and out of it.
abstract contract Vaults is Accounts, Rules {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    uint16 public constant MAX_LEADER_CAP_BPS = 5_000;

    /// @inheritdoc IHubExtension
    function setLeaderCap(uint16 capBps) external {
        _checkCap(capBps, MAX_LEADER_CAP_BPS);
        _leaderCapBps[msg.sender] = capBps;
        emit LeaderCapSet(msg.sender, capBps);
    }

    /// @inheritdoc IHubExtension
    function openVault(uint32 strategyId, Policy calldata policy, uint256 amount, uint16 termsVersion, address referrer)
        external
        nonReentrant
        returns (uint32 vaultId)
    {
        Strategy storage strategy = _strategies[strategyId];
        if (strategy.leader == address(0)) revert UnknownStrategy(strategyId);
        _requireMayEnter(msg.sender);
        _requireTrading(strategy, strategyId);
        if (termsVersion != strategy.termsVersion) revert StaleTerms(strategy.termsVersion);
        if (amount < strategy.minDeposit) revert BelowMinimumDeposit(amount, strategy.minDeposit);
        uint32 position = strategy.memberCount++;
        vaultId = _createVault(strategyId, termsVersion, position, referrer);
        _members[strategyId].set(position, vaultId);
        _setPolicy(_vaults[vaultId], vaultId, policy);
        if (amount != 0) _allocate(_vaults[vaultId], vaultId, amount);
    }

    /// @inheritdoc IHubExtension
    function allocate(uint32 vaultId, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        VaultRecord storage record = _ownedVault(vaultId);
        if (record.head.status == VaultStatus.Left) revert BadStatus(VaultStatus.Left);
        _requireMayEnter(msg.sender);
        _requireTrading(_strategies[record.head.strategyId], record.head.strategyId);
        _chargeTime(record, vaultId);
        _allocate(record, vaultId, amount);
    }

    /// @inheritdoc IHubExtension
    function deallocate(uint32 vaultId, address token, uint256 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        VaultRecord storage record = _ownedVault(vaultId);
        uint256 index = _tokenIndex(record.head.strategyId, token);
        Book memory book = _settled(record, vaultId);
        // What time costs has just been charged: nobody can name all of it beforehand.
        if (amount == type(uint256).max) amount = record.balances.get(index);
        (uint256 paid, uint256 worth) = _takeOut(record, book, index, amount);
        _markTaken(record, book, worth);
        _accountBalance[msg.sender][token] += paid;
        emit Deallocated(vaultId, msg.sender, token, paid);
    }

    /// @inheritdoc IHubExtension
    function exit(uint32 vaultId, address[] calldata tokens, address to) external nonReentrant {
        VaultRecord storage record = _ownedVault(vaultId);
        Book memory book = _settled(record, vaultId);
        bool isMember = record.head.status != VaultStatus.Left && record.head.position != NO_POSITION;
        if (isMember) _leave(record, vaultId);
        uint256[] memory paid = _takeAll(record, book, tokens);
        for (uint256 i; i < tokens.length; ++i) {
            if (paid[i] != 0) _payOut(msg.sender, tokens[i], paid[i], to);
        }
    }

    /// @dev Every token pays by one and the same look at the vault.
    function _takeAll(VaultRecord storage record, Book memory book, address[] calldata tokens)
        private
        returns (uint256[] memory paid)
    {
        paid = new uint256[](tokens.length);
        uint256 worth;
        for (uint256 i; i < tokens.length; ++i) {
            uint256 index = _tokenIndex(book.strategyId, tokens[i]);
            uint256 amount = record.balances.get(index);
            if (amount == 0) continue;
            uint256 part;
            (paid[i], part) = _takeOut(record, book, index, amount);
            worth += part;
            emit Deallocated(book.vaultId, msg.sender, tokens[i], paid[i]);
        }
        _markTaken(record, book, worth);
    }

    function _allocate(VaultRecord storage record, uint32 vaultId, uint256 amount) private {
        uint32 strategyId = record.head.strategyId;
        address baseToken = _tokens[strategyId][0];
        if (record.head.position == NO_POSITION) {
            _observe(strategyId, _equityDown(record, strategyId));
            _moveStake(strategyId, amount, 0);
        } else {
            _requireUnderLeaderCap(_strategies[strategyId].leader, baseToken, amount);
        }
        _debitAccount(msg.sender, baseToken, amount);
        record.balances.add(0, amount);
        emit Allocated(vaultId, msg.sender, baseToken, amount);
        _markInflow(record, vaultId, amount);
        _noteFunded(vaultId);
    }

    /// @dev The share is of what the owner has in this token here, idle and invested, by what was put in.
    function _requireUnderLeaderCap(address leader, address token, uint256 amount) private view {
        uint256 withLeader = _investedWith[msg.sender][token][leader] + amount;
        uint256 total = _accountBalance[msg.sender][token] + _invested[msg.sender][token];
        uint256 allowed = Math.mulDiv(total, _leaderCap(msg.sender), 10_000);
        if (withLeader > allowed) revert LeaderCapExceeded(withLeader, allowed);
    }
}
