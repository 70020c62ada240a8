// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Strategy} from "../interfaces/Types.sol";
import {IVenue} from "../interfaces/IVenue.sol";
import {Entry} from "./Entry.sol";
import {PoolListing} from "./HubState.sol";

/// @title Registry
/// @notice What may be held, where it may be traded, and who may enter. Lists only grow, after a wait in which the
/// guardian can object: nothing a vault holds can be de-listed, and nothing appears over night.
/// @dev Owner, guardian and gate can refuse entries and trades. No function of theirs touches an exit or any balance.
/// Renouncing ownership freezes the lists for good.
abstract contract Registry is IHubOffers, Entry {
    uint16 public constant MAX_PROTOCOL_BPS = 2_000;

    /// @inheritdoc IHubOffers
    uint40 public immutable listingDelay;

    constructor(uint40 listingDelay_) {
        listingDelay = listingDelay_;
    }

    // ------------------------------------------------------------------ owner

    /// @inheritdoc IHubOffers
    function listToken(address token) external onlyOwner {
        if (token == address(0)) revert ZeroAddress();
        if (_tokenUsableFrom[token] != 0) revert AlreadyListed(token);
        // Feeds are set once: the one that the wait is about is the one that will be used.
        IPriceOracle(_oracle).requireFeed(token);
        uint40 from = _usableFrom();
        _tokenUsableFrom[token] = from;
        emit TokenListed(token, from);
    }

    /// @inheritdoc IHubOffers
    function listPool(address pool, address venue) external onlyOwner {
        if (_poolListings[pool].venue != address(0)) revert AlreadyListed(pool);
        (address token0, address token1) = IVenue(venue).poolTokens(pool);
        if (_tokenUsableFrom[token0] == 0) revert TokenNotListed(token0);
        if (_tokenUsableFrom[token1] == 0) revert TokenNotListed(token1);
        uint40 from = _usableFrom();
        _poolListings[pool] = PoolListing(venue, from);
        emit PoolListed(pool, venue, token0, token1, from);
    }

    /// @inheritdoc IHubOffers
    function setTreasury(address newTreasury) external onlyOwner {
        if (newTreasury == address(0)) revert ZeroAddress();
        _treasury = newTreasury;
        emit TreasurySet(newTreasury);
    }

    /// @inheritdoc IHubOffers
    function setGuardian(address newGuardian) external onlyOwner {
        _guardian = newGuardian;
        emit GuardianSet(newGuardian);
    }

    /// @inheritdoc IHubOffers
    function setGate(address newGate) external onlyOwner {
        _gate = newGate;
        emit GateSet(newGate);
    }

    /// @inheritdoc IHubOffers
    function setProtocolShare(uint16 protocolBps) external onlyOwner {
        _checkCap(protocolBps, MAX_PROTOCOL_BPS);
        _protocolBps = protocolBps;
        emit ProtocolShareSet(protocolBps);
    }

    /// @inheritdoc IHubOffers
    function resumeTrading(uint32 strategyId) external onlyOwner {
        if (!_setHalted(strategyId, false)) revert NotHalted(strategyId);
        emit TradingResumed(strategyId);
    }

    // ------------------------------------------------------------------ owner or guardian

    /// @inheritdoc IHubOffers
    function veto(address what) external {
        if (!_isOwnerOrGuardian()) revert NotAllowedToVeto();
        bool tokenWaits = _tokenUsableFrom[what] > block.timestamp;
        bool poolWaits = _poolListings[what].usableFrom > block.timestamp;
        if (tokenWaits) delete _tokenUsableFrom[what];
        else if (poolWaits) delete _poolListings[what];
        else revert NotPending(what);
        emit ListingVetoed(what, msg.sender);
    }

    /// @inheritdoc IHubOffers
    function haltTrading(uint32 strategyId) external {
        bool isLeader = strategyId != 0 && _strategies[strategyId].leader == msg.sender;
        if (!isLeader && !_isOwnerOrGuardian()) revert NotAllowedToHalt();
        if (!_setHalted(strategyId, true)) revert Halted(strategyId);
        emit TradingHalted(strategyId, msg.sender);
    }

    // ------------------------------------------------------------------ internals

    /// @dev A pool whose listing waits has no venue yet.
    function _usableVenue(address pool) internal view returns (address) {
        PoolListing storage listing = _poolListings[pool];
        return listing.usableFrom <= block.timestamp ? listing.venue : address(0);
    }

    /// @dev While there is no strategy, nobody can be surprised by a listing.
    function _usableFrom() private view returns (uint40) {
        return uint40(block.timestamp) + (_strategyCount == 0 ? 0 : listingDelay);
    }

    /// @return changed Whether it was otherwise before.
    function _setHalted(uint32 strategyId, bool halted_) private returns (bool changed) {
        if (strategyId == 0) {
            changed = _halted != halted_;
            _halted = halted_;
        } else {
            Strategy storage strategy = _strategies[strategyId];
            if (strategy.leader == address(0)) revert UnknownStrategy(strategyId);
            changed = strategy.halted != halted_;
            strategy.halted = halted_;
        }
    }

    function _isOwnerOrGuardian() private view returns (bool) {
        return msg.sender == owner() || msg.sender == _guardian;
    }
}
