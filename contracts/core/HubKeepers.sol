// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubOffers} from "../interfaces/IHubOffers.sol";
import {Closes} from "./Closes.sol";
import {Continuations} from "./Continuations.sol";
import {HubState} from "./HubState.sol";
import {KeeperFee} from "./KeeperFee.sol";

/// @title Hub, keepers' part
/// @notice The code of clearings that a leader does not begin. It holds nothing itself: the hub runs it on its own
/// storage.
/// @dev It has the clearing compiled in once more: with the leader's half it is one source, too large for one contract.
contract HubKeepers is Continuations, Closes {
    /// @notice The contract with the bookkeeping half of the code, whose settings hold for all parts.
    address public immutable extension;

    constructor(address extension_, address wrappedNative_)
        HubState(
            address(this),
            IHubOffers(extension_).oracle(),
            IHubOffers(extension_).batchSize(),
            IHubOffers(extension_).maxDeviationBps()
        )
        KeeperFee(wrappedNative_)
    {
        extension = extension_;
    }
}
