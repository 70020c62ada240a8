// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

/// @notice A follower that is a contract: its owner's key tells it what to do, several things at once or none.
contract FollowersWallet {
    struct Call {
        address to;
        bytes data;
    }

    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function execute(Call[] calldata calls) external {
        require(msg.sender == _owner, "not the owner");
        for (uint256 i; i < calls.length; ++i) {
            (bool ok, bytes memory answer) = calls[i].to.call(calls[i].data);
            if (ok) continue;
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }
}
