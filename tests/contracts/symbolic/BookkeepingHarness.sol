// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {HubExtension} from "../../../contracts/core/HubExtension.sol";
import {OneVault} from "./OneVault.sol";

/// @notice Stands in for what the bookkeeping runs from elsewhere, and does nothing.
contract NoOffers {
    address public immutable oracle = address(this);
    uint32 public constant batchSize = 1;
    uint16 public constant maxDeviationBps = 0;

    fallback() external {}
}

/// @notice Accounts, vaults and fees.
contract BookkeepingHarness is HubExtension, OneVault {
    constructor(address offers_) HubExtension(offers_) {}
}
