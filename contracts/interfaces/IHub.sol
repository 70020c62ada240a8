// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {IHubKeepers} from "./IHubKeepers.sol";
import {IHubExtension} from "./IHubExtension.sol";
import {IHubOffers} from "./IHubOffers.sol";
import {IHubTrading} from "./IHubTrading.sol";

/// @title Hub
/// @notice Holds every vault's tokens and clears every trade: a leader's swap and its copies are one swap at one price.
/// @dev Amounts are token units. A trade id is `strategyId << 32 | sequence`. Balances are bounded by 2^128 - 1.
/// One address answers all of it; the code is in four contracts because of the size limit of EIP-170.
interface IHub is IHubTrading, IHubKeepers, IHubExtension, IHubOffers {}
