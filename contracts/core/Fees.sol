// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {FeeKind, FeeTerms, Strategy, VaultStatus} from "../interfaces/Types.sol";
import {HighWaterMark} from "../libraries/HighWaterMark.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {HighWaterMarks} from "./HighWaterMarks.sol";
import {VaultRecord} from "./HubState.sol";
import {Valuation} from "./Valuation.sol";

/// @notice A vault in memory, as it will be when all that is due has been charged. Arrays are by token index.
/// @dev Reckoning changes nothing, so that a preview and the change itself reckon with the same code.
/// @param balances What it holds, in token units, less `management` and `subscription`.
/// @param management Management fee that is due of each token.
/// @param subscription Subscriptions that are due and can be paid, in base token units.
/// @param subscribedUntil Unix time up to which they pay.
/// @param outflows What left without a price.
/// @param prices Base token units a unit, scaled by 1e36, of what is held or left without a price.
/// @param priced Whether all of these prices, and what follows, are known.
/// @param escrowPart What `outflows` are worth, in base token units.
/// @param escrowWhole What the vault would be worth with them.
/// @param escrowMark High-water mark before they are settled.
/// @param mark High-water mark when they are settled.
/// @param equity What `balances` are worth.
struct Book {
    uint32 vaultId;
    uint32 strategyId;
    bool escrowed;
    bool priced;
    FeeTerms terms;
    uint256[] balances;
    uint256[] management;
    uint256 subscription;
    uint256 subscribedUntil;
    uint256[] outflows;
    uint256[] prices;
    uint256 escrowPart;
    uint256 escrowWhole;
    uint256 escrowMark;
    uint256 mark;
    uint256 equity;
}

/// @title Fees
/// @notice Reckons what a vault owes and divides what it pays. Everything is rounded down, in the vault's favour.
abstract contract Fees is HighWaterMarks, Valuation {
    using VaultBalances for uint256[8];

    /// @dev The vault after what time has cost it. A vault that left pays nothing for time.
    function _open(VaultRecord storage record, uint32 vaultId) internal view returns (Book memory book) {
        book.vaultId = vaultId;
        book.strategyId = record.head.strategyId;
        book.terms = _terms[book.strategyId][record.head.termsVersion];
        book.escrowed = record.risk.escrowed;
        book.mark = record.marks.mark;
        uint256 count = _strategies[book.strategyId].tokenCount;
        book.balances = new uint256[](count);
        book.management = new uint256[](count);
        book.outflows = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            book.balances[i] = record.balances.get(i);
            if (book.escrowed) book.outflows[i] = record.outflows.get(i);
        }
        if (_paysForTime(record, book.terms)) _accrue(book, record.head.accruedAt, record.head.subscribedUntil);
    }

    /// @dev Whether the passing of time costs the vault anything.
    function _paysForTime(VaultRecord storage record, FeeTerms memory terms) internal view returns (bool) {
        return (terms.managementBps != 0 || terms.subscription != 0) && record.head.status != VaultStatus.Left;
    }

    /// @dev Adds prices, where all that are needed can be had, and what follows from them: the escrow settled, and the
    /// equity. An equity that does not fit a mark is as good as none.
    function _value(Book memory book) internal view {
        (bool known, uint256[] memory prices) = _tryPrices(book.strategyId, book.balances, book.outflows);
        if (!known) return;
        (uint256 equity, uint256 part, uint256 whole) = (0, 0, 0);
        for (uint256 i; i < prices.length; ++i) {
            (uint256 balance, uint256 outflow) = (book.balances[i], book.outflows[i]);
            equity += Price.valueDown(balance, prices[i]);
            part += Price.valueDown(outflow, prices[i]);
            whole += Price.valueDown(balance + outflow, prices[i]);
        }
        if (whole > type(uint128).max) return;
        (book.priced, book.prices, book.equity) = (true, prices, equity);
        if (!book.escrowed) return;
        (book.escrowPart, book.escrowWhole, book.escrowMark) = (part, whole, book.mark);
        book.mark = HighWaterMark.lessPartUp(book.mark, part, whole);
    }

    /// @dev What `amount` of a priced vault's tokens owes for its gain.
    function _gainFeeDown(Book memory book, uint256 amount) internal pure returns (uint256) {
        return HighWaterMark.gainFeeDown(amount, book.terms.performanceBps, book.equity, book.mark);
    }

    /// @dev Takes what time has cost the vault. What comes later reckons from now.
    function _chargeTime(VaultRecord storage record, Book memory book) internal {
        if (!_paysForTime(record, book.terms)) return;
        for (uint256 i; book.terms.managementBps != 0 && i < book.management.length; ++i) {
            _chargeVault(record, book, i, FeeKind.Management, book.management[i]);
        }
        _chargeVault(record, book, 0, FeeKind.Subscription, book.subscription);
        record.head.accruedAt = uint40(block.timestamp);
        if (book.subscription != 0) record.head.subscribedUntil = uint40(book.subscribedUntil);
    }

    /// @dev For those who need nothing else of the book.
    function _chargeTime(VaultRecord storage record, uint32 vaultId) internal {
        FeeTerms memory terms = _terms[record.head.strategyId][record.head.termsVersion];
        if (_paysForTime(record, terms)) _chargeTime(record, _open(record, vaultId));
    }

    function _chargeVault(VaultRecord storage record, Book memory book, uint256 index, FeeKind kind, uint256 amount)
        internal
    {
        if (amount == 0) return;
        record.balances.sub(index, amount);
        _divide(book, index, kind, amount);
    }

    /// @dev Gives a fee that has left the vault's books to protocol, referrer and leader.
    function _divide(Book memory book, uint256 index, FeeKind kind, uint256 amount) internal {
        if (amount == 0) return;
        Strategy storage strategy = _strategies[book.strategyId];
        address token = _tokens[book.strategyId][index];
        address referrer = _vaults[book.vaultId].referrer;
        uint256 toProtocol = (amount * strategy.protocolBps) / Price.BPS;
        uint256 toReferrer = referrer == address(0) ? 0 : ((amount - toProtocol) * book.terms.referrerBps) / Price.BPS;
        _feeBalance[_treasury][token] += toProtocol;
        if (toReferrer != 0) _feeBalance[referrer][token] += toReferrer;
        _feeBalance[strategy.leader][token] += amount - toProtocol - toReferrer;
        emit FeeCharged(book.vaultId, token, kind, amount, toProtocol, toReferrer);
    }

    /// @dev Each subscription is paid when its period ends, out of what the management fee has left until then: so the
    /// two together do not depend on how often they are charged.
    function _accrue(Book memory book, uint256 time, uint256 subscribedUntil) private view {
        FeeTerms memory terms = book.terms;
        uint256 before = book.balances[0];
        (uint256 base, uint256 from) = (before, time);
        if (terms.subscription != 0) {
            while (subscribedUntil + terms.subscriptionPeriod <= block.timestamp) {
                uint256 end = subscribedUntil + terms.subscriptionPeriod;
                uint256 left = _keptUp(base, terms.managementBps, Math.saturatingSub(end, from));
                if (left < terms.subscription) break;
                base = left - terms.subscription;
                book.subscription += terms.subscription;
                (subscribedUntil, from) = (end, Math.max(end, from));
            }
        }
        book.subscribedUntil = subscribedUntil;
        book.balances[0] = _keptUp(base, terms.managementBps, block.timestamp - from);
        book.management[0] = before - book.subscription - book.balances[0];
        for (uint256 i = 1; terms.managementBps != 0 && i < book.balances.length; ++i) {
            before = book.balances[i];
            book.balances[i] = _keptUp(before, terms.managementBps, block.timestamp - time);
            book.management[i] = before - book.balances[i];
        }
    }

    /// @dev What is left of `amount` after `elapsed` seconds of a fee of `bps` a year, charged at every moment.
    function _keptUp(uint256 amount, uint256 bps, uint256 elapsed) private pure returns (uint256) {
        uint256 exponent = (bps * elapsed * WAD) / (Price.BPS * 365 days);
        // The exponential may be one unit below the truth.
        uint256 kept = Math.min(uint256(FixedPointMathLib.expWad(-int256(exponent))) + 1, WAD);
        return Math.mulDiv(amount, kept, WAD, Math.Rounding.Ceil);
    }
}
