// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Fanout, IHub, Policy, Strategy, Vault, VaultStatus} from "../interfaces/IHub.sol";
import {MemberList} from "../libraries/MemberList.sol";

/// @notice A vault's two head words, then its balances by token index, two a word: one hash finds them all.
struct VaultRecord {
    Vault head;
    uint256[8] balances;
}

/// @notice Where a strategy may trade: the pool's venue and the strategy's indices of the pool's two tokens.
struct PoolRoute {
    address venue;
    uint8 index0;
    uint8 index1;
}

/// @title Hub state
/// @notice Every storage variable of the hub, by concern, and the look-ups that check who asks.
abstract contract HubState is IHub, ReentrancyGuardTransient {
    /// @dev Portion of a holding that is all of it.
    uint256 internal constant WAD = 1e18;

    /// @dev Position of a vault that is not among its strategy's members: the leader's own.
    uint32 internal constant NO_POSITION = type(uint32).max;

    /// @inheritdoc IHub
    uint32 public immutable batchSize;

    /// @inheritdoc IHub
    address public immutable oracle;

    // Registry

    mapping(address token => bool) public isListedToken;
    mapping(address pool => address) public venueOf;
    address public treasury;

    // Money outside vaults, in token units

    mapping(address owner => mapping(address token => uint256)) public accountBalance;
    mapping(address recipient => mapping(address token => uint256)) public feeBalance;

    // Strategies

    uint32 public strategyCount;
    uint32 public vaultCount;
    mapping(uint32 strategyId => Strategy) internal _strategies;
    mapping(uint32 strategyId => address[]) internal _tokens;
    /// @dev Index of a token plus one; 0 says that the strategy may not hold it.
    mapping(uint32 strategyId => mapping(address token => uint256)) internal _indexPlusOne;
    mapping(uint32 strategyId => mapping(address pool => PoolRoute)) internal _routes;
    mapping(uint32 strategyId => MemberList.Members) internal _members;
    mapping(uint32 strategyId => Fanout) internal _fanouts;

    // Vaults

    mapping(uint32 vaultId => VaultRecord) internal _vaults;
    mapping(uint32 vaultId => Policy) internal _policies;

    constructor(address oracle_, uint32 batchSize_) {
        if (oracle_ == address(0)) revert ZeroAddress();
        if (batchSize_ == 0) revert ZeroAmount();
        oracle = oracle_;
        batchSize = batchSize_;
    }

    function _ownedVault(uint32 vaultId) internal view returns (VaultRecord storage record) {
        record = _vaults[vaultId];
        if (record.head.owner != msg.sender) revert NotVaultOwner();
    }

    function _tokenIndex(uint32 strategyId, address token) internal view returns (uint256) {
        uint256 indexPlusOne = _indexPlusOne[strategyId][token];
        if (indexPlusOne == 0) revert TokenNotAllowed(token);
        return indexPlusOne - 1;
    }

    function _tradeId(uint32 strategyId, uint32 sequence) internal pure returns (uint64) {
        return (uint64(strategyId) << 32) | sequence;
    }

    /// @dev Writes a new vault's head; the caller decides whether it joins the members.
    function _createVault(uint32 strategyId, uint16 copyFeeBps, uint32 position) internal returns (uint32 vaultId) {
        vaultId = ++vaultCount;
        _vaults[vaultId].head = Vault({
            strategyId: strategyId,
            position: position,
            policyRevision: 0,
            copyFeeBps: copyFeeBps,
            status: VaultStatus.Active,
            limited: false,
            owner: msg.sender
        });
        emit VaultOpened(vaultId, strategyId, msg.sender, copyFeeBps, position);
    }
}
