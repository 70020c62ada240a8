// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {Entry} from "./Entry.sol";

/// @title Accounts
/// @notice The only place where tokens enter and leave the hub other than a swap, and the owners' idle balances.
/// @dev Every transfer is measured. A token that moves another amount than asked would take from the others' money.
abstract contract Accounts is IHubExtension, Entry {
    using SafeERC20 for IERC20;

    /// @inheritdoc IHubExtension
    function deposit(address token, uint256 amount, address onBehalf) external nonReentrant {
        _deposit(token, amount, onBehalf);
    }

    /// @inheritdoc IHubExtension
    function depositWithPermit(address token, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
    {
        _requireListed(token);
        // Whoever sees the signature can use it first. What it allows is allowed then, and that is all it is for.
        try IERC20Permit(token).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(token, amount, msg.sender);
    }

    /// @inheritdoc IHubExtension
    function withdraw(address token, uint256 amount, address to) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        _debitAccount(msg.sender, token, amount);
        _payOut(msg.sender, token, amount, to);
    }

    /// @inheritdoc IHubExtension
    function claimFees(address token) external nonReentrant returns (uint256 amount) {
        amount = _feeBalance[msg.sender][token];
        if (amount == 0) revert ZeroAmount();
        _feeBalance[msg.sender][token] = 0;
        _accountBalance[msg.sender][token] += amount;
        emit FeesClaimed(msg.sender, token, amount);
    }

    function _deposit(address token, uint256 amount, address onBehalf) private {
        _requireListed(token);
        if (amount == 0) revert ZeroAmount();
        if (onBehalf == address(0)) revert ZeroAddress();
        _requireMayEnter(msg.sender);
        if (onBehalf != msg.sender) _requireMayEnter(onBehalf);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        _requireMoved(token, amount, IERC20(token).balanceOf(address(this)) - before);
        _accountBalance[onBehalf][token] += amount;
        emit Deposited(onBehalf, token, amount, msg.sender);
    }

    function _debitAccount(address owner, address token, uint256 amount) internal {
        uint256 balance = _accountBalance[owner][token];
        if (amount > balance) revert InsufficientBalance(balance, amount);
        _accountBalance[owner][token] = balance - amount;
    }

    /// @dev The caller has already taken `amount` off the hub's books.
    function _payOut(address owner, address token, uint256 amount, address to) internal {
        if (to == address(0)) revert ZeroAddress();
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransfer(to, amount);
        _requireMoved(token, amount, before - IERC20(token).balanceOf(address(this)));
        emit Withdrawn(owner, token, amount, to);
    }

    function _requireMoved(address token, uint256 expected, uint256 moved) private pure {
        if (moved != expected) revert InexactTransfer(token, expected, moved);
    }
}
