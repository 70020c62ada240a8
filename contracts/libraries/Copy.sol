// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Reason} from "../interfaces/Types.sol";

/// @notice One vault's part in a batch, while it is being cleared, in one memory word:
/// vault id (32 bits), policy revision (32), fee rate in basis points (16), what reduced it (8), share of the vault's
/// equity that is being sold, in basis points (16; 0 where nobody counts), gross input in token units (128).
type Copy is uint256;

using CopyLibrary for Copy global;

/// @title Copy
library CopyLibrary {
    uint256 private constant BPS = 10_000;

    /// @dev Warning: `grossIn` must be below 2^128, as every balance is, and `shareBps` below 2^16.
    function pack(uint32 vault, uint32 policyRevision, uint16 feeBps, Reason reason, uint256 shareBps, uint256 grossIn)
        internal
        pure
        returns (Copy)
    {
        uint256 head = (uint256(vault) << 224) | (uint256(policyRevision) << 192) | (uint256(feeBps) << 176);
        return Copy.wrap(head | (uint256(reason) << 168) | (shareBps << 152) | uint128(grossIn));
    }

    /// @notice The same part with at most `level` units gross, and `reason` where that makes it smaller.
    function reducedTo(Copy copy, uint256 level, Reason reason) internal pure returns (Copy) {
        if (gross(copy) <= level) return copy;
        uint256 kept = Copy.unwrap(copy) & ~((uint256(type(uint8).max) << 168) | type(uint128).max);
        return Copy.wrap(kept | (uint256(reason) << 168) | level);
    }

    function vaultId(Copy copy) internal pure returns (uint32) {
        return uint32(Copy.unwrap(copy) >> 224);
    }

    function revision(Copy copy) internal pure returns (uint32) {
        return uint32(Copy.unwrap(copy) >> 192);
    }

    function reducedBy(Copy copy) internal pure returns (Reason) {
        return Reason(uint8(Copy.unwrap(copy) >> 168));
    }

    function equityShareBps(Copy copy) internal pure returns (uint256) {
        return uint16(Copy.unwrap(copy) >> 152);
    }

    /// @notice What leaves the vault, in units of the token sold.
    function gross(Copy copy) internal pure returns (uint256) {
        return uint128(Copy.unwrap(copy));
    }

    /// @notice The leader's fee, part of the gross, rounded down: in favour of the vault.
    function fee(Copy copy) internal pure returns (uint256) {
        return (gross(copy) * uint16(Copy.unwrap(copy) >> 176)) / BPS;
    }
}
