// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

/// @title Gate
/// @notice Access rules of whoever runs a deployment: allowlists, sanctions. The hub asks it about entries only.
interface IGate {
    /// @notice Whether `who` may deposit, open or fund a vault, or create a strategy.
    function mayEnter(address who) external view returns (bool);
}
