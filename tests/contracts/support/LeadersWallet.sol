// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A leader that is a contract: it does what its owner tells it and signs by its owner's key, until its owner
/// says otherwise.
contract LeadersWallet is IERC1271 {
    address private immutable _owner;
    bool private _locked;

    constructor() {
        _owner = msg.sender;
    }

    /// @notice From now on no signature is good, or again the owner's.
    function lock(bool locked) external {
        require(msg.sender == _owner, "not the owner");
        _locked = locked;
    }

    function execute(address target, bytes calldata data) external {
        require(msg.sender == _owner, "not the owner");
        (bool ok, bytes memory answer) = target.call(data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        bool valid = !_locked && ECDSA.recoverCalldata(digest, signature) == _owner;
        return valid ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
