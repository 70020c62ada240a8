// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IGate} from "../../../contracts/interfaces/IGate.sol";

/// @notice A gate that refuses whom it is told to, for tests: whoever is refused entry can still leave.
contract DenyList is IGate {
    mapping(address who => bool) public denied;

    function set(address who, bool isDenied) external {
        denied[who] = isDenied;
    }

    function mayEnter(address who) external view returns (bool) {
        return !denied[who];
    }
}
