// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {Fanout, Policy, Strategy, Vault} from "../interfaces/Types.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {HubState} from "./HubState.sol";
import {Registry} from "./Registry.sol";
import {Strategies} from "./Strategies.sol";
import {Vaults} from "./Vaults.sol";

/// @title Hub, bookkeeping half
/// @notice The code behind everything of the hub that asks no exchange. It holds nothing itself: the hub runs it on its
/// own storage.
/// @dev Several calls in one transaction go through `multicall`; each is guarded against reentrancy on its own.
contract HubExtension is Strategies, Vaults, Multicall {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    /// @dev It owns itself: nobody can list anything in its own books, so nobody can leave money in them by mistake.
    constructor(address oracle_, uint32 batchSize_, uint16 maxDeviationBps_, uint40 listingDelay_)
        HubState(address(this), oracle_, batchSize_, maxDeviationBps_)
        Registry(listingDelay_)
    {}

    /// @inheritdoc IHubExtension
    function batchSize() external view returns (uint32) {
        return _batchSize;
    }

    /// @inheritdoc IHubExtension
    function oracle() external view returns (address) {
        return _oracle;
    }

    /// @inheritdoc IHubExtension
    function maxDeviationBps() external view returns (uint16) {
        return _maxDeviationBps;
    }

    /// @inheritdoc IHubExtension
    function treasury() external view returns (address) {
        return _treasury;
    }

    /// @inheritdoc IHubExtension
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @inheritdoc IHubExtension
    function gate() external view returns (address) {
        return _gate;
    }

    /// @inheritdoc IHubExtension
    function halted() external view returns (bool) {
        return _halted;
    }

    /// @inheritdoc IHubExtension
    function isListedToken(address token) external view returns (bool) {
        return _isUsableToken(token);
    }

    /// @inheritdoc IHubExtension
    function venueOf(address pool) external view returns (address) {
        return _usableVenue(pool);
    }

    /// @inheritdoc IHubExtension
    function strategyCount() external view returns (uint32) {
        return _strategyCount;
    }

    /// @inheritdoc IHubExtension
    function vaultCount() external view returns (uint32) {
        return _vaultCount;
    }

    /// @inheritdoc IHubExtension
    function strategyOf(uint32 strategyId) external view returns (Strategy memory) {
        return _strategies[strategyId];
    }

    /// @inheritdoc IHubExtension
    function tokensOf(uint32 strategyId) external view returns (address[] memory) {
        return _tokens[strategyId];
    }

    /// @inheritdoc IHubExtension
    function isPoolAllowed(uint32 strategyId, address pool) external view returns (bool) {
        return _routes[strategyId][pool].venue != address(0);
    }

    /// @inheritdoc IHubExtension
    function memberAt(uint32 strategyId, uint32 position) external view returns (uint32) {
        return _members[strategyId].get(position);
    }

    /// @inheritdoc IHubExtension
    function fanoutOf(uint32 strategyId) external view returns (Fanout memory) {
        return _fanouts[strategyId];
    }

    /// @inheritdoc IHubExtension
    function vaultOf(uint32 vaultId) external view returns (Vault memory) {
        return _vaults[vaultId].head;
    }

    /// @inheritdoc IHubExtension
    function policyOf(uint32 vaultId) external view returns (Policy memory) {
        return _policies[vaultId];
    }

    /// @inheritdoc IHubExtension
    function vaultBalance(uint32 vaultId, address token) external view returns (uint256) {
        uint256 indexPlusOne = _indexPlusOne[_vaults[vaultId].head.strategyId][token];
        return indexPlusOne == 0 ? 0 : _vaults[vaultId].balances.get(indexPlusOne - 1);
    }

    /// @inheritdoc IHubExtension
    function accountBalance(address owner_, address token) external view returns (uint256) {
        return _accountBalance[owner_][token];
    }

    /// @inheritdoc IHubExtension
    function feeBalance(address recipient, address token) external view returns (uint256) {
        return _feeBalance[recipient][token];
    }
}
