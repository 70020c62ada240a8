// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Price} from "../libraries/Price.sol";
import {Batch} from "./Batch.sol";
import {LeaderState} from "./LeaderState.sol";

/// @title Keeper fee
/// @notice What a batch pays whoever carries it: the gas it takes at the block's base fee, never more than a small part
/// of what it buys, and nothing where nothing is cleared.
abstract contract KeeperFee is LeaderState {
    /// @notice Most that a batch pays, in basis points of what it receives.
    uint256 public constant MAX_KEEPER_FEE_BPS = 20;

    /// @dev What follows the measurement: the transaction's own start and the end of the call, and each copy.
    uint256 private constant FIXED_GAS = 60_000;
    uint256 private constant SETTLE_GAS = 11_000;

    /// @notice The chain's wrapped native token, by whose price gas is valued. Zero, or not priced: keepers get nothing.
    address public immutable wrappedNative;

    constructor(address wrappedNative_) {
        wrappedNative = wrappedNative_;
    }

    /// @dev In units of the token bought. The base fee is not the keeper's to choose, and the cap is what an inflated
    /// measurement runs into.
    function _keeperFeeDown(Batch memory batch, uint256 received) internal view returns (uint256) {
        if (batch.keeper == address(0) || wrappedNative == address(0)) return 0;
        uint256 gas = batch.gasBefore - gasleft() + FIXED_GAS + batch.size * SETTLE_GAS;
        uint256 cap = (received * MAX_KEEPER_FEE_BPS) / Price.BPS;
        try IPriceOracle(_oracle).quote(wrappedNative, batch.tokenOut, gas * block.basefee) returns (uint256 value) {
            return Math.min(value, cap);
        } catch {
            return 0;
        }
    }
}
