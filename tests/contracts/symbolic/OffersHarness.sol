// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {HubOffers} from "../../../contracts/core/HubOffers.sol";
import {FeeTerms} from "../../../contracts/interfaces/Types.sol";
import {OneVault} from "./OneVault.sol";

/// @notice Registry, offers and views.
contract OffersHarness is HubOffers, OneVault {
    constructor(address oracle_) HubOffers(oracle_, 1, 0, 1 days) {}

    function checkTerms(FeeTerms calldata terms, uint256 minDeposit) external pure {
        _checkTerms(terms, minDeposit);
    }
}
