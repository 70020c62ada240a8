// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

/// @title Member list
/// @notice Vault ids by position, eight a storage word. 0 marks an empty position.
library MemberList {
    struct Members {
        mapping(uint256 => uint256) words;
    }

    /// @notice Vault id at `position`.
    function get(Members storage members, uint256 position) internal view returns (uint32) {
        return uint32(members.words[position >> 3] >> _shift(position));
    }

    /// @notice Puts `vaultId` at `position`, whatever was there.
    function set(Members storage members, uint256 position, uint32 vaultId) internal {
        uint256 word = members.words[position >> 3] & ~(uint256(type(uint32).max) << _shift(position));
        members.words[position >> 3] = word | (uint256(vaultId) << _shift(position));
    }

    function _shift(uint256 position) private pure returns (uint256) {
        return (position & 7) << 5;
    }
}
