// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {FeeTerms, Vault} from "../interfaces/Types.sol";
import {Book} from "./Fees.sol";
import {VaultRecord} from "./HubState.sol";
import {Membership} from "./Membership.sol";

/// @title Acceptance
/// @notice An owner takes the strategy's newest terms for a vault that joined with older ones. All that is due by the
/// old ones is charged first, so no new rate reaches back.
abstract contract Acceptance is Membership {
    /// @inheritdoc IHubExtension
    function acceptTerms(uint32 vaultId, uint16 version) external nonReentrant {
        VaultRecord storage record = _ownedVault(vaultId);
        _requireMember(record);
        uint32 strategyId = record.head.strategyId;
        uint16 current = _strategies[strategyId].termsVersion;
        if (version != current || version == record.head.termsVersion) revert StaleTerms(current);

        FeeTerms memory next = _terms[strategyId][version];
        Book memory book = _settled(record, vaultId);
        if (book.priced) _crystallize(record, book);
        else if (book.escrowed || book.terms.performanceBps != 0 || next.performanceBps != 0) revert PriceNeeded();
        _setVaultTerms(record.head, book.terms, next, version);
        emit TermsAccepted(vaultId, version, next.copyBps);
    }

    /// @dev A subscription begins anew unless it goes on as it was: a period that is half over is not billed at a
    /// price that was agreed in the middle of it.
    function _setVaultTerms(Vault storage head, FeeTerms memory before, FeeTerms memory next, uint16 version) private {
        uint40 time = uint40(block.timestamp);
        bool goesOn = next.subscription == before.subscription && next.subscriptionPeriod == before.subscriptionPeriod;
        head.termsVersion = version;
        head.copyFeeBps = next.copyBps;
        head.accruedAt = time;
        if (!goesOn) head.subscribedUntil = time;
        head.settleFrom = next.performancePeriod == 0 ? 0 : time + next.performancePeriod;
    }
}
