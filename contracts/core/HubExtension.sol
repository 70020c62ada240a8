// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {Acceptance} from "./Acceptance.sol";
import {HubState} from "./HubState.sol";
import {Settlements} from "./Settlements.sol";
import {Vaults} from "./Vaults.sol";

/// @title Hub, bookkeeping
/// @notice The code behind accounts, vaults and fees. It holds nothing itself: the hub runs it on its own storage.
/// @dev Several calls in one transaction go through `multicall`; each is guarded against reentrancy on its own. What is
/// not here either is run from `offers`, as the hub runs this.
contract HubExtension is Vaults, Acceptance, Settlements, Multicall, Proxy {
    /// @notice The contract with the rest of the code.
    address public immutable offers;

    /// @dev It owns itself: nobody can list anything in its own books, so nobody can leave money in them by mistake.
    constructor(address offers_)
        HubState(
            address(this),
            IHubOffers(offers_).oracle(),
            IHubOffers(offers_).batchSize(),
            IHubOffers(offers_).maxDeviationBps()
        )
    {
        offers = offers_;
    }

    function _implementation() internal view override returns (address) {
        return offers;
    }
}
