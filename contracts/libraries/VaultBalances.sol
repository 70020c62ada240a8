// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubLog} from "../interfaces/IHubLog.sol";

/// @title Vault balances
/// @notice A vault's balances, two tokens a storage word, addressed by the token's index in the strategy.
/// @dev Base token and first asset share word 0, so that the commonest copy writes one word instead of two.
library VaultBalances {
    /// @dev Tokens a strategy may hold; also the length of the storage array times two.
    uint256 internal constant MAX_TOKENS = 16;

    /// @dev Largest balance: half a word.
    uint256 internal constant MAX_BALANCE = type(uint128).max;

    /// @notice Balance of the token at `index`, in token units.
    function get(uint256[8] storage words, uint256 index) internal view returns (uint256) {
        return (words[index >> 1] >> _shift(index)) & MAX_BALANCE;
    }

    /// @notice Balances of the token at `index`, which is even, and of the next.
    function pair(uint256[8] storage words, uint256 index) internal view returns (uint256 even, uint256 odd) {
        uint256 word = words[index >> 1];
        return (word & MAX_BALANCE, word >> 128);
    }

    /// @notice Adds `amount` token units. Reverts with `BalanceOverflow` above 2^128 - 1.
    function add(uint256[8] storage words, uint256 index, uint256 amount) internal {
        uint256 word = words[index >> 1];
        uint256 balance = (word >> _shift(index)) & MAX_BALANCE;
        if (amount > MAX_BALANCE - balance) revert IHubLog.BalanceOverflow();
        unchecked {
            words[index >> 1] = word + (amount << _shift(index));
        }
    }

    /// @notice Takes `amount` token units. Reverts with `InsufficientBalance` when there is less.
    function sub(uint256[8] storage words, uint256 index, uint256 amount) internal {
        uint256 word = words[index >> 1];
        uint256 balance = (word >> _shift(index)) & MAX_BALANCE;
        if (amount > balance) revert IHubLog.InsufficientBalance(balance, amount);
        unchecked {
            words[index >> 1] = word - (amount << _shift(index));
        }
    }

    function _shift(uint256 index) private pure returns (uint256) {
        return (index & 1) << 7;
    }
}
