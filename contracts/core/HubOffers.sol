// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {
    Fanout,
    FeeTerms,
    Marks,
    PendingTerms,
    Policy,
    Strategy,
    StrategyLimits,
    StrategyState,
    Vault,
    VaultRisk
} from "../interfaces/Types.sol";
import {HighWaterMark} from "../libraries/HighWaterMark.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {HubState} from "./HubState.sol";
import {Registry} from "./Registry.sol";
import {Strategies} from "./Strategies.sol";

/// @title Hub, offers
/// @notice The code behind what is done seldom and what is only read. It holds nothing itself: the hub runs it on its
/// own storage.
contract HubOffers is Strategies {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    /// @dev It owns itself: nobody can list anything in its own books, so nobody can leave money in them by mistake.
    constructor(address oracle_, uint32 batchSize_, uint16 maxDeviationBps_, uint40 listingDelay_)
        HubState(address(this), oracle_, batchSize_, maxDeviationBps_)
        Registry(listingDelay_)
    {}

    /// @inheritdoc IHubOffers
    function batchSize() external view returns (uint32) {
        return _batchSize;
    }

    /// @inheritdoc IHubOffers
    function oracle() external view returns (address) {
        return _oracle;
    }

    /// @inheritdoc IHubOffers
    function maxDeviationBps() external view returns (uint16) {
        return _maxDeviationBps;
    }

    /// @inheritdoc IHubOffers
    function treasury() external view returns (address) {
        return _treasury;
    }

    /// @inheritdoc IHubOffers
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @inheritdoc IHubOffers
    function gate() external view returns (address) {
        return _gate;
    }

    /// @inheritdoc IHubOffers
    function halted() external view returns (bool) {
        return _halted;
    }

    /// @inheritdoc IHubOffers
    function isListedToken(address token) external view returns (bool) {
        return _isUsableToken(token);
    }

    /// @inheritdoc IHubOffers
    function venueOf(address pool) external view returns (address) {
        return _usableVenue(pool);
    }

    /// @inheritdoc IHubOffers
    function strategyCount() external view returns (uint32) {
        return _strategyCount;
    }

    /// @inheritdoc IHubOffers
    function vaultCount() external view returns (uint32) {
        return _vaultCount;
    }

    /// @inheritdoc IHubOffers
    function strategyOf(uint32 strategyId) external view returns (Strategy memory) {
        return _strategies[strategyId];
    }

    /// @inheritdoc IHubOffers
    function tokensOf(uint32 strategyId) external view returns (address[] memory) {
        return _tokens[strategyId];
    }

    /// @inheritdoc IHubOffers
    function isPoolAllowed(uint32 strategyId, address pool) external view returns (bool) {
        return _routes[strategyId][pool].venue != address(0);
    }

    /// @inheritdoc IHubOffers
    function memberAt(uint32 strategyId, uint32 position) external view returns (uint32) {
        return _members[strategyId].get(position);
    }

    /// @inheritdoc IHubOffers
    function fanoutOf(uint32 strategyId) external view returns (Fanout memory) {
        return _fanouts[strategyId];
    }

    /// @inheritdoc IHubOffers
    function vaultOf(uint32 vaultId) external view returns (Vault memory) {
        return _vaults[vaultId].head;
    }

    /// @inheritdoc IHubOffers
    function policyOf(uint32 vaultId) external view returns (Policy memory) {
        return _vaults[vaultId].policy;
    }

    /// @inheritdoc IHubOffers
    function marksOf(uint32 vaultId) external view returns (Marks memory) {
        return _vaults[vaultId].marks;
    }

    /// @inheritdoc IHubOffers
    function riskOf(uint32 vaultId) external view returns (VaultRisk memory) {
        return _vaults[vaultId].risk;
    }

    /// @inheritdoc IHubOffers
    function referrerOf(uint32 vaultId) external view returns (address) {
        return _vaults[vaultId].referrer;
    }

    /// @inheritdoc IHubOffers
    function escrowOf(uint32 vaultId, uint256 index) external view returns (uint256 outflow, uint256 held) {
        outflow = index < VaultBalances.MAX_TOKENS ? _vaults[vaultId].outflows.get(index) : 0;
        Vault storage head = _vaults[vaultId].head;
        held = HighWaterMark.heldDown(outflow, _terms[head.strategyId][head.termsVersion].performanceBps);
    }

    /// @inheritdoc IHubOffers
    function limitsOf(uint32 strategyId) external view returns (StrategyLimits memory) {
        return _limits[strategyId];
    }

    /// @inheritdoc IHubOffers
    function stateOf(uint32 strategyId) external view returns (StrategyState memory) {
        return _states[strategyId];
    }

    /// @inheritdoc IHubOffers
    function termsOf(uint32 strategyId, uint16 version) external view returns (FeeTerms memory) {
        return _terms[strategyId][version];
    }

    /// @inheritdoc IHubOffers
    function pendingTermsOf(uint32 strategyId) external view returns (PendingTerms memory) {
        return _pendingTerms[strategyId];
    }

    /// @inheritdoc IHubOffers
    function protocolShare() external view returns (uint16) {
        return _protocolBps;
    }

    /// @inheritdoc IHubOffers
    function leaderCapOf(address owner_) external view returns (uint16) {
        return _leaderCap(owner_);
    }

    /// @inheritdoc IHubOffers
    function investedOf(address owner_, address token, address leader)
        external
        view
        returns (uint256 total, uint256 withLeader)
    {
        return (_invested[owner_][token], _investedWith[owner_][token][leader]);
    }

    /// @inheritdoc IHubOffers
    function vaultBalance(uint32 vaultId, address token) external view returns (uint256) {
        uint256 indexPlusOne = _indexPlusOne[_vaults[vaultId].head.strategyId][token];
        return indexPlusOne == 0 ? 0 : _vaults[vaultId].balances.get(indexPlusOne - 1);
    }

    /// @inheritdoc IHubOffers
    function accountBalance(address owner_, address token) external view returns (uint256) {
        return _accountBalance[owner_][token];
    }

    /// @inheritdoc IHubOffers
    function feeBalance(address recipient, address token) external view returns (uint256) {
        return _feeBalance[recipient][token];
    }
}
