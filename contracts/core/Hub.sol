// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IHubExtension} from "../interfaces/IHubExtension.sol";
import {HubState} from "./HubState.sol";
import {Orders} from "./Orders.sol";

/// @title Hub
/// @notice On-chain copy trading in one contract: it holds every vault's tokens, and a leader's swap and its copies
/// are one swap at one price.
/// @dev What is trusted: listed tokens move what they say or are refused; the oracle bounds prices of trades and is
/// asked by nothing else; venues are asked to swap and never believed. The owner can only list more.
///
/// Rounding: what a vault pays as fee or receives is rounded down, what it puts into a partial fill up; a price floor
/// is rounded up.
///
/// Whatever is not trading is run from `extension` by delegatecall; no function there takes ether. The address is fixed
/// in the code: nothing here can be upgraded.
contract Hub is Orders, Proxy {
    /// @notice The contract with the other half of the code.
    address public immutable extension;

    constructor(address owner_, address treasury_, address extension_)
        HubState(
            owner_,
            IHubExtension(extension_).oracle(),
            IHubExtension(extension_).batchSize(),
            IHubExtension(extension_).maxDeviationBps()
        )
        EIP712("Lockstep", "1")
    {
        if (treasury_ == address(0)) revert ZeroAddress();
        extension = extension_;
        _treasury = treasury_;
        emit TreasurySet(treasury_);
    }

    function _implementation() internal view override returns (address) {
        return extension;
    }
}
