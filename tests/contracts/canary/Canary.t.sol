// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

/// @notice Fails on purpose: `make canary` wants to see it turn a run red. No suite collects it.
contract Canary is Test {
    uint256 public calls;

    function setUp() public {
        targetContract(address(this));
    }

    function touch() external {
        ++calls;
    }

    function invariant_canary_of_forge_fails() public view {
        assertEq(calls, 0, "this canary must be heard");
    }
}
