// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

/// @notice One vault's part in a batch, while it is being cleared, in one memory word:
/// vault id (32 bits), policy revision (32), fee rate in basis points (16), gross input in token units (128).
type Copy is uint256;

using CopyLibrary for Copy global;

/// @title Copy
library CopyLibrary {
    uint256 private constant BPS = 10_000;

    /// @dev Warning: `grossIn` must be below 2^128, as every balance is.
    function pack(uint32 vault, uint32 policyRevision, uint16 feeBps, uint256 grossIn) internal pure returns (Copy) {
        return Copy.wrap(
            (uint256(vault) << 224) | (uint256(policyRevision) << 192) | (uint256(feeBps) << 176) | uint128(grossIn)
        );
    }

    function vaultId(Copy copy) internal pure returns (uint32) {
        return uint32(Copy.unwrap(copy) >> 224);
    }

    function revision(Copy copy) internal pure returns (uint32) {
        return uint32(Copy.unwrap(copy) >> 192);
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
