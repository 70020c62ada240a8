// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IHubLog} from "../interfaces/IHubLog.sol";
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
import {MemberList} from "../libraries/MemberList.sol";

/// @notice A vault's two head words, its balances by token index, two a word, and what its limits and fees need: one
/// hash finds them all.
/// @param outflows What left without a price, by token index, two a word: gross of what is held back.
struct VaultRecord {
    Vault head;
    uint256[8] balances;
    Marks marks;
    VaultRisk risk;
    Policy policy;
    uint256[8] outflows;
    address referrer;
}

/// @notice Where a strategy may trade: the pool's venue and the strategy's indices of the pool's two tokens.
struct PoolRoute {
    address venue;
    uint8 index0;
    uint8 index1;
}

/// @notice A pool that is listed, where it is traded, and from when on, in unix seconds.
struct PoolListing {
    address venue;
    uint40 usableFrom;
}

/// @title Hub state
/// @notice Every storage variable of the hub, by concern, and the look-ups that all parts of its code need.
/// @dev Warning: the parts share this storage by delegatecall. It is declared here and nowhere else, except for
/// what `Ownable2Step` declares: it comes first in all of them.
abstract contract HubState is IHubLog, Ownable2Step, ReentrancyGuardTransient {
    /// @dev Portion of a holding that is all of it.
    uint256 internal constant WAD = 1e18;

    /// @dev Position of a vault that is not among its strategy's members: the leader's own.
    uint32 internal constant NO_POSITION = type(uint32).max;

    /// @dev First transient slot of the vaults funded in this transaction.
    uint256 private constant FUNDED_SLOT = uint256(keccak256("lockstep.funded")) & ~uint256(type(uint64).max);

    uint32 internal immutable _batchSize;
    address internal immutable _oracle;
    uint16 internal immutable _maxDeviationBps;

    // Registry

    mapping(address token => uint40) internal _tokenUsableFrom;
    mapping(address pool => PoolListing) internal _poolListings;
    address internal _guardian;
    address internal _gate;
    /// @dev With `_halted` in one word: a trade reads both.
    address internal _treasury;
    bool internal _halted;
    uint16 internal _protocolBps;

    // Money outside vaults, in token units

    mapping(address owner => mapping(address token => uint256)) internal _accountBalance;
    mapping(address recipient => mapping(address token => uint256)) internal _feeBalance;

    // Strategies

    uint32 internal _strategyCount;
    uint32 internal _vaultCount;
    mapping(uint32 strategyId => Strategy) internal _strategies;
    mapping(uint32 strategyId => address[]) internal _tokens;
    /// @dev Index of a token plus one; 0 says that the strategy may not hold it.
    mapping(uint32 strategyId => mapping(address token => uint256)) internal _indexPlusOne;
    mapping(uint32 strategyId => mapping(address pool => PoolRoute)) internal _routes;
    mapping(uint32 strategyId => MemberList.Members) internal _members;
    mapping(uint32 strategyId => Fanout) internal _fanouts;
    mapping(uint32 strategyId => StrategyLimits) internal _limits;
    mapping(uint32 strategyId => StrategyState) internal _states;
    mapping(uint32 strategyId => mapping(uint16 version => FeeTerms)) internal _terms;
    mapping(uint32 strategyId => PendingTerms) internal _pendingTerms;
    /// @dev Clearings that were no trade of the leader.
    mapping(uint32 strategyId => uint32) internal _soloCount;

    // Vaults

    mapping(uint32 vaultId => VaultRecord) internal _vaults;
    mapping(address owner => uint16) internal _leaderCapBps;
    mapping(address owner => mapping(address token => uint256)) internal _invested;
    mapping(address owner => mapping(address token => mapping(address leader => uint256))) internal _investedWith;

    // Orders

    /// @dev Unordered nonces, 256 a word; a set bit is closed.
    mapping(address leader => mapping(uint256 word => uint256)) internal _closedNonces;
    /// @dev Part of the leader's first holding that an order still open has sold.
    mapping(address leader => mapping(uint256 nonce => uint64)) internal _filled;

    constructor(address owner_, address oracle_, uint32 batchSize_, uint16 maxDeviationBps_) Ownable(owner_) {
        if (oracle_ == address(0)) revert ZeroAddress();
        if (batchSize_ == 0) revert ZeroAmount();
        _oracle = oracle_;
        _batchSize = batchSize_;
        _maxDeviationBps = maxDeviationBps_;
    }

    function _requireTrading(Strategy storage strategy, uint32 strategyId) internal view {
        if (_halted) revert Halted(0);
        if (strategy.halted) revert Halted(strategyId);
    }

    /// @dev Until the transaction ends, this vault takes part in no trade: money that comes, trades and goes in one
    /// transaction may be borrowed for it.
    function _noteFunded(uint32 vaultId) internal {
        uint256 slot = FUNDED_SLOT + vaultId;
        assembly ("memory-safe") {
            tstore(slot, 1)
        }
    }

    function _isFundedNow(uint32 vaultId) internal view returns (bool funded) {
        uint256 slot = FUNDED_SLOT + vaultId;
        assembly ("memory-safe") {
            funded := tload(slot)
        }
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

    /// @dev Without the array's length, which the caller knows the index to be below.
    function _tokenAt(uint32 strategyId, uint256 index) internal view returns (address token) {
        address[] storage tokens = _tokens[strategyId];
        assembly ("memory-safe") {
            mstore(0, tokens.slot)
            token := sload(add(keccak256(0, 32), index))
        }
    }

    function _tradeId(uint32 strategyId, uint32 sequence) internal pure returns (uint64) {
        return (uint64(strategyId) << 32) | sequence;
    }
}
