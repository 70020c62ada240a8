// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IHub} from "../interfaces/IHub.sol";
import {IVenue} from "../interfaces/IVenue.sol";
import {HubState} from "./HubState.sol";

/// @title Registry
/// @notice What may be held and where it may be traded. It only grows: nothing a vault holds can be de-listed.
abstract contract Registry is HubState, Ownable2Step {
    constructor(address owner_, address treasury_) Ownable(owner_) {
        _setTreasury(treasury_);
    }

    /// @inheritdoc IHub
    function listToken(address token) external onlyOwner {
        if (token == address(0)) revert ZeroAddress();
        if (isListedToken[token]) revert AlreadyListed(token);
        isListedToken[token] = true;
        emit TokenListed(token);
    }

    /// @inheritdoc IHub
    function listPool(address pool, address venue) external onlyOwner {
        if (venueOf[pool] != address(0)) revert AlreadyListed(pool);
        (address token0, address token1) = IVenue(venue).poolTokens(pool);
        if (!isListedToken[token0]) revert TokenNotListed(token0);
        if (!isListedToken[token1]) revert TokenNotListed(token1);
        venueOf[pool] = venue;
        emit PoolListed(pool, venue, token0, token1);
    }

    /// @inheritdoc IHub
    function setTreasury(address newTreasury) external onlyOwner {
        _setTreasury(newTreasury);
    }

    function _setTreasury(address newTreasury) private {
        if (newTreasury == address(0)) revert ZeroAddress();
        treasury = newTreasury;
        emit TreasurySet(newTreasury);
    }
}
