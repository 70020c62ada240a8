// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IHubKeepers} from "../interfaces/IHubKeepers.sol";
import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {HubKeepers} from "./HubKeepers.sol";
import {HubState} from "./HubState.sol";
import {KeeperFee} from "./KeeperFee.sol";
import {Orders} from "./Orders.sol";

/// @title Hub
/// @notice On-chain copy trading in one contract: it holds every vault's tokens, and a leader's swap and its copies
/// are one swap at one price.
/// @dev What is trusted: listed tokens move what they say or are refused; the oracle bounds prices of trades and values
/// fees, and no exit waits for it; venues are asked to swap and never believed. The owner can only list more.
///
/// Rounding: what a vault pays as fee or receives is rounded down, what it puts into a partial fill up; a price floor
/// is rounded up.
///
/// Whatever is not a leader's trade is run from `extension` or `keepers` by delegatecall; no function there takes ether.
/// The addresses are fixed in the code: nothing here can be upgraded.
contract Hub is Orders, Proxy {
    /// @notice The contract with the bookkeeping half of the code.
    address public immutable extension;
    /// @notice The contract with the code of clearings that a leader does not begin.
    address public immutable keepers;

    /// @dev All parts have the settings of one extension fixed in their code.
    constructor(address owner_, address treasury_, address keepers_)
        HubState(
            owner_,
            IHubOffers(HubKeepers(keepers_).extension()).oracle(),
            IHubOffers(HubKeepers(keepers_).extension()).batchSize(),
            IHubOffers(HubKeepers(keepers_).extension()).maxDeviationBps()
        )
        KeeperFee(HubKeepers(keepers_).wrappedNative())
        EIP712("Lockstep", "1")
    {
        if (treasury_ == address(0)) revert ZeroAddress();
        extension = HubKeepers(keepers_).extension();
        keepers = keepers_;
        _treasury = treasury_;
        emit TreasurySet(treasury_);
    }

    function _implementation() internal view override returns (address) {
        bytes4 called = msg.sig;
        bool isKeepers = called == IHubKeepers.continueTrade.selector || called == IHubKeepers.closeVaults.selector
            || called == IHubKeepers.manualTrade.selector || called == IHubKeepers.stopOf.selector;
        return isKeepers ? keepers : extension;
    }
}
