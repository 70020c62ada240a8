// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IGate} from "../interfaces/IGate.sol";
import {FeeTerms, Vault, VaultStatus} from "../interfaces/Types.sol";
import {HubState} from "./HubState.sol";

/// @title Entry
/// @notice What stands before whatever comes in: the lists, the gate and the caps. Nothing that leaves passes here.
abstract contract Entry is HubState {
    /// @notice Largest share of an owner's money with one leader, where the owner has not said otherwise.
    uint16 public constant DEFAULT_LEADER_CAP_BPS = 3_000;

    function _checkCap(uint256 value, uint256 cap) internal pure {
        if (value > cap) revert AboveCap(value, cap);
    }

    function _requireListed(address token) internal view {
        if (!_isUsableToken(token)) revert TokenNotListed(token);
    }

    function _isUsableToken(address token) internal view returns (bool) {
        uint40 from = _tokenUsableFrom[token];
        return from != 0 && from <= block.timestamp;
    }

    function _requireMayEnter(address who) internal view {
        address gate_ = _gate;
        if (gate_ != address(0) && !IGate(gate_).mayEnter(who)) revert Refused(gate_, who);
    }

    function _leaderCap(address owner) internal view returns (uint16) {
        uint16 capBps = _leaderCapBps[owner];
        return capBps == 0 ? DEFAULT_LEADER_CAP_BPS : capBps;
    }

    /// @dev Writes a new vault's head; the caller decides whether it joins the members.
    function _createVault(uint32 strategyId, uint16 termsVersion, uint32 position, address referrer)
        internal
        returns (uint32 vaultId)
    {
        vaultId = ++_vaultCount;
        FeeTerms storage terms = _terms[strategyId][termsVersion];
        (uint16 copyFeeBps, uint40 period) = (terms.copyBps, terms.performancePeriod);
        Vault storage head = _vaults[vaultId].head;
        (head.strategyId, head.position, head.copyFeeBps) = (strategyId, position, copyFeeBps);
        (head.status, head.termsVersion, head.owner) = (VaultStatus.Active, termsVersion, msg.sender);
        (head.accruedAt, head.subscribedUntil) = (uint40(block.timestamp), uint40(block.timestamp));
        if (period != 0) head.settleFrom = uint40(block.timestamp) + period;
        if (referrer != address(0)) _vaults[vaultId].referrer = referrer;
        emit VaultOpened(vaultId, strategyId, msg.sender, copyFeeBps, position, termsVersion, referrer);
    }
}
