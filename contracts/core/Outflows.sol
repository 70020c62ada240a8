// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FeeKind} from "../interfaces/Types.sol";
import {HighWaterMark} from "../libraries/HighWaterMark.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Book, Fees} from "./Fees.sol";
import {VaultRecord} from "./HubState.sol";

/// @notice Fees on one outflow, in units of the token that leaves.
struct OutflowFees {
    uint256 withdrawal;
    uint256 performance;
    uint256 held;
}

/// @title Outflows
/// @notice What leaves a vault pays its share of the fee on the vault's gain. Where there is no price, nobody knows the
/// gain: then the largest share that the fee could be is held back until there is one, and the rest leaves at once.
abstract contract Outflows is Fees {
    using VaultBalances for uint256[8];

    /// @dev The vault with its prices, where they can be had. Takes what time has cost it, and settles its escrow.
    function _settled(VaultRecord storage record, uint32 vaultId) internal returns (Book memory book) {
        book = _open(record, vaultId);
        _chargeTime(record, book);
        _value(book);
        if (book.priced && book.escrowed) _settleEscrow(record, book);
    }

    /// @dev Takes `amount` of the token at `index` off the vault.
    /// @return paid What is the owner's.
    /// @return worth What left, fees included, in base token units; 0 without a price.
    function _takeOut(VaultRecord storage record, Book memory book, uint256 index, uint256 amount)
        internal
        returns (uint256 paid, uint256 worth)
    {
        record.balances.sub(index, amount);
        OutflowFees memory fees = _feesOn(book, index, amount);
        _divide(book, index, FeeKind.Withdrawal, fees.withdrawal);
        _divide(book, index, FeeKind.Performance, fees.performance);
        if (book.priced) worth = Price.valueDown(amount, book.prices[index]);
        else _escrow(record, book, index, amount, fees.held);
        paid = amount - fees.withdrawal - fees.performance - fees.held;
    }

    /// @dev Moves the marks along with what `_takeOut` took.
    function _markTaken(VaultRecord storage record, Book memory book, uint256 worth) internal {
        if (!book.priced) return;
        if (record.head.position == NO_POSITION) {
            _observe(book.strategyId, book.equity);
            _moveStake(book.strategyId, 0, worth);
        }
        _markOutflow(record, book.vaultId, worth, book.equity);
    }

    function _feesOn(Book memory book, uint256 index, uint256 amount) internal pure returns (OutflowFees memory fees) {
        fees.withdrawal = (amount * book.terms.withdrawalBps) / Price.BPS;
        if (book.priced) {
            fees.performance = _gainFeeDown(book, amount);
        } else {
            uint256 before = book.outflows[index];
            uint256 bps = book.terms.performanceBps;
            fees.held =
                HighWaterMark.heldDown(before + _recordable(before, amount), bps) - HighWaterMark.heldDown(before, bps);
        }
    }

    /// @dev Every token pays the same share of the gain above the mark. The price must be known.
    function _crystallize(VaultRecord storage record, Book memory book) internal {
        if (book.equity <= book.mark) return;
        uint256 bps = book.terms.performanceBps;
        for (uint256 i; bps != 0 && i < book.balances.length; ++i) {
            _chargeVault(record, book, i, FeeKind.Performance, _gainFeeDown(book, book.balances[i]));
        }
        uint256 fee = (book.equity - book.mark) * bps;
        _markCharged(record, book.vaultId, book.equity, fee, book.equity * Price.BPS);
    }

    /// @dev What is noted of what left without a price. A record that is full notes no more, so that it stops no exit.
    function _recordable(uint256 before, uint256 amount) private pure returns (uint256) {
        return Math.min(amount, VaultBalances.MAX_BALANCE - before);
    }

    function _escrow(VaultRecord storage record, Book memory book, uint256 index, uint256 amount, uint256 held)
        private
    {
        uint256 outflow = _recordable(book.outflows[index], amount);
        record.outflows.add(index, outflow);
        record.risk.escrowed = true;
        emit FeeEscrowed(book.vaultId, _tokens[book.strategyId][index], outflow, held);
    }

    /// @dev What left without a price pays as if it left now.
    function _settleEscrow(VaultRecord storage record, Book memory book) private {
        address owner = record.head.owner;
        uint256 gain = Math.saturatingSub(book.escrowWhole, book.escrowMark);
        for (uint256 i; i < book.outflows.length; ++i) {
            if (book.outflows[i] == 0) continue;
            uint256 held = HighWaterMark.heldDown(book.outflows[i], book.terms.performanceBps);
            uint256 toFees = gain == 0 ? 0 : Math.mulDiv(held, gain, book.escrowWhole);
            address token = _tokens[book.strategyId][i];
            _accountBalance[owner][token] += held - toFees;
            emit EscrowSettled(book.vaultId, owner, token, toFees, held - toFees);
            _divide(book, i, FeeKind.Performance, toFees);
        }
        delete record.outflows;
        record.risk.escrowed = false;
        _markOutflow(record, book.vaultId, book.escrowPart, book.escrowWhole);
    }
}
